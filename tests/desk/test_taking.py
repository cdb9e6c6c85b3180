"""Who has a conversation: of two who act at once one wins, and bot and staff never both answer. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.desk import blocking, deeds, writing
from app.desk.api.reading import read_place
from app.desk.deeds import RefusedDeedError
from app.desk.routes import _older
from app.errors import NotFoundError
from app.store import beside, conversations, episodes, taking, timers
from app.store.queue_pages import Part, list_part
from app.store.tables import conversations as table
from app.store.taking import Seen
from app.store.timers import NewTimer
from tests.databases import Servers
from tests.desk.room import ANNA, LUC, MILA, OTHER, Room, open_room

FIRST = ("all", "mine", "waiting", "taken", "team", "resolved")


@pytest.fixture(params=["sqlite", "postgres"])
async def room(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(servers.migrated(request.param, tmp_path)) as opened:
        yield opened


async def views(room: Room) -> dict[str, int]:
    return {view: len(await room.desk.list_rows(ANNA, view)) for view in FIRST}


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told(room: Room) -> None:
    seen = await room.waits()
    outcomes = await asyncio.gather(
        deeds.take(room.desk, ANNA, seen), deeds.take(room.desk, LUC, seen), return_exceptions=True
    )
    [refused] = [each for each in outcomes if each is not None]
    winner = (await room.row()).staff_id
    assert isinstance(refused, RefusedDeedError)
    assert (refused.code, refused.values) == ("taken", {"name": {"anna": "Anna Berg", "luc": "Luc"}[winner or ""]})


async def test_what_the_bot_still_had_to_say_is_cancelled_and_shown(room: Room) -> None:
    seen = await room.waits()
    await room.bot_says("I am still here")
    await deeds.take(room.desk, ANNA, seen)
    assert await room.ours() == [("I am still here", "cancelled")]
    assert await room.leaves() == []
    assert ("staff", "took", "") in await room.said()


async def test_the_silence_of_a_person_elsewhere_ends_by_no_timer_any_more(room: Room) -> None:
    seen = await room.waits()
    due = room.clock.now() + timedelta(hours=1)
    await room.do(lambda each: timers.start(each, [NewTimer(*MILA, "@person", "x", due)]))
    await deeds.take(room.desk, ANNA, seen)
    assert await room.do(timers.next_due) is None


async def test_a_conversation_is_in_the_lists_that_it_belongs_to(room: Room) -> None:
    seen = await room.waits()
    assert await views(room) == {"all": 1, "mine": 0, "waiting": 1, "taken": 0, "team": 1, "resolved": 0}
    await deeds.take(room.desk, ANNA, seen)
    assert await views(room) == {"all": 1, "mine": 1, "waiting": 0, "taken": 1, "team": 1, "resolved": 0}


async def test_who_waits_longest_stands_first(room: Room) -> None:
    for minute, customer in enumerate(("30003", "30001", "30002")):
        room.clock.move(minutes=minute)
        await room.waits((MILA[0], customer))
    assert [row.customer_id for row in await room.desk.list_rows(ANNA, "waiting")] == ["30003", "30001", "30002"]


async def test_handing_back_is_an_order_that_is_given_once(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    seen = await room.seen()
    await deeds.hand_back(room.desk, ANNA, seen, "welcome")
    await deeds.hand_back(room.desk, ANNA, seen, "welcome")
    assert await room.orders() == [("StaffHandedBack", {"to": "welcome", "epoch": seen.epoch})]


async def test_only_who_has_it_gives_it_away(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    for deed in (deeds.hand_back, deeds.put_back, deeds.resolve):
        with pytest.raises(RefusedDeedError, match="Anna Berg has this"):
            await deed(room.desk, LUC, await room.seen())
    assert await room.orders() == []


async def test_what_is_resolved_is_over_and_can_be_reopened(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    await deeds.resolve(room.desk, ANNA, await room.seen())
    [episode] = await room.do(lambda each: episodes.list_latest(each, MILA, 5))
    assert (episode.how, episode.taken_by, episode.reason) == ("resolved", "anna", "person")
    await deeds.take(room.desk, LUC, await room.seen())
    latest = await room.do(lambda each: episodes.list_latest(each, MILA, 5))
    assert [(each.how, each.came_by) for each in latest] == [(None, "staff"), ("resolved", "bot")]


async def test_a_colleague_is_given_it_but_nobody_of_another_page(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    await deeds.give(room.desk, ANNA, await room.seen(), "luc")
    assert (await room.row()).staff_id == "luc"
    with pytest.raises(RefusedDeedError, match="cannot be given"):
        await deeds.give(room.desk, ANNA, await room.seen(), "other")


async def test_another_team_is_given_it_and_unknown_teams_and_states_are_refused(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    await deeds.give(room.desk, ANNA, await room.seen(), "team:style")
    assert [kind for kind, _ in await room.orders()] == ["StaffLeft"]
    assert (await room.row()).team == "style"
    with pytest.raises(RefusedDeedError, match="no such team"):
        await deeds.give(room.desk, ANNA, await room.seen(), "team:nobody")
    with pytest.raises(RefusedDeedError, match="no such state"):
        await deeds.hand_back(room.desk, ANNA, await room.seen(), "__admin__")


async def test_staff_of_another_page_find_nothing(room: Room) -> None:
    seen = await room.waits()
    assert [await room.desk.list_rows(OTHER, view) for view in FIRST] == [[]] * len(FIRST)
    for deed in (deeds.take, deeds.resolve, deeds.hand_back, deeds.put_back):
        with pytest.raises(NotFoundError):
            await deed(room.desk, OTHER, seen)
    with pytest.raises(NotFoundError):
        await room.desk.open(OTHER, MILA)


async def test_what_absent_staff_have_goes_back_to_the_queue(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    await room.do(lambda each: beside.be_there(each, {"anna"}, room.clock.now()))
    room.clock.move(minutes=14)
    absent = timedelta(minutes=15)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == []
    room.clock.move(minutes=2)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == [MILA]
    assert [kind for kind, _ in await room.orders()] == ["StaffLeft"]


async def test_a_customer_who_keeps_writing_does_not_keep_absent_staff(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    absent = timedelta(minutes=15)
    for _ in range(4):
        room.clock.move(minutes=4)
        await room.do(lambda each: conversations.mark_changed(each, MILA, room.clock.now()))
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == [MILA]
    # Said once, however long the workers take.
    room.clock.move(seconds=20)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == []


async def test_who_was_just_given_a_conversation_or_wrote_in_it_keeps_it_for_a_while(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    absent = timedelta(minutes=15)
    room.clock.move(minutes=20)
    await deeds.assign(room.desk, ANNA, await room.seen(), "luc")
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == []
    room.clock.move(minutes=14)
    await writing.write_text(room.desk, room.by(LUC, "form-0001"), "Hello")
    room.clock.move(minutes=2)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == []
    room.clock.move(minutes=14)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == [MILA]


async def test_who_says_they_are_away_keeps_nothing_for_long_though_their_screen_is_open(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    await deeds.set_away(room.desk, ANNA, away=True)
    room.clock.move(minutes=16)
    await room.do(lambda each: beside.be_there(each, {"anna"}, room.clock.now()))
    absent = timedelta(minutes=15)
    assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == [MILA]


async def test_a_list_of_everything_goes_on_behind_its_last_row_and_leaves_nobody_out(room: Room) -> None:
    now, yesterday = room.clock.now(), room.clock.now() - timedelta(days=1)
    known = [
        {**conversations.blank((MILA[0], f"4{number:04}"), now), "last_customer_at": yesterday} for number in range(130)
    ]
    await room.do(lambda each: each.execute(insert(table), known))
    first = await room.desk.list_rows(ANNA, "all")
    older = _older("all", first)
    rest = await room.desk.list_rows(ANNA, "all", read_place(older))
    assert (len(first), len(rest)) == (100, 30)
    assert len({row.key for row in (*first, *rest)}) == 130
    assert _older("all", rest) == ""


async def test_who_may_not_see_the_page_any_more_keeps_nothing_of_it(room: Room) -> None:
    absent = timedelta(minutes=15)
    for person, left in ((ANNA, []), (OTHER, [MILA])):
        await room.waits()
        seen = Seen(MILA, 1)
        assert await room.do(lambda each: taking.take(each, seen, person.id, person.id, room.clock.now()))  # noqa: B023
        room.clock.move(minutes=16)
        await room.do(lambda each: beside.be_there(each, {person.id}, room.clock.now()))  # noqa: B023
        assert await room.do(lambda each: taking.put_back_of_absent(each, room.clock.now(), absent)) == left


async def test_who_is_blocked_waits_in_no_list_until_they_are_not(room: Room) -> None:
    await room.waits()
    await blocking.set_blocked(room.desk, ANNA, MILA, blocked=True)
    assert [view for view, count in (await views(room)).items() if count] == ["all"]
    assert await room.desk.list_loads([MILA[0]]) == []
    waiting = Part("waiting", [MILA[0]], ANNA.id, (), 10)
    assert await room.do(lambda each: list_part(each, waiting)) == []
    await blocking.set_blocked(room.desk, ANNA, MILA, blocked=False)
    assert (await views(room))["waiting"] == 1
    assert len(await room.do(lambda each: list_part(each, waiting))) == 1


async def test_nobody_takes_a_blocked_customer(room: Room) -> None:
    await room.waits()
    await room.do(lambda each: conversations.block(each, MILA, room.clock.now()))
    with pytest.raises(RefusedDeedError, match="blocked"):
        await deeds.take(room.desk, ANNA, await room.seen())
