"""The owner's tests: a conversation that is held passes, and one that goes another way is told at its very step."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.cli import main
from app.flowfile.check import check
from app.flowfile.rehearsal.play import play
from tests.flowfile.bots import CALLING, told, write

SHOP = Path(__file__).parents[2] / "flows"
BOT = """\
flow: 1
bot: {name: Piney, timezone: Europe/Paris, languages: [en, fr]}
messenger: {start: welcome, menu: {Person: person}, starters: {Size?: size}}
teams: {care: [anna]}
slots: {size: {type: number, min: 30, max: 50}}
anywhere: [{hear: [human], goto: person}, {attachment: any, goto: got_file}]
states:
  welcome: {say: Hello <first_name>!, choices: {Size: size, Leave: end}, remind: [{after: 1 hour, say: Still there?}]}
  size: {ask: {save: size, say: Which size?}, goto: done}
  done: {say: [Noted., Size <size>.]}
  person: {handoff: care, say: I am calling Anna., goto: welcome}
  got_file: {say: Thank you., goto: welcome}
tests:
  - name: one
    given: {now: 2026-12-01 10:00, first_name: Ana}
    talk:
"""


def misses(folder: Path, *steps: str) -> list[str]:
    """`line: wanted / got` of what went another way; the steps begin at line 17."""
    write(folder, BOT + "".join(f"      - {step}\n" for step in steps))
    checked = check(folder)
    assert checked.flow is not None, checked.problems
    return [
        f"{miss.place.line}: {miss.wanted} / {miss.got}" for each in checked.tests for miss in play(checked.flow, each)
    ]


def test_every_kind_of_step_is_held(tmp_path: Path) -> None:
    steps = [
        "tap: Get Started", "bot: Hello Ana!", "shows: [Size, Leave]", "state: welcome", "wait: 1 hour", "bot: Still there?",
        "you: size", "bot: Which size?", "you: about 40", "bot: '*'", "bot: Size 40.", "saved: {size: 40}",
        "deliver: twice", "meta: error 10", "photo: yes", "bot: Thank you.", "bot: Hello Ana!",
        "tap: Person", "bot: I am calling Anna.", "handed_to: care", "staff: says Hello!", "you: hi", "staff: ends", "bot: Hello Ana!",
        "tap: Leave", "state: end", "tap: Size?", "state: done",
    ]  # fmt: skip
    assert misses(tmp_path, *steps) == []


@pytest.mark.parametrize(
    ("steps", "told_as"),
    [
        (["tap: Get Started", "bot: Hello!"], "18: Hello! / Hello Ana!"),
        (["tap: Get Started", "bot: '*'", "bot: More"], "19: More / nothing more"),
        (["tap: Get Started", "bot: '*'", "you: '40'"], ""),
        (["tap: Size"], '17: "Size" on the screen / nothing to tap'),
        (["tap: Get Started", "tap: Colour"], '18: "Colour" on the screen / Size, Leave'),
        (["tap: Get Started", "shows: [Size, Colour]"], "18: Size, Colour / Size, Leave"),
        (["tap: Get Started", "state: size"], "18: the state size / the state welcome"),
        (["tap: Get Started", "tap: Size", "you: '40'", "saved: {size: 41}"], "20: size: 41 / size: 40"),
        (["tap: Get Started", "saved: {size: 41}"], "18: size: 41 / no size"),
        (["tap: Get Started", "handed_to: care"], "18: handed to care / not handed over"),
        (["tap: Get Started", "tap: Size", "you: '40'", "bot: Noted."], "19: nothing more / Size 40."),
        (["tap: Get Started", "wait: 59 minutes", "bot: Still there?"], "19: Still there? / nothing more"),
        (["tap: Person", "staff: says Hi", "bot: I am calling Anna."], "19: I am calling Anna. / nothing more"),
        (
            ["tap: Get Started", "deliver: twice", "bot: Hello Ana!", "meta: error 10", "bot: More"],
            "21: More / nothing more",
        ),
        (["photo", "bot: Thank you.", "bot: Bye."], "19: Bye. / Hello Ana!"),
        (["tap: Person", "staff: ends", "bot: Bye."], "19: Bye. / Hello Ana!"),
    ],
)
def test_what_goes_another_way_is_told_at_its_step(steps: list[str], told_as: str, tmp_path: Path) -> None:
    assert misses(tmp_path, *steps) == ([told_as] if told_as else [])


def test_only_the_first_step_that_fails_is_told(tmp_path: Path) -> None:
    assert len(misses(tmp_path, "tap: Get Started", "bot: A", "bot: B", "state: size")) == 1


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("says: Hello!", "F201 at 17:9"),
        ("bot:", "F202 at 17:9"),
        ("state: sizes", "F203 at 17:16"),
        ("saved: {sise: 40}", "F402 at 17:17"),
        ("handed_to: car", "F211 at 17:20"),
        ("wait: soon", "F405 at 17:15"),
        ("staff: leave", "F405 at 17:16"),
        ("deliver: thrice", "F405 at 17:18"),
        ("meta: no", "F405 at 17:15"),
        ("{tap: Size, bot: Which size?}", "F220 at 17:21"),
        ("hello", "F212 at 17:9"),
    ],
)
def test_a_step_that_makes_no_sense_is_told_at_its_place(step: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{BOT}      - {step}\n")) == [problem]


@pytest.mark.parametrize(
    ("given", "problem"),
    [("now: tomorrow", "F405 at 15:18"), ("language: de", "F405 at 15:23"), ("sise: 40", "F402 at 15:13"), ("", None)],
)
def test_what_is_given_is_checked(given: str, problem: str | None, tmp_path: Path) -> None:
    text = BOT.replace("now: 2026-12-01 10:00, first_name: Ana", given) + "      - tap: Get Started\n"
    assert told(write(tmp_path, text)) == ([problem] if problem else [])


def test_the_conversations_of_the_shop_are_held(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(SHOP)]) == 0
    assert "9 of 9 conversations held." in capsys.readouterr().out


def test_the_command_tells_place_difference_and_why_and_writes_junit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, f"{BOT}      - you: human\n      - bot: <wrong> & odd\n")
    assert main(["test", str(folder), "--junit", str(tmp_path / "out.xml")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("bot.yaml:18:9: one")
    assert lines[1:3] == ["  - <wrong> & odd", "  + I am calling Anna."]
    assert any("hear phrase 1" in line for line in lines)
    assert lines[-1] == "0 of 1 conversation held."
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert "<wrong> & odd" in str(suite.find("testcase/failure").get("message"))  # type: ignore[union-attr]


def test_names_choose_and_a_bot_without_tests_is_told_how_to_write_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, f"{BOT}      - you: human\n")
    assert main(["test", str(folder), "-k", "ONE"]) == 0
    assert main(["test", str(folder), "-k", "two"]) == 1
    write(tmp_path, BOT.split("tests:", maxsplit=1)[0])
    assert main(["test", str(folder)]) == 0
    assert "tests: [{name:" in capsys.readouterr().out


def test_a_folder_with_problems_is_not_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(write(tmp_path, BOT.replace("goto: done", "goto: gone")))]) == 1
    assert "F203" in capsys.readouterr().out


def test_a_thousand_conversations_of_many_files_are_held(tmp_path: Path) -> None:
    steps = "".join(
        f"      - {step}\n" for step in ("tap: Get Started", "bot: '*'", "tap: Size", "bot: '*'", "you: '40'")
    )
    more = [BOT.split("tests:\n")[1].replace("name: one", f"name: n{each}") + steps for each in range(1_000)]
    texts = {f"t{place}": "tests:\n" + "".join(more[place : place + 100]) for place in range(0, 1_000, 100)}
    top = BOT.split("tests:\n", maxsplit=1)[0] + f"include: {json.dumps([f'{name}.yaml' for name in texts])}\n"
    checked = check(write(tmp_path, top, **texts))
    assert checked.flow is not None, checked.problems[:3]
    assert [each for each in checked.tests if play(checked.flow, each)] == []
    assert len(checked.tests) == 1_000


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("{status: 200, body: {order: {eta: 3 December}}}", "It comes on 3 December."),
        ("{status: 404}", "I do not know it."),
        ("{status: slow}", "Please ask again later."),
        ("{status: 500}", "I cannot look it up."),
    ],
)
def test_calls_are_answered_as_given(answer: str, wanted: str, tmp_path: Path) -> None:
    checked = check(
        write(tmp_path, CALLING.replace("METHOD", "GET").replace("ANSWER", answer).replace("WANTED", wanted))
    )
    assert checked.flow is not None, checked.problems
    assert [play(checked.flow, each) for each in checked.tests] == [[]]


def test_a_call_that_is_not_given_has_failed(tmp_path: Path) -> None:
    text = (
        CALLING.replace("METHOD", "GET")
        .replace("orders/7", "orders/8")
        .replace("ANSWER", "{status: 200}")
        .replace("WANTED", "I cannot look it up.")
    )
    checked = check(write(tmp_path, text))
    assert checked.flow is not None
    assert [play(checked.flow, each) for each in checked.tests] == [[]]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("{status: 999}", "F405 at 17:70"),
        ("{body: {}}", "F202 at 17:61"),
        ("{status: 200, bdy: {}}", "F201 at 17:75"),
        ("ok", "F212 at 17:61"),
    ],
)
def test_an_answer_that_cannot_be_is_told_at_its_place(answer: str, problem: str, tmp_path: Path) -> None:
    assert [
        each
        for each in told(
            write(tmp_path, CALLING.replace("METHOD", "GET").replace("ANSWER", answer).replace("WANTED", "x"))
        )
        if "F802" not in each
    ] == [problem]


STAYING = """\
flow: 1
bot: {name: Piney}
messenger: {start: offer}
anywhere: [{hear: [hours], goto: hours}]
states:
  offer: {say: Look at this., buttons: {More of it: more_of_it}}
  hours: {say: From nine to five., choices: {Fine: fine}}
  more_of_it: {say: Here is more.}
  fine: {say: Good.}
tests:
  - name: one
    talk: [{tap: Get Started}, {you: hours}, TAPPED]
"""


@pytest.mark.parametrize(
    ("tapped", "got"),
    [
        ("{tap: More of it}, {bot: Here is more.}", []),
        ("{tap: Fine}, {bot: Good.}", []),
        ("{you: hours}, {tap: More of it}, {bot: Here is more.}", []),
        ("{tap: More of it}, {tap: Fine}", ["nothing to tap"]),
    ],
)
def test_buttons_stay_and_choices_vanish(tapped: str, got: list[str], tmp_path: Path) -> None:
    checked = check(write(tmp_path, STAYING.replace("TAPPED", tapped)))
    assert checked.flow is not None, checked.problems
    assert [miss.got for each in checked.tests for miss in play(checked.flow, each)] == got
