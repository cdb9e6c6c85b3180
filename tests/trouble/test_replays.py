"""Every kind of trouble: a good bot in a good house is the same in all of them, and each finds the mistake it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flowfile.check import check
from app.flowfile.rehearsal.play import play
from app.trouble.house import House
from app.trouble.replays import KINDS, kinds_of
from tests.flowfile.bots import CALLING
from tests.trouble import mistakes
from tests.trouble.bots import (
    BOT,
    ECHO_FIRST,
    IN_FRENCH,
    LARGE,
    RESTARTS,
    SERVER_ERRORS,
    SHOP,
    TALK,
    TWICE,
    TYPED,
    WORKED,
    failures,
    told,
    written,
)  # fmt: skip
from tests.trouble.mistakes import house_with


@pytest.mark.parametrize("folder", [SHOP, LARGE], ids=["shop", "large"])
def test_the_examples_conversations_are_the_same_in_trouble(folder: Path) -> None:
    assert failures(check(folder)) == {}


def test_a_conversation_is_replayed_in_each_kind_and_each_other_language(tmp_path: Path) -> None:
    checked = written(tmp_path, BOT, *TALK)
    assert checked.flow is not None
    names = [kind.name for kind in kinds_of(checked.flow, checked.tests[0])]
    assert names == [*(kind.name for kind in KINDS), IN_FRENCH]
    french = written(tmp_path, BOT.replace("10:00}", "10:00, language: fr}"), "tap: Get Started").tests[0]
    assert [kind.name for kind in kinds_of(checked.flow, french)][-1] == "in en"


@pytest.mark.parametrize(
    ("house", "found_by"),
    [
        (house_with(), set()),
        (house_with(intake=mistakes.ForgetsDuplicates), {TWICE}),
        (house_with(intake=mistakes.TakesEchoesForStaff), {TWICE, ECHO_FIRST}),
        (house_with(sender=mistakes.SendsAgainAtOnce), {SERVER_ERRORS}),
        (house_with(sender=mistakes.TakesSilenceForSuccess), {SERVER_ERRORS}),
        (house_with(intake=mistakes.AnswersBeforeItIsDurable), {RESTARTS}),
        (house_with(settling=mistakes.SendsAgainBlindly), {SERVER_ERRORS, RESTARTS}),
    ],
    ids=["none", "duplicates", "echoes", "again", "silence", "durable", "blindly"],
)
def test_a_mistake_of_the_house_is_found_by_the_trouble_that_shows_it(
    house: type[House], found_by: set[str], tmp_path: Path
) -> None:
    assert failures(written(tmp_path, BOT, *TALK), house).keys() == found_by


def test_a_title_that_means_something_else_when_typed_is_found(tmp_path: Path) -> None:
    bot = BOT.replace("goto: done}", "goto: done, choices: {Only 40 left?: person}}")
    found = failures(written(tmp_path, bot, "tap: Get Started", "tap: Size", "tap: Only 40 left?"))
    assert {name: told(misses) for name, misses in found.items()} == {
        TYPED: ["32: I am calling Anna. / Noted. / Size 40."]
    }


def test_a_bot_that_goes_elsewhere_in_another_language_is_found(tmp_path: Path) -> None:
    bot = BOT.replace("choices: {Leave: bye}}", "goto: [{if: language is fr, to: person}, {to: bye}]}")
    found = failures(written(tmp_path, bot, "tap: Get Started", "tap: Size", "you: '40'"))
    assert {name: told(misses) for name, misses in found.items()} == {
        IN_FRENCH: ["32: Noted. / Size 40. / Goodbye. / C'est noté. / Taille 40. / J'appelle Anna."]
    }


def test_the_first_step_that_differs_ends_a_replay(tmp_path: Path) -> None:
    found = failures(written(tmp_path, BOT, *TALK), house_with(intake=mistakes.ForgetsDuplicates))
    assert [len(misses) for misses in found.values()] == [1]


@pytest.mark.parametrize(
    "steps",
    [
        ["tap: Get Started", "bot: I am Piney.", "bot: Hello!", "wait: 3 hours", "wait: 1 hour", "bot: Still there?"],
        ["you: human", "handed_to: care", "staff: says Hi", "handed_to: care", "you: hello", "staff: ends", "bot: '*'", "bot: '*'"],
        ["tap: Get Started", "staff: says Hi", "wait: 5 hours", "staff: ends", "wait: 5 hours", "you: human", "handed_to: care"],
        ["tap: Get Started", "staff: says Hi", "wait: 1 hour", "staff: ends", "wait: 4 hours"],
        ["tap: Person", "state: person", "tap: Person", "photo", "you: xqzt"],
        ["you: my card is 4111 1111 1111 1111", "you: hello", "tap: Size", "you: nothing", "you: at all", "you: to say"],
        ["you: bonjour je voudrais une taille", "tap: Taille", "bot: Quelle taille ?"],
    ],
    ids=["reminder", "staff", "silent", "reminded", "menu", "masked", "french"],
)  # fmt: skip
def test_what_holds_plainly_holds_in_trouble(steps: list[str], tmp_path: Path) -> None:
    checked = written(tmp_path, BOT, *steps)
    assert checked.flow is not None
    assert [play(checked.flow, each) for each in checked.tests] == [[]]
    assert failures(checked) == {}


@pytest.mark.parametrize("code", [1, 2, 10, 4, 190, 551, 613])
def test_an_error_of_messenger_changes_nothing_of_what_the_bot_does(code: int, tmp_path: Path) -> None:
    steps = (
        "tap: Get Started",
        f"meta: error {code}",
        "tap: Size",
        "bot: Which size?",
        "you: '40'",
        "bot: Noted.",
        "bot: '*'",
    )
    assert failures(written(tmp_path, BOT, *steps)) == {}


def test_delivered_twice_is_once_and_found_when_it_is_not(tmp_path: Path) -> None:
    checked = written(tmp_path, BOT, "tap: Get Started", "bot: I am Piney.", "bot: Hello!", "deliver: twice")
    assert failures(checked) == {}
    found = failures(checked, house_with(intake=mistakes.ForgetsDuplicates))
    assert told(found[ECHO_FIRST]) == ["33: no message / Hello!"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("{status: 200, body: {order: {eta: 3 December}}}", "It comes on 3 December."),
        ("{status: 404}", "I do not know it."),
        ("{status: slow}", "Please ask again later."),
        ("{status: 500}", "I cannot look it up."),
    ],
)
def test_calls_are_answered_in_trouble_as_given(method: str, answer: str, wanted: str, tmp_path: Path) -> None:
    bot = CALLING.replace("METHOD", method).replace("ANSWER", answer).replace("WANTED", wanted)
    assert failures(written(tmp_path, bot)) == {}


def test_a_second_call_of_a_customer_is_answered_like_the_first(tmp_path: Path) -> None:
    bot = CALLING.replace("METHOD", "GET").replace("ANSWER", "{status: 404}").partition("    talk:")[0]
    bot = bot.replace("I do not know it.}", "I do not know it., forget: [number], goto: order}")
    twice = ("you: '7'", "bot: I do not know it.", "bot: Which order?") * 2
    assert failures(written(tmp_path, f"{bot}    talk:\n", "tap: Get Started", "bot: '*'", *twice)) == {}


def test_the_worked_example_is_the_same_in_trouble() -> None:
    checked = check(WORKED)
    assert checked.flow is not None, checked.problems
    assert [play(checked.flow, each) for each in checked.tests] == [[], []]
    assert failures(checked) == {}
