"""Screens that follow: what is older never covers what is newer, and nobody takes all places. In memory, on SQLite."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.desk.live import STREAMS_OF_ONE_MAX, Hub, row_values
from app.desk.service import Desk
from app.errors import ConflictError
from tests.databases import Servers
from tests.desk.room import ANNA, LUC, MILA, open_room


def hub_of(desk: Desk) -> Hub:
    return Hub(desk, desk.clock, lambda _, __: {})


async def test_what_a_screen_missed_does_not_cover_what_it_was_told_meanwhile(servers: Servers, tmp_path: Path) -> None:
    async with open_room(servers.migrated("sqlite", tmp_path)) as room:
        await room.waits()
        hub = hub_of(room.desk)
        with hub.listen(ANNA, "token") as stream:
            stream.tell({MILA: b"newer"})
            await hub._come_back(stream, room.clock.now() - timedelta(minutes=1))
            assert stream.take() == [b"newer"]
            await hub._come_back(stream, room.clock.now() - timedelta(minutes=1))
            assert len(stream.take()) == 1


async def test_one_person_does_not_take_the_places_of_all(servers: Servers, tmp_path: Path) -> None:
    async with open_room(servers.migrated("sqlite", tmp_path)) as room:
        hub = hub_of(room.desk)
        with ExitStack() as screens:
            for _ in range(STREAMS_OF_ONE_MAX):
                screens.enter_context(hub.listen(ANNA, "token"))
            with pytest.raises(ConflictError):
                hub.check_room(ANNA)
            hub.check_room(LUC)
        hub.check_room(ANNA)


async def test_nothing_hides_in_a_row_that_a_screen_is_told(servers: Servers, tmp_path: Path) -> None:
    async with open_room(servers.migrated("sqlite", tmp_path)) as room:
        await room.waits(name="\u202eMila\u200b")
        row = await room.row()
        assert row_values(row, await room.desk.people(), room.desk)["name"] == "\ufffdMila\ufffd"
