"""What everything about signing in needs: the database, the clock, keys, terms. And whose request it is."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection
from starlette.requests import Request

from app.chance import Chance
from app.clock import Clock
from app.desk.access.identity import Staff
from app.desk.access.openid import OpenId
from app.desk.access.passwords import Passwords
from app.desk.access.second_factor import SecondFactor
from app.desk.access.visits import Visitor, network_of, read_session
from app.mail import Mailer
from app.store import staff, staff_sessions
from app.store.database import Database
from app.store.staff import Account
from app.store.staff_sessions import Session, Stage

TOUCH_EVERY = timedelta(minutes=1)
"""How exactly it is known when somebody was there last: each look would be a write otherwise."""
FRESH_FOR = timedelta(minutes=15)
"""After the password was typed, before it is asked for again."""
HALF_FOR = timedelta(minutes=10)
"""How long the second factor may take after the password."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator decides. `pages`: the connected Pages, id to name."""

    idle: timedelta = timedelta(hours=12)
    whole: timedelta = timedelta(days=7)
    public_url: str = ""
    owners_need_second: bool = True
    pages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Denied:
    """Something was not done. `key` says why, behind `denied.`; `wait_seconds` until it may be tried again."""

    key: str
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Access:
    """The application keeps it as `app.state.access`. `key` is the installation's, for this use alone."""

    database: Database
    clock: Clock
    chance: Chance
    passwords: Passwords
    key: bytes = field(repr=False)
    terms: Terms
    mailer: Mailer | None = None
    openid: OpenId | None = None

    @property
    def second(self) -> SecondFactor:
        return SecondFactor(self.key)

    async def find_staff(self, request: Request) -> Staff | None:
        """Whose request this is, as the database says now. Streams ask again before they go on (S21)."""
        found = await self.find_session(request)
        if found is None or found[0].stage != "whole":
            return None
        return self.to_staff(*found)

    async def find_session(self, request: Request) -> tuple[Session, Account] | None:
        """The session of this request's cookie, whole or half, while it lasts."""
        token = read_session(request)
        if not token:
            return None
        now, hashed = self.clock.now(), hash_token(token)
        found = await self.database.read(lambda connection: _find(connection, hashed))
        if found is None or not self._lasts(found[0], now) or not found[1].may_sign_in:
            return None
        session = found[0]
        if session.seen_at < now - TOUCH_EVERY and not is_stream(request):
            await self.database.transaction(lambda connection: staff_sessions.touch(connection, session.id, now))
        return found

    def to_staff(self, session: Session, account: Account) -> Staff:
        lacks = account.role == "owner" and account.second_salt is None and self.terms.owners_need_second
        return Staff(
            account.id,
            account.name,
            account.role,
            account.page_ids,
            account.all_pages,
            session.id,
            account.email,
            lacks_second=lacks,
            is_fresh=session.proved_at > self.clock.now() - FRESH_FOR,
        )

    def new_token(self) -> str:
        """256 random bits."""
        return self.chance.new_id() + self.chance.new_id()

    def begin_session(self, connection: Connection, account: Account, stage: Stage, visitor: Visitor) -> str:
        """Begin a session; its token, which is kept nowhere."""
        now, token = self.clock.now(), self.new_token()
        staff_sessions.delete_old(connection, now, self.terms.idle, self.terms.whole)
        session = Session(self.chance.new_id(), account.id, stage, visitor.device, visitor.address, now, now, now)
        staff_sessions.add(connection, hash_token(token), session)
        return token

    def subject(self, kind: str, value: str) -> bytes:
        """Under what tries are counted: nobody learns from the table who tried."""
        return hmac.digest(self.key, f"{kind}\0{value}".encode(), "sha256")

    def subjects(self, email: str, visitor: Visitor) -> list[bytes]:
        """A browser that this account signed in with before is counted by itself: strangers who try cannot keep its owner out."""
        known = self.is_known_device(email, visitor.known_device)
        account = self.subject("device", visitor.known_device) if known else self.subject("account", email)
        return [account, self.subject("address", network_of(visitor.address))]

    def new_device(self, email: str) -> str:
        """What a browser keeps to be known again: `random.signature`."""
        random = self.chance.new_id()
        return f"{random}.{self._sign_device(email, random)}"

    def is_known_device(self, email: str, mark: str) -> bool:
        random, _, signature = mark.partition(".")
        return hmac.compare_digest(self._sign_device(email, random).encode(), signature.encode())

    def _sign_device(self, email: str, random: str) -> str:
        return hmac.digest(self.key, f"device\0{email}\0{random}".encode(), "sha256").hex()

    def _lasts(self, session: Session, now: datetime) -> bool:
        if session.stage == "password" and session.began_at < now - HALF_FOR:
            return False
        return session.seen_at >= now - self.terms.idle and session.began_at >= now - self.terms.whole


def is_stream(request: Request) -> bool:
    """A stream goes on while nobody sits there: it keeps nobody signed in."""
    return "text/event-stream" in request.headers.get("accept", "")


def hash_token(token: str) -> bytes:
    """Tokens are random: a plain hash hides them as well as a slow one."""
    return hashlib.sha256(token.encode()).digest()


def _find(connection: Connection, token: bytes) -> tuple[Session, Account] | None:
    session = staff_sessions.find(connection, token)
    account = staff.find(connection, session.staff_id) if session else None
    return (session, account) if session and account else None
