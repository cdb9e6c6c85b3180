"""Alembic's migrations: forward only, the same script for SQLite and PostgreSQL."""

HEAD = "0022"
"""The newest revision, so that a running server can tell without loading Alembic; a test holds it to the scripts."""
