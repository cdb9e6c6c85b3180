"""The audit: append-only; customers who stopped messages at the channel; sealed tokens of Pages

Revision ID: 0010
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.types import BigId, JsonText, UtcTime

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

SENTENCE = "entries of the audit stay as they are"
ON_SQLITE = "CREATE TRIGGER audit_no_{name} BEFORE {deed} ON audit BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
REFUSE = f"BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END"
ON_POSTGRES = (
    f"CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ {REFUSE} $$",
    "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()",
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("stopped_after", UtcTime(), nullable=True))
    op.create_table(
        "tokens",
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("instead_of", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("page_id"),
    )
    op.create_table(
        "audit",
        # Numbered by us, without gaps: a missing row shows.
        sa.Column("id", BigId, nullable=False, autoincrement=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=True),
        sa.Column("details", JsonText(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in ON_POSTGRES:
            op.execute(statement)
        return
    for name, deed in (("change", "UPDATE"), ("deletion", "DELETE")):
        op.execute(ON_SQLITE.format(name=name, deed=deed, sentence=SENTENCE))
