"""The tables of the people who sign in. As in `tables.py`: what they hold, made by the migrations.

staff            accounts; an account without a password has been invited and did not come yet
staff_pages      which Pages an account works for, unless it works for all
staff_sessions   who is signed in where; gone when they sign out
staff_links      one-time links: set up, invitation, forgotten password
staff_recovery   one-time codes for whoever lost the second factor
sign_in_tries    how often signing in failed, by account and by address
staff_personas   what the channel calls those who answer under their own names
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.types import BigId, UtcTime


class StaffRow(SQLModel, table=True):
    """A person. role: staff, owner. `password` is an argon2id hash with its parameters.

    `second_salt`: what the second factor's secret is made of, together with the installation's key; the secret itself is nowhere.
    `second_step`: the last 30 seconds whose code was used. `shows_name`: customers see who answers.
    """

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("email", name="staff_once"),)

    id: str = Field(primary_key=True)
    email: str
    name: str
    role: str
    all_pages: bool = False
    password: str | None = None
    second_salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    second_step: int = Field(default=0, sa_type=BigId)
    created_at: datetime = Field(sa_type=UtcTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    shows_name: bool = False


class StaffPageRow(SQLModel, table=True):
    __tablename__ = "staff_pages"

    staff_id: str = Field(primary_key=True)
    page_id: str = Field(primary_key=True)


class StaffSessionRow(SQLModel, table=True):
    """One browser. `token` is a hash of what its cookie holds. stage: password (the second factor is still missing), whole.

    `proved_at`: when the password was last typed here.
    """

    __tablename__ = "staff_sessions"
    __table_args__ = (
        UniqueConstraint("token", name="staff_sessions_once"),
        Index("staff_sessions_of_staff", "staff_id"),
    )

    id: str = Field(primary_key=True)
    token: bytes = Field(sa_type=LargeBinary)
    staff_id: str
    stage: str
    device: str = ""
    address: str = ""
    began_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    proved_at: datetime = Field(sa_type=UtcTime)


class StaffLinkRow(SQLModel, table=True):
    """A link that works once. kind: setup (the first owner, without an account yet), invitation, reset. `token` is a hash."""

    __tablename__ = "staff_links"
    __table_args__ = (Index("staff_links_of_staff", "staff_id"),)

    token: bytes = Field(primary_key=True, sa_type=LargeBinary)
    kind: str
    staff_id: str | None = None
    made_at: datetime = Field(sa_type=UtcTime)
    until: datetime = Field(sa_type=UtcTime)


class StaffRecoveryRow(SQLModel, table=True):
    """A code that replaces the second factor once; `code` is a keyed hash."""

    __tablename__ = "staff_recovery"

    staff_id: str = Field(primary_key=True)
    code: bytes = Field(primary_key=True, sa_type=LargeBinary)


class TriesRow(SQLModel, table=True):
    """Failures since `since`. `subject` is a keyed hash of an account, an address or a browser."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("sign_in_tries_old", "last_at"),)

    subject: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failed: int = 0
    since: datetime = Field(sa_type=UtcTime)
    last_at: datetime = Field(sa_type=UtcTime)


class PersonaRow(SQLModel, table=True):
    """One person before the customers of one Page. `persona_id` is the channel's, empty as long as it was not made; `name` the one
    that it was made with. `next_at`: when it may be made or removed; a try moves it on, so that no other process tries.
    """

    __tablename__ = "staff_personas"

    page_id: str = Field(primary_key=True)
    staff_id: str = Field(primary_key=True)
    name: str
    persona_id: str = ""
    next_at: datetime = Field(sa_type=UtcTime)


_tables = SQLModel.metadata.tables
staff = _tables["staff"]
staff_pages = _tables["staff_pages"]
staff_sessions = _tables["staff_sessions"]
staff_links = _tables["staff_links"]
staff_recovery = _tables["staff_recovery"]
sign_in_tries = _tables["sign_in_tries"]
staff_personas = _tables["staff_personas"]
