"""Turns: many customers in one commit, what fails alone fails alone, and nothing is written for a turn that was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from app.engine.words import SENTENCES
from app.errors import UnavailableError
from app.store import claims, conversations, history, inbox, workers
from app.store.inbox import NewEvent
from app.store.tables import timers
from tests.store.kit import NOW, PAGE, event, key_of
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.flows import small_bot
from tests.worker.kit import Crew, acquaint, add, ends, flying, lines, state_of, written

ANA = (PAGE, "ana")
SORRY = SENTENCES["en"]["sorry"]


async def test_the_turns_of_many_customers_share_one_commit(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, *(event(f"c{each}", "hi") for each in range(20)))
    before = both.transactions
    assert await crew.turns.run_batch() == 20
    assert both.transactions - before == 2  # the claim, and what came of it
    assert crew.turns.taken == 20
    assert await written(both, "c7") == ["You said: hi"]


async def test_a_turn_leaves_session_transcript_and_reply_and_its_event_is_done(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"))
    await crew.turns.run_batch()
    lines_of_ana = await both.read(lambda connection: history.transcript(connection, ANA))
    assert {(each.who, each.text) for each in lines_of_ana} == {("customer", "hello"), ("bot", "You said: hello")}
    assert await ends(both, "ana") == [("done", None)]
    assert await state_of(both, "ana") == "repeat"


async def test_what_came_meanwhile_is_claimed_by_the_commit_of_the_batch_before(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, *(event(f"c{each}", "hi") for each in range(150)))
    before = both.transactions
    assert await crew.turns.run_batch() == 100
    assert crew.turns.may_go_on
    assert await crew.turns.run_batch() == 50
    assert not crew.turns.may_go_on
    assert both.transactions - before == 3


async def test_a_worker_that_stops_claims_nothing_more(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, *(event(f"c{each}", "hi") for each in range(150)))
    crew.turns.stopping = True
    await crew.turns.run_batch()
    await both.transaction(lambda connection: workers.leave(connection, "w1"))
    assert await Crew(both, clock, "w2").turns.run_batch() == 50


async def test_a_worker_that_may_be_buried_already_claims_nothing_more(both: Troubled, clock: GivenClock) -> None:
    """Regression: buried once more for it, an event that did nothing was counted as tried twice and set aside."""
    crew = Crew(both, clock)
    await add(both, *(event(f"c{each}", "hi") for each in range(150)))
    crew.living = False
    assert await crew.turns.run_batch() == 100
    assert await Crew(both, clock, "w2").turns.run_batch() == 50


async def test_customers_in_hand_when_a_worker_leaves_are_anybodys_and_none_counts_as_tried(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, *(event(f"c{each}", "hi") for each in range(150)))
    await crew.turns.run_batch()
    await both.transaction(lambda connection: workers.leave(connection, "w1"))
    assert await Crew(both, clock, "w2").turns.run_batch() == 50


async def test_where_nothing_waits_nothing_is_claimed(database: Troubled, clock: GivenClock) -> None:
    assert await Crew(database, clock).turns.run_batch() == 0


async def test_of_two_messages_the_first_is_in_flight_by_the_same_commit_and_the_second_waits(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "twice"))
    await crew.turns.run_batch()
    assert await lines(both, "ana") == [(1, "in_flight", 1), (2, "pending", 0)]
    assert [(each.seq, each.body["text"]) for each in crew.handed_over] == [(1, "One.")]


async def test_a_reply_waits_behind_one_that_is_not_settled(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "1"))
    await crew.turns.run_batch()
    await add(both, event("ana", "2"))
    await crew.turns.run_batch()
    assert await lines(both, "ana") == [(1, "in_flight", 1), (2, "pending", 0)]
    assert len(crew.handed_over) == 1


async def test_without_room_replies_wait_in_the_outbox(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.room = 1
    await add(both, event("ana", "1"), event("bea", "1"))
    await crew.turns.run_batch()
    assert await lines(both, "ana") == [(1, "in_flight", 1)]
    assert await lines(both, "bea") == [(1, "pending", 0)]


async def test_a_turn_that_fails_three_times_is_set_aside_and_the_next_event_goes_on(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "circle"), event("ana", "hello"), event("bea", "hello"))
    for _ in range(5):
        await crew.turns.run_batch()
    assert await ends(both, "ana") == [("quarantined", "The turn failed: EngineError."), ("done", None)]
    assert await ends(both, "bea") == [("done", None)]
    assert crew.turns.failed == 3
    assert (await written(both, "ana"))[0] == SORRY


async def test_who_is_told_sorry_waits_for_a_person(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await add(database, event("ana", "circle"))
    for _ in range(3):
        await crew.turns.run_batch()
    found = await database.read(lambda connection: conversations.find(connection, ANA))
    assert found is not None
    assert (found.answered_by, found.handoff_reason) == ("waiting", "An event could not be handled.")
    assert found.handed_off_at is not None


async def test_an_event_that_killed_its_worker_three_times_is_set_aside(both: Troubled, clock: GivenClock) -> None:
    await add(both, event("ana", "hello"), event("ana", "after"))

    def die(connection: Connection) -> None:
        assert claims.claim(connection, "dead", 10, NOW)
        claims.release_all_of(connection, "dead")

    for _ in range(3):
        await both.transaction(die)
    crew = Crew(both, clock)
    while await crew.turns.run_batch():
        pass
    reason = "A worker stopped while it handled this event."
    assert await ends(both, "ana") == [("quarantined", reason), ("done", None)]
    assert (await written(both, "ana"))[0] == SORRY


async def test_two_kills_are_forgiven(both: Troubled, clock: GivenClock) -> None:
    await add(both, event("ana", "hello"))
    for _ in range(2):
        await both.transaction(lambda connection: claims.claim(connection, "dead", 10, NOW))
        await both.transaction(lambda connection: claims.release_all_of(connection, "dead"))
    await Crew(both, clock).turns.run_batch()
    assert await ends(both, "ana") == [("done", None)]


async def test_a_turn_that_cannot_be_written_takes_nobody_along(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"), event("bea", "unwritable"), event("cleo", "hello"))
    for _ in range(4):
        await crew.turns.run_batch()
    assert await ends(both, "ana") == await ends(both, "cleo") == [("done", None)]
    (status, reason) = (await ends(both, "bea"))[0]
    assert status == "quarantined"
    assert reason is not None
    assert reason.startswith("The turn failed: ")
    assert await written(both, "bea") == [SORRY]
    assert await written(both, "ana") == ["You said: hello"]


async def test_where_not_even_the_apology_can_be_written_the_event_alone_is_set_aside(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock, flow=small_bot(revision="half a sign \ud83d"))
    await add(both, event("ana", "hello"))
    for _ in range(3):
        await crew.turns.run_batch()
    assert [status for status, _ in await ends(both, "ana")] == ["quarantined"]
    assert await written(both, "ana") == []


async def test_what_cannot_even_be_set_aside_is_raised_and_kept(database: Troubled, clock: GivenClock) -> None:
    forbid = "CREATE TRIGGER forbid BEFORE UPDATE OF status ON inbox BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
    await database.transaction(lambda connection: connection.execute(text(forbid)))
    crew = Crew(database, clock)
    await add(database, event("ana", "hello"))
    for _ in range(2):
        await crew.turns.run_batch()
    with pytest.raises(IntegrityError):
        await crew.turns.run_batch()
    assert await ends(database, "ana") == [("new", None)]


async def test_a_take_over_in_the_middle_voids_the_turn_and_it_is_handled_anew_as_staff_s(
    both: Troubled, clock: GivenClock
) -> None:
    async def staff_come() -> None:
        await both.inner.transaction(lambda connection: conversations.take_over(connection, ANA, NOW))

    crew = Crew(both, clock)
    await add(both, event("ana", "hello"), event("bea", "hello"))
    both.plan.extend([None, staff_come])
    assert await crew.turns.run_batch() == 2
    assert await written(both, "ana") == []
    assert await ends(both, "ana") == [("new", None)]
    assert await written(both, "bea") == ["You said: hello"]
    await crew.turns.run_batch()
    assert await written(both, "ana") == []
    assert await ends(both, "ana") == [("done", None)]


async def test_a_turn_that_was_lost_counts_as_no_try(database: Troubled, clock: GivenClock) -> None:
    async def staff_come_and_go() -> None:
        await database.inner.transaction(lambda connection: conversations.take_over(connection, ANA, NOW))

    crew = Crew(database, clock)
    await add(database, event("ana", "hello"))
    for _ in range(4):
        database.plan.extend([None, staff_come_and_go])
        await crew.turns.run_batch()
    await crew.turns.run_batch()
    assert await ends(database, "ana") == [("done", None)]


async def test_the_commit_of_a_worker_that_was_buried_meanwhile_changes_nothing(
    both: Troubled, clock: GivenClock
) -> None:
    late, quick = Crew(both, clock, "late"), Crew(both, clock, "quick")
    await acquaint(both, "ana")
    await add(both, event("ana", "twice"))

    async def buried() -> None:
        await both.inner.transaction(lambda connection: claims.release_all_of(connection, "late"))
        await quick.turns.run_batch()

    both.plan.extend([None, buried])
    await late.turns.run_batch()
    assert await written(both, "ana") == ["One.", "Two."]
    assert late.handed_over == []
    assert len(quick.handed_over) == 1


async def test_a_database_that_is_away_at_the_commit_is_waited_for(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await add(database, event("ana", "hello"))
    database.plan.extend([None, "away", "away", None])
    await crew.turns.run_batch()
    assert await written(database, "ana") == ["You said: hello"]
    assert await ends(database, "ana") == [("done", None)]


async def test_a_claim_whose_answer_was_lost_is_put_back_and_taken_again(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"))
    both.plan.append("answer lost")
    with pytest.raises(UnavailableError):
        await crew.turns.run_batch()
    assert await crew.turns.run_batch() == 1
    assert await written(both, "ana") == ["You said: hello"]


async def test_a_turn_whose_answer_was_lost_is_not_taken_twice(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"))
    both.plan.extend([None, "answer lost"])
    await crew.turns.run_batch()
    await crew.turns.run_batch()
    assert await written(both, "ana") == ["You said: hello"]
    assert await ends(both, "ana") == [("done", None)]


async def test_what_a_commit_claimed_whose_answer_was_lost_is_put_back_and_taken_again(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"))
    await both.transaction(lambda connection: claims.claim(connection, "dead", 10, NOW))
    # Failed once, she is claimed alone.
    await both.transaction(lambda connection: claims.release_all_of(connection, "dead"))
    await add(both, event("bea", "hello"))
    both.plan.extend([None, "answer lost"])
    assert [await crew.turns.run_batch() for _ in range(3)] == [1, 1, 0]
    assert await written(both, "ana") == await written(both, "bea") == ["You said: hello"]


async def test_a_failed_turn_whose_release_finds_no_database_is_released_later(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await add(database, event("ana", "circle"))
    database.plan.extend([None, "away", None])
    await crew.turns.run_batch()
    assert await crew.turns.run_batch() == 1


async def test_a_timer_that_a_turn_starts_is_kept_and_the_next_message_stops_it(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "later"))
    await crew.turns.run_batch()
    [due_at] = await both.read(_due)
    assert timedelta(minutes=9) < due_at - NOW < timedelta(minutes=11)
    await add(both, event("ana", "hello"))
    await crew.turns.run_batch()
    assert await both.read(_due) == []


def _due(connection: Connection) -> list[datetime]:
    """When the timers run out."""
    return list(connection.execute(select(timers.c.due_at)).scalars())


async def test_a_handoff_is_written_with_its_team_and_note(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "person"))
    await crew.turns.run_batch()
    found = await both.read(lambda connection: conversations.find(connection, ANA))
    assert found is not None
    assert (found.answered_by, found.team, found.handoff_note) == ("waiting", "care", "Please help")


async def test_a_person_who_answers_elsewhere_cancels_what_the_bot_had_still_to_say(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "twice"))
    await crew.turns.run_batch()
    fact = replace(event("ana", "p"), kind="fact:person_replied", body={"text": "Hi, Anna here", "mid": "m_p"})
    await add(both, fact, event("ana", "thanks"))
    await crew.turns.run_batch()
    assert [status for _, status, _ in await lines(both, "ana")] == ["in_flight", "cancelled"]
    assert await ends(both, "ana") == [("done", None)] * 3


async def test_a_page_without_a_bot_has_its_events_ignored(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, NewEvent("nobody's", "ana", key_of("x"), "TextReceived", {"text": "hello"}, NOW, NOW, True))
    await crew.turns.run_batch()
    assert await ends(both, "ana") == [("ignored", "no bot serves this Page")]


async def test_a_customer_who_is_claimed_alone_leaves_the_others_for_the_next_batch(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await add(database, event("ana", "circle"))
    await crew.turns.run_batch()
    await add(database, event("ana", "hello"), event("bea", "hello"))
    assert await crew.turns.run_batch() == 1
    assert await ends(database, "bea") == [("new", None)]


async def test_a_customer_whose_message_is_in_flight_keeps_its_place_when_staff_answer_too(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    await crew.fly(flying("ana", 1))
    taken = await database.transaction(lambda connection: conversations.next_seq(connection, ANA))
    await add(database, event("ana", "hello"))
    await crew.turns.run_batch()
    assert taken == (100, 0)  # `know` leaves the line at place 100
    assert [seq for seq, _, _ in await lines(database, "ana")] == [1, 101]


async def test_the_inbox_forgets_nothing_that_waits(database: Troubled, clock: GivenClock) -> None:
    await add(database, event("ana", "hello"))
    await database.transaction(lambda connection: inbox.forget_before(connection, NOW + timedelta(days=1), 10))
    assert await Crew(database, clock).turns.run_batch() == 1


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
