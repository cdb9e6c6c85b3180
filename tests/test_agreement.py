"""The folder is the source, the database the agreement: what every process serves after a change, a restart, a step back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from app import changes
from app.agreement import Agreement
from app.clock import Clock
from app.errors import AppError, NotFoundError
from app.flowfile.check import read_flow
from app.flowfile.live import LOOK_SECONDS, LiveFlows
from app.flowfile.plan import plan_lines
from app.settings import Settings
from app.store import sessions
from app.store.database import Database, open_database
from app.store.migrate import migrate
from tests.flowfile.bots import TOP, write

PAGE = "10001"


def folder_with(path: Path, text: str, more: str = "") -> Path:
    path.mkdir(exist_ok=True)
    bot = f"{TOP}include: [lang/fr.yaml]\nstates:\n  welcome: {{say: {text}}}\n{more}"
    (path / "lang").mkdir(exist_ok=True)
    return write(path, bot, lang__fr="translations: [{en: Hi, fr: Salut}]\n")


class ThreeLooks(Clock):
    """A clock that does not wait, and after three sleeps stops the watch."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if len(self.slept) == 3:
            raise asyncio.CancelledError
        self.slept.append(seconds)


class Process:
    """What one server does about its flows, a look at a time."""

    def __init__(self, database: Database, folder: Path, *, one_machine: bool = False) -> None:
        self.flows = LiveFlows({PAGE: folder})
        self.agreement = Agreement(database, self.flows, Clock())
        self.agreement.begin(one_machine=one_machine)

    async def looks(self) -> str:
        """What it serves after a look at the folder and the database."""
        await self.flows.look()
        await self.agreement.settle()
        return self.serves()

    def serves(self) -> str:
        flow = self.flows.flow_of(PAGE)
        assert flow is not None
        [said] = flow.states["welcome"].say[0].by_language["en"]  # type: ignore[union-attr]
        return str(said)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    address = SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}")
    return Settings(database_url=address, page_id=PAGE, page_token=SecretStr("token"), flows=tmp_path / "a")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = open_database(settings.database_url.get_secret_value())
    await migrate(opened)
    yield opened
    await opened.close()


async def test_a_change_in_one_folder_is_served_by_every_process(database: Database, tmp_path: Path) -> None:
    first, second = (Process(database, folder_with(tmp_path / name, "Hi")) for name in ("a", "b"))
    assert [await first.looks(), await second.looks()] == ["Hi", "Hi"]
    folder_with(tmp_path / "a", "Hello")
    assert [await first.looks(), await second.looks()] == ["Hello", "Hello"]
    assert [await first.looks(), await second.looks()] == ["Hello", "Hello"]


async def test_a_watch_looks_every_second_until_it_is_stopped(database: Database, tmp_path: Path) -> None:
    process, clock = Process(database, folder_with(tmp_path / "a", "Hi")), ThreeLooks()
    folder_with(tmp_path / "a", "Hello")
    with pytest.raises(asyncio.CancelledError):
        await Agreement(database, process.flows, clock).watch()
    assert clock.slept == [LOOK_SECONDS] * 3
    assert process.serves() == "Hello"


async def test_while_the_database_is_away_a_change_of_the_own_folder_is_served_and_published_later(
    database: Database, tmp_path: Path
) -> None:
    process, other = (Process(database, folder_with(tmp_path / name, "Hi")) for name in ("a", "b"))
    await process.looks()
    away = open_database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'frontdesk.db'}")
    folder_with(tmp_path / "a", "Hello")
    with pytest.raises(asyncio.CancelledError):
        await Agreement(away, process.flows, ThreeLooks()).watch()
    assert process.serves() == "Hello"
    await away.close()
    assert [await process.looks(), await other.looks()] == ["Hello", "Hello"]


async def test_a_process_that_starts_with_an_older_folder_takes_what_is_live(
    database: Database, tmp_path: Path
) -> None:
    first = Process(database, folder_with(tmp_path / "a", "Hi"))
    await first.looks()
    folder_with(tmp_path / "a", "Hello")
    await first.looks()
    with capture_logs() as told:
        late = Process(database, folder_with(tmp_path / "b", "Hi"))
        assert await late.looks() == "Hello"
    assert "folder is older than what is live" in [each["event"] for each in told]
    assert await first.looks() == "Hello"


async def test_on_one_machine_what_the_folder_holds_at_the_start_is_meant_even_if_it_is_old(
    database: Database, tmp_path: Path
) -> None:
    for text in ("Hi", "Hello", "Hi"):
        folder_with(tmp_path / "a", text)
        assert await Process(database, tmp_path / "a", one_machine=True).looks() == text


async def test_an_old_text_that_comes_back_in_a_watched_folder_is_a_change(database: Database, tmp_path: Path) -> None:
    first, second = (Process(database, folder_with(tmp_path / name, "Hi")) for name in ("a", "b"))
    for text in ("Hi", "Hello", "Hi"):
        folder_with(tmp_path / "a", text)
        assert [await first.looks(), await second.looks()] == [text, text]


async def test_a_broken_change_is_published_to_nobody(database: Database, tmp_path: Path) -> None:
    first, second = (Process(database, folder_with(tmp_path / name, "Hi")) for name in ("a", "b"))
    await first.looks()
    folder_with(tmp_path / "a", "Hi <nobody>")
    assert [await first.looks(), await second.looks()] == ["Hi", "Hi"]
    assert [problem.code for problem in first.flows.problems()] == ["F401"]
    folder_with(tmp_path / "b", "Hello")
    assert [await second.looks(), await first.looks()] == ["Hello", "Hello"]
    assert [problem.code for problem in first.flows.problems()] == ["F401"], "the reason stays told"


async def test_a_row_that_cannot_be_read_changes_nothing_and_is_told_once(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    process = Process(database, folder_with(tmp_path / "a", "Hi"))
    await process.looks()
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as direct:
        direct.execute(
            "INSERT INTO revisions (page_id, revision, folder_revision, files, live_at)"
            " SELECT page_id, 'broken', folder_revision, x'00', live_at FROM revisions"
        )
        direct.commit()
    with capture_logs() as told:
        assert [await process.looks(), await process.looks()] == ["Hi", "Hi"]
    assert [each["event"] for each in told] == ["revision not live"]
    with pytest.raises(AppError, match="cannot be read"):
        read_back(settings, tmp_path, "broken")


def read_back(settings: Settings, tmp_path: Path, beginning: str) -> str:
    """In a thread: the command line begins a loop of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(changes.go_back, settings, tmp_path / "a", beginning).result()


async def test_an_owner_goes_back_until_the_folder_changes_also_over_a_restart(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    first, second = (Process(database, folder_with(tmp_path / name, "Hi")) for name in ("a", "b"))
    await first.looks()
    old = first.flows.watched[0].own.revision
    folder_with(tmp_path / "a", "Hello")
    await first.looks()
    assert "live within 2 seconds" in read_back(settings, tmp_path, old[:8])
    assert "already" in read_back(settings, tmp_path, old)
    assert [await first.looks(), await second.looks()] == ["Hi", "Hi"]
    restarted = Process(database, tmp_path / "a", one_machine=True)
    assert await restarted.looks() == "Hi"
    folder_with(tmp_path / "a", "Good day")
    assert [await restarted.looks(), await second.looks()] == ["Good day", "Good day"]


async def test_a_revision_that_never_was_is_told(database: Database, settings: Settings, tmp_path: Path) -> None:
    await Process(database, folder_with(tmp_path / "a", "Hi")).looks()
    for beginning in ("zzz", ""):
        with pytest.raises(NotFoundError):
            read_back(settings, tmp_path, beginning)


async def test_customers_in_a_state_that_a_change_removes_are_told_by_plan_and_by_the_log(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    asking = "    choices: {Size: ask_size}\n  ask_size: {say: Which size?}\n"
    folder = folder_with(tmp_path / "a", "Hi", "").joinpath("bot.yaml")
    head = f"{TOP}states:\n  welcome:\n    say: Hi\n"
    folder.write_text(head + asking, encoding="utf-8")
    process = Process(database, tmp_path / "a")
    await process.looks()
    now = Clock().now()
    await database.transaction(
        lambda connection: sessions.save(
            connection, [((PAGE, name), {"state": "ask_size"}, "r") for name in ("ana", "ben")], now
        )
    )
    folder.write_text(head + asking.replace("ask_size", "ask_sizes"), encoding="utf-8")
    lines = plan_in_thread(settings, tmp_path / "a")
    assert lines == [
        "new state: ask_sizes",
        "state removed: ask_size",
        "F701 2 customers wait in ask_size, which this change removes.",
        "    Add to moved: {ask_size: ask_sizes}",
    ]
    with capture_logs() as told:
        await process.looks()
    [stranded] = [each for each in told if each.get("code") == "F701"]
    assert (stranded["state"], stranded["customers"], stranded["log_level"]) == ("ask_size", 2, "warning")
    assert process.flows.flow_of(PAGE) == read_flow(tmp_path / "a"), "it is told, and does not stop the owner"


def plan_in_thread(settings: Settings, folder: Path) -> list[str]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(changes.make_plan, settings, folder, read_flow(folder)).result()
    assert made is not None
    return plan_lines(made)
