"""Our own side of the check-up: what a folder, a first word and a database are judged to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.flowfile.check import check, read_flow
from app.insights.checkup import DatabaseFacts, judge_answer, judge_calls, judge_database, judge_folder
from app.settings import example_folder
from app.store.catalogues import FeedTrouble

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
CALLS_FIRST = """flow: 1
bot: {name: Piney}
messenger: {start: look}
states:
  look: {call: GET https://api.shop.example/x, goto: [{if: result is ok, to: found}, {to: broken}]}
  found: {say: Here it is.}
  broken: {say: I cannot look it up.}
"""


def test_the_example_answers_a_first_word_and_has_no_problems() -> None:
    assert judge_answer(read_flow(example_folder()), NOW).verdict == "ok"
    assert judge_folder("flows", check(example_folder()).problems).verdict != "problem"


def test_a_bot_that_asks_a_service_first_is_judged_by_what_it_says_without_it(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(CALLS_FIRST)
    found = judge_answer(read_flow(tmp_path), NOW)
    assert (found.verdict, found.says) == ("ok", "The bot says: I cannot look it up.")


def test_what_a_call_lacks_says_what_to_do() -> None:
    (found,) = judge_calls(["Calls to a.example are not allowed: put a.example into FRONTDESK_CALL_HOSTS."])
    assert found.says == "Calls to a.example are not allowed."
    assert found.todo == "Put a.example into FRONTDESK_CALL_HOSTS and start the server anew."


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (DatabaseFacts(is_current=True), {"database": "ok"}),
        (DatabaseFacts(is_current=False), {"database": "problem"}),
        (DatabaseFacts(True, weak_settings=("fsync",)), {"database": "ok", "durability": "problem"}),
        (DatabaseFacts(True, oldest_at=NOW - timedelta(seconds=5)), {"database": "ok"}),
        (DatabaseFacts(True, oldest_at=NOW - timedelta(seconds=90)), {"database": "ok", "work": "problem"}),
        (DatabaseFacts(True, quarantined=2), {"database": "ok", "set aside": "advice"}),
        (
            DatabaseFacts(True, feeds=(FeedTrouble("https://shop.example/f", "It is empty.", 3, NOW, NOW),)),
            {"database": "ok", "products": "problem"},
        ),
    ],
)
def test_a_database_is_judged_by_what_it_says(facts: DatabaseFacts, wanted: dict[str, str]) -> None:
    assert {each.check: each.verdict for each in judge_database(facts, NOW)} == wanted
