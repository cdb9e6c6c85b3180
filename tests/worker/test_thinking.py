"""Turns that wait for a language model: whatever happens meanwhile, each customer is answered once, as things are by then."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import UnavailableError
from app.flowfile.answering import Reading, read_as
from app.flowfile.check import read_flow
from app.service.model import Model, ModelTerms
from app.store import claims, conversations
from app.worker.thinking import WORDING_SECONDS, Thinking
from tests.llm import Endpoint, endpoint
from tests.reachable import texts_in
from tests.store.kit import PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, add, ends, running, until, written

ANA = (PAGE, "ana")
BOT = """
flow: 1
bot: {name: Piney, languages: [en]}
messenger: {start: hello}
anywhere:
  - faq: all
  - else: lost
states:
  hello: {say: What can I do for you?}
  lost: {say: I did not understand that.}
faq:
  - id: post
    ask: [shipping by post, how long does shipping by post take]
    answer: By post it takes 4 days.
  - id: courier
    ask: [shipping by courier, how long does shipping by courier take]
    answer: By courier it takes 1 day.
"""
UNSURE, POST, COURIER = "how long does shipping take", "By post it takes 4 days.", "By courier it takes 1 day."
SECONDS_MAX = 40.0


@pytest.fixture(scope="module")
def model() -> Iterator[Endpoint]:
    with endpoint() as served:
        yield served


class Waiting:
    """A worker's turns, with `asked` questions of which the model has answered `answered`."""

    def __init__(self, crew: Crew, thinking: Thinking, model: Endpoint) -> None:
        self.crew, self.thinking, self.model, self.answered = crew, thinking, model, 0
        crew.hands = replace(crew.hands, thinking=thinking)
        crew.turns.hands = crew.hands
        self._asked_before = len(model.asked)

    @property
    def asked(self) -> int:
        return len(self.model.asked) - self._asked_before

    def hear(self) -> None:
        self.answered += 1

    async def begin_to_think(self) -> None:
        """Ana's question is with the model, which does not answer yet."""
        self.model.gate.clear()
        await add(self.crew.database, event("ana", UNSURE))
        await self.crew.turns.run_batch()
        await until(lambda: self.asked == 1)

    async def answer(self) -> None:
        self.model.gate.set()
        await until(lambda: self.answered == 1)

    async def work(self) -> None:
        """As a worker does until nothing waits."""
        while await self.crew.turns.run_batch() or self.crew.turns.may_go_on:
            pass


@pytest.fixture
async def waiting(both: Troubled, clock: GivenClock, model: Endpoint, tmp_path: Path) -> AsyncIterator[Waiting]:
    (tmp_path / "bot.yaml").write_text(BOT, "utf-8")
    flow = read_as(read_flow(tmp_path), Reading(by_meaning=False))
    model.says = lambda _: json.dumps({"entry": "post"})
    thinking = Thinking(Model(ModelTerms(model.url, "small-1", seconds_max=SECONDS_MAX)), clock)
    made = Waiting(Crew(both, clock, flow=flow), thinking, model)
    async with _thinks(thinking, made):
        yield made


@asynccontextmanager
async def _thinks(thinking: Thinking, made: Waiting) -> AsyncIterator[None]:
    async with running(thinking.run(made.hear)):
        yield
        made.model.gate.set()


@pytest.mark.parametrize("trouble", ["away", "answer lost"])
@pytest.mark.parametrize("thinks_on", [True, False])
async def test_a_claim_that_fails_beside_a_model_that_thinks_claims_nobody_twice(
    waiting: Waiting, both: Troubled, trouble: str, thinks_on: bool
) -> None:
    """What is given back because a claim gave no answer is not what is in hand."""
    await waiting.begin_to_think()
    await waiting.work()
    if not thinks_on:
        await waiting.answer()
    await add(both, event("bea", "shipping by post"))
    both.plan.append(trouble)
    with pytest.raises(UnavailableError):
        await waiting.crew.turns.run_batch()
    if thinks_on:
        await waiting.answer()
    await waiting.work()
    assert [await written(both, each) for each in ("ana", "bea")] == [[POST], [POST]]
    assert await ends(both, "ana") == [("done", None)]
    assert waiting.crew.turns.failed == 0
    assert await both.read(claims.list_claimers) == []


async def test_whom_staff_took_while_the_model_thought_the_bot_does_not_answer_after_a_claim_that_failed(
    waiting: Waiting, both: Troubled, clock: GivenClock
) -> None:
    await waiting.begin_to_think()
    await waiting.work()
    both.plan.append("away")
    with pytest.raises(UnavailableError):
        await waiting.crew.turns.run_batch()
    await both.transaction(lambda connection: conversations.take_over(connection, ANA, clock.now()))
    await waiting.answer()
    await waiting.work()
    assert await written(both, "ana") == []
    assert await ends(both, "ana") == [("done", None)]


async def test_of_a_question_no_word_stays_and_the_models_own_words_are_forgotten_after_a_while(
    waiting: Waiting, both: Troubled, clock: GivenClock
) -> None:
    waiting.thinking.rephrases = True
    worded = "It takes 4 days by post."
    waiting.model.says = lambda _: json.dumps({"entry": "post", "text": worded})
    await waiting.begin_to_think()
    await waiting.answer()
    await waiting.work()
    assert await written(both, "ana") == [worded]
    await add(both, event("bea", UNSURE))
    await waiting.work()
    assert (waiting.asked, await written(both, "bea")) == (1, [worded])
    assert UNSURE not in " ".join(texts_in(waiting.thinking))
    clock.move(WORDING_SECONDS)
    waiting.model.says = lambda _: json.dumps({"entry": "post"})
    await add(both, event("eve", UNSURE))
    await waiting.work()
    await until(lambda: waiting.answered == 2)
    await waiting.work()
    assert (waiting.asked, await written(both, "eve")) == (2, [POST])
    assert worded not in " ".join(texts_in(waiting.thinking))


@pytest.mark.parametrize("kind", ["person_replied", "person_took_over"])
async def test_a_person_who_answers_while_the_model_thinks_is_answered_over_by_nobody(
    waiting: Waiting, both: Troubled, kind: str
) -> None:
    await waiting.begin_to_think()
    fact = replace(event("ana", "p"), kind=f"fact:{kind}", body={"text": "Four days, Anna here", "mid": "m_p"})
    await add(both, fact)
    await waiting.answer()
    await waiting.work()
    assert await written(both, "ana") == []
    assert await ends(both, "ana") == [("done", None)] * 2


async def test_what_is_written_while_the_model_thinks_is_read_with_the_question(
    waiting: Waiting, both: Troubled
) -> None:
    await waiting.begin_to_think()
    await add(both, event("ana", "shipping by courier"))
    await waiting.answer()
    await waiting.work()
    assert await written(both, "ana") == [POST, COURIER]


async def test_who_adds_a_question_waits_for_both_together_no_longer_than_for_one(
    waiting: Waiting, both: Troubled, clock: GivenClock
) -> None:
    await waiting.begin_to_think()
    clock.move(SECONDS_MAX * 3 / 4)
    await waiting.answer()
    waiting.model.gate.clear()
    await add(both, event("ana", "shipping how long is that"))
    await waiting.work()
    await until(lambda: waiting.asked == 2)
    assert await written(both, "ana") == []
    clock.move(SECONDS_MAX / 4)
    await waiting.work()
    assert (await written(both, "ana"))[:2] == [POST, "Did you mean:"]
