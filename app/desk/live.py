"""Screens that follow what happens: one look at the database for all of this process, and an event for each screen that it concerns.

Who comes back after a break names the last moment it knows and is told everything since: nothing is numbered, nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection

from app.clock import Clock
from app.desk import noted
from app.desk.access.identity import Staff
from app.desk.service import Desk, People, read_people
from app.desk.shown import visible
from app.errors import ConflictError, UnavailableError
from app.store import beside, queue, taking
from app.store.keys import Key
from app.store.queue import CHANGED_MOST, Load, Row

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How soon a change is found that nobody told us of."""
LOOK_SECONDS = 0.15
"""The least between two looks: what happens meanwhile is told together."""
GATHER_SECONDS = 0.25
"""How long one screen waits for more before it is written to; with the look this stays well below a second."""
OVERLAP = timedelta(seconds=5)
"""Each look goes back so far behind the last: on PostgreSQL a transaction may end later than one that began after it."""
PING_SECONDS = 15.0
"""A proxy that sees nothing for a minute closes the connection; it is also how often rights are read where nothing happens."""
PRESENCE_SECONDS = 20.0
STREAMS_MAX = 500
"""Screens of one process; each costs a connection and a little memory."""
STREAMS_OF_ONE_MAX = 40
"""Screens of one person: nobody opens so many, and nobody takes the others' places."""

FindStaff = Callable[[], Awaitable[Staff | None]]
"""Whose stream it is, read anew: None when the session has ended."""
FindAll = Callable[[Connection, Collection[str]], Mapping[str, Staff]]
"""The same for many streams at once, by the tokens of their cookies."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """Whose a screen is, by its cookie: asked by itself now and then, and together with all others at each look."""

    token: str
    find_staff: FindStaff


@dataclass(slots=True, eq=False)
class Stream:
    """One screen: what changed since it was written to, each conversation once, in its latest form (page, JSON)."""

    staff: Staff
    token: str
    rows: dict[Key, bytes] = field(default_factory=dict)
    is_behind: bool = False
    has_ended: bool = False
    told_counts: dict[str, int] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, rows: Mapping[Key, bytes]) -> None:
        self.rows.update(rows)
        self.woken.set()

    def tell_older(self, rows: Mapping[Key, bytes]) -> None:
        """The same of what was read a while ago: what was told meanwhile is newer."""
        self.rows = {**rows, **self.rows}
        self.woken.set()

    def fall_behind(self) -> None:
        """Too much happened: the screen is to read its list anew."""
        self.is_behind = True
        self.woken.set()

    def recheck(self, now_is: Staff | None) -> None:
        """Who it is now; None: the session has ended."""
        if now_is is None:
            self.has_ended = True
            self.woken.set()
        else:
            self.staff = now_is

    def take(self) -> list[bytes]:
        """What there is to tell to whoever it is now."""
        self.woken.clear()
        rows, self.rows = self.rows, {}
        return [row for (page_id, _), row in rows.items() if self.staff.may_see(page_id)]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the database found: `changed` since the last, and who the open screens belong to now."""

    changed: Sequence[tuple[Key, datetime]]
    rows: Sequence[Row]
    loads: list[Load]
    people: People
    staff: Mapping[str, Staff]


@dataclass(slots=True)
class Hub:
    """The screens of this process. `run` looks for what changed; `tell` says that there is something to look for."""

    desk: Desk
    clock: Clock
    find_all: FindAll
    loads: list[Load] = field(default_factory=list)
    people: People = field(default_factory=lambda: People({}, {}))
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _streams: set[Stream] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _told: dict[Key, datetime] = field(default_factory=dict)
    _since: datetime | None = None

    # ---- for the others ------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Something changed, here or in another process; without a screen nobody needs to know."""
        if self._streams:
            self._woken.set()

    def stop(self) -> None:
        """End every stream: an open one would hold up the server's stop."""
        self.stopped.set()
        for stream in self._streams:
            stream.woken.set()

    def check_room(self, staff: Staff) -> None:
        """Raises ConflictError when too many screens are open, of all or of this person."""
        theirs = sum(each.staff.id == staff.id for each in self._streams)
        if len(self._streams) >= STREAMS_MAX or theirs >= STREAMS_OF_ONE_MAX:
            raise ConflictError("Too many screens are open.", "Close some of them.")

    @contextmanager
    def listen(self, staff: Staff, token: str) -> Iterator[Stream]:
        """A stream, as long as the block lasts. Raises ConflictError when there are too many."""
        self.check_room(staff)
        stream = Stream(staff, token)
        self._streams.add(stream)
        self.tell()
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    # ---- its loop ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look, tell, look again, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_presence())
            while not self.stopped.is_set():
                await self._wait()
                if not self._streams:
                    self._since = None
                    continue
                try:
                    await self._look()
                except UnavailableError:
                    await self.clock.sleep(POLL_SECONDS)
                except Exception as error:
                    # The border of the screens: whatever is wrong with them must not stop the server that takes webhooks.
                    log.exception("screens not told", error=type(error).__name__)
                    await self.clock.sleep(POLL_SECONDS)
                await self.clock.sleep(LOOK_SECONDS)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def _look(self) -> None:
        now, pages = self.clock.now(), list(self.desk.pages)
        since = (self._since or now) - OVERLAP
        tokens = {stream.token for stream in self._streams}
        found = await self.desk.database.read(lambda connection: self._read(connection, pages, since, tokens))
        self._since, self.loads, self.people = now, found.loads, found.people
        self._told.update(found.changed)
        self._forget_told(since)
        rows = self._as_json(found.rows)
        for stream in list(self._streams):
            if stream.token in tokens:
                stream.recheck(found.staff.get(stream.token))
            if len(found.changed) > CHANGED_MOST:
                stream.fall_behind()
            elif found.changed:
                stream.tell(rows)

    def _read(self, connection: Connection, pages: Sequence[str], since: datetime, tokens: Collection[str]) -> Look:
        listed = queue.list_changed(connection, pages, since)
        changed = [((page, each), at) for page, each, at in listed if self._told.get((page, each)) != at]
        rows = queue.find_rows(connection, [key for key, _ in changed]) if len(changed) <= CHANGED_MOST else []
        loads = queue.list_loads(connection, pages) if changed else self.loads
        people = read_people(connection) if changed or not self.people.accounts else self.people
        return Look(changed, rows, loads, people, self.find_all(connection, tokens))

    def _as_json(self, rows: Sequence[Row]) -> dict[Key, bytes]:
        """Written once for all screens."""
        return {row.key: orjson.dumps(row_values(row, self.people, self.desk)) for row in rows}

    def _forget_told(self, since: datetime) -> None:
        self._told = {key: at for key, at in self._told.items() if at > since}

    async def _keep_presence(self) -> None:
        """Who has a screen open is there; what those have who are not goes back to the queue."""
        while True:
            await self.clock.sleep(min(PRESENCE_SECONDS, self.desk.absent.total_seconds() / 3))
            there = {stream.staff.id for stream in self._streams}
            now = self.clock.now()
            try:
                if there:
                    await self.desk.database.transaction(lambda connection: beside.be_there(connection, there, now))  # noqa: B023
                await self.put_back_of_absent()
            except UnavailableError:
                continue

    async def put_back_of_absent(self) -> None:
        """What people have who were away for too long goes back to the queue. Raises UnavailableError."""
        now, absent = self.clock.now(), self.desk.absent

        def work(connection: Connection) -> list[Key]:
            left = taking.put_back_of_absent(connection, now, absent)
            for key in left:
                noted.note_left(connection, key, now)
            return left

        if left := await self.desk.database.transaction(work):
            log.info("conversations put back", count=len(left))
            self.desk.woken()
            self.desk.changed()

    # ---- one screen ----------------------------------------------------------------------------------------

    async def events(self, staff: Staff, cookie: Cookie, since: datetime | None) -> AsyncIterator[bytes]:
        """What this screen is told, as server-sent events; ends with the session, and with the server.

        What is told was looked up together with whose screen this is; where nothing happens that is asked now and then.
        """
        with self.listen(staff, cookie.token) as stream:
            await self._come_back(stream, since or self.clock.now())
            yield b"retry: 1000\n\n"
            while not self.stopped.is_set():
                came = await _something(stream)
                if not came:
                    stream.recheck(await cookie.find_staff())
                if stream.has_ended:
                    yield _event("signed_out", b"{}", self.clock.now())
                    return
                for event in self._written(stream, self.clock.now()) if came else (b": still here\n\n",):
                    yield event
                if came:
                    await self.clock.sleep(GATHER_SECONDS)

    async def _come_back(self, stream: Stream, since: datetime) -> None:
        """Everything that changed while this screen heard nothing."""
        pages = self.desk.pages_of(stream.staff)

        def work(connection: Connection) -> tuple[int, list[Row], list[Load], People]:
            changed = queue.list_changed(connection, pages, since - OVERLAP)
            rows = queue.find_rows(connection, [(page, each) for page, each, _ in changed[:CHANGED_MOST]])
            return len(changed), rows, queue.list_loads(connection, self.desk.pages), read_people(connection)

        looked = self._since
        count, rows, loads, people = await self.desk.database.read(work)
        if self._since is looked:  # no look came in between, which would have read something newer
            self.loads, self.people = loads, people
        if count > CHANGED_MOST:
            stream.fall_behind()
        stream.tell_older(self._as_json(rows))

    def _written(self, stream: Stream, now: datetime) -> Iterator[bytes]:
        if rows := stream.take():
            yield _event("rows", b"[%s]" % b",".join(rows), now)
        if stream.is_behind:
            stream.is_behind = False
            yield _event("behind", b"{}", now)
        counts = counts_of(self.loads, stream.staff, self.desk.teams_of(self.people.find(stream.staff.id)))
        if counts != stream.told_counts:
            stream.told_counts = counts
            yield _event("counts", orjson.dumps(counts), now)


async def _something(stream: Stream) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await stream.woken.wait()
    except TimeoutError:
        return False
    return True


def _event(name: str, data: bytes, now: datetime) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (now.isoformat().encode(), name.encode(), data)


def row_values(row: Row, people: People, desk: Desk) -> dict[str, Any]:
    """One line of a list, as a screen gets it."""
    return {
        "page": row.page_id,
        "page_name": desk.name_of(row.page_id),
        "customer": row.customer_id,
        "name": visible(row.name),
        "by": row.answered_by,
        "staff": row.staff_id or "",
        "who": people.name(row.staff_id),
        "team": row.team or "",
        "since": row.waiting_since.isoformat() if row.waiting_since else "",
        "at": moment.isoformat() if (moment := row.last_customer_at or row.changed_at) else "",
        "resolved": row.resolved_at is not None,
        "blocked": row.blocked_at is not None,
        "said": visible(row.said),
    }


def counts_of(loads: Sequence[Load], staff: Staff, teams: Sequence[str]) -> dict[str, int]:
    """How many stand in each list of this person."""
    mine = [each for each in loads if staff.may_see(each.page_id)]
    return {
        "waiting": sum(each.count for each in mine if each.answered_by == "waiting"),
        "mine": sum(each.count for each in mine if each.answered_by == "staff" and each.staff_id == staff.id),
        "team": sum(each.count for each in mine if each.team in teams or each.staff_id == staff.id),
        "taken": sum(each.count for each in mine if each.answered_by == "staff"),
    }
