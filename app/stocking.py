"""Keeps what feeds bring on the shelves of every process: fetched by one, stored, served by all. Joins flowfile, service and store.

A feed with an address is asked for news when it is due; what cannot be read leaves what is live as it is. Every process looks at the
row of each feed and takes what is new, without a restart. See app/decisions/0011-catalogues.md.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO

import structlog

from app.clock import Clock
from app.engine.flow import Flow
from app.errors import AppError, UnavailableError
from app.flowfile import shelves
from app.flowfile.feeds.store import PackedFeed, pack_feed, products_of
from app.flowfile.live import LiveFlows
from app.service.download import NEW, SAME, Downloads, Fetched
from app.store import catalogues
from app.store.catalogues import Imported
from app.store.database import Database

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""How soon an import is served everywhere."""
LEASE = timedelta(minutes=15)
"""Whoever fetches a feed has so long, then another process tries."""
AGAIN = timedelta(minutes=10)
"""A feed that could not be taken is asked for again so soon, unless its owner wants it sooner."""
SPOOLED = "stock"
"""Where a flow keeps which content its shelf has, among its searches."""


def feed_name(flow: Flow) -> str:
    """The row of a flow's feed: its address; of what is imported the name of the bot."""
    shop = flow.shop
    return shop.feed if shop.feed.startswith("https://") else f"imported {flow.name}"


def feeds_of(flows: Iterable[Flow]) -> tuple[str, ...]:
    """The feeds that are fetched for these flows, each once."""
    return tuple(dict.fromkeys(feed_name(each) for each in flows if _has_address(each)))


@dataclass(slots=True)
class Stock:
    """What the feeds of this process's flows brought last, packed; by feed. Used by several threads."""

    kept: dict[str, Imported] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fill(self, flow: Flow) -> Flow:
        """The flow with the products of its feed, as far as they are known; a flow without such a feed as it is."""
        if not flow.shop.is_stored:
            return flow
        with self.lock:
            imported = self.kept.get(feed_name(flow))
        if imported is None or flow.searches.get(SPOOLED) == imported.content:
            return flow
        filled = shelves.stocked(flow, products_of(imported.packed, imported.kinds))
        filled.searches[SPOOLED] = imported.content
        return filled


@dataclass(slots=True)
class Stocking:
    """The feeds of one process. `fetches`: whether it asks for news; the others only take what came."""

    database: Database
    flows: LiveFlows
    clock: Clock
    stock: Stock
    downloads: Downloads
    fetches: bool

    async def watch(self) -> None:
        """Look at the feeds until cancelled. While the database is away the process serves what it has."""
        while True:
            try:
                await self.settle()
                if self.fetches:
                    await self.refresh()
            except UnavailableError as error:
                log.debug("catalogues not looked at", why=str(error))
            except Exception as error:
                # The border of the feeds: whatever one of them holds, the process serves what it has.
                log.exception("feeds not looked at", error=type(error).__name__)
            await self.clock.sleep(LOOK_SECONDS)

    async def settle(self) -> None:
        """Take what is new. Raises UnavailableError."""
        for watched in self.flows.watched:
            flow = watched.live.flow
            if not flow.shop.is_stored:
                continue
            name = feed_name(flow)
            content = await self.database.read(partial(catalogues.find_content, name=name))
            if not content or flow.searches.get(SPOOLED) == content:
                continue
            await self._take(name, content)
            filled = await asyncio.to_thread(self.stock.fill, flow)
            if watched.live.flow is flow:  # an owner's change may have gone live meanwhile; the next look fills that
                watched.live = replace(watched.live, flow=filled)
                if watched.own.flow is flow:  # or the shelf of before would stay in memory with it
                    watched.own = replace(watched.own, flow=filled)
                log.info("catalogue live", feed=name, products=len(filled.products))

    async def _take(self, name: str, content: str) -> None:
        kept = self.stock.kept.get(name)
        if kept is not None and kept.content == content:
            return
        found = await self.database.read(lambda connection: catalogues.find(connection, name))
        if found is not None:
            with self.stock.lock:
                self.stock.kept[name] = found

    # ---- asking for news -----------------------------------------------------------------------------------

    async def refresh(self) -> None:
        """Ask every feed with an address for news that is due. Raises UnavailableError."""
        due = {
            feed_name(each.live.flow): each.live.flow.shop.refresh
            for each in self.flows.watched
            if _has_address(each.live.flow)
        }
        for name, every in due.items():
            now = self.clock.now()
            claim = partial(catalogues.claim, name=name, now=now, lease=LEASE)
            marks = await self.database.transaction(claim)
            if marks is not None:
                await self._ask(name, every, marks)

    async def _ask(self, name: str, every: timedelta, marks: Mapping[str, str]) -> None:
        with TemporaryFile() as file:
            fetched = await self.downloads.fetch(name, file, marks)
            feed, why = await asyncio.to_thread(_pack, file) if fetched.result == NEW else (None, fetched.why)
        now = self.clock.now()
        if feed is not None:
            await self._save(name, feed, fetched, every)
            return
        is_well = fetched.result == SAME
        next_at = now + (every if is_well else min(every, AGAIN))
        if not is_well:
            log.warning("feed not taken", feed=name, why=why, hint="What is live stays live.")
        await self.database.transaction(lambda connection: catalogues.keep(connection, name, why, next_at))

    async def _save(self, name: str, feed: PackedFeed, fetched: Fetched, every: timedelta) -> None:
        now, summary = self.clock.now(), feed.summary
        imported = Imported(feed.content, summary.products, feed.packed, feed.kinds, fetched.marks)
        await self.database.transaction(
            lambda connection: catalogues.save(connection, name, imported, now, now + every)
        )
        log.info("feed taken", feed=name, products=summary.products, broken=summary.broken, mended=summary.mended)


def _has_address(flow: Flow) -> bool:
    return flow.shop.feed.startswith("https://")


def _pack(file: BinaryIO) -> tuple[PackedFeed | None, str]:
    """The feed of a file that was fetched, or why it cannot be read."""
    file.seek(0)
    try:
        feed = pack_feed(file)
    except AppError as error:
        return None, str(error)
    except Exception as error:
        log.exception("feed cannot be read", error=type(error).__name__)
        return None, f"It cannot be read ({type(error).__name__})."
    found = feed.summary
    if found.broken > found.products:
        return None, f"Of its rows only {found.products} can be sold and {found.broken} cannot: it looks broken."
    return feed, ""
