"""`frontdesk learn`, `answers why` and `answers report`, on a recorded week of conversations with a small shop."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.clock import Clock
from app.flowfile.check import check
from app.flowfile.learning import declined
from app.flowfile.rehearsal.play import play
from app.store.database import open_database
from app.store.migrate import migrate
from tests import week
from tests.week import StoppedClock, Week


@dataclass(frozen=True)
class Recorded:
    """The bot's folder as it was during the week, and the database in which the week is kept."""

    folder: Path
    database: Path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("week")
    made = Recorded(week.write_bot(folder / "shop"), folder / "week.db")

    async def run() -> None:
        database = open_database(f"sqlite:///{made.database}")
        await migrate(database)
        flow = check(made.folder).flow
        assert flow is not None
        await week.live(Week(database, flow, StoppedClock(Clock().now().astimezone(UTC) - timedelta(days=3))))
        await database.close()

    asyncio.run(run())
    return made


def settings(recorded: Recorded, folder: Path) -> dict[str, str]:
    values = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{recorded.database}", "FLOWS": str(folder), "PAGE_ID": week.PAGE,
        "PAGE_TOKEN": "token", "APP_SECRET": "0123456789abcdef", "VERIFY_TOKEN": "word",
    }  # fmt: skip
    return {f"FRONTDESK_{name}": value for name, value in values.items()}


@pytest.fixture
def shop(recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bot's folder, with the settings of its server."""
    folder = tmp_path / "shop"
    shutil.copytree(recorded.folder, folder)
    monkeypatch.chdir(tmp_path)
    for name, value in settings(recorded, folder).items():
        monkeypatch.setenv(name, value)
    return folder


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


@dataclass(frozen=True)
class Learnt:
    """What `learn --write` said, and the folder before and after it."""

    output: str
    before: dict[str, str]
    folder: Path


@pytest.fixture(scope="module")
def learnt(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Learnt:
    folder = tmp_path_factory.mktemp("learnt") / "shop"
    shutil.copytree(recorded.folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings(recorded, folder).items():
            patch.setenv(name, value)
        return Learnt(run("learn", str(folder), "--write"), files(recorded.folder), folder)


def test_without_a_terminal_it_shows_what_would_change_and_writes_nothing(shop: Path) -> None:
    before = files(shop)
    output = run("learn", str(shop))
    assert "Nothing was written" in output
    assert f"+    answer: {week.DOGS_ANSWER}" in output
    assert "no translation yet into fr of its phrases and its answer: frontdesk translate fr" in output
    assert "would also be read in another way" in output
    assert files(shop) == before


def test_what_is_written_keeps_the_owners_lines_passes_the_check_and_is_held(learnt: Learnt) -> None:
    after = files(learnt.folder)
    for name, text in learnt.before.items():
        now = iter(after[name].splitlines())
        for line in text.splitlines():
            assert any(each.startswith(line.split("]")[0]) and each.endswith(line.split("]")[-1]) for each in now), line
    assert "# Anna keeps these short." in after["faq.yaml"]
    checked = check(learnt.folder)
    assert checked.flow is not None
    new = [each for each in checked.tests if each.name.startswith("learnt: ")]
    assert len(new) == learnt.output.count("New entry ") + learnt.output.count("New phrase ")
    assert all(not list(play(checked.flow, each)) for each in checked.tests)


def test_it_learns_from_taps_from_staff_and_from_bad_ratings(learnt: Learnt) -> None:
    flow = check(learnt.folder).flow
    assert flow is not None
    phrases = {
        entry: {"".join(map(str, each.by_language["en"])) for each in one.ask} for entry, one in flow.faq.items()
    }
    assert phrases["parking"] & set(week.NEARBY)
    assert phrases["hours"] & set(week.CLOSING)
    assert phrases["returns"] & set(week.MONEY_BACK), "staff said what the entry says"
    answers = {"".join(map(str, each.say[0].by_language["en"])): entry for entry, each in flow.faq.items()}
    assert phrases[answers[week.DOGS_ANSWER]] <= set(week.DOGS)
    assert phrases[answers[week.GIFTS_ANSWER]] <= set(week.GIFTS)


def test_what_one_customer_said_teaches_nothing_and_what_is_personal_is_never_written(learnt: Learnt) -> None:
    text = "".join(files(learnt.folder).values())
    assert "zips" not in text
    assert "1048299" not in text
    assert '"where is my order 1048' in learnt.output
    assert "one customer's alone" in learnt.output
    assert "dile" not in text


def test_what_was_learnt_is_not_proposed_again(learnt: Learnt, shop: Path) -> None:
    shutil.copytree(learnt.folder, shop, dirs_exist_ok=True)
    assert "Proposals: 0." in run("learn", str(shop), "--write")
    assert files(shop) == files(learnt.folder)


def test_a_proposal_that_breaks_a_test_is_refused(shop: Path) -> None:
    tests = shop / "tests.yaml"
    tests.write_text(
        tests.read_text() + "  - name: dogs stay out\n    talk:\n"
        "      - you: are dogs allowed in the shop\n      - bot: '*'\n      - bot: I did not understand that.\n"
    )
    output = run("learn", str(shop), "--write")
    assert 'The test "dogs stay out" would no longer be held.' in output
    assert week.DOGS_ANSWER not in (shop / "faq.yaml").read_text()


def test_why_tells_entry_scores_runners_up_and_what_the_customer_did(shop: Path) -> None:
    told = run("answers", "why", "gift0")
    assert '"do you sell gift cards"' in told
    assert "answered with pay (likely right): pay 0." in told
    assert "not helpful, handed off" in told
    run("answers", "why", "nobody", code=1)


def test_the_report_lists_entries_never_told_and_what_is_missed_most(shop: Path) -> None:
    faq = shop / "faq.yaml"
    faq.write_text(faq.read_text() + "  - {id: fax, ask: [your fax number], answer: We have none.}\n")
    output = run("answers", "report", str(shop))
    assert f"Since {datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}:" in output
    assert "never told: fax" in output
    assert next(line for line in output.splitlines() if "missed: " in line).endswith("by 3 customers")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of one's own is made in another way there")
def test_in_a_terminal_it_asks_about_each_and_takes_what_is_agreed_to(recorded: Recorded, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(recorded.folder, folder)
    said = in_terminal(["learn", str(folder)], settings(recorded, folder), wanted=("parking",))
    after = (folder / "faq.yaml").read_text(encoding="utf-8")
    assert said.count("Take it?") > 1
    assert any(each in after for each in week.NEARBY)
    assert week.DOGS_ANSWER not in after
    assert check(folder).flow is not None
    assert f"{declined.FILE} keeps what you declined" in said
    assert "dog" not in (folder / declined.FILE).read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings(recorded, folder).items():
            patch.setenv(name, value)
        output = run("learn", str(folder))
        assert f"Declined before and left out: {said.count('Take it?') - 1}" in output
        assert week.DOGS_ANSWER not in output
        assert week.DOGS_ANSWER in run("learn", str(folder), "--again")


def in_terminal(arguments: list[str], environment: dict[str, str], wanted: tuple[str, ...]) -> str:
    """What the program says in a terminal; new phrases of the entries `wanted` are agreed to."""
    import pty

    root = Path(__file__).resolve().parent.parent
    pid, terminal = pty.fork()
    if pid == 0:
        run_main = "import sys; from app.cli import main; sys.exit(main())"
        os.chdir(root)
        os.execve(
            sys.executable,
            [sys.executable, "-c", run_main, *arguments],
            {**os.environ, **environment, "COLUMNS": "200"},
        )
    said, seen = "", 0
    while True:
        try:
            read = os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # how a terminal ends on Linux
            break
        if not read:
            break
        said += read
        if said.endswith("[y/N]: "):
            new, seen = said[seen:], len(said)
            agreed = any(f"phrase for {words}" in new for words in wanted)
            os.write(terminal, b"y\n" if agreed else b"n\n")
    os.close(terminal)
    assert os.waitpid(pid, 0)[1] == 0, said
    return said
