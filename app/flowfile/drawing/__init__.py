"""Draws a bot: its states and the ways between them, as mermaid, dot or SVG. Never reads a file and never changes a flow.

picture.py     what is to be seen: boxes with their rows, from a flow
mermaid.py     for pages that draw mermaid, GitHub's among them
dot.py         for Graphviz
layout.py      where each box stands
svg.py         a drawing that needs no other program
"""
