"""Catalogues that come from feeds

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import JsonText, UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogues",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=True),
        sa.Column("kinds", JsonText(), nullable=True),
        sa.Column("marks", JsonText(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("changed_at", UtcTime(), nullable=True),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
