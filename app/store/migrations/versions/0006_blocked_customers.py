"""Blocked customers

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("blocked_at", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("conversations", "blocked_at")
