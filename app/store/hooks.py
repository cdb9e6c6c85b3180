"""Addresses that are told what happens, and what they are told: written in the transaction of what happened, sent by the worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, null, select, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables_tools import deliveries, hooks

KINDS = ("conversation.waiting", "conversation.taken", "conversation.resolved", "message.received")
HOOKS_MAX = 20
"""Addresses of an installation: every event is written down for each of them."""
TRY_SECONDS = 60.0
"""How long nobody else tries what is being tried: longer than a try may take, so that only a worker's death lets it run out."""

_h, _d = hooks.c, deliveries.c


@dataclass(frozen=True, slots=True)
class Hook:
    """One address. `page_ids` counts only where `all_pages` is false. What the rest means stands in `tables_tools.HookRow`."""

    id: str
    url: str
    kinds: tuple[str, ...]
    salt: str
    made_by: str
    made_at: datetime
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False
    old_salt: str | None = None
    old_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    off_at: datetime | None = None
    off_why: str | None = None

    def hears(self, kind: str, page_id: str) -> bool:
        return kind in self.kinds and (self.all_pages or page_id in self.page_ids)

    def is_within(self, all_pages: bool, page_ids: Collection[str]) -> bool:
        """Whether it hears of no more than somebody with these Pages may see."""
        return all_pages or (not self.all_pages and self.page_ids <= set(page_ids))


_columns = (
    _h.id, _h.url, _h.kinds, _h.salt, _h.made_by, _h.made_at, _h.page_ids, _h.all_pages, _h.old_salt, _h.old_until,
    _h.failures, _h.failing_since, _h.off_at, _h.off_why,
)  # fmt: skip


def list_hooks(connection: Connection, *, active: bool = False) -> list[Hook]:
    """Every one, the newest first; `active`: those that are told."""
    chosen = select(*_columns).order_by(_h.made_at.desc(), _h.id)
    return [_hook(row) for row in connection.execute(chosen.where(_h.off_at.is_(None)) if active else chosen)]


def find(connection: Connection, hook_id: str) -> Hook | None:
    row = connection.execute(select(*_columns).where(_h.id == hook_id)).one_or_none()
    return _hook(row) if row else None


def add(connection: Connection, hook: Hook) -> bool:
    """Keep a new one; False when there are HOOKS_MAX."""
    if connection.execute(select(func.count()).select_from(hooks)).scalar_one() >= HOOKS_MAX:
        return False
    connection.execute(
        insert(hooks).values(
            id=hook.id, url=hook.url, kinds=list(hook.kinds), all_pages=hook.all_pages, page_ids=sorted(hook.page_ids),
            salt=hook.salt, made_by=hook.made_by, made_at=hook.made_at, failures=0,
        )
    )  # fmt: skip
    return True


def remove(connection: Connection, hook_id: str) -> None:
    """Forget it, and what it was told."""
    connection.execute(delete(deliveries).where(_d.hook_id == hook_id))
    connection.execute(delete(hooks).where(_h.id == hook_id))


def change_salt(connection: Connection, hook: Hook, salt: str, old_until: datetime) -> None:
    """A new secret; the old one signs besides it until that moment."""
    changed = update(hooks).where(_h.id == hook.id)
    connection.execute(changed.values(salt=salt, old_salt=hook.salt, old_until=old_until))


def switch_on(connection: Connection, hook_id: str) -> None:
    """It is told again, of what happens from now on."""
    on = {"off_at": null(), "off_why": null(), "failing_since": null(), "failures": 0}
    connection.execute(update(hooks).where(_h.id == hook_id).values(**on))


def switch_off(connection: Connection, hook_id: str, why: str, now: datetime) -> bool:
    """It is told nothing any more; what waits for it is dropped. False if it was off before."""
    off = update(hooks).where(_h.id == hook_id, _h.off_at.is_(None)).values(off_at=now, off_why=why)
    if not connection.execute(off).rowcount:
        return False
    waiting = update(deliveries).where(_d.hook_id == hook_id, _d.status == "waiting")
    connection.execute(waiting.values(status="dropped", ended_at=now))
    return True


def note_success(connection: Connection, hook_id: str) -> None:
    succeeded = update(hooks).where(_h.id == hook_id, _h.failures > 0)
    connection.execute(succeeded.values(failures=0, failing_since=null()))


def note_failure(connection: Connection, hook_id: str, now: datetime) -> tuple[int, datetime]:
    """(failures in a row, since when)."""
    failed = (
        update(hooks)
        .where(_h.id == hook_id)
        .values(
            failures=_h.failures + 1, failing_since=func.coalesce(_h.failing_since, literal(now, _h.failing_since.type))
        )
        .returning(_h.failures, _h.failing_since)
    )
    row = connection.execute(failed).one_or_none()
    return (row[0], row[1]) if row else (0, now)


def _hook(row: Any) -> Hook:
    return Hook(
        row.id, row.url, tuple(row.kinds), row.salt, row.made_by, row.made_at, frozenset(row.page_ids), row.all_pages,
        row.old_salt, row.old_until, row.failures, row.failing_since, row.off_at, row.off_why,
    )  # fmt: skip


# ---- what happened -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """One of KINDS. `data` never holds what somebody wrote: who wants that asks the API, which knows what was erased since."""

    kind: str
    key: Key
    at: datetime
    data: Mapping[str, Any]


def tell(connection: Connection, listening: Sequence[Hook], happened: Sequence[Happened], now: datetime) -> None:
    """Write down what each of these is to be told."""
    rows = [
        {
            "hook_id": hook.id, "kind": each.kind, "page_id": each.key[0], "customer_id": each.key[1],
            "body": _body(each), "status": "waiting", "tries": 0, "next_at": now, "made_at": now,
        }
        for each in happened for hook in listening if hook.hears(each.kind, each.key[0])
    ]  # fmt: skip
    if rows:
        bulk.run(connection, _told, rows)


_told = insert(deliveries)


def tell_all(connection: Connection, happened: Sequence[Happened], now: datetime) -> None:
    """The same for everybody who listens now."""
    tell(connection, list_hooks(connection, active=True), happened, now)


def _body(happened: Happened) -> dict[str, Any]:
    """As the convention has it: type, timestamp, data."""
    page, customer = happened.key
    return {
        "type": happened.kind,
        "timestamp": happened.at.isoformat(),
        "data": {"page": page, "customer": customer, **happened.data},
    }


# ---- deliveries --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that one address is told. `tries` counts this one too, if it is being tried."""

    id: int
    hook_id: str
    kind: str
    page_id: str
    customer_id: str
    body: Mapping[str, Any]
    status: str
    tries: int
    answer: int | None
    why: str | None
    made_at: datetime
    next_at: datetime
    ended_at: datetime | None = None


_delivery = (
    _d.id, _d.hook_id, _d.kind, _d.page_id, _d.customer_id, _d.body, _d.status, _d.tries, _d.answer, _d.why, _d.made_at,
    _d.next_at, _d.ended_at,
)  # fmt: skip


def claim(connection: Connection, hook_id: str, most: int, now: datetime) -> list[Delivery]:
    """What is due for that address, the oldest first. Counted before it is tried: a crash must not give a free try."""
    due = (
        select(_d.id)
        .where(_d.hook_id == hook_id, _d.status == "waiting", _d.next_at <= now)
        .order_by(_d.next_at, _d.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    numbers = list(connection.execute(due).scalars())
    if not numbers:
        return []
    until = now + timedelta(seconds=TRY_SECONDS)
    connection.execute(update(deliveries).where(_d.id.in_(numbers)).values(tries=_d.tries + 1, next_at=until))
    rows = connection.execute(select(*_delivery).where(_d.id.in_(numbers)).order_by(_d.id))
    return [Delivery(*tuple(row)) for row in rows]


def list_deliveries(connection: Connection, hook_id: str, most: int, before: int | None = None) -> list[Delivery]:
    """The newest first; `before`: older than that number."""
    chosen = select(*_delivery).where(_d.hook_id == hook_id).order_by(_d.id.desc()).limit(most)
    rows = connection.execute(chosen if before is None else chosen.where(_d.id < before))
    return [Delivery(*tuple(row)) for row in rows]


def finish(
    connection: Connection, delivery_id: int, now: datetime, *, status: str, answer: int | None, why: str = ""
) -> None:
    """It came to its end: done or failed."""
    ended = update(deliveries).where(_d.id == delivery_id, _d.status == "waiting")
    connection.execute(ended.values(status=status, answer=answer, why=why or None, ended_at=now))


def put_off(connection: Connection, delivery_id: int, answer: int | None, why: str, until: datetime) -> None:
    """To be tried again at that moment."""
    again = update(deliveries).where(_d.id == delivery_id, _d.status == "waiting")
    connection.execute(again.values(answer=answer, why=why or None, next_at=until))


def try_again(connection: Connection, hook_id: str, delivery_id: int, now: datetime) -> bool:
    """Begin anew with one that failed or was dropped; False if there is none."""
    wanted = _d.status.in_(("failed", "dropped"))
    again = update(deliveries).where(_d.id == delivery_id, _d.hook_id == hook_id, wanted)
    return connection.execute(again.values(status="waiting", tries=0, next_at=now, ended_at=null())).rowcount == 1
