"""The conversations that a flow must hold: read from `tests:` and held with the flow. Never touches a database or a network.

script.py      a conversation and its steps, as values with places
read.py        `tests:` of the files
play.py        one conversation against one flow
report.py      what came of them, as lines and as JUnit
"""
