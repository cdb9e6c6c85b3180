"""The desk's service on a real database, with Messenger's own policy and the example shop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from app.chance import Chance
from app.desk.access.identity import Staff
from app.desk.service import Desk
from app.desk.writing import Draftsman
from app.engine.flow import Flow
from app.flowfile.answering import prepare
from app.flowfile.check import read_flow
from app.store import conversations, episodes, history, inbox, lines, outbox, queue, sessions, staff
from app.store.conversations import AfterTurns
from app.store.database import Database, open_database
from app.store.episodes import Why
from app.store.history import Said
from app.store.keys import Key
from app.store.outbox import OutMessage
from app.store.staff import Account
from app.store.tables import inbox as inbox_table
from app.store.taking import Seen
from tests.desk.kit import NOW, PAGE_A, PAGE_B, HandClock
from tests.store.kit import event
from webhooks.messenger.account import Account as AtMeta
from webhooks.messenger.account import Page
from webhooks.messenger.http import create_client
from webhooks.messenger.send import Messenger

MILA: Key = (PAGE_A, "30001")
ANNA = Staff("anna", "Anna Berg", "staff", all_pages=True)
LUC = Staff("luc", "Luc", "staff", all_pages=True)
OLGA = Staff("olga", "Olga", "owner", all_pages=True)
OTHER = Staff("other", "Other", "staff", frozenset((PAGE_B,)))
EXAMPLE = Path(__file__).parents[2] / "flows"


@cache
def example() -> Flow:
    flow = read_flow(EXAMPLE)
    prepare(flow)  # as a server does
    return flow


class Room:
    """A desk, and short ways to see what it did."""

    def __init__(self, database: Database, clock: HandClock, desk: Desk) -> None:
        self.database, self.clock, self.desk = database, clock, desk

    async def do(self, work: Any) -> Any:
        return await self.database.transaction(work)

    async def waits(self, key: Key = MILA, name: str = "Mila", **after: Any) -> Seen:
        """A customer who wrote, was handed over, and waits."""
        now = self.clock.now()

        def work(connection: Connection) -> None:
            inbox.add(connection, [event(key[1], f"hello {key[1]} {now}")])
            conversations.take_over(connection, key, now)
            values = {
                "team": "care",
                "handoff_reason": "person",
                "handoff_note": "Order 10482",
                "handed_off_at": now,
                **after,
            }
            row = AfterTurns(*key, "waiting", 1, 1, now, changed_at=now, customer_name=name, **values)
            conversations.save_changed(connection, [row])
            history.append(
                connection, [Said(*key, "customer", "TextReceived", now, "my parcel is wet", None, f"m{now}")]
            )
            body = {"state": "person", "back": ["welcome"], "slots": {"order_number": "10482", "first_name": name}}
            sessions.save(connection, [(key, body, "r")], now)
            episodes.start(connection, key, Why("bot", "person", "Order 10482", "care"), now)

        await self.do(work)
        return await self.seen(key)

    async def seen(self, key: Key = MILA) -> Seen:
        [row] = await self.do(lambda connection: queue.find_rows(connection, [key]))
        return Seen(key, row.epoch)

    async def row(self, key: Key = MILA) -> queue.Row:
        [row] = await self.do(lambda connection: queue.find_rows(connection, [key]))
        return row

    async def said(self, key: Key = MILA) -> list[tuple[str, str, str]]:
        """Who, text and status of every line."""
        found = await self.do(lambda connection: lines.list_lines(connection, key, 50))
        return [(each.who, each.text or each.kind, each.status) for each in found]

    async def ours(self, key: Key = MILA) -> list[tuple[str, str]]:
        return [(text, status) for who, text, status in await self.said(key) if who in ("staff", "bot") and status]

    async def orders(self) -> list[tuple[str, Any]]:
        """What waits for a turn, but for what the customer wrote."""
        rows = select(inbox_table.c.kind, inbox_table.c.body).where(inbox_table.c.kind != "TextReceived")
        return [(row[0], row[1]) for row in await self.do(lambda connection: connection.execute(rows).fetchall())]

    async def bot_says(self, text: str, key: Key = MILA) -> None:
        def work(connection: Connection) -> None:
            place = conversations.next_seq(connection, key)
            assert place
            now = self.clock.now()
            outbox.add(
                connection, [OutMessage(*key, place[0], {"text": text}, "bot", place[1], 0, now, None, None)], "w"
            )

        await self.do(work)

    async def leaves(self) -> list[str]:
        """The texts that a sender could take now."""
        now = self.clock.now()
        taken = await self.do(lambda connection: outbox.claim_free(connection, "w", 50, now))
        return [each.body.get("text", "") for each in taken]

    def by(self, staff: Staff, form_key: str, key: Key = MILA) -> Draftsman:
        return Draftsman(staff, key, form_key)


@asynccontextmanager
async def open_room(address: str, features: frozenset[str] = frozenset(), public_url: str = "") -> AsyncIterator[Room]:
    database = open_database(address)
    clock, client = HandClock(), create_client()
    pages = {page_id: Page(page_id, "token", ()) for page_id in (PAGE_A, PAGE_B)}
    account = AtMeta("4242", (b"secret",), "verify", pages, features)
    messenger = Messenger(account, "http://127.0.0.1:1/v26.0", client, clock)
    flow = example()
    desk = Desk(
        database,
        clock,
        Chance(),
        messenger.may_send,
        messenger.pieces,
        lambda _: flow,
        (PAGE_A, PAGE_B),
        public_url=public_url,
    )
    try:
        await database.transaction(_hire)
        yield Room(database, clock, desk)
    finally:
        await client.aclose()
        await database.close()


def _hire(connection: Connection) -> None:
    for each in (ANNA, LUC, OLGA, OTHER):
        email = f"{each.id}@shop.example"
        account = Account(each.id, email, each.name, each.role, NOW, each.page_ids, each.all_pages, "hash")
        staff.add(connection, account)


def ago(clock: HandClock, **by: float) -> datetime:
    return clock.now() - timedelta(**by)
