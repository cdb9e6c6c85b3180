"""Runs the migrations on the connection that `app.store.migrate` hands over. Opens nothing by itself."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import app.store.staff_tables
import app.store.tables  # noqa: F401  (both fill the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
    compare_type=True,
)
context.run_migrations()
