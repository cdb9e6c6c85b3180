"""Pages in trouble wait, and conversations that are somebody else's are left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.channel import Fact, Failed, Received, Refusal
from app.engine.effects import Message, Option, message_to_dict
from app.store import conversations, pages
from app.store.intake import take
from app.store.pages import Trouble
from tests.store.kit import NOW, PAGE, message
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import MARK, Crew, acquaint, flying, lines, pass_time, queue, running, until

TOKEN = Failed("token", "The token is dead.", scope="page")
BLOCK = Received(b"p" * 16, PAGE, "", Fact("policy", {"action": "block", "reason": "Too many complaints."}), NOW)
UNBLOCK = Received(b"q" * 16, PAGE, "", Fact("policy", {"action": "unblock"}), NOW)


async def note(database: Troubled, *items: Received) -> None:
    stamped = [(item, NOW) for item in items]
    await database.inner.transaction(lambda connection: take(connection, stamped, MARK))


async def test_a_page_that_is_blocked_sends_nothing_until_it_is_unblocked(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    async with running(crew.sender.run()):
        for _ in range(3):
            await pass_time(clock, both, 1.0)
        await note(both, BLOCK)
        await pass_time(clock, both, 1.0)
        await queue(both, message("ana", 1, "hello"))
        await pass_time(clock, both, 60.0)
        assert crew.channel.texts() == []
        await note(both, UNBLOCK, BLOCK)  # the notice of the block comes once more
        await pass_time(clock, both, 1.0)
        await pass_time(clock, both, 1.0)
    assert crew.channel.texts() == ["hello"]


async def test_a_notice_that_comes_twice_at_once_with_its_end_between_is_heard_once(both: Troubled) -> None:
    await note(both, BLOCK, UNBLOCK, BLOCK)
    assert await both.inner.read(pages.list_troubles) == []


async def test_a_notice_that_comes_behind_what_ended_it_is_passed_over(both: Troubled) -> None:
    await note(both, replace(UNBLOCK, happened_at=NOW + timedelta(seconds=9)))
    await note(both, BLOCK)
    assert await both.inner.read(pages.list_troubles) == []
    await note(both, replace(BLOCK, key=b"r" * 16, happened_at=NOW + timedelta(seconds=10)))
    assert [each.code for each in await both.inner.read(pages.list_troubles)] == ["page_blocked"]


async def test_a_dead_token_is_told_to_everybody_and_forgotten_with_the_first_message_taken(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana", "bea")
    crew.channel.answers["ana"] += [TOKEN]
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
        [trouble] = await both.inner.read(pages.list_troubles)
        assert (trouble.code, trouble.sentence) == ("token", "The token is dead.")
        await queue(both, message("bea", 1, "bea 1"))
        await pass_time(clock, both, 30.0)
        assert crew.channel.texts() == ["ana 1"]
        for _ in range(4):
            await pass_time(clock, both, 10.0)
    assert sorted(crew.channel.texts()) == ["ana 1", "ana 1", "bea 1"]
    assert await both.inner.read(pages.list_troubles) == []


async def test_a_conversation_that_is_somebody_elses_silences_the_bot(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    crew.channel.answers["ana"] += [Failed("thread_elsewhere", "Another app has it.", scope="customer")]
    await queue(both, message("ana", 2, "more"))
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
    await crew.turns.run_batch()
    found = await both.inner.read(lambda connection: conversations.find(connection, (PAGE, "ana")))
    assert found
    assert found.answered_by == "staff"


async def test_who_was_given_to_the_channel_s_inbox_is_with_a_person(both: Troubled, clock: GivenClock) -> None:
    """Though nobody says so: the channel tells the one who gets a thread, not the one who gives it."""
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    async with running(crew.sender.run()):
        await crew.fly(replace(flying("ana"), body={"hands_over": True}))
        await until(lambda: crew.sender.idle)
    await crew.turns.run_batch()
    found = await both.inner.read(lambda connection: conversations.find(connection, (PAGE, "ana")))
    assert found
    assert found.answered_by == "staff"


async def test_of_two_workers_one_message_goes_ahead_and_then_both_go_on(both: Troubled, clock: GivenClock) -> None:
    """What one worker finds out holds for the other, and ends for both."""
    one, other = Crew(both, clock, "w1"), Crew(both, clock, "w2")
    names = [f"c{number}" for number in range(6)]
    await acquaint(both, "ana", *names)
    one.channel.answers["ana"] += [TOKEN]
    async with running(one.sender.run(), other.sender.run()):
        for _ in range(2):
            await pass_time(clock, both, 1.0)  # neither has just started
        await one.fly(flying("ana"))
        await until(lambda: one.sender.idle)
        await pass_time(clock, both, 1.0)
        await queue(both, *(message(each, 1, each) for each in names))
        for _ in range(10):
            await pass_time(clock, both, 5.0)
        assert (one.channel.texts(), other.channel.texts()) == (["ana 1"], [])
        for _ in range(8):
            await pass_time(clock, both, 2.0)
    assert sorted([*one.channel.texts(), *other.channel.texts()]) == sorted(["ana 1", "ana 1", *names])
    assert await both.inner.read(pages.list_troubles) == []


FILE = Message(media=("image", "https://cdn.example/i.jpg"), choices=(Option("Yes", tap=("a", "yes")),))


async def test_a_file_that_the_channel_does_not_take_is_sent_as_its_address(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    slow = Failed("media", "The file could not be fetched.", retry=True, wait_seconds=5.0, tries_max=2)
    crew.channel.answers["ana"] += [slow, slow]
    crew.channel.others = {"media": Message(FILE.media[1] if FILE.media else "", choices=FILE.choices)}
    body = {**message_to_dict(FILE), "payloads": ["signed"]}
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(replace(flying("ana"), body=body))
        for _ in range(6):
            await pass_time(clock, both, 2.0)
    sent = [send for request in crew.channel.requests for send in request]
    assert [each.message.media for each in sent] == [FILE.media, FILE.media, None]
    assert (sent[2].message.text, sent[2].message.choices, sent[2].payloads) == (
        "https://cdn.example/i.jpg",
        FILE.choices,
        ("signed",),
    )
    assert (await lines(both, "ana")) == [(1, "sent", 3)]


async def test_what_may_not_leave_any_more_never_keeps_a_page_waiting(both: Troubled, clock: GivenClock) -> None:
    """A token that was dead over a weekend: of hundreds of messages whose time is over none is the one that goes ahead."""
    crew = Crew(both, clock)
    late = [f"c{number}" for number in range(30)]
    await acquaint(both, *late, "zoe")
    await both.inner.transaction(lambda c: pages.note_trouble(c, Trouble(PAGE, "token", "Dead.", NOW, NOW)))
    for each in late:
        crew.channel.refusals[each] = Refusal("window", "Too late.")
    await queue(both, *(message(each, 1, each) for each in [*late, "zoe"]))
    async with running(crew.sender.run()):
        await pass_time(clock, both, 1.0)
        await until(lambda: crew.channel.texts() == ["zoe"])
        await until(lambda: crew.sender.idle)
    assert await lines(both, late[0]) == [(1, "failed", 1)]
