"""Who wants somebody while nobody is there and leaves a number or an address comes onto the list of callbacks. The example shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.flowfile.answering import prepare
from app.flowfile.check import read_flow
from app.store import callbacks, timers
from app.store.callbacks import Callback
from tests.store.kit import PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Before, Troubled
from tests.worker.kit import Crew, add, state_of

EXAMPLE = Path(__file__).parents[2] / "flows"
AT_NIGHT = timedelta(hours=12)
"""From ten in the morning."""


@dataclass
class Talk:
    """A customer of the example shop."""

    database: Troubled
    clock: GivenClock
    crew: Crew

    async def says(self, text: str) -> str:
        """Where that leads."""
        self.clock.wall += timedelta(minutes=1)
        await add(self.database, event("ana", text, self.clock.now()))
        await self.crew.turns.run_batch()
        return await state_of(self.database, "ana")

    async def wanted(self) -> list[Callback]:
        return await self.database.inner.read(lambda connection: callbacks.list_open(connection, [PAGE]))


def begin(database: Troubled, clock: GivenClock) -> Talk:
    flow = read_flow(EXAMPLE)
    prepare(flow)  # as a server does: a turn waits two seconds for a search at most, and the first one reads the model
    return Talk(database, clock, Crew(database, clock, flow=flow))


async def test_at_night_an_address_makes_a_callback(both: Troubled, clock: GivenClock) -> None:
    talk = begin(both, clock)
    clock.wall += AT_NIGHT
    assert await talk.says("I want to talk to a person") == "leave_message"
    assert await talk.wanted() == []
    assert await talk.says("mila@x.example") == "message_left"
    [wish] = await talk.wanted()
    assert (wish.customer_id, wish.team, wish.contacts) == ("ana", "care", {"email": "mila@x.example"})
    assert await talk.says("thanks") != ""
    assert len(await talk.wanted()) == 1


async def begin_known(database: Troubled, clock: GivenClock) -> Talk:
    """At night, with a customer whose address is known and who was called back."""
    talk = begin(database, clock)
    clock.wall += AT_NIGHT
    await talk.says("I want to talk to a person")
    await talk.says("mila@x.example")
    [first] = await talk.wanted()
    await database.inner.transaction(lambda connection: callbacks.tick_off(connection, first.id, "anna", clock.now()))
    assert await talk.wanted() == []
    return talk


async def test_an_address_that_is_known_already_is_enough(database: Troubled, clock: GivenClock) -> None:
    talk = await begin_known(database, clock)
    assert await talk.says("a human please") == "message_left"
    assert [each.contacts for each in await talk.wanted()] == [{"email": "mila@x.example"}]


async def test_a_commit_that_is_tried_again_asks_all_the_same(database: Troubled, clock: GivenClock) -> None:
    talk = await begin_known(database, clock)
    add_and_claim: list[str | Before | None] = [None, None]
    database.plan.extend([*add_and_claim, "taken back"])
    assert await talk.says("a human please") == "message_left"
    assert not database.plan
    assert [each.contacts for each in await talk.wanted()] == [{"email": "mila@x.example"}]


async def test_by_day_nobody_is_to_be_called_back(database: Troubled, clock: GivenClock) -> None:
    talk = begin(database, clock)
    assert await talk.says("I want to talk to a person") == "person"
    await talk.says("mila@x.example")
    assert await talk.wanted() == []


async def test_who_waited_in_vain_is_to_be_called_back(database: Troubled, clock: GivenClock) -> None:
    talk = begin(database, clock)
    assert await talk.says("I want to talk to a person") == "person"
    clock.wall += timedelta(hours=3)
    await database.inner.transaction(lambda connection: timers.fire_due(connection, clock.now(), 10))
    await talk.crew.turns.run_batch()
    assert await state_of(database, "ana") == "leave_message"
    await talk.says("mila@x.example")
    assert [each.team for each in await talk.wanted()] == ["care"]
