"""Tables for other programs and for when nobody is at a screen. As in `tables.py`: what they hold, made by the migrations.

api_keys     keys with which programs use the API
hooks        addresses that are told what happens
deliveries   what they are told, written in the same transaction as what happened; kept a while to be looked at
alarms       rules: who waits longer than so many minutes has a letter written to staff
alarmed      for which wait a rule wrote already
letters      e-mails that have not left; gone when they have
push_targets browsers of staff that want to be told, each where its push service reaches it
push_notes   notes to them that have not left; gone when they have
callbacks    customers who left a phone number or an e-mail address while the team was closed
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.types import BigId, JsonText, UtcTime


class ApiKeyRow(SQLModel, table=True):
    """`token` is a hash of the key. role: staff, owner. `page_ids` counts only where `all_pages` is false.

    `requests_left`: how many requests all processes together may still take, as of `left_at`.
    """

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("token", name="api_keys_once"),)

    id: str = Field(primary_key=True)
    token: bytes = Field(sa_type=LargeBinary)
    name: str
    role: str
    all_pages: bool = False
    page_ids: Any = Field(sa_type=JsonText, nullable=False)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    requests_left: float | None = None
    left_at: datetime | None = Field(default=None, sa_type=UtcTime)


class HookRow(SQLModel, table=True):
    """`salt`: what the secret is made of, together with the installation's key; the secret itself is nowhere.

    `old_salt` signs besides it until `old_until`, after a change of the secret. `failures` in a row, since `failing_since`.
    off_why: failing, gone (it answered 410), owner.
    """

    __tablename__ = "hooks"

    id: str = Field(primary_key=True)
    url: str
    kinds: Any = Field(sa_type=JsonText, nullable=False)
    all_pages: bool = False
    page_ids: Any = Field(sa_type=JsonText, nullable=False)
    salt: str
    old_salt: str | None = None
    old_until: datetime | None = Field(default=None, sa_type=UtcTime)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    off_at: datetime | None = Field(default=None, sa_type=UtcTime)
    off_why: str | None = None


class DeliveryRow(SQLModel, table=True):
    """status: waiting -> done | failed | dropped. `next_at`: when it may be tried; a try moves it on, so that no other worker tries.

    `answer`: the status that came back last; `why` it was no success.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "deliveries_due",
            "hook_id",
            "next_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("deliveries_of_hook", "hook_id", "id"),
        Index("deliveries_of_customer", "page_id", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    hook_id: str
    kind: str
    page_id: str
    customer_id: str
    body: Any = Field(sa_type=JsonText, nullable=False)
    status: str = "waiting"
    tries: int = 0
    next_at: datetime = Field(sa_type=UtcTime)
    answer: int | None = None
    why: str | None = None
    made_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AlarmRow(SQLModel, table=True):
    """`page_id` and `team` are empty for all of them. hours: always, open, closed."""

    __tablename__ = "alarms"

    id: str = Field(primary_key=True)
    page_id: str = ""
    team: str = ""
    minutes: int
    hours: str
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)


class AlarmedRow(SQLModel, table=True):
    """`since` is the conversation's `handed_off_at`: one wait."""

    __tablename__ = "alarmed"
    __table_args__ = (Index("alarmed_of_customer", "page_id", "customer_id"),)

    alarm_id: str = Field(primary_key=True)
    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=UtcTime)


class LetterRow(SQLModel, table=True):
    """`next_at`: as in `deliveries`."""

    __tablename__ = "letters"
    __table_args__ = (Index("letters_due", "next_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    to: str
    subject: str
    text: str = Field(sa_type=Text)
    tries: int = 0
    next_at: datetime = Field(sa_type=UtcTime)


class PushTargetRow(SQLModel, table=True):
    """`mark` is a hash of the address. `session_id`: signed in by which it was asked for; it ends when that person signs out."""

    __tablename__ = "push_targets"
    __table_args__ = (
        UniqueConstraint("mark", name="push_targets_once"),
        Index("push_targets_of_staff", "staff_id"),
    )

    id: str = Field(primary_key=True)
    staff_id: str
    session_id: str = ""
    mark: bytes = Field(sa_type=LargeBinary)
    endpoint: str
    public: bytes = Field(sa_type=LargeBinary)
    auth: bytes = Field(sa_type=LargeBinary)
    device: str = ""
    language: str
    made_at: datetime = Field(sa_type=UtcTime)


class PushNoteRow(SQLModel, table=True):
    """`next_at`: as in `deliveries`. `body`: what the browser shows; nothing of a customer's."""

    __tablename__ = "push_notes"
    __table_args__ = (Index("push_notes_due", "next_at"), Index("push_notes_of_target", "target_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    target_id: str
    body: Any = Field(sa_type=JsonText, nullable=False)
    tries: int = 0
    next_at: datetime = Field(sa_type=UtcTime)


class CallbackRow(SQLModel, table=True):
    """`contacts`: phone and email, whichever the customer gave. Open until somebody ticks it off."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index(
            "callbacks_open",
            "page_id",
            "asked_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("callbacks_of_customer", "page_id", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    team: str = ""
    contacts: Any = Field(sa_type=JsonText, nullable=False)
    asked_at: datetime = Field(sa_type=UtcTime)
    done_by: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


_tables = SQLModel.metadata.tables
api_keys = _tables["api_keys"]
hooks = _tables["hooks"]
deliveries = _tables["deliveries"]
alarms = _tables["alarms"]
alarmed = _tables["alarmed"]
letters = _tables["letters"]
push_targets = _tables["push_targets"]
push_notes = _tables["push_notes"]
callbacks = _tables["callbacks"]
