"""`frontdesk products`: a feed brought in, a search tried, a report of what was shown."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from app.store.database import open_database
from app.store.migrate import migrate
from tests.flowfile.bots import TOP, write

STATES = "states:\n  welcome: {suggest: products}\n"
FEED = """id,title,price,color,image_link
1,Red dress,45.00 EUR,red,http://shop.example/1.jpg
2,Blue dress,55.00 EUR,blue,
3,,5,,
"""


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bot that sells what is imported, a migrated database, and a feed."""
    address = f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", address)
    asyncio.run(_migrated(address))
    (tmp_path / "feed.csv").write_text(FEED, encoding="utf-8")
    (tmp_path / "bot").mkdir()
    return write(tmp_path / "bot", f"{TOP}products: imported\n{STATES}")


async def _migrated(address: str) -> None:
    database = open_database(address)
    await migrate(database)
    await database.close()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = main(["products", *arguments])
    told = capsys.readouterr()
    return code, (told.out + told.err).splitlines()


def test_an_import_tells_every_broken_row_and_what_is_live(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "import", "feed.csv", str(bot)) == (
        0,
        [
            "row 4: left out: it has no title",
            "3 rows: 2 products in 2 groups of variants, 1 left out, 0 mended, 1 without a picture.",
            "Fields: color, currency, price.",
            "2 products are live within 5 seconds wherever Piney runs.",
        ],
    )
    assert said(capsys, "search", "a red dress under 50", str(bot)) == (
        0,
        ["Read: price: up to 50; colour: red; words: dress. Sure.", "1  45.00 EUR  Red dress"],
    )


def test_pictures_that_cards_cannot_show_are_told_and_left_out(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = said(capsys, "import", "feed.csv", str(bot), "--check-images", "--dry-run")
    assert (code, lines[1]) == (0, "picture http://shop.example/1.jpg: its address does not begin with https://")
    assert "2 without a picture" in lines[2]


def test_what_would_go_nowhere_is_not_imported(bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(bot, f"{TOP}products: [{{id: a, name: A}}]\n{STATES}")
    code, lines = said(capsys, "import", "feed.csv", str(bot))
    assert (code, "would go nowhere" in lines[0]) == (2, True)
    assert said(capsys, "import", "feed.csv", str(bot), "--dry-run")[0] == 0
    (tmp_path / "feed.csv").write_text("<html>", encoding="utf-8")
    assert said(capsys, "import", "feed.csv", str(bot), "--dry-run")[0] == 2


def test_a_search_before_anything_came_in_says_so(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = said(capsys, "search", "dress", str(bot))
    assert (code, "Nothing came in yet for imported Piney." in lines[0]) == (2, True)


def test_a_search_that_finds_nothing_says_no(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "import", "feed.csv", str(bot))
    assert said(capsys, "search", "bicycle", str(bot)) == (
        1,
        ["Read: words: bicycle. Not sure that products are meant."],
    )


def test_a_search_for_what_is_dearer_than_wished_says_that_nothing_is_near(
    bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "import", "feed.csv", str(bot))
    code, lines = said(capsys, "search", "dress under 2", str(bot))
    assert (code, lines) == (1, ["Read: price: up to 2; words: dress. Sure, and nothing here is near that."])


def test_the_report_lists_what_was_shown(bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "report", "10001") == (0, ["Nothing was suggested."])
    row = (
        "10001",
        "20001",
        "1",
        "mark",
        "",
        1,
        "like",
        "2999-01-01 00:00:00.000000+00:00",
        "2999-01-01 00:00:00.000000+00:00",
        None,
    )
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as connection, connection:
        connection.execute("INSERT INTO suggestions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert said(capsys, "report", "10001")[1][1].split() == ["1", "0", "1", "0", "1"]


TESTS = """tests:
  - name: a dress
    talk:
      - {tap: Get Started}
      - {shows: [Red dress, Blue dress]}
"""


def test_tests_and_talks_know_the_products_that_came_in_last(bot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(bot, f"{TOP}products: imported\n{STATES}{TESTS}")
    assert main(["test", str(bot)]) == 1
    assert "come from an import and are not known here: it suggests none of them." in capsys.readouterr().err
    said(capsys, "import", "feed.csv", str(bot))
    assert main(["test", str(bot)]) == 0
    assert "With the 2 products from an import, as they came in on 20" in capsys.readouterr().err


def test_without_a_database_that_is_told(
    bot: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "sqlite+aiosqlite:///nowhere.db")
    address = f'{TOP}products: "https://shop.example/feed.csv"\n{STATES}'
    assert main(["test", str(write(bot, address + TESTS))]) == 1  # as the products are not known
    told = capsys.readouterr()
    assert "come from https://shop.example/feed.csv and are not known here" in told.err
    assert "There is no database" in told.err
