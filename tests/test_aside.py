"""What was set aside is shown with its reason and can be replayed; what cannot be read still is told so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection

from app import aside, auditing
from app.channel import Unreadable
from app.cli import main
from app.errors import AppError
from app.settings import Settings
from app.store.database import open_database
from app.store.intake import take
from app.store.migrate import migrate
from tests.store.kit import count_by_status

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
READABLE_BY_NOW = (
    '{"sender":{"id":"20002"},"recipient":{"id":"10001"},"timestamp":1790000000100,'
    '"message":{"mid":"m_1","text":"planted words"}}'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "frontdesk.db"
    return Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{file}"),
        app_id="4242",
        page_id="10001",
        page_token=SecretStr("token"),
    )


def set_aside(settings: Settings, raw: str) -> None:
    """Put one unreadable item into a fresh database."""

    def work(connection: Connection) -> None:
        item = Unreadable(b"k" * 16, "10001", "", "no sender", raw, NOW)
        take(connection, [(item, NOW)], "mark")

    async def run() -> None:
        database = open_database(settings.database_url.get_secret_value())
        await migrate(database)
        await database.transaction(work)
        await database.close()

    asyncio.run(run())


def counts(settings: Settings) -> dict[str, int]:
    async def run() -> dict[str, int]:
        database = open_database(settings.database_url.get_secret_value())
        try:
            return await database.transaction(count_by_status)
        finally:
            await database.close()

    return asyncio.run(run())


def test_a_listing_gives_the_reason_and_not_the_words(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    [line] = aside.list_lines(settings)
    assert line == "1  2026-12-01 10:00:00Z  Page 10001  Unreadable: no sender"


def test_what_can_be_read_by_now_waits_for_its_turn(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    [line], well = aside.replay(settings, [1], every=False, dry=False)
    assert (line.startswith("Event 1 (TextReceived) waits for its turn"), well) == (True, True)
    assert counts(settings) == {"new": 1}
    assert aside.list_lines(settings) == ["Nothing was set aside."]


@pytest.mark.parametrize("raw", ["", "{", "[]", "{}", '{"message":{"text":"nobody"}}'])
def test_what_still_cannot_be_read_stays_where_it_is(settings: Settings, raw: str) -> None:
    set_aside(settings, raw)
    [line], well = aside.replay(settings, [1], every=False, dry=False)
    assert ("still cannot be read" in line, well) == (True, False)
    assert counts(settings) == {"quarantined": 1}


def test_an_event_of_a_page_that_is_not_connected_stays_where_it_is(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    [line], well = aside.replay(settings.model_copy(update={"page_id": "10002"}), [1], every=False, dry=False)
    assert ("still cannot be read" in line, well) == (True, False)
    assert counts(settings) == {"quarantined": 1}


def test_a_number_that_was_not_set_aside_is_told(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    lines, well = aside.replay(settings, [7, 1], every=False, dry=False)
    assert ([line.split()[:3] for line in lines], well) == (
        [["No", "event", "7"], ["Event", "1", "(TextReceived)"]],
        False,
    )


def test_trying_a_replay_changes_nothing(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    assert aside.replay(settings, [], every=True, dry=True) == ([f"Event 1 (TextReceived) {aside.WOULD_WAIT}"], True)
    assert counts(settings) == {"quarantined": 1}


def test_all_that_was_set_aside_is_given_a_chance_and_the_audit_tells_of_it(settings: Settings) -> None:
    set_aside(settings, READABLE_BY_NOW)
    assert aside.replay(settings, [], every=True, dry=False)[1]
    lines, is_whole = auditing.list_lines(settings, 10, None)
    assert is_whole
    assert lines[0].endswith("event replayed, by command line, Page 10001, event 1, kind TextReceived")
    assert aside.replay(settings, [], every=True, dry=False) == (["Nothing was set aside."], True)


def test_a_database_without_its_schema_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "frontdesk.db").touch()
    with pytest.raises(AppError, match="frontdesk migrate"):
        aside.list_lines(settings)


def test_looking_where_no_database_is_makes_none(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="no database"):
        aside.list_lines(settings)
    assert not list(tmp_path.iterdir())


def test_the_command_wants_events_or_all_and_exits_with_1_if_one_still_cannot_be_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", settings.database_url.get_secret_value())
    set_aside(settings, "{")
    assert [main(["replay", *each]) for each in ([], ["1", "--all"], ["1"], ["--all", "--dry-run"])] == [2, 2, 1, 1]
    assert main(["quarantine"]) == 0
    assert "no sender" in capsys.readouterr().out
