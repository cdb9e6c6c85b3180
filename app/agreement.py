"""Keeps the processes of a fleet on one flow: the folder is the source, the database the agreement. Joins flowfile and store.

A folder's new content is published as a row; a Page's newest row is what every process serves. An older row published once more is
how an owner goes back: it holds until a folder changes. See app/decisions/0004-revisions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import structlog
from sqlalchemy import Connection

from app.clock import Clock
from app.engine.anywhere import resolve
from app.errors import UnavailableError
from app.flowfile.live import LOOK_SECONDS, LiveFlows, Watched
from app.store import revisions, sessions
from app.store.database import Database
from app.store.revisions import Standing

log = structlog.get_logger()

WAITS_FOR = timedelta(hours=24)
"""A session ends after so long a silence: who wrote before it stands in no state any more."""

Step = Literal["publish", "take", "nothing"]


class Agreement:
    """The folders of one process and the rows of their Pages."""

    def __init__(self, database: Database, flows: LiveFlows, clock: Clock) -> None:
        self._database = database
        self._flows = flows
        self._clock = clock
        self._refused: dict[str, str] = {}
        self._settled: tuple[int, list[str]] | None = None

    def begin(self, *, one_machine: bool) -> None:
        """Before the first `settle`. On one machine there is one folder, and what it holds at the start is meant, even if it is old."""
        for watched in self._flows.watched:
            watched.fresh = one_machine

    async def watch(self) -> None:
        """Look at the folders and the rows until cancelled. While the database is away the process serves what it has."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            await self._flows.look()
            try:
                await self.settle()
            except UnavailableError as error:
                log.debug("revisions not looked at", why=str(error))

    async def settle(self) -> None:
        """Publish what is new here, and take what is new elsewhere. Raises UnavailableError.

        One short question while nothing is, however many folders there are.
        """
        newest = await self._database.read(revisions.find_newest)
        seen = newest, [watched.own.revision for watched in self._flows.watched]
        if seen == self._settled:
            return
        are_settled = [await self._settle(watched) for watched in self._flows.watched]
        self._settled = seen if all(are_settled) else None

    async def _settle(self, watched: Watched) -> bool:
        """Whether there is nothing left to do about it until something changes."""
        page_id, own = watched.page_ids[0], watched.own.revision

        def look(connection: Connection) -> tuple[Standing | None, bool]:
            standing = revisions.find_standing(connection, page_id)
            is_settled = standing is None or own == standing.folder_revision
            return standing, is_settled or revisions.was_live(connection, page_id, own)

        standing, is_known = await self._database.read(look)
        match next_step(watched, standing, is_known=is_known):
            case "publish":
                return await self._publish(watched)
            case "take":
                assert standing
                await self._take(watched, standing)
            case "nothing":
                watched.fresh = False
        return True

    async def _publish(self, watched: Watched) -> bool:
        own = watched.own
        packed = await watched.pack()
        if packed is None or own.flow is None:
            return False
        standing, now = Standing(own.revision, own.revision), self._clock.now()
        new_to = await self._database.transaction(
            lambda connection: revisions.publish(connection, watched.page_ids, standing, packed, now)
        )
        watched.fresh = False
        if watched.live.revision != own.revision:
            await watched.serve(own.revision, packed)
        if new_to:
            log.info("flow published", folder=str(watched.folder), revision=own.revision)
            await self._tell_stranded(watched)
        return True

    async def _take(self, watched: Watched, standing: Standing) -> None:
        """Serve the newest row. One that was refused before is not tried again until there is another."""
        page_id, revision = watched.page_ids[0], standing.revision
        watched.fresh = False
        if self._refused.get(page_id) == revision:
            return
        packed = await self._database.read(lambda connection: revisions.find_files(connection, page_id, revision))
        if packed is None or not await watched.serve(revision, packed):
            self._refused[page_id] = revision
        elif watched.own.revision != standing.folder_revision:
            log.warning(
                "folder is older than what is live",
                folder=str(watched.folder),
                revision=revision,
                hint="see frontdesk plan",
            )

    async def _tell_stranded(self, watched: Watched) -> None:
        """F701: log how many customers stand in states that the new flow has not; they get the way back that the engine has."""
        flow = watched.live.flow
        for page_id in watched.page_ids:
            waiting = await count_waiting(self._database, page_id, self._clock)
            for state, customers in waiting.items():
                if not resolve(flow, state):
                    log.warning("customers wait in a removed state", code="F701", state=state, customers=customers)


def next_step(watched: Watched, standing: Standing | None, *, is_known: bool) -> Step:
    """What to do about a folder; `is_known`: its content was live before."""
    if standing is not None and watched.own.revision == standing.folder_revision:
        return "nothing" if watched.live.revision == standing.revision else "take"
    if standing is None or watched.fresh or not is_known:
        return "publish"
    return "nothing" if watched.live.revision == standing.revision else "take"


async def count_waiting(database: Database, page_id: str, clock: Clock) -> Mapping[str, int]:
    """How many customers of that Page stand in each state now."""
    since = clock.now() - WAITS_FOR
    return await database.read(lambda connection: sessions.count_by_state(connection, page_id, since))
