"""Alembic's migrations: forward only, the same script for SQLite and PostgreSQL."""
