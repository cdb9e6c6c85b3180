"""Exports: a table that no spreadsheet computes, only for owners of that Page, written down, and not without end."""

from __future__ import annotations

import csv
import io

import pytest

from app.pages.sheets import harmless, write_rows
from app.store.tries import FREE_TRIES
from tests.desk.kit import PAGE_A, PAGE_B, Browser, Desk
from tests.store.kit import know, message, put

FORM = {"page": PAGE_A, "first": "2026-12-01", "last": "2026-12-01"}


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "  =1",
        "\u00a0=1",
        "\uff1d1+1",
        " \uff0b1",
        "\uff0d1",
        "\uff20x",
    ],
)
def test_what_a_spreadsheet_would_compute_is_marked_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "1-2", 'hello, "you"\r\nthere', "Ça va ?", "'=1"])
def test_everything_else_stays_as_it_is_and_comes_back_whole(cell: str) -> None:
    assert harmless(cell) == cell
    assert list(csv.reader(io.StringIO(write_rows([[cell, "b"]]), newline=""))) == [[cell, "b"]]


@pytest.mark.parametrize(
    ("cell", "marked"),
    [
        ("a;=1+1;b", "a;'=1+1;b"),
        ('a; "+1', "a; \"'+1"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a\r\n=1", "a\r\n'=1"),
        ("a;\uff1d1", "a;'\uff1d1"),
    ],
)
def test_what_would_begin_a_cell_where_semicolons_end_them_is_marked_too(cell: str, marked: str) -> None:
    assert harmless(cell) == marked


async def export(browser: Browser, **changed: str) -> list[list[str]]:
    answer = await browser.post("/owner/export", data={**FORM, **changed})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="conversations-')
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text[1:], newline="")))


async def test_an_owner_takes_what_was_said_with_them(desk: Desk) -> None:
    customers = [f"c{number:02}" for number in range(45)]

    def fill(connection: object) -> None:
        know(connection, *customers)  # type: ignore[arg-type]
        put(connection, *(message(each, 1, f'=HYPERLINK("{each}")') for each in customers))  # type: ignore[arg-type]

    await desk.database.transaction(fill)
    await desk.add("Olga", "owner")
    olga = await desk.signed_in("Olga")
    assert (await olga.get("/owner/export")).status_code == 200
    head, *rows = await export(olga)
    assert head == ["page", "customer", "at", "who", "kind", "text", "status"]
    assert [row[1] for row in rows] == customers
    assert rows[0] == [PAGE_A, "c00", "2026-12-01T10:00:01+00:00", "bot", "message", '\'=HYPERLINK("c00")', "pending"]
    assert await export(olga, first="2026-11-01", last="2026-11-30") == [head]
    assert await export(olga, page=PAGE_B) == [head]
    assert (await desk.deeds()).count("owner:olga@shop.example conversations_exported") == 3


async def test_exports_are_not_for_other_pages_nor_without_end(desk: Desk) -> None:
    await desk.add("Ann", "owner", PAGE_A)
    ann = await desk.signed_in("Ann")
    assert (await ann.post("/owner/export", data={**FORM, "page": PAGE_B})).status_code == 404
    for wrong in ({"last": "2026-11-30"}, {"first": "yesterday"}, {"last": "9999-12-31"}):
        assert (await ann.post("/owner/export", data={**FORM, **wrong})).status_code == 400
    for _ in range(FREE_TRIES):
        await export(ann)
    assert (await ann.post("/owner/export", data=FORM)).status_code == 429
