"""The real database, with trouble on order: away, an answer lost after the commit, somebody else's move in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection

from app.errors import UnavailableError
from app.store.database import Database

Value = TypeVar("Value")
Before = Callable[[], Awaitable[None]]


class Troubled:
    """Hands everything on to a real database. Each transaction takes one entry off `plan`, if there is any.

    `None`: nothing special. "away": nothing is written. "taken back": all of it is done, and not committed. "answer lost": committed,
    and nobody hears of it. A function: runs before.
    """

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.plan: deque[str | Before | None] = deque()
        self.transactions = self.under_way = 0
        self.were_brief: list[bool] = []

    async def transaction(self, work: Callable[[Connection], Value], *, brief: bool = False) -> Value:
        self.transactions += 1
        self.were_brief.append(brief)
        self.under_way += 1
        try:
            return await self._transaction(work, self.plan.popleft() if self.plan else None, brief)
        finally:
            self.under_way -= 1

    async def _transaction(
        self, work: Callable[[Connection], Value], trouble: str | Before | None, brief: bool
    ) -> Value:
        if trouble == "away":
            raise UnavailableError("The database is away.")
        if callable(trouble):
            await trouble()
        result = await self.inner.transaction(_taken_back(work) if trouble == "taken back" else work, brief=brief)
        if trouble == "answer lost":
            raise UnavailableError("The connection was lost in the commit.")
        return result

    async def read(self, work: Callable[[Connection], Value]) -> Value:
        self.under_way += 1
        try:
            return await self.inner.read(work)
        finally:
            self.under_way -= 1

    async def let_go(self) -> None:
        await self.inner.let_go()

    async def close(self) -> None:
        await self.inner.close()


def _taken_back(work: Callable[[Connection], Value]) -> Callable[[Connection], Value]:
    def fail(connection: Connection) -> Value:
        work(connection)
        raise UnavailableError("The commit failed.")

    return fail
