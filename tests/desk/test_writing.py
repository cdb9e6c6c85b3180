"""What staff write leaves once, can be taken back for a moment, and is refused before anything is kept. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.desk import deeds, finding, writing
from app.desk.access.identity import Staff
from app.desk.deeds import RefusedDeedError
from app.desk.opened import talk_values
from app.desk.shown import Quote
from app.errors import NotFoundError
from app.store import beside, conversations, history, search
from app.store.canned import Canned
from app.store.conversations import AfterTurns
from app.store.erase import erase_whole
from app.store.files import find
from app.store.keys import Key
from tests.databases import Servers
from tests.desk.room import ANNA, LUC, MILA, OLGA, Room, open_room

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@pytest.fixture(params=["sqlite", "postgres"])
async def room(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(servers.migrated(request.param, tmp_path), public_url="https://desk.example") as opened:
        await deeds.take(opened.desk, ANNA, await opened.waits())
        yield opened


async def test_the_same_form_sent_twice_is_one_message(room: Room) -> None:
    first = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello Mila")
    again = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello Mila")
    assert first == again
    assert await room.ours() == [("Hello Mila", "pending")]


async def test_the_same_form_with_other_words_is_refused_and_not_called_sent(room: Room) -> None:
    await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "It costs 10")
    with pytest.raises(RefusedDeedError, match="other words"):
        await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "It costs 12 " + "parcel " * 500)
    assert await room.ours() == [("It costs 10", "pending")]


async def test_the_same_file_by_the_same_form_is_one_message(room: Room) -> None:
    for _ in range(2):
        await writing.send_file(room.desk, room.by(ANNA, "form-0001"), "a.png", PNG)
    assert len(await room.ours()) == 1


async def test_a_clock_that_is_set_back_does_not_hold_a_message_until_it_has_caught_up(room: Room) -> None:
    await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello Mila")
    assert await room.leaves() == []
    room.clock.move(hours=-1)
    assert await room.leaves() == ["Hello Mila"]


async def test_a_long_text_is_taken_back_whole_or_not_at_all(room: Room) -> None:
    text = " ".join(["parcel"] * 500)
    first = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), text)
    other = await writing.write_text(room.desk, room.by(ANNA, "form-0001-b"), "Another one")
    await writing.take_back(room.desk, ANNA, MILA, first)
    assert [status for _, status in await room.ours()] == ["cancelled"] * (other - 1) + ["pending"]
    await writing.take_back(room.desk, ANNA, MILA, other)
    last = await writing.write_text(room.desk, room.by(ANNA, "form-0002"), text)
    room.clock.move(seconds=6)
    assert len(await room.leaves()) == 1
    with pytest.raises(RefusedDeedError, match="too late"):
        await writing.take_back(room.desk, ANNA, MILA, last)
    assert "pending" in [status for _, status in await room.ours()]


async def test_a_message_waits_a_moment_and_can_be_taken_back(room: Room) -> None:
    seq = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Oops")
    assert await room.leaves() == []
    with pytest.raises(RefusedDeedError, match="too late"):
        await writing.take_back(room.desk, LUC, MILA, seq)
    await writing.take_back(room.desk, ANNA, MILA, seq)
    room.clock.move(seconds=6)
    assert await room.leaves() == []
    assert await room.ours() == [("Oops", "cancelled")]


async def test_after_that_moment_it_leaves_and_it_is_too_late(room: Room) -> None:
    seq = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello")
    room.clock.move(seconds=6)
    assert await room.leaves() == ["Hello"]
    with pytest.raises(RefusedDeedError, match="too late"):
        await writing.take_back(room.desk, ANNA, MILA, seq)


async def test_a_long_text_leaves_as_several_messages_and_twice_as_the_same_ones(room: Room) -> None:
    text = " ".join(["parcel"] * 500)
    for _ in range(2):
        await writing.write_text(room.desk, room.by(ANNA, "form-0001"), text)
    sent = [text for text, _ in await room.ours()]
    assert len(sent) > 1
    assert " ".join(sent).split() == text.split()


async def test_an_answer_to_one_message_names_it_and_shows_it(room: Room) -> None:
    asked = next(line for line in (await room.desk.open(ANNA, MILA)).read.lines if line.who == "customer")
    await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "It will dry", asked.id)
    opened = await room.desk.open(ANNA, MILA)
    assert opened.read.lines[-1].body == {"text": "It will dry", "reply_to": asked.mid}
    shown = talk_values(room.desk, ANNA, opened)["lines"][-1]
    assert shown.quote == Quote(asked.id, "my parcel is wet")
    await room.do(lambda each: history.erase_unsent(each, [(MILA, asked.mid or "")]))
    shown = talk_values(room.desk, ANNA, await room.desk.open(ANNA, MILA))["lines"][-1]
    assert shown.quote == Quote(asked.id), "nothing is left of what was taken back"


async def test_only_what_this_customer_wrote_is_answered(room: Room) -> None:
    other: Key = (MILA[0], "30009")
    await room.waits(other)
    theirs = (await room.desk.open(ANNA, other)).read.lines[0].id
    own = (await room.desk.open(ANNA, MILA)).read.lines
    deed = next(line.id for line in own if line.who == "staff")
    ours = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello")
    for line_id in (theirs, deed, f"o{ours}", "h999999", "h" + "9" * 18):
        with pytest.raises(RefusedDeedError, match="not there any more"):
            await writing.write_text(room.desk, room.by(ANNA, "form-0002"), "Hello", line_id)
    assert await room.ours() == [("Hello", "pending")]


async def test_only_who_has_the_conversation_writes(room: Room) -> None:
    with pytest.raises(RefusedDeedError, match="Anna Berg has this"):
        await writing.write_text(room.desk, room.by(LUC, "form-0001"), "Hello")
    assert await room.ours() == []


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 6_001])
async def test_nothing_and_too_much_are_refused(room: Room, text: str) -> None:
    with pytest.raises(RefusedDeedError):
        await writing.write_text(room.desk, room.by(ANNA, "form-0001"), text)


async def test_outside_the_window_it_is_refused_before_anything_is_kept_and_in_words(room: Room) -> None:
    room.clock.move(hours=25)
    with pytest.raises(RefusedDeedError, match="24 hours"):
        await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello")
    assert await room.ours() == []
    window = (await room.desk.open(ANNA, MILA)).window
    assert (window.staff_until, window.bot_until) == (None, None)
    assert window.refusal
    assert window.refusal.code == "window_closed"


async def test_the_window_is_counted_down_by_the_channels_own_policy(room: Room) -> None:
    opened = await room.desk.open(ANNA, MILA)
    asked = opened.window.staff_until
    assert asked
    assert abs(asked - room.clock.now() - timedelta(hours=24)) < timedelta(minutes=10)


async def test_with_the_right_granted_people_may_write_for_a_week_and_the_bot_for_a_day(
    servers: Servers, tmp_path: Path
) -> None:
    async with open_room(servers.migrated("sqlite", tmp_path), frozenset(("human_agent",))) as room:
        await room.waits()
        window = (await room.desk.open(ANNA, MILA)).window
        assert window.staff_until
        assert window.bot_until
        assert window.staff_until - window.bot_until == timedelta(days=6)


async def test_a_failed_message_is_sent_again_once(room: Room) -> None:
    seq = await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Hello")
    await room.do(lambda each: each.exec_driver_sql("UPDATE outbox SET status = 'failed'"))
    first = await writing.send_again(room.desk, ANNA, MILA, seq)
    assert await writing.send_again(room.desk, ANNA, MILA, seq) == first
    assert await room.ours() == [("Hello", "failed"), ("Hello", "pending")]


async def test_products_leave_as_cards_of_the_shop(room: Room) -> None:
    flow = room.desk.flow_of(MILA[0])
    assert flow
    wanted = list(flow.products)[:2]
    await writing.send_products(room.desk, room.by(ANNA, "form-0001"), wanted)
    line = (await room.desk.open(ANNA, MILA)).read.lines[-1]
    assert [card["product"] for card in line.body["cards"]] == wanted
    with pytest.raises(RefusedDeedError, match="no such product"):
        await writing.send_products(room.desk, room.by(ANNA, "form-0002"), ["nothing"])


async def test_a_file_is_what_its_content_says_and_leaves_from_an_address_of_ours(room: Room) -> None:
    await writing.send_file(room.desk, room.by(ANNA, "form-0001"), "../../evil.html", PNG)
    line = (await room.desk.open(ANNA, MILA)).read.lines[-1]
    kind, address = line.body["media"]
    assert kind == "image"
    name = address.removeprefix("https://desk.example/files/")
    stored = await room.do(lambda each: find(each, name.removesuffix(".png")))
    assert (stored.mime, stored.name, stored.data) == ("image/png", "evil.png", PNG)


@pytest.mark.parametrize(
    "data", [b"<html><script>1</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90", b""]
)
async def test_what_could_run_in_a_browser_is_not_sent(room: Room, data: bytes) -> None:
    with pytest.raises(RefusedDeedError, match="cannot be sent"):
        await writing.send_file(room.desk, room.by(ANNA, "form-0001"), "picture.png", data)


async def test_a_note_calls_who_is_named_in_it_until_they_look(room: Room) -> None:
    for _ in range(2):
        await writing.add_note(room.desk, room.by(ANNA, "note-0001"), "@luc please look, @nobody too")
    assert len((await room.desk.open(ANNA, MILA)).read.notes) == 1
    with pytest.raises(RefusedDeedError, match="other words"):
        await writing.add_note(room.desk, room.by(ANNA, "note-0001"), "@luc never mind")
    assert await room.desk.count_mentions(LUC) == 1
    assert [row.key for row in await room.desk.list_rows(LUC, "mentions")] == [MILA]
    await deeds.look(room.desk, LUC, MILA, types=True)
    assert await room.desk.count_mentions(LUC) == 0
    assert [(each.staff_id, each.types) for each in (await room.desk.open(ANNA, MILA)).read.lookers] == [("luc", True)]


async def test_who_first_sees_what_the_customer_wrote_last_shows_that_once(room: Room) -> None:
    async def look(staff: Staff, key: Key = MILA) -> bool:
        return (await deeds.look(room.desk, staff, key, types=False)).read

    assert [await look(ANNA), await look(ANNA), await look(LUC)] == [True, False, False]
    room.clock.move(minutes=5)
    await room.waits()
    assert [await look(LUC), await look(ANNA)] == [True, False]
    now = room.clock.now()
    bot = AfterTurns(*MILA, "bot", 3, 3, now + timedelta(seconds=5), changed_at=now)
    await room.do(lambda each: conversations.save_changed(each, [bot]))
    assert not await look(ANNA), "what the bot answers is nobody's to be read"


async def test_a_customer_is_shown_that_who_has_them_types_and_not_again_so_soon(room: Room) -> None:
    async def types(staff: Staff) -> bool:
        return (await deeds.look(room.desk, staff, MILA, types=True)).types

    assert not await types(LUC), "Anna has the conversation"
    assert [await types(ANNA), await types(ANNA)] == [True, False]
    room.clock.move(seconds=14)
    await deeds.assign(room.desk, ANNA, await room.seen(), "luc")
    assert not await types(LUC), "whoever types: once in 15 seconds"
    room.clock.move(seconds=1)
    assert await types(LUC)
    room.clock.move(hours=25)
    assert not await types(LUC), "the window is closed"


async def test_kept_answers_are_filled_in_with_what_is_known(room: Room) -> None:
    text = "Hello <first_name>, this is <staff_name>. Order <order_number>, <unknown>."
    await writing.keep_canned(room.desk, OLGA, MILA[0], Canned(0, "", "greet", text))
    await writing.keep_canned(room.desk, LUC, MILA[0], Canned(0, "", "mine", "Only Luc's"))
    found = (await finding.find_answers(room.desk, ANNA, MILA, "greet"))[0]
    assert found.text == "Hello Mila, this is Anna Berg. Order 10482, <unknown>."
    told = await finding.find_answers(room.desk, ANNA, MILA, "only luc")
    assert [each for each in told if each.kind == "canned"] == []


async def test_the_faq_and_products_are_found_while_typing(room: Room) -> None:
    found = await finding.find_answers(room.desk, ANNA, MILA, "how long does shipping take")
    assert "faq" in {each.kind for each in found}
    products = await finding.find_answers(room.desk, ANNA, MILA, "wool blaz")
    assert next(each.title for each in products if each.kind == "product") == "Wool blazer"


async def test_customers_and_texts_are_found_whatever_signs_are_in_the_words(room: Room) -> None:
    assert [hit.customer_id for hit in await room.do(lambda each: search.find_customers(each, [MILA[0]], "mil"))] == [
        "30001"
    ]
    await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "100% wool_blend")
    found = await room.do(lambda each: search.find_texts(each, [MILA[0]], "PARCEL"))
    assert [hit.text for hit in found.found] == ["my parcel is wet"]
    assert [hit.text for hit in await room.do(lambda each: search.find_replies(each, [MILA[0]], "% WOOL_"))] == [
        "100% wool_blend"
    ]
    for nothing in ("%", "_parcel", "\\"):
        assert (await room.do(lambda each: search.find_texts(each, [MILA[0]], nothing))).found == []  # noqa: B023
    assert (await room.do(lambda each: search.find_texts(each, ["10002"], "parcel"))).found == []


async def test_what_staff_wrote_is_found_by_their_words_and_not_by_how_it_is_kept(room: Room) -> None:
    await writing.write_text(room.desk, room.by(ANNA, "form-0001"), 'He said "wait"')
    await writing.send_products(room.desk, room.by(ANNA, "form-0002"), ["wool-blazer"])

    async def find(words: str) -> list[str]:
        hits = await room.do(lambda each: search.find_replies(each, [MILA[0]], words))
        return [hit.text for hit in hits]

    assert await find('SAID "wait"') == ['He said "wait"']
    assert await find("wool blazer") == ["Wool blazer"]
    for words in ("text", "cards", "title", "image"):
        assert await find(words) == []


async def test_what_staff_noted_and_sent_goes_with_the_customer(room: Room) -> None:
    await writing.add_note(room.desk, room.by(ANNA, "note-0001"), "@luc a secret")
    await writing.send_file(room.desk, room.by(ANNA, "form-0001"), "a.png", PNG)
    await room.do(lambda each: erase_whole(each, MILA, room.clock.now()))
    counts = {
        name: await room.do(lambda each: each.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one())  # noqa: B023
        for name in ("notes", "mentions", "files", "episodes", "looks", "history")
    }
    assert set(counts.values()) == {0}
    assert (await room.row()).name is None


async def test_nothing_is_kept_of_somebody_who_never_wrote(room: Room) -> None:
    nobody: Key = (MILA[0], "nobody")
    with pytest.raises(NotFoundError):
        await writing.add_note(room.desk, room.by(ANNA, "note-0001", nobody), "@luc who is this?")
    await deeds.look(room.desk, ANNA, nobody, types=False)
    assert await room.desk.count_mentions(LUC) == 0
    counted = await room.do(lambda each: each.exec_driver_sql("SELECT count(*) FROM looks").scalar_one())
    assert counted == 0


async def test_a_screen_is_told_of_receipts_only_where_somebody_looks(room: Room) -> None:
    other: Key = (MILA[0], "30009")
    await room.waits(other)
    now = room.clock.now()
    bot = AfterTurns(*other, "bot", 2, 1, now, changed_at=now)
    await room.do(lambda each: conversations.save_changed(each, [bot]))
    later = now + timedelta(seconds=1)
    await room.do(lambda each: conversations.touch(each, [other, MILA], later))
    assert [(await room.row(key)).changed_at == later for key in (MILA, other)] == [True, False]
    await room.do(lambda each: beside.look(each, other, "luc", later, types=False))
    await room.do(lambda each: conversations.touch(each, [other], later + timedelta(seconds=1)))
    assert (await room.row(other)).changed_at == later + timedelta(seconds=1)
