"""Keys with which other programs use the API. Decides nothing about rights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from app.store.staff import Role
from app.store.tables_tools import api_keys

_k = api_keys.c


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without itself. `page_ids` counts only where `all_pages` is false; `made_by` as the audit names people."""

    id: str
    name: str
    role: Role
    made_by: str
    made_at: datetime
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What the audit tells of it."""
        return {"key": self.id, "role": self.role, "pages": ["all"] if self.all_pages else sorted(self.page_ids)}

    def is_within(self, all_pages: bool, page_ids: Collection[str]) -> bool:
        """Whether it reaches no further than somebody with these Pages."""
        return all_pages or (not self.all_pages and self.page_ids <= set(page_ids))


_columns = (
    _k.id, _k.name, _k.role, _k.made_by, _k.made_at, _k.page_ids, _k.all_pages, _k.used_at, _k.revoked_at
)  # fmt: skip


def add(connection: Connection, key: ApiKey, token: bytes) -> None:
    """Keep a new one; `token` is its hash."""
    connection.execute(
        insert(api_keys).values(
            id=key.id, token=token, name=key.name, role=key.role, all_pages=key.all_pages,
            page_ids=sorted(key.page_ids), made_by=key.made_by, made_at=key.made_at,
        )
    )  # fmt: skip


def find_by_token(connection: Connection, token: bytes) -> ApiKey | None:
    """The key of that hash, unless it was revoked."""
    row = connection.execute(select(*_columns).where(_k.token == token, _k.revoked_at.is_(None))).one_or_none()
    return _key(row) if row else None


def find(connection: Connection, key_id: str) -> ApiKey | None:
    row = connection.execute(select(*_columns).where(_k.id == key_id)).one_or_none()
    return _key(row) if row else None


def list_all(connection: Connection) -> list[ApiKey]:
    """Every one that ever was, the newest first."""
    return [_key(row) for row in connection.execute(select(*_columns).order_by(_k.made_at.desc(), _k.id))]


def revoke(connection: Connection, key_id: str, now: datetime) -> bool:
    """It opens nothing from now on; False if it did not before."""
    revoked = update(api_keys).where(_k.id == key_id, _k.revoked_at.is_(None)).values(revoked_at=now)
    return connection.execute(revoked).rowcount == 1


def revoke_made_by(connection: Connection, made_by: str, now: datetime) -> list[ApiKey]:
    """Nothing that they made opens anything from now on; those that did before."""
    theirs = [each for each in list_all(connection) if each.made_by == made_by and each.revoked_at is None]
    return [each for each in theirs if revoke(connection, each.id, now)]


def touch(connection: Connection, key_id: str, now: datetime) -> None:
    """It was used."""
    connection.execute(update(api_keys).where(_k.id == key_id).values(used_at=now))


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests that all processes together take of one key: so many a second, and so many at once after a rest."""

    a_second: float
    at_once: float


def lease(connection: Connection, key_id: str, most: int, rate: Rate, now: datetime) -> float:
    """How many requests, up to `most`, the caller may take of what all processes share; below 1 none, and what is there of one."""
    locked = select(_k.requests_left, _k.left_at).where(_k.id == key_id).with_for_update()
    row = connection.execute(locked).one_or_none()
    if row is None:
        return 0.0
    left, at = rate.at_once, now
    if row.left_at is not None:
        # The clocks of two machines differ: none gets more by being behind.
        at = max(now, row.left_at)
        left = min(rate.at_once, row.requests_left + (at - row.left_at).total_seconds() * rate.a_second)
    if left < 1:
        return float(left)
    granted = min(most, int(left))
    connection.execute(update(api_keys).where(_k.id == key_id).values(requests_left=left - granted, left_at=at))
    return float(granted)


def _key(row: Any) -> ApiKey:
    return ApiKey(
        row.id, row.name, cast(Role, row.role), row.made_by, row.made_at, frozenset(row.page_ids), row.all_pages,
        row.used_at, row.revoked_at,
    )  # fmt: skip
