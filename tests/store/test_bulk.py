"""Statements for many rows at once: the same as one after the other, whatever their number."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, bindparam, select, update

from app.store import bulk, conversations, timers
from app.store.bulk import TOGETHER_MAX
from app.store.conversations import Watermark
from app.store.database import Database
from app.store.tables import facts as facts_table
from app.store.timers import NewTimer
from app.store.upsert import insert_new, insert_or_change
from tests.store.kit import NOW, PAGE, know

NUMBERS = (1, 2, 3, 5, 17, 64, 127, 128, 129, 150)
"""Such as fill a statement, such as leave room in it, and more than go into one."""

_change = (
    update(facts_table)
    .where(facts_table.c.name == bindparam("of_name"), facts_table.c.value == bindparam("was"))
    .values(value=bindparam("becomes"))
)


def _rows(count: int, value: str = "a?b <(x)> VALUES (?, ?)") -> list[dict[str, str]]:
    return [{"name": f"n{each:03}", "value": f"{value} {each}"} for each in range(count)]


def _all(connection: Connection) -> list[dict[str, str]]:
    found = connection.execute(select(facts_table).order_by(facts_table.c.name))
    return [{"name": row.name, "value": row.value} for row in found]


def test_the_numbers_reach_beyond_one_statement() -> None:
    assert {TOGETHER_MAX - 1, TOGETHER_MAX, TOGETHER_MAX + 1} <= set(NUMBERS)


@pytest.mark.parametrize("count", NUMBERS)
async def test_every_row_is_inserted_once_and_as_it_is(database: Database, count: int) -> None:
    def work(connection: Connection) -> list[dict[str, str]]:
        insert_new(connection, facts_table, _rows(count), ("name",))
        insert_new(connection, facts_table, _rows(count, "another"), ("name",))
        return _all(connection)

    assert await database.transaction(work) == _rows(count)


@pytest.mark.parametrize("count", NUMBERS)
async def test_of_two_rows_for_one_key_the_later_one_stays(database: Database, count: int) -> None:
    def work(connection: Connection) -> list[dict[str, str]]:
        twice = [row for pair in zip(_rows(count), _rows(count, "later"), strict=True) for row in pair]
        insert_or_change(connection, facts_table, twice, ("name",))
        return _all(connection)

    assert await database.transaction(work) == _rows(count, "later")


@pytest.mark.parametrize("count", NUMBERS)
async def test_every_row_is_changed_by_its_own_values_and_no_other_row(database: Database, count: int) -> None:
    def work(connection: Connection) -> list[dict[str, str]]:
        before = _rows(count)
        insert_new(connection, facts_table, [*before, {"name": "z", "value": "stays"}], ("name",))
        rows = [
            {"of_name": row["name"], "was": row["value"], "becomes": f"new {number}"}
            for number, row in enumerate(before)
        ]
        rows[0]["was"] = "something else"
        bulk.update(connection, _change, rows)
        return _all(connection)

    expected = [*({"name": row["name"], "value": f"new {number}"} for number, row in enumerate(_rows(count)))]
    expected[0]["value"] = _rows(1)[0]["value"]
    assert await database.transaction(work) == [*expected, {"name": "z", "value": "stays"}]


async def test_of_several_watermarks_of_one_customer_the_latest_counts(database: Database) -> None:
    moments = [NOW.replace(minute=minute) for minute in (5, 9, 7)]

    def work(connection: Connection) -> tuple[object, object]:
        know(connection, "ana")
        marks = [Watermark(PAGE, "ana", moment.minute == 7, moment) for moment in moments]
        conversations.note_watermarks(connection, marks)
        found = conversations.find(connection, (PAGE, "ana"))
        assert found is not None
        return found.delivered_until, found.read_until

    assert await database.transaction(work) == (moments[1], moments[2])


async def test_moments_and_empty_values_go_through_many_rows_at_once(database: Database) -> None:
    def work(connection: Connection) -> int:
        timers.start(connection, [NewTimer(PAGE, f"c{each}", "welcome", "0", NOW) for each in range(70)])
        return timers.fire_due(connection, NOW, 100)

    assert await database.transaction(work) == 70
