"""The desk, put together for one process: what it works with, its live screens, and news between processes. A composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from fastapi import FastAPI

from app.chance import Chance
from app.channel import Channel
from app.clock import Clock
from app.desk import routes, routes_callbacks, routes_live
from app.desk.access.access import Access
from app.desk.api import docs
from app.desk.api import routes as api_routes
from app.desk.api.who import Api, Throttle
from app.desk.live import Hub
from app.desk.service import Desk
from app.flowfile.live import LiveFlows
from app.service.files import Files
from app.settings import LOOPBACK, Settings, sqlite_file
from app.store.database import Database, hosts_of, read_url
from app.store.wake import SCREENS, Fleet, Nearby, Wake

PAUSE_SECONDS = 0.1
"""Between two notices to the screens of other processes: people see no difference, and every notice makes every process look."""


@dataclass(slots=True)
class Screens:
    """What this process needs for screens. A process that only works has no `hub`: it tells those that have."""

    news: Wake
    clock: Clock
    hub: Hub | None = None
    files: Files | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Something that a screen may show has changed."""
        if self.hub is not None:
            self.hub.tell()
        self._told.set()

    def start(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """The loops that it needs."""
        loops = [group.create_task(self.news.pass_on()), group.create_task(self._tell_others())]
        if self.hub is not None:
            hub = self.hub
            loops += [group.create_task(self.news.listen(lambda _: hub.tell())), group.create_task(hub.run())]
        return loops

    async def _tell_others(self) -> None:
        """Tell other processes at once, and then of what comes in the pause together, until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            self.news.tell()
            await self.clock.sleep(PAUSE_SECONDS)


def create_news(settings: Settings, database: Database, clock: Clock) -> Wake:
    """How processes tell each other that screens have something to show."""
    if file := sqlite_file(settings):
        return Nearby(file, SCREENS)
    return Fleet(database, hosts_of(read_url(settings.database_url.get_secret_value())), clock, SCREENS)


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the desk. `woken` tells the workers of this process, or of others, that there is work."""

    database: Database
    clock: Clock
    channel: Channel
    flows: LiveFlows
    access: Access
    woken: Callable[[], None]


def add_desk(screens: Screens, settings: Settings, behind: Behind, page_ids: frozenset[str]) -> None:
    """The desk of a process with pages."""
    desk = Desk(
        database=behind.database,
        clock=behind.clock,
        chance=Chance(),
        policy=behind.channel.may_send,
        pieces=behind.channel.pieces,
        flow_of=behind.flows.flow_of,
        pages=sorted(page_ids),
        changed=screens.tell,
        woken=behind.woken,
        hold=timedelta(seconds=settings.staff_undo_seconds),
        absent=timedelta(minutes=settings.staff_away_minutes),
        public_url=settings.public_url,
        mark_seen=behind.channel.mark_seen,
        show_typing=behind.channel.show_typing,
    )
    screens.hub = Hub(desk, behind.clock, behind.access.find_all)
    screens.files = Files(behind.clock, _local_messenger(settings))


def _local_messenger(settings: Settings) -> tuple[str, ...]:
    """The one address on this machine that pictures may come from: the local Messenger's, where that is used."""
    parts = urlsplit(settings.graph_url)
    return (f"{parts.scheme}://{parts.netloc}",) if parts.hostname in LOOPBACK else ()


def add_routes(app: FastAPI, screens: Screens) -> None:
    """The desk's pages, its stream, and files."""
    assert screens.hub is not None
    desk = screens.hub.desk
    app.state.desk, app.state.hub, app.state.files = desk, screens.hub, screens.files
    app.state.end_streams = screens.hub.stop
    app.state.api = Api(desk, Throttle(desk.database, desk.clock))
    app.state.teams_of = partial(_teams_of, desk)
    for room in (routes_live, routes_callbacks, routes, docs, api_routes):
        app.include_router(room.router)


def _teams_of(desk: Desk, page_id: str) -> tuple[str, ...]:
    flow = desk.flow_of(page_id)
    return tuple(flow.teams) if flow else ()
