"""Who a new customer is: asked once, beside the turns."""

from __future__ import annotations

from sqlalchemy import select

from app.channel import Person
from app.store.erase import erase_whole
from app.store.tables import sessions as sessions_table
from app.worker.meeting import Meeting
from tests.store.kit import PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, add, quiet, running, until


async def session_of(database: Troubled, customer: str) -> dict[str, object]:
    stored = select(sessions_table.c.body).where(sessions_table.c.customer_id == customer)
    return dict(await database.inner.read(lambda connection: connection.execute(stored).scalar_one()))


async def test_a_new_customer_is_asked_about_once_and_then_known(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.channel.people["ana"] = Person("Ana", "Lima", "en_GB")
    meeting = Meeting(both, crew.channel, clock)
    crew.turns.meet = meeting.meet
    learnt: list[bool] = []
    async with running(meeting.run(lambda: True, lambda: learnt.append(True))):
        await add(both.inner, event("ana", "hello"))
        await crew.turns.run_batch()
        await until(lambda: learnt == [True])
        await crew.turns.run_batch()
        await add(both.inner, event("ana", "hello again"))
        await crew.turns.run_batch()
        await quiet(both)
    assert crew.channel.asked_about == ["ana"]
    stored = await session_of(both, "ana")
    assert (stored["met"], stored["slots"]["first_name"], stored["language"]) == (True, "Ana", "en")  # type: ignore[index]


async def test_who_was_erased_and_comes_again_is_met_once_more(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.channel.people["ana"] = Person("Ana")
    meeting = Meeting(both, crew.channel, clock)
    crew.turns.meet = meeting.meet
    learnt: list[bool] = []
    async with running(meeting.run(lambda: True, lambda: learnt.append(True))):
        for visit in (1, 2):
            clock.move(60)
            await add(both.inner, event("ana", f"hello {visit}", at=clock.now()))
            await crew.turns.run_batch()
            await until(lambda: len(learnt) == visit)  # noqa: B023
            await crew.turns.run_batch()
            assert (await session_of(both, "ana"))["met"] is True
            clock.move(60)
            await both.inner.transaction(
                lambda connection: erase_whole(connection, (PAGE, "ana"), clock.now()) and None
            )
    assert crew.channel.asked_about == ["ana", "ana"]


async def test_without_an_answer_the_next_turn_asks_again(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    meeting = Meeting(database, crew.channel, clock)
    crew.turns.meet = meeting.meet
    async with running(meeting.run(lambda: True, lambda: None)):
        for text in ("hello", "are you there?"):
            await add(database.inner, event("ana", text))
            await crew.turns.run_batch()
            await quiet(database)
    assert crew.channel.asked_about == ["ana", "ana"]


async def test_a_card_number_for_a_name_is_not_kept(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.people["ana"] = Person("4111 1111 1111 1111")
    meeting = Meeting(database, crew.channel, clock)
    learnt: list[bool] = []
    async with running(meeting.run(lambda: True, lambda: learnt.append(True))):
        await add(database.inner, event("ana", "hello"))
        await crew.turns.run_batch()
        meeting.meet([(PAGE, "ana"), (PAGE, "comment:9_7")])
        await until(lambda: learnt == [True])
        await crew.turns.run_batch()
    assert crew.channel.asked_about == ["ana"]
    assert "4111" not in str(await session_of(database, "ana"))
