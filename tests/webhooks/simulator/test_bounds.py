"""The simulator's memory is bounded, whoever writes how much."""

from __future__ import annotations

import pytest

from app.chance import Chance
from app.clock import Clock
from app.errors import ConflictError
from tests.webhooks.simulator.kit import APP_ID, PAGE, PROFILE, settings_for
from webhooks.simulator import PageAccount, items
from webhooks.simulator.control.orders import Say
from webhooks.simulator.control.say import say
from webhooks.simulator.faults import Fault, Faults
from webhooks.simulator.limits import (
    ATTACHMENTS_MAX,
    COPIES_MAX,
    ENTRIES_MAX,
    FAULTS_MAX,
    LANE_ITEMS_MAX,
    STREAMS_MAX,
    THINGS_MAX,
    THREADS_MAX,
)
from webhooks.simulator.simulator import create
from webhooks.simulator.streams import Streams
from webhooks.simulator.things import Comment, keep
from webhooks.simulator.world import Entry, MetaClock, World


def new_world() -> World:
    return World({PAGE: PageAccount("Shop", "t", PROFILE)}, MetaClock(Clock()), Chance())


def test_the_thread_that_was_quiet_the_longest_is_forgotten_first() -> None:
    world = new_world()
    for number in range(THREADS_MAX):
        world.open_thread((PAGE, str(number)))
    world.open_thread((PAGE, "0"))
    world.open_thread((PAGE, "new"))
    assert len(world.threads) == THREADS_MAX
    assert world.find_thread((PAGE, "0")) is not None
    assert world.find_thread((PAGE, "1")) is None


def test_a_thread_keeps_its_newest_messages_and_ids() -> None:
    thread = new_world().open_thread((PAGE, "c1"))
    for number in range(ENTRIES_MAX + 10):
        thread.entries.append(Entry(str(number), "bot", number, {"text": "x"}))
    for number in range(COPIES_MAX + 10):
        thread.count_copy(str(number))
    assert (len(thread.entries), thread.entries[0].mid) == (ENTRIES_MAX, "10")
    assert len(thread.copies) == COPIES_MAX


def test_uploads_are_forgotten_beyond_their_number() -> None:
    uploads = new_world().things.uploads
    for number in range(ATTACHMENTS_MAX + 1):
        uploads.keep(str(number), {}, is_reusable=True)
    assert "0" not in uploads
    assert "1" in uploads
    assert str(ATTACHMENTS_MAX) in uploads


def test_comments_and_consents_are_forgotten_beyond_their_number() -> None:
    comments = new_world().things.comments
    for number in range(THINGS_MAX + 1):
        keep(comments, str(number), Comment(str(number), PAGE, "c1", "p", "p", "x", 0))
    assert len(comments) == THINGS_MAX
    assert "0" not in comments


def test_a_customer_whose_events_are_not_taken_cannot_write_for_ever() -> None:
    sim = create(settings_for("http://127.0.0.1:1"), Clock(), Chance())
    order = Say(page=PAGE, customer="c1", text="x")
    for _ in range(LANE_ITEMS_MAX):
        say(sim, order)
    with pytest.raises(ConflictError):
        say(sim, order)
    thread = sim.world.open_thread((PAGE, "c1"))
    sim.queue(items.thread_passed(thread, 0, APP_ID))
    assert (sim.postman.waiting(), sim.postman.counts.overflowed) == (LANE_ITEMS_MAX, 1)


def test_faults_and_open_pages_are_limited() -> None:
    faults = Faults(Chance())
    for _ in range(FAULTS_MAX):
        faults.add(Fault("slow"))
    with pytest.raises(ConflictError):
        faults.add(Fault("slow"))
    streams = Streams()
    opened = [streams.listen() for _ in range(STREAMS_MAX)]
    for each in opened:
        each.__enter__()
    with pytest.raises(ConflictError), streams.listen():
        pass


def test_message_ids_are_new_in_every_run_and_after_a_reset() -> None:
    world = new_world()
    first = world.new_mid()
    world.reset()
    assert len({first, world.new_mid(), new_world().new_mid()}) == 3


def test_no_two_messages_have_the_same_time_unless_the_clock_goes_back() -> None:
    clock = MetaClock(Clock())
    stamps = [clock.stamp_ms() for _ in range(200)]
    assert len(set(stamps)) == 200
    assert stamps == sorted(stamps)
    clock.advance(-3600)
    assert clock.stamp_ms() < stamps[0] - 3_000_000
