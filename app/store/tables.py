"""Every table, as SQLModel. One schema for SQLite and PostgreSQL; Alembic's migrations make it, a test holds the two together.

inbox           events to handle; done ones stay 90 days, so that a repeated delivery is recognised
conversations   one row a customer: who answers, whose turn it is (claim and fence), the window
sessions        one row a customer: the place in the flow
history         what others said (what we said stands in the outbox, with how far it got)
outbox          messages to send, in order per customer; kept as our half of the transcript
timers          moments at which a session hears that time has passed
workers         the processes at work and their heartbeats
facts           small values of the whole installation
uploads         files that the channel has already, by a hash, and what it calls them
pages           Pages from which the channel takes nothing at the moment, and why
calls           requests to services that wait or are under way; gone with their answer
revisions       every flow that went live, with its files; a Page's newest is what all processes serve
catalogues      what feeds of products brought, packed; a feed's row is what all processes serve
suggestions     which products each customer was shown, and what came of it
deletions       who asked the channel to have everything deleted, and what became of it; no id in clear
tokens          tokens of Pages that `connect` was given, encrypted with a key that is not in the database
audit           what matters for safety, who did it and when: append-only, each row chained to the one before; no id in clear

Those of the desk stand in `tables_desk.py`, what was asked of the FAQ in `tables_questions.py`, those for other programs and for when
nobody is at a screen in `tables_tools.py`, products in `tables_shop.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store import tables_desk, tables_questions, tables_tools  # noqa: F401 - who knows these tables knows all
from app.store.tables_shop import catalogues as catalogues  # noqa: PLC0414 - one place for all tables
from app.store.tables_shop import suggestions as suggestions  # noqa: PLC0414 - as above
from app.store.tables_uploads import uploads as uploads  # noqa: PLC0414 - as above
from app.store.types import BigId, JsonText, UtcTime

LIVE = "status IN ('pending', 'in_flight', 'unknown')"
"""Outbox rows that are not at an end yet."""

ERASED = -1
"""The epoch of an outbox row whose customer had everything erased while it was on its way: never sent again, and its words go with its
end."""


class InboxRow(SQLModel, table=True):
    """One event. status: new -> done | ignored | quarantined. The body goes when the event is done: history has the words."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("page_id", "event_key", name="inbox_once"),
        # The queue: by arrival, new rows only, so that what is done never slows a claim down.
        Index("inbox_new", "id", sqlite_where=text("status = 'new'"), postgresql_where=text("status = 'new'")),
        Index(
            "inbox_quarantined",
            "page_id",
            "id",
            sqlite_where=text("status = 'quarantined'"),
            postgresql_where=text("status = 'quarantined'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    event_key: bytes = Field(sa_type=LargeBinary)
    kind: str
    body: Any = Field(default=None, sa_type=JsonText, nullable=True)
    status: str = "new"
    reason: str | None = None
    opens_window: bool = False
    happened_at: datetime = Field(sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ConversationRow(SQLModel, table=True):
    """One customer of one Page.

    `answered_by`: bot, waiting, staff. `epoch` grows with every take-over and hand-back: what the bot prepared before is void.
    `claimed_by` is the worker whose turn it is, `fence` grows with every claim and is checked in the turn's commit.
    `tries` counts claims that never came to an end. `next_seq` numbers the outbox.
    `blocked_at`: since when staff want nothing of this customer answered.
    `stopped_after`: the customer's last move before they stopped our messages at the channel; a newer one opens them again.
    `staff_id` is who has it at the desk: empty while nobody has, or a person in the channel's own inbox. `staff_at`: when staff
    wrote last.
    `changed_at` moves with everything that a screen shows of it; for the bot's conversations receipts move it only while somebody
    looks (`looked_until`).
    `erased_at` is the tombstone: what happened before it and comes late is not kept.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "conversations_claimed",
            "claimed_by",
            sqlite_where=text("claimed_by IS NOT NULL"),
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
        Index(
            "conversations_waiting",
            "page_id",
            "handed_off_at",
            sqlite_where=text("answered_by <> 'bot'"),
            postgresql_where=text("answered_by <> 'bot'"),
        ),
        Index("conversations_changed", "page_id", "changed_at"),
        Index(
            "conversations_resolved",
            "page_id",
            "resolved_at",
            sqlite_where=text("resolved_at IS NOT NULL"),
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
    )

    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    answered_by: str = "bot"
    epoch: int = 0
    claimed_by: str | None = None
    fence: int = 0
    tries: int = 0
    next_seq: int = 1
    team: str | None = None
    handoff_reason: str | None = None
    handoff_note: str | None = Field(default=None, sa_type=Text)
    handed_off_at: datetime | None = Field(default=None, sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_customer_at: datetime | None = Field(default=None, sa_type=UtcTime)
    delivered_until: datetime | None = Field(default=None, sa_type=UtcTime)
    read_until: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    blocked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    stopped_after: datetime | None = Field(default=None, sa_type=UtcTime)
    staff_id: str | None = None
    changed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    looked_until: datetime | None = Field(default=None, sa_type=UtcTime)
    customer_name: str | None = None
    staff_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SessionRow(SQLModel, table=True):
    """One customer's session in its stored form (`engine.session.to_dict`), and the revision that wrote it."""

    __tablename__ = "sessions"

    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    body: Any = Field(default=None, sa_type=JsonText, nullable=True)
    revision: str = ""
    updated_at: datetime = Field(sa_type=UtcTime)


class HistoryRow(SQLModel, table=True):
    """Something said or done that is not in the outbox. who: customer, page_inbox, other_app, channel, staff (a deed at the desk)."""

    __tablename__ = "history"
    __table_args__ = (
        Index("history_of_customer", "page_id", "customer_id", "id"),
        Index(
            "history_by_mid",
            "page_id",
            "mid",
            sqlite_where=text("mid IS NOT NULL"),
            postgresql_where=text("mid IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    who: str
    kind: str
    text: str = Field(default="", sa_type=Text)
    body: Any = Field(default=None, sa_type=JsonText, nullable=True)
    mid: str | None = None
    happened_at: datetime = Field(sa_type=UtcTime)


class OutboxRow(SQLModel, table=True):
    """One message to a customer; `seq` is its place in this customer's line.

    pending -> in_flight(attempt n) -> sent | failed | unknown | pending; unknown -> sent | in_flight(n + 1);
    pending -> cancelled. Every change compares status and attempt first. An echo may move any live row to sent.
    `attempt` counts requests; `unsure` those of them whose fate nobody knew.
    `sender` is the worker that sends, waits to try again, or looks up; a pending row without one is free.
    Staff's words have a `staff_id`, the `form_key` of the form they came by (twice the same: one message), and leave at `not_before`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_live", "page_id", "customer_id", "seq", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        Index(
            # With the Page, so that those which are parked are passed over without a look at their rows.
            "outbox_free",
            "created_at",
            "page_id",
            sqlite_where=text("status = 'pending' AND sender IS NULL"),
            postgresql_where=text("status = 'pending' AND sender IS NULL"),
        ),
        Index(
            "outbox_owned",
            "sender",
            sqlite_where=text(f"{LIVE} AND sender IS NOT NULL"),
            postgresql_where=text(f"{LIVE} AND sender IS NOT NULL"),
        ),
        Index(
            "outbox_once",
            "page_id",
            "customer_id",
            "form_key",
            unique=True,
            sqlite_where=text("form_key IS NOT NULL"),
            postgresql_where=text("form_key IS NOT NULL"),
        ),
        Index(
            "outbox_of_staff",
            "page_id",
            "created_at",
            sqlite_where=text("written_by = 'staff'"),
            postgresql_where=text("written_by = 'staff'"),
        ),
    )

    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigId)
    body: Any = Field(sa_type=JsonText, nullable=False)
    written_by: str = "bot"
    epoch: int = 0
    status: str = "pending"
    attempt: int = 0
    unsure: int = 0
    sender: str | None = None
    attempted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mid: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    staff_id: str | None = None
    not_before: datetime | None = Field(default=None, sa_type=UtcTime)
    form_key: str | None = None


class TimerRow(SQLModel, table=True):
    """At `due_at` the session hears `WaitTimedOut(state, name)`."""

    __tablename__ = "timers"
    __table_args__ = (
        UniqueConstraint("page_id", "customer_id", "state", "name", name="timers_once"),
        Index("timers_due", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    state: str
    name: str
    due_at: datetime = Field(sa_type=UtcTime)


class WorkerRow(SQLModel, table=True):
    """A process at work. Who sees `beat` stand still for too long, on its own steady clock, takes its work over."""

    __tablename__ = "workers"

    id: str = Field(primary_key=True)
    beat: int = 0
    started_at: datetime = Field(sa_type=UtcTime)


class FactRow(SQLModel, table=True):
    """A small value of the whole installation, such as the mark that tells our echoes from those of another database."""

    __tablename__ = "facts"

    name: str = Field(primary_key=True)
    value: str


class RevisionRow(SQLModel, table=True):
    """A flow that went live for a Page, until a newer row of that Page. `files`: the folder's files, packed.

    `folder_revision` is what the folder held at that moment: another one than `revision` when an owner went back.
    """

    __tablename__ = "revisions"
    __table_args__ = (Index("revisions_of_page", "page_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    revision: str
    folder_revision: str
    files: bytes = Field(sa_type=LargeBinary)
    live_at: datetime = Field(sa_type=UtcTime)


class PageRow(SQLModel, table=True):
    """A Page that must wait, until one of its messages is taken again. `since`: when this trouble began."""

    __tablename__ = "pages"

    page_id: str = Field(primary_key=True)
    code: str
    sentence: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcTime)
    until: datetime = Field(sa_type=UtcTime)


class CallRow(SQLModel, table=True):
    """One request to a service. status: waiting -> under_way (`worker_id`), then gone: its answer is an inbox event.

    `request` holds secrets by name only. `tries` counts the workers that died over it.
    """

    __tablename__ = "calls"
    __table_args__ = (Index("calls_of_customer", "page_id", "customer_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    state: str
    number: int
    request: Any = Field(default=None, sa_type=JsonText, nullable=True)
    status: str = "waiting"
    worker_id: str | None = None
    tries: int = 0
    asked_at: datetime = Field(sa_type=UtcTime)


class DeletionRow(SQLModel, table=True):
    """One person's wish, told by the channel: `person` is a keyed hash of the id. state: erased | nothing (was kept)."""

    __tablename__ = "deletions"
    __table_args__ = (UniqueConstraint("person", name="deletions_once"),)

    code: str = Field(primary_key=True)
    person: bytes = Field(sa_type=LargeBinary)
    state: str
    asked_at: datetime = Field(sa_type=UtcTime)


class TokenRow(SQLModel, table=True):
    """A Page's token, sealed. `instead_of` is a keyed hash of the one that the settings had when it came."""

    __tablename__ = "tokens"

    page_id: str = Field(primary_key=True)
    sealed: str = Field(sa_type=Text)
    instead_of: str
    since: datetime = Field(sa_type=UtcTime)


class AuditRow(SQLModel, table=True):
    """One deed. `id` has no gaps; `hash` covers the row and the hash of the row before. Triggers refuse changes and deletions."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_by_what", "what", "id"),)

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    who: str
    what: str
    page_id: str | None = None
    details: Any = Field(sa_type=JsonText, nullable=False)
    hash: str


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


inbox = _table("inbox")
conversations = _table("conversations")
sessions = _table("sessions")
history = _table("history")
outbox = _table("outbox")
timers = _table("timers")
workers = _table("workers")
facts = _table("facts")
revisions = _table("revisions")
calls = _table("calls")
deletions = _table("deletions")
pages = _table("pages")
audit = _table("audit")
tokens = _table("tokens")
