"""Health: whoever asks learns whether this process is ready; only this machine, or who has the token, learns more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, text

from app.clock import Clock
from app.insights import health
from app.measures import Sample
from app.store import catalogues
from app.store.database import Database, open_database
from app.store.migrate import migrate

FEED = "https://shop.example/feed.csv?key=secret"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'health.db'}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def app(database: Database) -> FastAPI:
    watched = health.Watched(
        database,
        Clock(),
        lambda: [Sample("turns_total", 7)],
        list,
        list,
        lambda: True,
        lambda: [FEED],
        metrics_token="a-token",
    )
    made = FastAPI()
    made.include_router(health.create_routes(watched))
    return made


async def _get(app: FastAPI, path: str, host: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        return await client.get(path, headers=headers)


async def test_this_machine_learns_what_waits(app: FastAPI) -> None:
    state = (await _get(app, "/health/ready", "127.0.0.1")).json()
    assert (state["ready"], state["quarantined"], state["worker"]) == (True, 0, "ok")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
async def test_a_stranger_learns_only_whether_it_is_ready(app: FastAPI, headers: dict[str, str]) -> None:
    answer = await _get(app, "/health/ready", "203.0.113.7", **headers)
    assert (answer.status_code, answer.json()) == (200, {"ready": True})


async def test_behind_a_proxy_on_this_machine_everybody_is_a_stranger(app: FastAPI) -> None:
    answer = await _get(app, "/health/ready", "127.0.0.1", **{"x-forwarded-for": "203.0.113.7"})
    assert answer.json() == {"ready": True}


async def test_metrics_are_for_this_machine_and_for_the_token(app: FastAPI) -> None:
    assert (await _get(app, "/metrics", "203.0.113.7")).status_code == 403
    assert "frontdesk_turns_total 7" in (await _get(app, "/metrics", "127.0.0.1")).text
    assert (await _get(app, "/metrics", "203.0.113.7", authorization="Bearer a-token")).status_code == 200


@pytest.mark.parametrize(("schema", "status"), [("9999", 200), ("0001", 503)])
async def test_an_old_program_stays_ready_on_the_schema_of_a_newer_one_and_not_on_an_older(
    app: FastAPI, database: Database, schema: str, status: int
) -> None:
    move = text("UPDATE alembic_version SET version_num = :schema")
    await database.transaction(lambda connection: connection.execute(move, {"schema": schema}))
    assert (await _get(app, "/health/ready", "203.0.113.7")).status_code == status


async def test_a_feed_that_could_not_be_taken_is_told_and_the_process_stays_ready(
    app: FastAPI, database: Database
) -> None:
    now = Clock().now()

    def fails(connection: Connection) -> None:
        catalogues.claim(connection, FEED, now, timedelta(minutes=1))
        catalogues.keep(connection, FEED, "It is empty.", now)
        catalogues.claim(connection, "https://shop.example/of-before", now, timedelta(minutes=1))
        catalogues.keep(connection, "https://shop.example/of-before", "Gone.", now)

    assert (await _get(app, "/health/ready", "127.0.0.1")).json()["feeds_in_trouble"] == []
    await database.transaction(fails)
    answer = await _get(app, "/health/ready", "127.0.0.1")
    (told,) = answer.json()["feeds_in_trouble"]
    assert (answer.status_code, told["feed"], told["reason"]) == (200, "https://shop.example/feed.csv", "It is empty.")
    assert "frontdesk_feeds_in_trouble 1" in (await _get(app, "/metrics", "127.0.0.1")).text
