"""The first schema

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import JsonText, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("handoff_reason", sa.String(), nullable=True),
        sa.Column("handoff_note", sa.Text(), nullable=True),
        sa.Column("handed_off_at", UtcTime(), nullable=True),
        sa.Column("resolved_at", UtcTime(), nullable=True),
        sa.Column("last_customer_at", UtcTime(), nullable=True),
        sa.Column("delivered_until", UtcTime(), nullable=True),
        sa.Column("read_until", UtcTime(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "customer_id"),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            "conversations_claimed",
            ["claimed_by"],
            unique=False,
            sqlite_where=sa.text("claimed_by IS NOT NULL"),
            postgresql_where=sa.text("claimed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "conversations_waiting",
            ["page_id", "handed_off_at"],
            unique=False,
            sqlite_where=sa.text("answered_by <> 'bot'"),
            postgresql_where=sa.text("answered_by <> 'bot'"),
        )

    op.create_table(
        "facts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("body", JsonText(), nullable=True),
        sa.Column("mid", sa.String(), nullable=True),
        sa.Column("happened_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(
            "history_by_mid",
            ["page_id", "mid"],
            unique=False,
            sqlite_where=sa.text("mid IS NOT NULL"),
            postgresql_where=sa.text("mid IS NOT NULL"),
        )
        batch_op.create_index("history_of_customer", ["page_id", "customer_id", "id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("event_key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", JsonText(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("opens_window", sa.Boolean(), nullable=False),
        sa.Column("happened_at", UtcTime(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "event_key", name="inbox_once"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "inbox_new",
            ["id"],
            unique=False,
            sqlite_where=sa.text("status = 'new'"),
            postgresql_where=sa.text("status = 'new'"),
        )
        batch_op.create_index(
            "inbox_quarantined",
            ["page_id", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'quarantined'"),
            postgresql_where=sa.text("status = 'quarantined'"),
        )

    op.create_table(
        "outbox",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("attempted_at", UtcTime(), nullable=True),
        sa.Column("mid", sa.String(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("page_id", "customer_id", "seq"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "outbox_free",
            ["created_at", "page_id"],
            unique=False,
            sqlite_where=sa.text("status = 'pending' AND sender IS NULL"),
            postgresql_where=sa.text("status = 'pending' AND sender IS NULL"),
        )
        batch_op.create_index(
            "outbox_live",
            ["page_id", "customer_id", "seq"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_flight', 'unknown')"),
            postgresql_where=sa.text("status IN ('pending', 'in_flight', 'unknown')"),
        )
        batch_op.create_index(
            "outbox_owned",
            ["sender"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_flight', 'unknown') AND sender IS NOT NULL"),
            postgresql_where=sa.text("status IN ('pending', 'in_flight', 'unknown') AND sender IS NOT NULL"),
        )

    op.create_table(
        "sessions",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("body", JsonText(), nullable=True),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "customer_id"),
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "customer_id", "state", "name", name="timers_once"),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index("timers_due", ["due_at"], unique=False)

    op.create_table(
        "workers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
