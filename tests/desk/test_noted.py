"""What people do and see at the desk stands in the audit, with whose customer it was and nothing of what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from app.desk import deeds, writing
from app.desk.deeds import RefusedDeedError
from app.desk.live import Hub
from app.log import customer_tag
from app.store import audit, beside
from app.store.audit import Entry
from tests.databases import Servers
from tests.desk.kit import PAGE_A
from tests.desk.room import ANNA, LUC, MILA, OLGA, Room, open_room


@pytest.fixture(params=["sqlite", "postgres"])
async def room(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(servers.migrated(request.param, tmp_path)) as opened:
        yield opened


async def entries(room: Room) -> list[Entry]:
    return (await room.do(lambda connection: audit.list_entries(connection, most=100)))[::-1]


async def told(room: Room) -> list[tuple[str, str, dict[str, Any]]]:
    """Who, what, and to whom or what."""
    return [(each.who.partition("@")[0], each.what, {**each.details}) for each in await entries(room)]


def of_mila(**more: Any) -> dict[str, Any]:
    return {"customer": customer_tag("/".join(MILA)), **more}


async def test_deeds_are_written_down_and_those_that_came_too_late_are_not(room: Room) -> None:
    seen = await room.waits()
    await deeds.take(room.desk, ANNA, seen)
    with pytest.raises(RefusedDeedError):
        await deeds.take(room.desk, LUC, seen)
    await deeds.assign(room.desk, ANNA, await room.seen(), "luc")
    await deeds.put_back(room.desk, LUC, await room.seen(), "care")
    await deeds.hand_back(room.desk, LUC, await room.seen(), "welcome")
    await deeds.resolve(room.desk, LUC, await room.seen())
    assert await told(room) == [
        ("staff:", "conversation_taken", of_mila()),
        ("staff:", "conversation_assigned", of_mila(account="luc@shop.example")),
        ("staff:", "conversation_put_back", of_mila(team="care")),
        ("staff:", "conversation_handed_back", of_mila(state="welcome")),
        ("staff:", "conversation_resolved", of_mila()),
    ]
    assert {each.page_id for each in await entries(room)} == {PAGE_A}
    assert await room.do(audit.find_break) is None


async def test_each_message_is_written_down_once_and_without_its_words(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    for _ in range(2):
        await writing.write_text(room.desk, room.by(ANNA, "form-0001"), "Your parcel is on its way")
    seq = await writing.write_text(room.desk, room.by(ANNA, "form-0002"), "Sorry, not yet")
    await writing.take_back(room.desk, ANNA, MILA, seq)
    assert [(what, details["message"]) for _, what, details in (await told(room))[1:]] == [
        ("message_sent", seq - 1),
        ("message_sent", seq),
        ("message_taken_back", seq),
    ]
    assert "parcel" not in str(await entries(room))


async def test_who_looks_is_written_down_once_an_hour(room: Room) -> None:
    await room.waits()
    for staff in (OLGA, OLGA, ANNA):
        await room.desk.open(staff, MILA)
    room.clock.move(minutes=59)
    await room.desk.open(OLGA, MILA)
    room.clock.move(minutes=1)
    await room.desk.open(OLGA, MILA)
    assert [(each.who.partition(":")[0], each.what) for each in await entries(room)] == [
        ("owner", "conversation_seen"),
        ("staff", "conversation_seen"),
        ("owner", "conversation_seen"),
    ]


async def test_what_goes_back_to_the_queue_by_itself_is_written_down(room: Room) -> None:
    await deeds.take(room.desk, ANNA, await room.waits())
    left_at = room.clock.now()
    await room.do(lambda connection: beside.set_away(connection, "anna", left_at))
    room.clock.move(minutes=16)
    await Hub(room.desk, room.clock, _nobody).put_back_of_absent()
    assert (await entries(room))[1].who == "server"
    assert (await told(room))[1][1:] == ("conversation_left", of_mila())


def _nobody(connection: Connection, tokens: object) -> dict[str, Any]:
    return {}
