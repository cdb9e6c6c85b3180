"""`frontdesk answers`: what an owner sees of how his bot finds its answers."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from app.cli import app
from tests.flowfile.bots import TOP, write

BOT = f"""{TOP}faq:
  - {{id: returns, topic: orders, ask: [refund, send back], answer: 30 days.}}
  - {{id: hours, topic: shop, ask: [when are you open, opening hours], answer: From nine to six.}}
  - {{id: sunday, topic: shop, ask: [when are you open on sunday], answer: From ten.}}
anywhere:
  - faq: all
states:
  welcome: {{say: Hello!}}
"""


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["answers", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_try_shows_the_decision_and_the_ranking_with_reasons(tmp_path: Path) -> None:
    output = told("try", "opening times", str(write(tmp_path, BOT)), "--by-letters")
    assert "hours" in output.splitlines()[0]
    assert "chances: right" in output
    assert 'nearest "opening hours"' in output


def test_try_of_a_phrase_says_that_it_is_one(tmp_path: Path) -> None:
    assert told("try", "Refund!", str(write(tmp_path, BOT)), "--by-letters").startswith(
        "Answers with returns (the words of a phrase)"
    )


def test_try_looks_in_one_topic_where_it_is_told_to(tmp_path: Path) -> None:
    output = told("try", "refund", str(write(tmp_path, BOT)), "--topic", "shop", "--by-letters")
    assert "returns" not in output


def test_report_lists_entries_that_are_alike(tmp_path: Path) -> None:
    output = told("report", str(write(tmp_path, BOT)), "--by-letters")
    assert "hours and sunday" in output


def test_a_bot_without_faq_has_nothing_to_report(tmp_path: Path) -> None:
    output = told("report", str(write(tmp_path, f"{TOP}states:\n  welcome: {{say: Hello!}}\n")))
    assert output.startswith("0 entries")
