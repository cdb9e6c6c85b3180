"""`talk --keep`: a talk becomes a test that the bot holds; what stands in the folder already stays as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.errors import AppError
from app.flowfile.check import check
from app.flowfile.talk import Talk
from app.flowfile.writing.keep import plan_addition
from tests.flowfile.bots import write
from tests.flowfile.test_talk import OPEN

BOT = """\
flow: 1   # the bot of a test
bot: {name: Piney, timezone: Europe/Paris, disclosure: I am Piney.}
messenger: {start: welcome, menu: {Person: person}}
teams: {care: [anna]}
slots: {number: {type: text, pattern: "[0-9]+"}, eta: text}
anywhere: [{hear: [human], goto: person}]
states:
  welcome: {say: "Hello: what now? #1", choices: {Order: order}, remind: [{after: 4 hours, say: Still there?}]}
  order: {ask: {save: number, say: Which order?}, goto: find}
  find:
    call: GET https://api.shop.example/orders/<number>
    save: {eta: order.eta}
    goto: [{if: result is ok, to: found}, {to: welcome}]
  found: {say: It comes on <eta>.}
  person: {handoff: care, say: I am calling Anna., goto: welcome}
"""
ROOT = Path(__file__).parents[2]
HELD = "- {name: old, talk: [{tap: Get Started}]}"


def talked(folder: Path, *lines: str) -> Talk:
    """A talk with the folder's bot in which these lines are entered."""
    flow = check(folder).flow
    assert flow is not None
    talk = Talk(flow, OPEN)
    talk.begin()
    for line in lines:
        talk.enter(line)
    return talk


def keep(folder: Path, talk: Talk, name: str = "kept") -> None:
    """What the command does at the end of a talk."""
    begun = OPEN.astimezone(talk.flow.timezone)
    lines = talk.kept.lines(name, begun, talk.stored.get("state", ""))
    plan_addition(folder, check(folder), name, lines).carry_out()


def chat(folder: Path, name: str, typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command itself, with that on its standard input."""
    program = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]
    return subprocess.run(
        [*program, "talk", str(folder), "--at", "2026-12-01 10:00", "--keep", name],
        input=typed, capture_output=True, encoding="utf-8", env={**os.environ, **environment}, cwd=ROOT, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ["1", "1", "7", '/answer ok {"order": {"eta": "3 December"}}'],
        ["1", "1", "7", "/answer not_found", "/wait 4 hours"],
        ["1", "1", "7", "/answer slow"],
        ["human", "/staff says Hello: I am #1", "thanks", "/staff ends"],
        ["/photo", "", "Get Started", "/menu", "Person"],
        ["- {not: yaml}", '"quoted"', "it's # odd", "10482", "no", "~", "Ünï ✓"],
        ["my card is 4111 1111 1111 1111"],
    ],
)
def test_what_was_kept_is_held(lines: list[str], tmp_path: Path) -> None:
    folder = write(tmp_path, BOT)
    keep(folder, talked(folder, *lines))
    assert [each.name for each in check(folder).tests] == ["kept"]
    assert main(["test", str(folder), "-k", "kept", "--trouble"]) == 0


def test_cards_are_kept_by_what_they_show_and_held(tmp_path: Path) -> None:
    folder = tmp_path / "worked"
    shutil.copytree(Path(__file__).with_name("worked_example"), folder)
    typed = ("Get Started", "Outfit ideas", "A gift", "Party", "60", "Another look", "/wait 4 hours")
    keep(folder, talked(folder, *typed), "three looks")
    text = (folder / "tests.yaml").read_text("utf-8")
    assert re.search(r"- shows:\n +- silk-shirt\n +- star-dress\n", text)
    assert main(["test", str(folder), "-k", "three looks", "--trouble"]) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tests:\n  - {name: old, talk: [photo]}\n", ""),
        ("tests: # ours\n- {name: old, talk: [photo]}\n\n- name: older\n  talk:\n  - photo\n", ""),
        ("tests:\n    # the first\n    - name: old\n      talk: [photo]   # a picture\n", "\n# moved\nmoved: {old: welcome}\n"),
        ("# tests: none yet\n", ""),
        ("\n\ntests:\n  - {name: old, talk: [photo]}", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_everything_else_in_the_file_stays_as_it_is(before: str, after: str, newline: str, tmp_path: Path) -> None:
    folder = write(tmp_path, "")
    (folder / "bot.yaml").write_bytes((BOT + before + after).replace("\n", newline).encode())
    keep(folder, talked(folder, "1"))
    written = (folder / "bot.yaml").read_bytes().decode()
    assert written.count("\n") == written.count(newline)
    assert written.startswith((BOT + before).rstrip("\n").replace("\n", newline))
    assert written.endswith(after.replace("\n", newline))
    assert [each.name for each in check(folder).tests][-1] == "kept"


def test_the_file_of_tests_gets_it_and_without_one_the_main_file_does(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        BOT + "include: [more.yaml, tests.yaml]\n",
        more=f"tests:\n  {HELD}\n",
        tests="tests:\n  - {name: first, talk: [photo]}\n",
    )
    keep(folder, talked(folder, "1"))
    assert "kept" in (folder / "tests.yaml").read_text("utf-8")
    (folder / "bot.yaml").write_text(BOT + "include: [more.yaml]\n", encoding="utf-8")
    keep(folder, talked(folder, "1"), "more")
    assert "name: more" in (folder / "more.yaml").read_text("utf-8")
    (folder / "bot.yaml").write_text(BOT, encoding="utf-8")
    keep(folder, talked(folder, "1"), "main")
    assert (folder / "bot.yaml").read_text("utf-8").startswith(f"{BOT}\ntests:\n  - name: main\n")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["1", "1", "7", "wait", "/answer ok {}"], "would not be held: step"),
        (["1", "1", "/menu", "Person", "/tap Order"], "would not be held: step"),
    ],
)
def test_what_would_not_be_held_is_refused_and_nothing_changes(lines: list[str], why: str, tmp_path: Path) -> None:
    folder = write(tmp_path, BOT)
    with pytest.raises(AppError, match=why):
        keep(folder, talked(folder, *lines))
    assert (folder / "bot.yaml").read_text("utf-8") == BOT


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["/link winter"], "a link"),
        (["human", "/staff says hi", "/staff ends welcome"], "hand back to a state"),
        (["1", "1", "7", "/answer ok {}", "1", "7", "/answer slow"], ""),
        (["human", "/menu"], ""),
    ],
)
def test_what_no_test_can_say_is_an_obstacle(lines: list[str], why: str, tmp_path: Path) -> None:
    obstacle = talked(write(tmp_path, BOT), *lines).kept.obstacle
    assert why in obstacle
    assert bool(why) == bool(obstacle)


def test_one_address_cannot_answer_in_two_ways(tmp_path: Path) -> None:
    talk = talked(write(tmp_path, BOT), "1", "1", "7", "/answer slow", "1", "7")
    talk.kept.note_answer("GET https://api.shop.example/orders/7", "failed", {})
    assert "in two ways" in talk.kept.obstacle


def test_tests_in_brackets_are_left_to_the_owner(tmp_path: Path) -> None:
    bot = f"{BOT}tests: [{HELD.removeprefix('- ')}]\n"
    folder = write(tmp_path, bot)
    with pytest.raises(AppError, match="by hand"):
        keep(folder, talked(folder, "1"))
    assert (folder / "bot.yaml").read_text("utf-8") == bot


def test_a_folder_that_changed_during_the_talk_is_left_alone(tmp_path: Path) -> None:
    folder = write(tmp_path, BOT)
    checked, talk = check(folder), talked(folder, "1")
    write(folder, BOT + "# changed\n")
    with pytest.raises(AppError, match="changed during the talk"):
        plan_addition(folder, checked, "kept", talk.kept.lines("kept", OPEN, "welcome"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=20), st.sampled_from(["1", "human", "/photo", "/wait 2 hours", "7"])), max_size=8
    )
)
def test_whatever_is_typed_is_kept_and_held_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = write(tmp_path_factory.mktemp("bot"), BOT)
    talk = talked(folder, *(each for each in lines if not each.strip().startswith("/tap")))
    try:
        keep(folder, talk)
    except AppError:
        assert check(folder).tests == ()
    else:
        assert [each.name for each in check(folder).tests] == ["kept"]


def test_the_command_shows_the_test_and_where_it_is_kept(tmp_path: Path) -> None:
    folder = write(tmp_path, BOT)
    said = chat(folder, "a first visit", "1\n1\n")
    assert (said.returncode, said.stderr) == (0, "")
    assert (
        "- name: a first visit\n  given:\n    now: 2026-12-01 10:00\n  talk:\n    - tap: Get Started\n" in said.stdout
    )
    assert said.stdout.endswith(f'Hold it with: frontdesk test {folder.as_posix()} -k "a first visit"\n')
    assert main(["test", str(folder), "-k", "a first visit"]) == 0


@pytest.mark.parametrize(
    ("name", "typed", "code", "why"),
    [
        ("old", "1\n", 2, 'There is a test "old" already, at bot.yaml:17.'),
        (" ", "1\n", 2, "The test needs a name"),
        ("new", "", 1, "nobody said anything"),
        ("new", "/link winter\n", 1, "a test has no step for a link"),
    ],
)
def test_the_command_says_why_nothing_is_kept(name: str, typed: str, code: int, why: str, tmp_path: Path) -> None:
    folder = write(tmp_path, f"{BOT}tests:\n  {HELD}\n")
    said = chat(folder, name, typed)
    assert said.returncode == code
    assert why in said.stderr
    assert len(check(folder).tests) == 1


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_a_talk_has_colours_only_where_they_are_wanted(
    environment: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    said = chat(write(tmp_path, BOT), "new", "1\n/dance\n", **environment)
    assert ("\x1b[32mPiney" in said.stdout) == coloured
    assert ("\x1b[33m(/dance" in said.stdout) == coloured
    assert ("\x1b[1;36m  [1] Order" in said.stdout) == coloured
