"""Processes side by side: web and worker on one SQLite file, several of a kind on PostgreSQL, and what happens when one goes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import Connection

from app.store import outbox, workers
from app.store.database import open_database
from tests.crashes.kit import count_doubled, count_out_of_order, missing
from tests.crashes.meta import Meta
from tests.processes.kit import Server, replies, running, until

TAKEN_OVER_SECONDS = 10.0
REPLY_SECONDS = 0.2
FREEZE_SECONDS = 6.0
QUICK = {
    "FRONTDESK_WORKER_BEAT_SECONDS": "0.5",
    "FRONTDESK_WORKER_DEAD_SECONDS": "3",
    "FRONTDESK_LOOK_UP_AFTER_SECONDS": "1,3",
}


async def talk(meta: Meta, customers: int, texts: int, pause_seconds: float = 0.0) -> None:
    """So many customers write so many texts each, side by side."""

    async def one(customer: str) -> None:
        for number in range(1, texts + 1):
            await meta.say(customer, f"n {number}")
            await asyncio.sleep(pause_seconds)

    await asyncio.gather(*(one(str(30_000 + number)) for number in range(customers)))


def assert_each_text_was_answered_once_and_in_order(meta: Meta) -> None:
    arrived = list(meta.arrived.values())
    copies = sum(len(each) - len({one.metadata for one in each}) for each in arrived)
    assert sum(count_doubled(each) for each in arrived) == 0
    assert sum(count_out_of_order(each) for each in arrived) == 0
    assert copies == 0


def all_answered(meta: Meta) -> bool:
    return not any(missing(meta, customer) for customer in meta.acknowledged)


async def read(url: str, what: Callable[[Connection], object]) -> object:
    database = open_database(url)
    try:
        return await database.read(what)
    finally:
        await database.close()


async def eventually(found: Callable[[], Awaitable[object]], wanted: object, seconds_max: float) -> None:
    began = time.monotonic()
    while True:
        if await found() == wanted:
            return
        assert time.monotonic() - began < seconds_max, f"not {wanted} within {seconds_max} seconds"
        await asyncio.sleep(0.1)


async def test_web_and_worker_apart_answer_as_quickly_as_one(meta: Meta, tmp_path: Path, sqlite_url: str) -> None:
    web, worker = (Server(tmp_path, sqlite_url, meta.port, role=role) for role in ("web", "worker"))
    took = []
    async with running(meta, web, worker):
        for number in range(15):
            customer = str(40_000 + number)
            await meta.say(customer, "n 1")
            took.append(await until(lambda: replies(meta, customer)))  # noqa: B023
            await asyncio.sleep(0.05)
    assert statistics.median(took) < REPLY_SECONDS


async def test_a_second_process_of_a_role_on_one_sqlite_file_is_refused_in_words(
    meta: Meta, tmp_path: Path, sqlite_url: str
) -> None:
    first = Server(tmp_path, sqlite_url, meta.port, role="worker")
    async with running(meta, first):
        code, said = await asyncio.to_thread(Server(tmp_path, sqlite_url, meta.port, role="worker").refused)
        assert code == 2
        assert re.search(r"Another process already works on .*frontdesk\.db as worker", said)
        assert "Traceback" not in said
        other_role = Server(tmp_path, sqlite_url, meta.port, role="web")
        async with running(meta, other_role):
            await meta.say("40000", "n 1")
            await until(lambda: bool(replies(meta, "40000")))


async def test_after_the_first_died_the_role_is_free_again(meta: Meta, tmp_path: Path, sqlite_url: str) -> None:
    first, second = (Server(tmp_path, sqlite_url, meta.port) for _ in range(2))
    async with running(meta, first):
        await meta.say("40000", "n 1")
        first.kill()
    async with running(meta, second):
        await until(lambda: all_answered(meta))


async def test_two_processes_on_postgresql_answer_each_text_once_and_in_order(
    meta: Meta, tmp_path: Path, postgres_url: str
) -> None:
    async with running(meta, *(Server(tmp_path, postgres_url, meta.port) for _ in range(2))):
        assert len(await names(postgres_url)) == 2
        await talk(meta, customers=15, texts=8)
        await until(lambda: all_answered(meta))
        await asyncio.sleep(1.0)
    assert_each_text_was_answered_once_and_in_order(meta)


async def names(url: str) -> list[str]:
    found = await read(url, workers.list_all)
    assert isinstance(found, list)
    return found


async def test_when_one_of_two_is_killed_the_other_takes_its_work_over_in_time(
    meta: Meta, tmp_path: Path, postgres_url: str
) -> None:
    dying, living = (Server(tmp_path, postgres_url, meta.port) for _ in range(2))
    async with running(meta, dying, living):
        async with asyncio.TaskGroup() as group:
            group.create_task(talk(meta, customers=20, texts=12, pause_seconds=0.05))
            await until(lambda: sum(len(each) for each in meta.arrived.values()) > 40)
            before = await names(postgres_url)
            dying.kill()
            meta.ports = [living.port]
            await eventually(lambda: one_is_left(postgres_url), wanted=True, seconds_max=TAKEN_OVER_SECONDS)
        await until(lambda: all_answered(meta))
        assert len(before) == 2
        await eventually(lambda: read(postgres_url, outbox.count_live), wanted={}, seconds_max=20)
    assert_each_text_was_answered_once_and_in_order(meta)


async def one_is_left(url: str) -> bool:
    """One worker on the list, and nothing in hand in a name that is not on it."""
    return len(await names(url)) == 1 and await read(url, workers.list_unlisted) == []


async def test_a_process_that_was_frozen_for_dead_and_wakes_doubles_nothing(
    meta: Meta, tmp_path: Path, postgres_url: str
) -> None:
    frozen, living = (Server(tmp_path, postgres_url, meta.port, QUICK) for _ in range(2))
    async with running(meta, frozen, living):
        async with asyncio.TaskGroup() as group:
            group.create_task(talk(meta, customers=15, texts=18, pause_seconds=0.3))
            await until(lambda: sum(len(each) for each in meta.arrived.values()) > 30)
            assert frozen.process is not None
            os.kill(frozen.process.pid, signal.SIGSTOP)
            meta.ports = [living.port]
            await eventually(lambda: one_is_left(postgres_url), wanted=True, seconds_max=FREEZE_SECONDS + 4)
            os.kill(frozen.process.pid, signal.SIGCONT)
            meta.ports = [living.port, frozen.port]
        await until(lambda: all_answered(meta))
        await eventually(lambda: count_workers(postgres_url), wanted=2, seconds_max=10)
        await asyncio.sleep(2.0)
    assert_each_text_was_answered_once_and_in_order(meta)


async def count_workers(url: str) -> int:
    return len(await names(url))
