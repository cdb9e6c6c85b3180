"""What was set aside, for the command line: shown with its reason, and replayed. A composition root: joins store and Messenger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection

from app.channel import Received
from app.errors import AppError, NotFoundError
from app.settings import Settings, pages, sqlite_file
from app.store import quarantine
from app.store.database import Database, open_database
from app.store.intake import to_event
from app.store.migrate import is_current
from app.store.quarantine import UNREADABLE, SetAside
from webhooks.messenger.parse import parse_again

Value = TypeVar("Value")

SHOWN_MAX = 200
"""Lines of a listing: the newest are what somebody looks for."""


def list_lines(settings: Settings) -> list[str]:
    """A line for each event: number, moment, Page, kind, reason; never what a customer wrote."""
    found = asyncio.run(in_transaction(settings, lambda connection: quarantine.list_set_aside(connection, SHOWN_MAX)))
    if not found:
        return ["Nothing was set aside."]
    return [
        f"{each.id}  {each.received_at:%Y-%m-%d %H:%M:%S}Z  Page {each.page_id or '?'}  {each.kind}: {each.reason}"
        for each in found
    ]


def replay(settings: Settings, event_id: int) -> str:
    """Give one event another chance; what to tell. Raises NotFoundError, or AppError when it still cannot be read."""
    ours = frozenset(page.page_id for page in pages(settings))
    asyncio.run(in_transaction(settings, lambda connection: _replay(connection, event_id, settings.app_id, ours)))
    return f"Event {event_id} waits for its turn again; a running server takes it within a second."


def _replay(connection: Connection, event_id: int, app_id: str, ours: frozenset[str]) -> None:
    found = quarantine.find(connection, event_id)
    if found is None:
        raise NotFoundError(f"No event {event_id} was set aside.", "frontdesk quarantine lists them.")
    if found.kind != UNREADABLE:
        quarantine.replay(connection, event_id)
        return
    quarantine.replay_as(connection, event_id, to_event(_read_again(found, app_id, ours), found.received_at))


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
