"""Questions to the FAQ

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import BigId, JsonText, UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("offered", JsonText(), nullable=True),
        sa.Column("scores", JsonText(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("meant", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("handed_off", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("questions_of_customer", "questions", ["page_id", "customer_id", "number"])
    op.create_index("questions_by_time", "questions", ["page_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("questions")
