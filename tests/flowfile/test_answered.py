"""Entries of the FAQ that no test gets an answer from."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flowfile.rehearsal.answered import COMPARISONS_MAX
from tests.flowfile.bots import TOP, problems_in, told, write

FAQ = """\
faq:
  - {id: returns, ask: [How can I return it?, refund], answer: You have 30 days.}
  - {id: sizes, topic: shop, ask: [Which sizes do you have?, size guide], answer: ["34 to 46, <said>", Really.]}
"""
ANYWHERE = "anywhere:\n  - faq: all\n"
STATES = "states:\n  welcome: {say: Hello!}\n"
PAIRS = "translations:\n  - {en: refund, fr: remboursement}\n  - {en: You have 30 days., fr: Vous avez 30 jours.}\n"


def bot(*steps: str, anywhere: str = ANYWHERE, states: str = STATES) -> str:
    talk = "".join(f"      - {step}\n" for step in steps)
    tests = f"tests:\n  - name: one\n    talk:\n{talk}" if steps else ""
    return f"{TOP}{FAQ}{PAIRS}{anywhere}{states}{tests}"


def test_untested_entries_are_told_once_with_all_their_names(tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot("you: hello")), "F605")
    assert (problem.code, problem.line, problem.column, problem.advice) == ("F605", 5, 10, True)
    assert problem.message == "No test gets an answer from 2 entries of the FAQ: returns, sizes."
    assert '- you: "How can I return it?"' in problem.hint


@pytest.mark.parametrize(
    "step",
    [
        "you: can I get a refund please",
        "you: Remboursement ?",
        "tap: How can I return it?",
        "bot: You have 30 days.",
        "bot: Vous avez 30 jours.",
    ],
)
def test_a_test_asks_for_an_entry_by_its_words_or_waits_for_its_answer(step: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(step)), "F605") == ["F605 at 6:10"]
    assert told(write(tmp_path, bot(step, "you: size guide")), "F605") == []


def test_a_bot_without_tests_is_left_alone(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot()), "F605") == []


def test_a_faq_that_nothing_searches_cannot_be_tested(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("you: hello", anywhere="")), "F605") == []


def test_only_entries_of_a_topic_that_is_searched_are_found_by_words(tmp_path: Path) -> None:
    shop = ANYWHERE.replace("all", "shop")
    folder = write(tmp_path, bot("you: a refund", "you: size guide", anywhere=shop))
    assert told(folder, "F605") == ["F605 at 5:10"]


def test_a_broken_step_hides_what_a_test_asks(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("yuo: refund")), "F605") == ["F201 at 17:9"]


@pytest.mark.parametrize(("messages", "codes"), [(1_000, ["F605"]), (1_001, [])])
def test_a_bot_with_very_many_tests_and_entries_is_not_searched(
    messages: int, codes: list[str], tmp_path: Path
) -> None:
    entries = "".join(f"  - {{id: e{number}, ask: [w{number}], answer: Yes.}}\n" for number in range(300))
    steps = "".join(f"      - you: hello {number}\n" for number in range(messages))
    folder = write(tmp_path, f"{TOP}faq:\n{entries}{ANYWHERE}{STATES}tests:\n  - name: one\n    talk:\n{steps}")
    assert COMPARISONS_MAX == 1_000 * 300
    assert [each.code for each in problems_in(folder, "F605")] == codes
