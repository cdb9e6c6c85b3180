"""Who leads takes the turns of all while it can; the others stand back, and never for long when it falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from app.store.wake import INBOX, WORK_OF_ALL
from app.worker.bell import Bell
from app.worker.lead import (
    BELIEVED_SECONDS,
    BUSY_AFTER_SECONDS,
    LEADS_UP_TO,
    LOOKS_MAX,
    SAID_EVERY_SECONDS,
    Lead,
)
from tests.worker.clock import GivenClock

LEADS, IS_FREE = "leads ana", "free ana"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def ana(clock: GivenClock, said: list[str]) -> Lead:
    return Lead(clock, "ana", Bell(clock), said.append)


def be_busy(lead: Lead, clock: GivenClock) -> None:
    """Two batches, far enough from each other."""
    lead.note(1)
    clock.move(BUSY_AFTER_SECONDS)
    lead.note(1)


async def test_a_message_now_and_then_makes_nobody_a_leader(ana: Lead, clock: GivenClock, said: list[str]) -> None:
    for _ in range(10):
        ana.note(1)
        ana.note(0)
        clock.move(BUSY_AFTER_SECONDS * 2)
    assert said == []


async def test_who_is_busy_says_so_now_and_then_until_nothing_is_left(
    ana: Lead, clock: GivenClock, said: list[str]
) -> None:
    be_busy(ana, clock)
    assert ana.leads
    clock.move(SAID_EVERY_SECONDS / 5)
    ana.note(3)
    assert said == [LEADS]
    clock.move(SAID_EVERY_SECONDS)
    ana.note(3)
    assert said == [LEADS, LEADS]
    for _ in range(LOOKS_MAX):
        assert ana.leads
        ana.note(0)
    assert not ana.leads
    assert said == [LEADS, LEADS, IS_FREE]


async def test_who_has_more_than_it_can_do_calls_the_others_back(ana: Lead, clock: GivenClock, said: list[str]) -> None:
    be_busy(ana, clock)
    ana.note(LEADS_UP_TO + 1)
    assert said == [LEADS, IS_FREE]
    clock.move(SAID_EVERY_SECONDS)
    ana.note(LEADS_UP_TO + 1)
    assert not ana.leads


async def begins_to_wait(lead: Lead, own: Sequence[str] = ()) -> asyncio.Task[None]:
    waiting = asyncio.ensure_future(lead.stand_back(lambda: bool(own)))
    for _ in range(5):
        await asyncio.sleep(0)
    return waiting


async def test_the_others_stand_back_until_it_is_free(ana: Lead) -> None:
    assert ana.hear("leads bea")
    waiting = await begins_to_wait(ana)
    assert not waiting.done()
    assert ana.hear("free cid")  # of somebody else
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    assert ana.hear("free bea")
    await waiting


async def test_when_it_dies_they_wait_no_longer_than_its_last_word_holds(ana: Lead, clock: GivenClock) -> None:
    ana.hear("leads bea")
    waiting = await begins_to_wait(ana)
    clock.move(BELIEVED_SECONDS)
    await waiting
    assert (await begins_to_wait(ana)).done()


async def test_what_only_this_worker_can_do_does_not_wait_for_another(ana: Lead) -> None:
    own: list[str] = []
    ana.hear("leads bea")
    waiting = await begins_to_wait(ana, own)
    ana.ask_again()
    ana.hear("leads bea")
    await asyncio.sleep(0.01)
    assert not waiting.done()
    own.append("a model has answered")
    ana.ask_again()
    ana.hear("leads bea")
    await waiting


@pytest.fixture
def bea(clock: GivenClock, said: list[str]) -> Lead:
    return Lead(clock, "bea", Bell(clock), said.append)


async def test_of_two_that_lead_one_goes_on(ana: Lead, bea: Lead, clock: GivenClock, said: list[str]) -> None:
    be_busy(ana, clock)
    be_busy(bea, clock)
    for word in said:
        ana.hear(word)
        bea.hear(word)
    assert (await begins_to_wait(ana)).done()
    assert not bea.leads
    waiting = await begins_to_wait(bea)
    assert not waiting.done()
    waiting.cancel()


async def test_one_that_heard_of_another_in_the_middle_of_a_batch_does_not_lead(
    ana: Lead, clock: GivenClock, said: list[str]
) -> None:
    """Regression: each of two said that it leads, and each waited for the other."""
    ana.note(1)
    clock.move(BUSY_AFTER_SECONDS)
    ana.hear("leads bea")
    ana.note(1)
    assert said == []
    clock.move(BELIEVED_SECONDS)
    ana.note(1)
    assert said == [LEADS]


async def test_who_hears_two_stands_back_for_the_same_as_everybody(clock: GivenClock, said: list[str]) -> None:
    for words in (("leads ana", "leads bea"), ("leads bea", "leads ana")):
        cid = Lead(clock, "cid", Bell(clock), said.append)
        for word in words:
            cid.hear(word)
        cid.hear("free bea")
        waiting = await begins_to_wait(cid)
        assert not waiting.done()
        cid.hear("free ana")
        await waiting


async def test_its_own_word_holds_nobody_back_and_other_words_are_not_for_it(ana: Lead) -> None:
    assert ana.hear(LEADS)
    assert (await begins_to_wait(ana)).done()
    assert not ana.hear(WORK_OF_ALL)
    assert not ana.hear(INBOX)
