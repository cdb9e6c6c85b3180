"""What is private is shown to who has the conversation, and to nobody else: on its page, among the callbacks, by the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desk import callbacks, deeds, finding, writing
from app.desk.access.identity import Staff
from app.desk.api.reading import whole_of
from app.desk.opened import talk_values
from app.desk.private import HIDDEN
from app.store import callbacks as kept
from app.store import sessions
from app.store.canned import Canned
from tests.databases import Servers
from tests.desk.kit import NOW
from tests.desk.room import ANNA, LUC, MILA, OLGA, Room, open_room

EMAIL, PHONE = "mila@mail.example", "+49 30 123456"


@pytest.fixture
async def room(servers: Servers, tmp_path: Path) -> AsyncIterator[Room]:
    """Anna has Mila, who left an address, which is private in the example shop, and a number, which is not."""
    async with open_room(servers.migrated("sqlite", tmp_path)) as opened:
        await deeds.take(opened.desk, ANNA, await opened.waits())
        body = {"state": "person", "slots": {"email": EMAIL, "order_number": "10482"}}
        await opened.do(lambda connection: sessions.save(connection, [(MILA, body, "r")], NOW))
        contacts = {"email": EMAIL, "phone": PHONE}
        await opened.do(lambda connection: kept.ask(connection, MILA, kept.NewCallback("care", contacts), NOW))
        await writing.keep_canned(opened.desk, OLGA, MILA[0], Canned(0, "", "write", "To <email> about <order_number>"))
        yield opened


async def shown(room: Room, staff: Staff) -> list[object]:
    """The address wherever it may be shown."""
    opened = await room.desk.open(staff, MILA)
    values = talk_values(room.desk, staff, opened)
    [callback] = await callbacks.list_open(room.desk, staff)
    [canned] = [each for each in await finding.find_answers(room.desk, staff, MILA, "") if each.title == "write"]
    assert dict(values["slots"])["order_number"] == "10482"
    assert callback.contacts["phone"] == PHONE
    assert values["hides"] == (dict(values["slots"])["email"] == HIDDEN)
    return [
        dict(values["slots"])["email"],
        callback.contacts["email"],
        whole_of(opened, 60, staff).slots["email"],
        canned.text,
    ]


async def test_only_who_has_the_conversation_sees_what_is_private(room: Room) -> None:
    assert await shown(room, ANNA) == [EMAIL, EMAIL, EMAIL, f"To {EMAIL} about 10482"]
    for other in (LUC, OLGA):
        assert await shown(room, other) == [HIDDEN, HIDDEN, HIDDEN, "To <email> about 10482"]
    await deeds.assign(room.desk, ANNA, await room.seen(), "luc")
    assert (await shown(room, LUC))[0] == EMAIL
    assert (await shown(room, ANNA))[0] == HIDDEN
