"""Questions in the turn's own transaction: written with it, and forgotten with what was said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.flowfile.answering import Reading, read_as
from app.flowfile.check import read_flow
from app.store import questions
from app.store.questions import Question
from tests.week import PAGE, StoppedClock, Week, write_bot
from tests.worker.database import Troubled


@pytest.fixture
async def week(both: Troubled, tmp_path_factory: pytest.TempPathFactory) -> Week:
    bot = read_as(read_flow(write_bot(tmp_path_factory.mktemp("bot") / "shop")), Reading(by_meaning=False))
    return Week(both, bot, StoppedClock(datetime(2026, 12, 1, 10, 0, tzinfo=UTC)))


async def kept(week: Week, customer: str) -> list[Question]:
    return await week.database.read(lambda connection: questions.list_of(connection, (PAGE, customer)))


async def test_a_question_is_written_with_its_turn_and_settled_by_the_next(week: Week) -> None:
    assert await week.types("ana", "opening hours") == ["I am Piney the bot.", "From nine to six."]
    await week.taps("ana", "👎 Not helpful")
    await week.types("ana", "human")
    [asked] = await kept(week, "ana")
    assert (asked.text, asked.decision, asked.entry, asked.rule) == (
        "opening hours",
        "answer",
        "hours",
        "the words of a phrase",
    )
    assert (asked.rating, asked.handed_off) == ("not_helpful", True)


async def test_a_message_that_is_taken_back_leaves_no_question(week: Week) -> None:
    await week.types("ana", "my secret blah")
    await week.happens("ana", "fact:unsent", {"mid": "m0"})
    await week.types("ana", "human")
    assert [each.text for each in await kept(week, "ana")] == [""]
    exported = await week.note("ana")
    assert "secret" not in exported


async def test_who_is_forgotten_leaves_no_question(week: Week) -> None:
    await week.types("ana", "my secret blah")
    await week.types("ana", "delete my data")
    await week.types("ana", "yes")
    assert await kept(week, "ana") == []
    await week.types("ana", "opening hours")
    assert [each.text for each in await kept(week, "ana")] == ["opening hours"]
