"""Starts that are refused: one clear line for each thing that is wrong, exit code 2, never a traceback, never a secret."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.bodies import APP_ID, APP_SECRET, PAGE, TOKENS, VERIFY_TOKEN
from tests.journeys.house import HOST, SECRET_KEY
from tests.journeys.process import run_to_the_end
from tests.journeys.shop import change, copy_shop

SECRETS = (APP_SECRET, TOKENS[PAGE], VERIFY_TOKEN, SECRET_KEY)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}", "FLOWS": str(copy_shop(tmp_path / "shop")),
        "PAGE_ID": PAGE, "PAGE_TOKEN": TOKENS[PAGE], "APP_ID": APP_ID, "APP_SECRET": APP_SECRET,
        "VERIFY_TOKEN": VERIFY_TOKEN, "SECRET_KEY": SECRET_KEY, "GRAPH_URL": f"http://{HOST}:1/v26.0",
    }  # fmt: skip


def refused(folder: Path, settings: dict[str, str], *arguments: str) -> str:
    """What a refused start says."""
    ended = run_to_the_end(folder, ("serve", "--host", HOST, *(arguments or ("--port", "0"))), settings)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 2, said
    assert "Traceback" not in said
    assert not any(secret in said for secret in SECRETS)
    return said


def test_a_broken_flow_folder_refuses_the_start_with_every_problem(tmp_path: Path, settings: dict[str, str]) -> None:
    shop = tmp_path / "shop"
    change(shop, "  - else: lost", "  - else: nowhere")
    change(shop, "handoff: style", "handoff: nobody")
    said = refused(tmp_path, settings)
    lines = (shop / "bot.yaml").read_text().splitlines()
    for broken, code in (("  - else: nowhere", "F203"), ("    handoff: nobody", "F211")):
        assert f"bot.yaml:{lines.index(broken) + 1}:" in said
        assert code in said
    assert not (tmp_path / "frontdesk.db").exists()


def test_missing_settings_are_named_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    del settings["APP_SECRET"], settings["PAGE_TOKEN"]
    [line] = refused(tmp_path, settings).splitlines()
    assert "FRONTDESK_APP_SECRET" in line
    assert "FRONTDESK_PAGE_TOKEN" in line


def test_a_wrong_setting_is_named_in_one_line_without_its_value(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["SECRET_KEY"] = "planted-weak-key"
    [line] = refused(tmp_path, settings).splitlines()
    assert "FRONTDESK_SECRET_KEY" in line
    assert "planted" not in line


def test_postgres_without_a_secret_key_is_refused_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["DATABASE_URL"] = f"postgresql+asyncpg://somebody:planted-password@{HOST}:1/nothing"
    del settings["SECRET_KEY"]
    [line] = refused(tmp_path, settings).splitlines()
    assert "FRONTDESK_SECRET_KEY" in line


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["DATABASE_URL"] = f"postgresql+asyncpg://somebody:planted-password@{HOST}:1/nothing"
    [line] = refused(tmp_path, settings).splitlines()
    assert "planted" not in line
    assert "database" in line


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["DATABASE_URL"] = f"sqlite+aiosqlite:///{tmp_path / 'not' / 'there' / 'frontdesk.db'}"
    assert len(refused(tmp_path, settings).splitlines()) == 1


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "frontdesk.db").write_text("Dear diary, " * 1_000)
    [line] = refused(tmp_path, settings).splitlines()
    assert "not a SQLite database" in line
    assert (tmp_path / "frontdesk.db").read_text().startswith("Dear diary")


def test_a_database_that_lacks_tables_is_told_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    assert run_to_the_end(tmp_path, ("migrate",), settings).returncode == 0
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as opened:
        opened.execute("DROP TABLE tokens")
    [line] = refused(tmp_path, settings).splitlines()
    assert "The database lacks tables that its schema has: tokens." in line


def test_a_start_that_breaks_off_late_says_what_and_where_and_ends_with_2(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    assert run_to_the_end(tmp_path, ("migrate",), settings).returncode == 0
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as opened:
        opened.executescript("DROP TABLE tokens; CREATE TABLE tokens (page_id TEXT)")
    ended = run_to_the_end(tmp_path, ("serve", "--host", HOST, "--port", "0"), settings)
    [line] = [each for each in ended.stderr.splitlines() if "the server cannot start" in each]
    assert ended.returncode == 2
    assert "OperationalError" in line
    assert "app/store/tokens.py" in line


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(tmp_path, settings, "--port", port)
    [line] = [each for each in said.splitlines() if each.startswith("frontdesk:")]
    assert f"Port {port}" in line
    assert "--port" in line
