"""What was suggested: noted with its count, its first click and its taste; gone with the customer and by age."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from app.store import erase, retention, suggestions
from app.store.database import Database
from app.store.export import export
from app.store.suggestions import Shown, Total
from app.store.tables import suggestions as table
from tests.store.kit import NOW, PAGE

ANA, BEN = "20001", "20002"
SHIRT = Shown(PAGE, ANA, "shirt", "mark-a", "looks")
LATER = NOW + timedelta(hours=1)


def rows(connection: Connection) -> list[Any]:
    columns = (
        table.c.customer_id,
        table.c.product_id,
        table.c.times,
        table.c.shown_at,
        table.c.last_at,
        table.c.clicked_at,
    )
    return [tuple(each) for each in connection.execute(select(*columns).order_by(table.c.customer_id))]


async def test_what_is_shown_again_is_counted_and_keeps_its_first_moment(database: Database) -> None:
    def work(connection: Connection) -> None:
        suggestions.note_shown(connection, [SHIRT, SHIRT], NOW)
        suggestions.note_shown(connection, [SHIRT], LATER)
        assert rows(connection) == [(ANA, "shirt", 2, NOW, LATER, None)]

    await database.transaction(work)


async def test_a_row_of_ten_cards_is_noted_at_once_and_again(database: Database) -> None:
    def work(connection: Connection) -> None:
        cards = [replace(SHIRT, product_id=f"p{number}", mark=f"mark-{number}") for number in range(10)]
        suggestions.note_shown(connection, cards, NOW)
        suggestions.note_shown(connection, cards, LATER)
        assert sorted(each.times for each in connection.execute(select(table.c.times))) == [2] * 10

    await database.transaction(work)


async def test_the_first_click_counts_and_one_that_nobody_was_shown_does_not(database: Database) -> None:
    def work(connection: Connection) -> None:
        suggestions.note_shown(connection, [SHIRT], NOW)
        suggestions.note_clicks(connection, {"mark-a": NOW, "mark-b": NOW})
        suggestions.note_clicks(connection, {"mark-a": LATER})
        assert rows(connection) == [(ANA, "shirt", 1, NOW, NOW, NOW)]

    await database.transaction(work)


async def test_the_report_counts_customers(database: Database) -> None:
    def work(connection: Connection) -> None:
        ben = replace(SHIRT, customer_id=BEN, mark="mark-b")
        tie = replace(SHIRT, product_id="tie", mark="mark-c")
        suggestions.note_shown(connection, [SHIRT, ben, tie], NOW)
        suggestions.note_clicks(connection, {"mark-b": NOW})
        suggestions.note_tastes(connection, [((PAGE, ANA), "shirt", "like"), ((PAGE, BEN), "shirt", "dislike")])
        assert suggestions.list_totals(connection, PAGE, NOW, 10) == [
            Total("shirt", 2, 1, 1, 1),
            Total("tie", 1, 0, 0, 0),
        ]
        assert suggestions.list_totals(connection, PAGE, LATER, 10) == []

    await database.transaction(work)


async def test_it_is_shown_to_and_erased_with_its_customer(database: Database) -> None:
    def work(connection: Connection) -> None:
        suggestions.note_shown(connection, [SHIRT, replace(SHIRT, customer_id=BEN)], NOW)
        (shown,) = export(connection, (PAGE, ANA))["suggestions"]
        assert (shown["product_id"], shown["times"], "mark" in shown) == ("shirt", 1, False)
        erase.erase_whole(connection, (PAGE, ANA), NOW)
        assert [each[0] for each in rows(connection)] == [BEN]
        erase.erase(connection, [((PAGE, BEN), NOW)])
        assert rows(connection) == []

    await database.transaction(work)


async def test_it_goes_by_age(database: Database) -> None:
    kind = next(each for each in retention.KINDS if each.name == "suggestions")

    def work(connection: Connection) -> None:
        suggestions.note_shown(connection, [SHIRT], NOW)
        suggestions.note_shown(connection, [replace(SHIRT, customer_id=BEN)], LATER)
        look = kind.look(connection, LATER, None, 10)
        assert (look.found, look.go_on_behind) == ([(PAGE, ANA, "shirt")], None)
        assert kind.forget(connection, look.found, LATER) == 1
        assert [each[0] for each in rows(connection)] == [BEN]

    await database.transaction(work)


async def test_tastes_are_forgotten_of_their_customer_alone_and_what_was_shown_stays(database: Database) -> None:
    def work(connection: Connection) -> None:
        suggestions.note_shown(connection, [SHIRT, replace(SHIRT, customer_id=BEN)], NOW)
        suggestions.note_tastes(connection, [((PAGE, ANA), "shirt", "like"), ((PAGE, BEN), "shirt", "like")])
        suggestions.forget_tastes(connection, [(PAGE, ANA)])
        assert suggestions.list_totals(connection, PAGE, NOW, 10) == [Total("shirt", 2, 0, 1, 0)]

    await database.transaction(work)
