"""A desk with a long past for the benchmark: conversations, transcripts and a queue, written past all rooms by plain inserts."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from app.store import bulk
from app.store.database import Database
from app.store.tables import conversations, history, outbox, sessions
from benchmarks.servers import PAGE_ID

CHUNK = 5_000
"""Rows of one transaction."""
WAITING, TAKEN = 300, 200
"""Conversations that wait, and that staff have; the bot answers the rest."""
WORDS = [
    "order",
    "parcel",
    "shipping",
    "size",
    "colour",
    "wool",
    "scarf",
    "boots",
    "late",
    "wet",
    "broken",
    "return",
    "refund",
    "price",
    "winter",
    "summer",
    "gift",
    "card",
    "thanks",
    "hello",
    "where",
    "when",
    "how",
]


@dataclass(frozen=True, slots=True)
class Size:
    """How many conversations, and messages of both sides together."""

    conversations: int
    messages: int

    @property
    def each(self) -> int:
        return max(self.messages // self.conversations, 2)


async def fill(database: Database, size: Size, note: Callable[[str], None]) -> None:
    """Write everything; the same each time."""
    chance = random.Random(7)
    now = datetime.now(UTC) - timedelta(minutes=10)
    for table, rows in (
        (conversations, _conversations(size, now, chance)),
        (sessions, _sessions(size, now)),
        (history, _history(size, now, chance)),
        (outbox, _outbox(size, now, chance)),
    ):
        count = 0
        for chunk in _chunks(rows):
            await database.transaction(lambda connection, table=table, chunk=chunk: _insert(connection, table, chunk))
            count += len(chunk)
        note(f"{count:,} rows in {table.name}")


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    bulk.run(connection, insert(table), rows)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def customer(number: int) -> str:
    return f"9{number:08}"


def _when(number: int, size: Size, now: datetime) -> datetime:
    """Spread over the last year."""
    return now - timedelta(seconds=365 * 24 * 3600 * (1 - (number + 1) / size.conversations))


def _conversations(size: Size, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    first_open = size.conversations - WAITING - TAKEN
    for number in range(size.conversations):
        at = _when(number, size, now)
        by = "bot" if number < first_open else "waiting" if number < first_open + WAITING else "staff"
        yield {
            "page_id": PAGE_ID, "customer_id": customer(number), "answered_by": by, "epoch": 1, "fence": 0, "tries": 0,
            "next_seq": size.each, "created_at": at, "last_customer_at": at, "changed_at": at,
            "handed_off_at": at if by != "bot" else None, "team": "care" if by != "bot" else None,
            "handoff_reason": "person" if by != "bot" else None, "staff_id": "somebody" if by == "staff" else None,
            "customer_name": f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}son {number}",
            "resolved_at": at if by == "bot" and number % 3 == 0 else None,
        }  # fmt: skip


def _sessions(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(size.conversations):
        body = {"state": "person", "back": ["welcome"], "slots": {"first_name": "Mila", "order_number": str(number)}}
        yield {
            "page_id": PAGE_ID, "customer_id": customer(number), "body": body, "revision": "r",
            "updated_at": _when(number, size, now),
        }  # fmt: skip


def _text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(3, 14)))


def _history(size: Size, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    for place, number in itertools.product(range(size.each // 2), range(size.conversations)):
        at = _when(number, size, now) - timedelta(minutes=size.each - place)
        yield {
            "page_id": PAGE_ID, "customer_id": customer(number), "who": "customer", "kind": "TextReceived",
            "text": _text(chance), "body": None, "mid": f"m_{place}_{number}", "happened_at": at,
        }  # fmt: skip


def _outbox(size: Size, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(size.conversations):
        for place in range(1, size.each - size.each // 2 + 1):
            at = _when(number, size, now) - timedelta(minutes=size.each - place)
            yield {
                "page_id": PAGE_ID, "customer_id": customer(number), "seq": place, "body": {"text": _text(chance)},
                "written_by": "staff" if place % 10 == 0 else "bot", "epoch": 1, "status": "sent", "attempt": 1, "unsure": 0,
                "mid": f"o_{place}_{number}", "created_at": at, "settled_at": at,
            }  # fmt: skip
