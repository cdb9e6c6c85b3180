"""Which program asks: keys in `Authorization: Bearer`, what they may, how often. A key is shown once and kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection
from starlette.requests import Request

from app.clock import Clock
from app.desk.access.access import hash_token
from app.desk.access.api_keys import MARK
from app.desk.access.identity import Staff
from app.desk.service import Desk
from app.errors import NotAllowedError, NotSignedInError, TooManyError
from app.store import api_keys, beside
from app.store.api_keys import ApiKey, Rate
from app.store.database import Database

KEY_CHARS_MAX = 200
TOUCH_EVERY = timedelta(seconds=45)
"""How exactly it is known when a key was used last, and how often its program says that it is there (`service.PRESENT_FOR`)."""
RATE = Rate(a_second=10.0, at_once=60.0)
LEASED = 5
"""Requests that one process takes of the share of all at once: one look into the database for so many."""

bearer = HTTPBearer(auto_error=False, description="A key that an owner made: `Authorization: Bearer fd_…`")


@dataclass(slots=True)
class Throttle:
    """Counts requests by key, together with all other processes: each takes a few at once of what the database has."""

    database: Database
    clock: Clock
    _leased: dict[str, float] = field(default_factory=dict)
    _shut_until: dict[str, datetime] = field(default_factory=dict)

    async def take(self, key_id: str) -> float:
        """0, or the seconds until the next request may come."""
        now = self.clock.now()
        if (shut := self._shut_until.get(key_id)) and shut > now:
            return (shut - now).total_seconds()
        if self._leased.get(key_id, 0.0) < 1:
            got = await self.database.transaction(
                lambda connection: api_keys.lease(connection, key_id, LEASED, RATE, now)
            )
            if got < 1:
                wait = (1 - got) / RATE.a_second
                self._shut_until[key_id] = now + timedelta(seconds=wait)
                return wait
            self._leased[key_id] = self._leased.get(key_id, 0.0) + got
        self._leased[key_id] -= 1
        return 0.0


@dataclass(frozen=True, slots=True)
class Api:
    """What the API works with. The application keeps it as `app.state.api`."""

    desk: Desk
    throttle: Throttle


def api_of(request: Request) -> Api:
    api: Api = request.app.state.api
    return api


def to_staff(key: ApiKey) -> Staff:
    """A key as somebody at the desk: it takes, answers and resolves under its own name."""
    return Staff(f"key:{key.id}", key.name, key.role, key.page_ids, key.all_pages, via_key=key.name)


async def by_key(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Staff:
    """Who asks. Raises NotSignedInError, TooManyError."""
    api = api_of(request)
    token = given.credentials if given else ""
    if not token.startswith(MARK) or len(token) > KEY_CHARS_MAX:
        raise NotSignedInError(
            "A key is missing.", "Send it as Authorization: Bearer fd_… An owner makes one under API keys."
        )
    hashed = hash_token(token)
    key = await api.desk.database.read(lambda connection: api_keys.find_by_token(connection, hashed))
    if key is None:
        raise NotSignedInError(
            "This key opens nothing.", "It is mistyped or was revoked. An owner makes a new one under API keys."
        )
    if wait := await api.throttle.take(key.id):
        raise TooManyError("Too many requests with this key.", "Ask again a little later.", wait)
    await _touch(api.desk, key)
    staff = to_staff(key)
    request.state.staff = staff
    return staff


async def _touch(desk: Desk, key: ApiKey) -> None:
    now = desk.clock.now()
    if key.used_at is not None and now - key.used_at < TOUCH_EVERY:
        return

    def work(connection: Connection) -> None:
        api_keys.touch(connection, key.id, now)
        # What a program has that says nothing any more goes back to the queue, as with people.
        beside.be_there(connection, [f"key:{key.id}"], now)

    await desk.database.transaction(work)


async def by_owner_key(staff: Annotated[Staff, Depends(by_key)]) -> Staff:
    """The same for what only owners may. Raises NotAllowedError."""
    if not staff.is_owner:
        raise NotAllowedError("Only a key with the role of an owner may do this.", "An owner makes one under API keys.")
    return staff
