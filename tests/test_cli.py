"""The command line: exit codes, one line for what went wrong, no traceback."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__
from app.agreement import Agreement
from app.cli import bug_line, main
from app.clock import Clock
from app.flowfile.live import LiveFlows
from app.settings import example_folder
from app.store import sessions
from app.store.database import open_database
from tests.house.papers import commands
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
BROKEN = """flow: 1
bot: {name: Piney, disclosure: I am a bot.}
messenger: {start: hello}
states:
  hello:
    say: Hello.
    goto: nowhere
"""


def frontdesk(
    *arguments: str, typed: str = "", cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the real program, with none of this machine's settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())", *arguments],
        cwd=cwd,
        env={**ours, "PYTHONPATH": str(ROOT), **environment},
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "bot.yaml").write_text(BROKEN)
    return tmp_path


# ---- every command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"Example: frontdesk {name}" in capsys.readouterr().out


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"frontdesk {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["check", "--unknown"],
        ["check", "flows", "flows"],
        ["serve", "--role", "boss"],
        ["serve", "--port", "70000"],
        ["demo", "--port", "65500"],
        ["simulator", "--bot", "nowhere"],
        ["check", "no-such-folder"],
        ["talk", "no-such-folder"],
        ["translate"],
        ["translate", "fr", "no-such-folder"],
        ["schema", "no-such-folder"],
        ["talk", "--at", "tomorrow"],
    ],
)
def test_wrong_use_exits_with_2_and_says_why(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_a_bug_is_told_by_kind_and_place_without_its_words() -> None:
    told = bug_line(ValueError("what a customer wrote"))
    assert told.startswith("a bug of ours, ValueError at an unknown place.")
    assert "customer" not in told


# ---- check -------------------------------------------------------------------------------------------------


def test_a_good_folder_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(example_folder())]) == 0
    assert capsys.readouterr().out.startswith("No problems in ")


def test_a_broken_folder_fails_with_the_place_of_each_problem(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{broken.as_posix()}/bot.yaml:7:11: F") and "nowhere" in line for line in lines)
    assert lines[-1].split()[1].startswith("problem")


def test_problems_are_given_as_json_too(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(broken), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is False
    assert {"file", "line", "column", "code", "message", "hint", "advice"} == set(told["problems"][0])
    assert main(["check", str(example_folder()), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


def test_advice_fails_only_when_it_is_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only_english = BROKEN.replace("    goto: nowhere\n", "").replace(
        "{name: Piney,", "{name: Piney, languages: [en, fr],"
    )
    (tmp_path / "bot.yaml").write_text(only_english)
    assert main(["check", str(tmp_path), "--json"]) == 0
    advice = [problem for problem in json.loads(capsys.readouterr().out)["problems"] if problem["advice"]]
    assert main(["check", str(tmp_path), "--strict"]) == (1 if advice else 0)


def test_colours_are_for_terminals_only(broken: Path) -> None:
    assert "\x1b" not in frontdesk("check", str(broken)).stdout


# ---- talk --------------------------------------------------------------------------------------------------


def test_a_talk_reads_a_pipe_until_its_end() -> None:
    ran = frontdesk("talk", "flows", "--at", "2026-12-01 10:00", typed="Get Started\nOutfit ideas\n")
    assert ran.returncode == 0
    assert "Piney: Are we dressing you or somebody else?" in ran.stdout
    assert ran.stderr == ""


def test_a_talk_says_what_is_wrong_with_its_flow(broken: Path) -> None:
    ran = frontdesk("talk", str(broken))
    assert ran.returncode == 2
    assert "bot.yaml:7:11: F" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_any_characters_can_be_typed() -> None:
    ran = frontdesk("talk", "flows", typed="Get Started\n\u202e\U0001f600 grüße \x00\n")
    assert (ran.returncode, ran.stderr) == (0, "")


# ---- servers -----------------------------------------------------------------------------------------------


def test_a_server_without_settings_names_them_in_one_line(tmp_path: Path) -> None:
    ran = frontdesk("serve", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("frontdesk: FRONTDESK_APP_ID, FRONTDESK_APP_SECRET")
    assert ran.stderr.count("\n") == 1


def test_a_wrong_setting_stops_the_start_without_repeating_it(tmp_path: Path) -> None:
    ran = frontdesk("migrate", cwd=tmp_path, FRONTDESK_DATABASE_URL="mysql://u:hunter2@h/d")
    assert ran.returncode == 2
    assert ran.stderr.startswith("frontdesk: FRONTDESK_DATABASE_URL is wrong")
    assert "hunter2" not in ran.stdout + ran.stderr


def test_migrate_makes_a_database_and_can_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        ran = frontdesk("migrate", cwd=tmp_path, FRONTDESK_DATABASE_URL="sqlite+aiosqlite:///shop.db")
        assert (ran.returncode, ran.stdout) == (0, "")
    assert (tmp_path / "shop.db").is_file()


def test_a_broken_flow_stops_the_start_with_every_problem(broken: Path) -> None:
    ran = frontdesk("serve", "--port", str(free_port()), cwd=broken, FRONTDESK_FLOWS=str(broken), **ACCOUNT)
    assert ran.returncode == 2
    assert "bot.yaml:7:11: F" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = frontdesk("serve", "--port", port, cwd=tmp_path, FRONTDESK_FLOWS=str(example_folder()), **ACCOUNT)
    assert ran.returncode == 2
    assert f"Port {port}" in ran.stderr
    assert "Traceback" not in ran.stderr


ACCOUNT = {
    "FRONTDESK_PAGE_ID": "1001",
    "FRONTDESK_PAGE_TOKEN": "t",
    "FRONTDESK_APP_ID": "2002",
    "FRONTDESK_APP_SECRET": "s",
    "FRONTDESK_VERIFY_TOKEN": "v",
}


def test_a_bots_main_file_stands_for_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(example_folder() / "bot.yaml")]) == 0
    assert "No problems" in capsys.readouterr().out


# ---- plan and revisions ------------------------------------------------------------------------------------


def live_settings(tmp_path: Path) -> dict[str, str]:
    """Settings of a server whose database is migrated and has nothing live yet."""
    database = {"FRONTDESK_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}"}
    assert frontdesk("migrate", **database).returncode == 0
    page = {"FRONTDESK_PAGE_ID": "10001", "FRONTDESK_PAGE_TOKEN": "token"}
    return {**database, **page, "FRONTDESK_FLOWS": str(ROOT / "flows")}


def test_plan_and_revisions_say_when_nothing_is_live_yet(tmp_path: Path) -> None:
    settings = live_settings(tmp_path)
    planned = frontdesk("plan", "flows", **settings)
    assert (planned.returncode, planned.stderr) == (0, "")
    assert planned.stdout.startswith("Nothing is live yet: all ")
    listed = frontdesk("revisions", "flows", **settings)
    assert (listed.returncode, listed.stdout) == (0, "Nothing has gone live yet.\n")
    back = frontdesk("revisions", "flows", "--back", "3f9a0c", **settings)
    assert back.returncode == 2
    assert back.stderr == "frontdesk: No revision 3f9a0c has been live. frontdesk revisions lists them.\n"


def test_plan_of_a_broken_folder_tells_its_problems(broken: Path) -> None:
    planned = frontdesk("plan", str(broken))
    assert planned.returncode == 1
    assert "F203" in planned.stdout


def test_plan_of_a_folder_that_no_page_uses_says_which_settings_are_missing(tmp_path: Path) -> None:
    planned = frontdesk("plan", str(ROOT / "flows"), cwd=tmp_path)
    assert planned.returncode == 2
    assert "No Page answers with the folder" in planned.stderr
    assert "FRONTDESK_FLOWS" in planned.stderr


def test_revisions_without_a_database_makes_none(tmp_path: Path) -> None:
    settings = {"FRONTDESK_PAGE_ID": "10001", "FRONTDESK_PAGE_TOKEN": "token", "FRONTDESK_FLOWS": str(ROOT / "flows")}
    listed = frontdesk("revisions", str(ROOT / "flows"), cwd=tmp_path, **settings)
    assert listed.returncode == 2
    assert "There is no database" in listed.stderr
    assert list(tmp_path.iterdir()) == []


def test_plan_exits_with_1_when_customers_wait_in_a_state_that_goes(tmp_path: Path) -> None:
    settings = live_settings(tmp_path)
    folder = tmp_path / "bot"
    folder.mkdir()
    bot = folder / "bot.yaml"
    bot.write_text(BROKEN.replace("goto: nowhere", "choices: {Size: ask_size}\n  ask_size: {say: Which size?}"))
    asyncio.run(make_live(settings["FRONTDESK_DATABASE_URL"], folder))
    settings["FRONTDESK_FLOWS"] = str(folder)
    assert frontdesk("plan", str(folder), **settings).returncode == 0
    bot.write_text(bot.read_text().replace("ask_size", "ask_sizes"))
    planned = frontdesk("plan", str(folder), **settings)
    assert planned.returncode == 1
    assert planned.stdout.endswith(
        "F701 1 customer waits in ask_size, which this change removes.\n    Add to moved: {ask_size: ask_sizes}\n"
    )


async def make_live(address: str, folder: Path) -> None:
    """The folder is live, and one customer stands in ask_size."""
    database, now = open_database(address), Clock().now()
    flows = LiveFlows({"10001": folder})
    await Agreement(database, flows, Clock()).settle()
    moved = [(("10001", "ana"), {"state": "ask_size"}, "r")]
    await database.transaction(lambda connection: sessions.save(connection, moved, now))
    await database.close()
