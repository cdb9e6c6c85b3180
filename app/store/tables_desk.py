"""The desk's own tables; those that bot and desk share stand in `tables.py`.

episodes        one row each time staff were wanted: from the handoff, or from staff who came by themselves, to its end
notes           what staff write to each other about a customer; nobody else sees them
mentions        who is named in a note, until they have seen it
canned          answers that are kept ready: the Page's, and those of one person
looks           who looks at a conversation, who types there, and how far each person has seen it
presence        when each person was last at a screen
files           what staff send: kept here because the channel fetches it from an address of ours
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.types import BigId, UtcTime


class EpisodeRow(SQLModel, table=True):
    """`came_by`: bot, staff, page_inbox. `reason`: the state that handed off. `how` it ended: resolved, handed_back, withdrawn."""

    __tablename__ = "episodes"
    __table_args__ = (Index("episodes_of_customer", "page_id", "customer_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    came_by: str
    reason: str | None = None
    note: str | None = Field(default=None, sa_type=Text)
    team: str | None = None
    taken_by: str | None = None
    how: str | None = None
    began_at: datetime = Field(sa_type=UtcTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class NoteRow(SQLModel, table=True):
    """`form_key` is the form's own: the same form sent twice is one note."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("page_id", "customer_id", "form_key", name="notes_once"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    customer_id: str
    staff_id: str
    text: str = Field(sa_type=Text)
    form_key: str
    created_at: datetime = Field(sa_type=UtcTime)


class MentionRow(SQLModel, table=True):
    """`@anna` in a note."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index(
            "mentions_unseen",
            "staff_id",
            "note_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
        Index("mentions_of_customer", "page_id", "customer_id"),
    )

    note_id: int = Field(primary_key=True, sa_type=BigId)
    staff_id: str = Field(primary_key=True)
    page_id: str
    customer_id: str
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CannedRow(SQLModel, table=True):
    """`staff_id` is empty for an answer of the whole Page."""

    __tablename__ = "canned"
    __table_args__ = (UniqueConstraint("page_id", "staff_id", "name", name="canned_once"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page_id: str
    staff_id: str = ""
    name: str
    text: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcTime)


class LookRow(SQLModel, table=True):
    """One person before one conversation. `typing_shown_at`: when the customer was last shown that this person types."""

    __tablename__ = "looks"
    __table_args__ = (Index("looks_of_staff", "staff_id", "seen_until"),)

    page_id: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    staff_id: str = Field(primary_key=True)
    looked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    typing_at: datetime | None = Field(default=None, sa_type=UtcTime)
    seen_until: datetime | None = Field(default=None, sa_type=UtcTime)
    typing_shown_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PresenceRow(SQLModel, table=True):
    """`away_since`: said so themselves, or signed out."""

    __tablename__ = "presence"

    staff_id: str = Field(primary_key=True)
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    away_since: datetime | None = Field(default=None, sa_type=UtcTime)


class FileRow(SQLModel, table=True):
    """`id` cannot be guessed: it is the address. `kind`: image, video, audio, file; `mime` by its content, never by its name."""

    __tablename__ = "files"
    __table_args__ = (Index("files_of_customer", "page_id", "customer_id"), Index("files_by_age", "created_at"))

    id: str = Field(primary_key=True)
    page_id: str
    customer_id: str
    staff_id: str
    kind: str
    mime: str
    name: str
    data: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


_tables = SQLModel.metadata.tables
episodes = _tables["episodes"]
notes = _tables["notes"]
mentions = _tables["mentions"]
canned = _tables["canned"]
looks = _tables["looks"]
presence = _tables["presence"]
files = _tables["files"]
