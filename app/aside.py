"""What was set aside, for the command line: shown with its reason, and replayed. A composition root: joins store and Messenger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from app.channel import Received
from app.clock import Clock
from app.errors import AppError, NotFoundError, UnavailableError
from app.settings import Settings, pages, sqlite_file
from app.store import audit, quarantine
from app.store.database import Database, open_database
from app.store.intake import to_event
from app.store.migrate import is_current
from app.store.quarantine import UNREADABLE, SetAside
from webhooks.messenger.parse import parse_again

Value = TypeVar("Value")

SHOWN_MAX = 200
"""Lines of a listing: the newest are what somebody looks for."""
REPLAYED_MAX = 10_000
"""Events of one run, the newest; more than ever fail for one reason before somebody looks."""
WAITS = "waits for its turn again; a running server takes it within a second."
WOULD_WAIT = "can be given another chance; nothing was changed."


def list_lines(settings: Settings) -> list[str]:
    """A line for each event: number, moment, Page, kind, reason; never what a customer wrote."""
    found = asyncio.run(in_transaction(settings, lambda connection: quarantine.list_set_aside(connection, SHOWN_MAX)))
    if not found:
        return ["Nothing was set aside."]
    return [
        f"{each.id}  {each.received_at:%Y-%m-%d %H:%M:%S}Z  Page {each.page_id or '?'}  {each.kind}: {each.reason}"
        for each in found
    ]


def replay(settings: Settings, event_ids: Sequence[int], *, every: bool, dry: bool) -> tuple[list[str], bool]:
    """Give these events, or all that were set aside, another chance: a line for each, and whether all were given one.

    Each is a transaction of its own, with its entry in the audit: what cannot be read still stays and holds up no other.
    `dry` changes nothing.
    """
    return asyncio.run(on_database(settings, lambda database: _replay_each(database, settings, event_ids, every, dry)))


async def _replay_each(
    database: Database, settings: Settings, event_ids: Sequence[int], every: bool, dry: bool
) -> tuple[list[str], bool]:
    ours, clock = frozenset(page.page_id for page in pages(settings)), Clock()
    if every:
        found = await database.read(lambda connection: quarantine.list_set_aside(connection, REPLAYED_MAX))
        event_ids = [each.id for each in reversed(found)]
    lines, well = [], True
    for event_id in event_ids:
        work = partial(_replay, event_id=event_id, app_id=settings.app_id, ours=ours, at=None if dry else clock.now())
        try:
            kind = await database.transaction(work)
        except UnavailableError:
            raise
        except AppError as error:
            lines.append(str(error))
            well = False
        else:
            lines.append(f"Event {event_id} ({kind}) {WOULD_WAIT if dry else WAITS}")
    return lines or ["Nothing was set aside."], well


def _replay(connection: Connection, event_id: int, app_id: str, ours: frozenset[str], at: datetime | None) -> str:
    """The kind of event that waits again, and of which the audit tells; `at`: None only tries whether it could."""
    found = quarantine.find(connection, event_id)
    if found is None:
        raise NotFoundError(f"No event {event_id} was set aside.", "frontdesk quarantine lists them.")
    if found.kind != UNREADABLE:
        kind = found.kind
        if at is not None:
            quarantine.replay(connection, event_id)
    else:
        event = to_event(_read_again(found, app_id, ours), found.received_at)
        kind = event.kind
        if at is not None:
            quarantine.replay_as(connection, event_id, event)
    if at is not None:
        details = {"event": event_id, "kind": kind}
        audit.add(connection, "event_replayed", at, who=audit.COMMAND_LINE, page_id=found.page_id, details=details)
    return kind


def _read_again(found: SetAside, app_id: str, ours: frozenset[str]) -> Received:
    """The item as an event of a connected Page; what is not ours stays where it is."""
    raw = str((found.body or {}).get("raw", ""))
    item = parse_again(raw, found.page_id, found.received_at, app_id, ours)
    if not isinstance(item, Received) or not item.customer_id:
        raise AppError(f"Event {found.id} still cannot be read: {found.reason}", "A newer program may read it.")
    return item


async def in_transaction(settings: Settings, work: Callable[[Connection], Value]) -> Value:
    """What `work` gives, in one transaction on the database of a server. Raises as `on_database` does."""
    return await on_database(settings, lambda database: database.transaction(work))


async def on_database(settings: Settings, use: Callable[[Database], Awaitable[Value]]) -> Value:
    """What `use` gives, with the database of a server. Raises AppError where there is none of this program's schema."""
    file = sqlite_file(settings)
    if file is not None and not file.is_file():
        raise AppError(f"There is no database {file} yet.", "A server makes it when it starts.")
    database = open_database(settings.database_url.get_secret_value())
    try:
        if not await database.transaction(is_current):
            raise AppError("The database has another schema than this program.", "Run frontdesk migrate.")
        return await use(database)
    finally:
        await database.close()
