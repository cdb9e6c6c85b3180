"""Catalogues of feeds: one asks for news at a time, what came in is what all serve, trouble leaves it as it is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import Connection

from app.store import catalogues
from app.store.catalogues import Imported
from app.store.database import Database, open_database
from tests.store.kit import NOW

FEED = "https://shop.example/feed.xml"
LEASE, EVERY = timedelta(minutes=15), timedelta(hours=6)
FIRST = Imported("a" * 32, 2, b"packed", {"price": "number"}, {"etag": '"1"'})


async def test_what_came_in_is_what_is_served(database: Database) -> None:
    def work(connection: Connection) -> None:
        assert (catalogues.find_content(connection, FEED), catalogues.find(connection, FEED)) == ("", None)
        catalogues.save(connection, FEED, FIRST, NOW, NOW + EVERY)
        assert catalogues.find(connection, FEED) == FIRST
        assert catalogues.find_state(connection, FEED) == (2, NOW, "")

    await database.transaction(work)


async def test_of_two_processes_one_asks_for_news_and_knows_what_it_had(database: Database, migrated: str) -> None:
    other = open_database(migrated)
    both = [
        each.transaction(lambda connection: catalogues.claim(connection, FEED, NOW, LEASE))
        for each in (database, other)
    ]
    assert sorted(await asyncio.gather(*both), key=str) == [None, {}]
    await other.close()
    await database.transaction(lambda connection: catalogues.save(connection, FEED, FIRST, NOW, NOW + EVERY))
    early = NOW + EVERY - timedelta(seconds=1)
    assert await database.transaction(lambda connection: catalogues.claim(connection, FEED, early, LEASE)) is None
    assert (
        await database.transaction(lambda connection: catalogues.claim(connection, FEED, NOW + EVERY, LEASE))
        == FIRST.marks
    )


async def test_a_process_that_dies_over_it_holds_it_no_longer_than_its_lease(database: Database) -> None:
    def work(connection: Connection) -> None:
        assert catalogues.claim(connection, FEED, NOW, LEASE) == {}
        assert catalogues.claim(connection, FEED, NOW + LEASE - timedelta(seconds=1), LEASE) is None
        assert catalogues.claim(connection, FEED, NOW + LEASE, LEASE) == {}

    await database.transaction(work)


async def test_trouble_leaves_what_is_live_as_it_is(database: Database) -> None:
    def work(connection: Connection) -> None:
        catalogues.save(connection, FEED, FIRST, NOW, NOW)
        catalogues.keep(connection, FEED, "It is empty.", NOW + EVERY)
        assert catalogues.find(connection, FEED) == FIRST
        assert catalogues.find_state(connection, FEED) == (2, NOW, "It is empty.")

    await database.transaction(work)
