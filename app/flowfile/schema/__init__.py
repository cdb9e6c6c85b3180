"""A bot as a JSON Schema for editors: its keys with their meaning, its own names, its limits. Checks nothing; `check.py` does."""
