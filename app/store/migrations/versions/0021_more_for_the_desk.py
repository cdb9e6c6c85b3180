"""More for the desk: kinds of the audit, staff under their own names, typing shown, the throttle of keys

Revision ID: 0021
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import UtcTime

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("audit_by_what", "audit", ["what", "id"], if_not_exists=True)
    op.add_column("staff", sa.Column("shows_name", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "staff_personas",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "staff_id"),
    )
    op.add_column("looks", sa.Column("typing_shown_at", UtcTime(), nullable=True))
    op.add_column("api_keys", sa.Column("requests_left", sa.Float(), nullable=True))
    op.add_column("api_keys", sa.Column("left_at", UtcTime(), nullable=True))
