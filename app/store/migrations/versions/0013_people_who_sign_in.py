"""People who sign in: accounts, their sessions, links, codes, and failed tries

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import BigId, UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("all_pages", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("second_salt", sa.LargeBinary(), nullable=True),
        sa.Column("second_step", BigId, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("disabled_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email", name="staff_once"),
    )
    op.create_table(
        "staff_pages",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "page_id"),
    )
    _create_sessions()
    _create_links_and_codes()


def _create_sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("began_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("proved_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token", name="staff_sessions_once"),
    )
    op.create_index("staff_sessions_of_staff", "staff_sessions", ["staff_id"])


def _create_links_and_codes() -> None:
    op.create_table(
        "staff_links",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("staff_links_of_staff", "staff_links", ["staff_id"])
    op.create_table(
        "staff_recovery",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "code"),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("sign_in_tries_old", "sign_in_tries", ["last_at"])
