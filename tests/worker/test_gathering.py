"""A customer's messages that come one after the other, where the worker waits for more of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.store.kit import event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, add, written


async def test_a_message_waits_for_more_of_them_where_that_is_set_and_is_then_read_as_one(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    crew.turns.gather = timedelta(seconds=2)
    await add(both, replace(event("ana", "one"), received_at=clock.now()))
    assert await crew.turns.run_batch() == 0
    clock.move(1.5)
    await add(both, replace(event("ana", "two"), received_at=clock.now()))
    assert await crew.turns.run_batch() == 0
    clock.move(1.0)
    assert await crew.turns.run_batch() == 2
    assert await written(both, "ana") == ["You said: one", "two"]


async def test_a_tap_is_answered_at_once_with_what_was_written_before_it(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.turns.gather = timedelta(seconds=2)
    tap = replace(event("ana", "tap"), kind="TapReceived", body={}, received_at=clock.now())
    await add(both, replace(event("ana", "one"), received_at=clock.now()), tap)
    assert await crew.turns.run_batch() == 2
