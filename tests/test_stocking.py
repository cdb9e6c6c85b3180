"""What feeds bring: fetched by one process, served by all without a restart, kept when a new one is broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.clock import Clock
from app.engine.effects import Search
from app.flowfile.finders import run_search
from app.flowfile.live import LiveFlows
from app.service.addresses import read_allowed
from app.service.download import Downloads
from app.stocking import AGAIN, Stock, Stocking, feeds_of
from app.store import catalogues
from app.store.database import Database, open_database
from app.store.migrate import migrate
from tests.flowfile.bots import TOP, write

ADDRESS = "https://shop.example/feed.csv"
BOT = f"""products: {{feed: "{ADDRESS}", refresh: 1 hour}}
states:
  welcome: {{suggest: products, where: product.price < 50, say: "Look:"}}
"""
FIRST = b"id,title,price\n1,Red dress,45 EUR\n2,Blue dress,60 EUR\n"
SECOND = b"id,title,price\n3,Green dress,40 EUR\n"


class LaterClock(Clock):
    """The machine's clock, and so much later."""

    def __init__(self) -> None:
        self.later = timedelta()

    def now(self) -> datetime:
        return super().now() + self.later


class Web:
    """A shop's server: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.body, self.asked, self.port = FIRST, 0, 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Web]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked += 1
        mark = f'"{hash(self.body)}"'
        if mark in head:
            writer.write(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
        else:
            length = f"Content-Length: {len(self.body)}\r\nETag: {mark}\r\nConnection: close\r\n"
            writer.write(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode() + self.body)
        await writer.drain()
        with closing(writer):
            pass


class Process:
    """One server's share: the flows of a folder, and what is in stock."""

    def __init__(self, folder: Path, database: Database, clock: Clock, web: Web, *, fetches: bool) -> None:
        stock = Stock()
        self.flows = LiveFlows({"10001": folder}, stock.fill)
        downloads = Downloads(read_allowed([f"shop.example=http://127.0.0.1:{web.port}"]), seconds_max=2)
        self.stocking = Stocking(database, self.flows, clock, stock, downloads, fetches)

    async def looks(self) -> list[str]:
        """What it sells after one look."""
        if self.stocking.fetches:
            await self.stocking.refresh()
        await self.stocking.settle()
        return self.sells()

    def sells(self) -> list[str]:
        flow = self.flows.flow_of("10001")
        assert flow is not None
        return list(flow.products)

    def suggests(self) -> tuple[str, ...]:
        flow = self.flows.flow_of("10001")
        assert flow is not None
        return run_search(flow, Search("suggest", '{"facts": {}, "match": "", "shown": []}', "welcome")).unsure


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web().open() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bot").mkdir()
    return write(tmp_path / "bot", TOP + BOT)


async def test_one_process_fetches_and_all_serve_without_a_restart(folder: Path, database: Database, web: Web) -> None:
    clock = LaterClock()
    worker, other = (
        Process(folder, database, clock, web, fetches=True),
        Process(folder, database, clock, web, fetches=False),
    )
    assert (worker.sells(), await other.looks()) == ([], [])
    assert (await worker.looks(), await other.looks()) == (["1", "2"], ["1", "2"])
    assert (worker.suggests(), other.suggests()) == (("1",), ("1",))
    web.body, clock.later = SECOND, timedelta(hours=1)
    assert (await worker.looks(), await other.looks()) == (["3"], ["3"])
    (watched,) = worker.flows.watched
    assert watched.own.flow is watched.live.flow  # nothing holds the products of before


async def test_a_feed_is_asked_for_news_when_it_is_due_and_sent_when_there_are_any(
    folder: Path, database: Database, web: Web
) -> None:
    clock = LaterClock()
    worker = Process(folder, database, clock, web, fetches=True)
    for _ in range(3):
        await worker.looks()
    assert web.asked == 1
    clock.later = timedelta(hours=1)
    assert (await worker.looks(), web.asked) == (["1", "2"], 2)


@pytest.mark.parametrize("broken", [b"", b"<html>We are closed</html>", b"id,title\n,\n", b"\xff" * 2_000])
async def test_a_broken_feed_leaves_what_is_live_and_is_tried_again_soon(
    broken: bytes, folder: Path, database: Database, web: Web
) -> None:
    clock = LaterClock()
    worker = Process(folder, database, clock, web, fetches=True)
    await worker.looks()
    web.body, clock.later = broken, timedelta(hours=1)
    assert await worker.looks() == ["1", "2"]
    (trouble,) = await troubles(database, worker)
    assert (trouble.name, trouble.products, bool(trouble.why)) == (ADDRESS, 2, True)
    web.body, clock.later = SECOND, timedelta(hours=1) + AGAIN
    assert await worker.looks() == ["3"]
    assert await troubles(database, worker) == []


async def troubles(database: Database, process: Process) -> list[catalogues.FeedTrouble]:
    feeds = feeds_of(each.live.flow for each in process.flows.watched)
    return await database.read(lambda connection: catalogues.list_troubles(connection, feeds))


async def test_an_owners_change_keeps_the_products(folder: Path, database: Database, web: Web) -> None:
    worker = Process(folder, database, Clock(), web, fetches=True)
    await worker.looks()
    write(folder, TOP + BOT.replace("< 50", "< 70"))
    assert await worker.flows.look()
    assert worker.sells() == ["1", "2"]
    assert set(worker.suggests()) == {"1", "2"}


async def test_a_process_that_starts_has_the_products_at_once(folder: Path, database: Database, web: Web) -> None:
    await Process(folder, database, Clock(), web, fetches=True).looks()
    assert await Process(folder, database, Clock(), web, fetches=False).looks() == ["1", "2"]
