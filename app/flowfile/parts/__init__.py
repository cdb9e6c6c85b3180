"""Nodes to the values of `app.engine.flow`: one module for each part of a bot. Rules are in `rules`; files are in `source`."""
