"""Health and metrics of one process: for load balancers, for monitoring, for whoever is called at night. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.clock import Clock
from app.errors import UnavailableError
from app.insights.metrics import render
from app.measures import Sample, labelled
from app.store import catalogues, inbox, migrate, outbox, pages, standing
from app.store.catalogues import FeedTrouble
from app.store.database import Database
from app.store.pages import Trouble
from app.store.standing import Standing

LIVE_STATES = ("pending", "in_flight", "unknown")
"""Told when they are zero, too: a value that is missing is no value below a limit."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a process shows of itself. `measured`: what it counted and timed; `problems` what keeps a changed flow from going live;
    `feeds` those from which its products come."""

    database: Database
    clock: Clock
    measured: Callable[[], Sequence[Sample]]
    problems: Callable[[], list[str]]
    calls_lack: Callable[[], list[str]]
    working: Callable[[], bool]
    feeds: Callable[[], Sequence[str]] = tuple
    metrics_token: str = ""


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits. `is_enough`: the schema has all that this program needs. `oldest_at`: when the oldest unhandled event came in.
    `troubles`: Pages that may send nothing now; `feeds`: product feeds that could not be taken the last time."""

    is_enough: bool
    oldest_at: datetime | None
    quarantined: int
    live: Mapping[str, int]
    troubles: Sequence[Trouble]
    feeds: Sequence[FeedTrouble] = ()


def create_routes(watched: Watched) -> APIRouter:
    """`/health/live`, `/health/ready`, `/metrics`."""
    router = APIRouter(include_in_schema=False)

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(request: Request) -> Response:
        return await _ready(watched, details=_may_read(request, watched.metrics_token))

    async def metrics(request: Request) -> Response:
        if not _may_read(request, watched.metrics_token):
            return PlainTextResponse("forbidden", 403)
        return await _metrics(watched)

    router.add_route("/health/live", live)
    router.add_route("/health/ready", ready)
    router.add_route("/metrics", metrics)
    return router


def read_queues(connection: Connection, feeds: Sequence[str] = ()) -> Queues:
    """One look at what waits."""
    return Queues(
        is_enough=migrate.is_enough(connection),
        oldest_at=inbox.oldest_waiting_at(connection),
        quarantined=inbox.count_quarantined(connection),
        live=outbox.count_live(connection),
        troubles=pages.list_troubles(connection),
        feeds=catalogues.list_troubles(connection, feeds),
    )


async def _ready(watched: Watched, *, details: bool) -> Response:
    """200 when this process can do its work. A changed flow that is not live, or a feed that is broken, is told and does not make
    it unready.

    Strangers learn only whether it is ready.
    """
    try:
        queues = await watched.database.read(lambda connection: read_queues(connection, watched.feeds()))
    except UnavailableError as error:
        return JSONResponse({"ready": False, "database": str(error)} if details else {"ready": False}, 503)
    ready = queues.is_enough and watched.working()
    if not details:
        return JSONResponse({"ready": ready}, 200 if ready else 503)
    state: dict[str, Any] = {
        "ready": ready,
        "database": "ok" if queues.is_enough else "migrations are missing: run frontdesk migrate",
        "worker": "ok" if watched.working() else "not at work",
        "oldest_event_seconds": _seconds_since(queues.oldest_at, watched.clock.now()),
        "quarantined": queues.quarantined,
        "outbox": dict(queues.live),
        "pages_in_trouble": [_told(each) for each in queues.troubles],
        "feeds_in_trouble": [_told_feed(each) for each in queues.feeds],
        "flow_problems": watched.problems(),
        "calls_lack": watched.calls_lack(),
    }
    return JSONResponse(state, 200 if ready else 503)


async def _metrics(watched: Watched) -> Response:
    try:
        queues, waiting = await watched.database.read(
            lambda connection: (read_queues(connection, watched.feeds()), standing.look(connection))
        )
    except UnavailableError:
        samples = [Sample("database_up", 0)]
    else:
        samples = [Sample("database_up", 1), *_samples(queues, waiting, watched.clock.now())]
    text = render([*samples, *watched.measured()])
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _samples(queues: Queues, waiting: Standing, now: datetime) -> Iterator[Sample]:
    """What the database says, the same in every process."""
    yield Sample("oldest_event_seconds", _seconds_since(queues.oldest_at, now))
    yield Sample("waiting_events", waiting.events)
    yield Sample("oldest_message_seconds", _seconds_since(waiting.free_since, now))
    yield from labelled("outbox_messages", "status", {**dict.fromkeys(LIVE_STATES, 0), **queues.live})
    yield Sample("quarantined_events", queues.quarantined)
    yield Sample("pages_in_trouble", len(queues.troubles))
    yield Sample("feeds_in_trouble", len(queues.feeds))
    yield Sample("handoffs_waiting", waiting.handoffs)
    yield Sample("oldest_handoff_seconds", _seconds_since(waiting.handoff_since, now))
    yield Sample("timers_late_seconds", _seconds_since(waiting.next_timer_at, now))
    yield Sample("workers", waiting.workers)


def _told(trouble: Trouble) -> dict[str, str]:
    return {
        "page": trouble.page_id,
        "code": trouble.code,
        "reason": trouble.sentence,
        "since": trouble.since.isoformat(),
        "tries_again": trouble.until.isoformat(),
    }


def _told_feed(trouble: FeedTrouble) -> dict[str, Any]:
    return {
        "feed": trouble.name.partition("?")[0],  # shops put their keys behind the question mark
        "reason": trouble.why,
        "products": trouble.products,
        "since": trouble.taken_at.isoformat() if trouble.taken_at else None,
        "tries_again": trouble.again_at.isoformat(),
    }


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def _may_read(request: Request, token: str) -> bool:
    """This machine may, and whoever has the token."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and compare_digest(given.encode(), token.encode()):
        return True
    host = request.client.host if request.client else ""
    try:
        return ip_address(host).is_loopback and "x-forwarded-for" not in request.headers
    except ValueError:
        return False
