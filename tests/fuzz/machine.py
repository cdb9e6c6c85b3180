"""What the machines of the store have in common: one database for all examples, emptied before each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Connection, delete

from app.store import workers
from app.store.database import Database
from app.store.memory import MemoryDatabase
from app.store.outbox import OutMessage
from app.store.tables import conversations, inbox, outbox, sessions
from app.store.tables import workers as workers_table
from tests.store.kit import NOW

Value = TypeVar("Value")
WORKERS = ("w1", "w2", "w3")
CUSTOMERS = ("1", "2", "3")
some_worker, some_customer = st.sampled_from(WORKERS), st.sampled_from(CUSTOMERS)


class Machine(RuleBasedStateMachine):
    """Each rule is a step on the store, held against a small model."""

    runner: asyncio.Runner
    database: Database

    def do(self, work: Callable[[Connection], Value]) -> Value:
        return self.runner.run(self.database.transaction(work))

    def empty(self) -> None:
        """Nothing is kept, and the workers are at work."""

        def work(connection: Connection) -> None:
            for table in (inbox, conversations, sessions, outbox, workers_table):
                connection.execute(delete(table))
            for each in WORKERS:
                workers.join(connection, each, NOW)

        self.do(work)


def bury(dead: str, by: str, connection: Connection) -> list[OutMessage]:
    adopted = workers.bury(connection, dead, by)
    workers.join(connection, dead, NOW)  # it starts anew, or it only stood still and wakes
    return adopted


def in_memory(machine: type[Machine], runner: asyncio.Runner) -> type[Machine]:
    return type(f"{machine.__name__}InMemory", (machine,), {"runner": runner, "database": MemoryDatabase()})


def on(machine: type[Machine], runner: asyncio.Runner, database: Database) -> type[Machine]:
    """The same on an open, migrated database that is nobody else's."""
    return type(f"{machine.__name__}OnDatabase", (machine,), {"runner": runner, "database": database})
