"""The desk: who has a conversation, episodes, notes, canned answers, who is there and who looks, files of staff

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import BigId, UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind in (
        ("staff_id", sa.String()), ("changed_at", UtcTime()), ("looked_until", UtcTime()),
        ("customer_name", sa.String()), ("staff_at", UtcTime()),
    ):  # fmt: skip
        op.add_column("conversations", sa.Column(name, kind, nullable=True))
    op.create_index("conversations_changed", "conversations", ["page_id", "changed_at"])
    op.create_index(
        "conversations_resolved", "conversations", ["page_id", "resolved_at"],
        sqlite_where=sa.text("resolved_at IS NOT NULL"), postgresql_where=sa.text("resolved_at IS NOT NULL"),
    )  # fmt: skip
    op.execute("UPDATE conversations SET changed_at = coalesce(last_customer_at, created_at)")
    for name, kind in (("staff_id", sa.String()), ("not_before", UtcTime()), ("form_key", sa.String())):
        op.add_column("outbox", sa.Column(name, kind, nullable=True))
    op.create_index(
        "outbox_once", "outbox", ["page_id", "customer_id", "form_key"], unique=True,
        sqlite_where=sa.text("form_key IS NOT NULL"), postgresql_where=sa.text("form_key IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "outbox_of_staff", "outbox", ["page_id", "created_at"],
        sqlite_where=sa.text("written_by = 'staff'"), postgresql_where=sa.text("written_by = 'staff'"),
    )  # fmt: skip
    op.create_table(
        "episodes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("began_at", UtcTime(), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("episodes_of_customer", "episodes", ["page_id", "customer_id", "id"])
    op.create_table(
        "notes",
        sa.Column("id", BigId, nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "customer_id", "form_key", name="notes_once"),
    )
    op.create_table(
        "mentions",
        sa.Column("note_id", BigId, nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("note_id", "staff_id"),
    )
    op.create_index(
        "mentions_unseen", "mentions", ["staff_id", "note_id"],
        sqlite_where=sa.text("seen_at IS NULL"), postgresql_where=sa.text("seen_at IS NULL"),
    )  # fmt: skip
    op.create_index("mentions_of_customer", "mentions", ["page_id", "customer_id"])
    op.create_table(
        "canned",
        sa.Column("id", BigId, nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "staff_id", "name", name="canned_once"),
    )
    op.create_table(
        "looks",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("looked_at", UtcTime(), nullable=True),
        sa.Column("typing_at", UtcTime(), nullable=True),
        sa.Column("seen_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("page_id", "customer_id", "staff_id"),
    )
    op.create_index("looks_of_staff", "looks", ["staff_id", "seen_until"])
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=True),
        sa.Column("away_since", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("files_of_customer", "files", ["page_id", "customer_id"])
    op.create_index("files_by_age", "files", ["created_at"])
