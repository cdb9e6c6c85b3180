"""Wake-ups: heard by whoever listens, lost without harm by whoever does not."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.clock import Clock
from app.store.database import hosts_of, read_url
from app.store.wake import INBOX, WORK_OF_ALL, Fleet, Nearby
from tests.worker.database import Troubled
from tests.worker.kit import running, until


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Nearby]:
    with closing(Nearby(tmp_path / "a.db")) as made:
        yield made


@pytest.fixture
def mouth(tmp_path: Path) -> Iterator[Nearby]:
    with closing(Nearby(tmp_path / "a.db")) as made:
        yield made


async def test_a_neighbour_hears_each_word(ear: Nearby, mouth: Nearby, tmp_path: Path) -> None:
    heard: list[str] = []
    async with running(ear.listen(heard.append)):
        await until((tmp_path / "a.db.wake").exists)
        for word in (WORK_OF_ALL, INBOX, WORK_OF_ALL):
            mouth.tell(word)
        await until(lambda: heard == [WORK_OF_ALL, INBOX, WORK_OF_ALL])


async def test_where_nobody_listens_nothing_happens(mouth: Nearby, tmp_path: Path) -> None:
    mouth.tell()
    assert not (tmp_path / "a.db.wake").exists()


async def test_a_deaf_neighbour_stops_nobody(ear: Nearby, mouth: Nearby, tmp_path: Path) -> None:
    heard: list[str] = []
    async with running(ear.listen(heard.append)):
        await until((tmp_path / "a.db.wake").exists)
        for _ in range(5_000):  # far more than its queue holds, and it has had no chance to listen
            mouth.tell()
        await until(lambda: len(heard) > 0)
    assert len(heard) < 5_000


async def test_a_listener_takes_the_place_of_one_that_died_and_only_its_owner_may_speak_to_it(
    ear: Nearby, mouth: Nearby, tmp_path: Path
) -> None:
    path = tmp_path / "a.db.wake"
    path.write_text("left behind")
    heard: list[str] = []
    async with running(ear.listen(heard.append)):
        await until(path.is_socket)
        await until(lambda: stat.S_IMODE(path.stat().st_mode) == 0o600)
        mouth.tell()
        await until(lambda: heard == [WORK_OF_ALL])


async def test_a_fleet_hears_and_a_burst_is_few_notices(postgres: Troubled, postgres_address: str) -> None:
    heard: list[str] = []
    mouth = Fleet(postgres, hosts_of(read_url(postgres_address)), Clock())
    ear = Fleet(postgres, hosts_of(read_url(postgres_address)), Clock())
    async with running(ear.listen(heard.append), mouth.pass_on()):
        while not heard:  # the first words may be said before anybody listens
            mouth.tell()
            await asyncio.sleep(0.02)
        before = len(heard)
        for _ in range(1_000):
            mouth.tell()
        await until(lambda: len(heard) > before)
        await asyncio.sleep(0.05)
    assert len(heard) - before < 20


async def test_a_fleet_hears_every_word_once_of_what_was_said_together(
    postgres: Troubled, postgres_address: str
) -> None:
    heard: list[str] = []
    fleet = Fleet(postgres, hosts_of(read_url(postgres_address)), Clock())
    async with running(fleet.listen(heard.append), fleet.pass_on()):
        while not heard:
            fleet.tell()
            await asyncio.sleep(0.02)
        for word in (INBOX, "leads ana", INBOX):
            fleet.tell(word)
        await until(lambda: set(heard) > {INBOX, "leads ana"})
    assert heard.count(INBOX) == heard.count("leads ana") == 1


async def test_a_fleet_that_lost_its_connection_listens_again(postgres: Troubled, postgres_address: str) -> None:
    heard: list[str] = []
    fleet = Fleet(postgres, hosts_of(read_url(postgres_address)), Clock())
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    async with running(fleet.listen(heard.append), fleet.pass_on()):
        while not heard:
            fleet.tell()
            await asyncio.sleep(0.02)
        ended = await postgres.transaction(lambda connection: connection.execute(text(cut)).scalar_one())
        assert ended == 1
        await asyncio.sleep(0.05)
        heard.clear()
        while not heard:
            fleet.tell()
            await asyncio.sleep(0.05)


async def test_a_notice_that_the_database_does_not_take_is_lost_without_harm(
    postgres: Troubled, postgres_address: str
) -> None:
    heard: list[str] = []
    postgres.plan.extend(["away", "away"])
    fleet = Fleet(postgres, hosts_of(read_url(postgres_address)), Clock())
    async with running(fleet.listen(heard.append), fleet.pass_on()):
        while not heard:
            fleet.tell()
            await asyncio.sleep(0.02)
    assert not postgres.plan


async def test_a_fleet_whose_server_is_away_goes_on_trying(postgres: Troubled) -> None:
    fleet = Fleet(postgres, hosts_of(read_url("postgresql://postgres@127.0.0.1:1/nowhere")), Clock())
    async with running(fleet.listen(lambda _: None), fleet.pass_on()):
        fleet.tell()
        await until(lambda: postgres.transactions == 1)


async def test_a_folder_whose_name_is_too_long_for_a_socket_is_only_slower(tmp_path: Path) -> None:
    """Regression: the whole server came to a stop by it, and let every webhook wait."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with closing(Nearby(folder / "a.db")) as far:
        await far.listen(lambda _: None)
        far.tell()
