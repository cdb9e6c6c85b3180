"""From SQLite to PostgreSQL: everything arrives as it was, numbers go on behind it, and nothing is mixed with what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, Table, insert, inspect, select
from sqlmodel import SQLModel

from app import auditing, cli
from app.errors import AppError
from app.moving import move
from app.settings import Settings, secret_key
from app.store import audit, inbox, lock, staff_tables  # noqa: F401  (fills the metadata)
from app.store.database import open_database
from app.store.migrate import migrate
from app.store.moving import ROWS_MAX
from app.store.tables import audit as audit_table
from app.store.tables import inbox as inbox_table
from app.store.types import JsonText, UtcTime
from tests.databases import Servers
from tests.store.kit import NOW, event

Value = TypeVar("Value")
ROWS = 25
ODD = "a\0b \U0001f600 'x' \\\\N \t\n é"
"""What a copy by text would trip over. The NUL is one that PostgreSQL cannot keep."""


@pytest.fixture
def target(servers: Servers, tmp_path: Path) -> str:
    return servers.address("postgres", tmp_path)


@pytest.fixture
def filled(tmp_path: Path) -> Settings:
    """A file with rows in every table, and a key beside it."""
    settings = Settings(database_url=SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}"))
    secret_key(settings)
    _do(_address(settings), fill, fresh=True)
    return settings


def _address(settings: Settings) -> str:
    return settings.database_url.get_secret_value()


def _do(address: str, work: Callable[[Connection], Value], *, fresh: bool = False) -> Value:
    async def done() -> Value:
        database = open_database(address)
        try:
            if fresh:
                await migrate(database)
            return await database.transaction(work)
        finally:
            await database.close()

    return asyncio.run(done())


def fill(connection: Connection) -> None:
    for table in SQLModel.metadata.sorted_tables:
        if table is not audit_table:
            connection.execute(insert(table), [_row(table, number) for number in range(1, _rows_of(table.name) + 1)])
    for number in range(ROWS):
        audit.add(connection, "signed_in", NOW, who=f"staff:{ODD.replace(chr(0), '')}{number}", details={"count": 1.5})


def _rows_of(table: str) -> int:
    """One of them has more than go at once."""
    return ROWS_MAX + ROWS if table == "history" else ROWS


def _row(table: Table, number: int) -> dict[str, Any]:
    """A value in every other column that may be empty, in some rows none of them."""
    left_out = {each.name for place, each in enumerate(table.columns) if each.nullable and (number + place) % 3 == 0}
    return {each.name: None if each.name in left_out else _value(each.type, number) for each in table.columns}


def _value(kind: Any, number: int) -> Any:
    if isinstance(kind, JsonText):
        return {"text": ODD, "numbers": [number, 1e300, -0.5, 2**53], "none": None}
    if isinstance(kind, UtcTime):
        return NOW.replace(microsecond=number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, LargeBinary):
        return bytes([0, 255, number])
    if isinstance(kind, Float):
        return number + 0.5
    return number if isinstance(kind, Integer) else f"{ODD}{number}"


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for what moving itself writes down."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        rows = [tuple(row) for row in connection.execute(select(table))]
        found[table.name] = sorted((row for row in rows if "database_moved" not in row), key=repr)
    return found


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def nobody(_: int) -> Callable[[str, int], None]:
    return lambda _table, _rows: None


def test_every_row_of_every_table_arrives_as_it_was(filled: Settings, target: str) -> None:
    before = _do(_address(filled), everything)
    told: list[tuple[str, int]] = []
    lines, well = move(filled, target, lambda total: lambda table, rows: told.append((table, rows)))
    after = _do(target, everything)
    assert set(_do(target, lambda connection: inspect(connection).get_table_names())) == {*before, "alembic_version"}
    assert all(len(rows) == _rows_of(name) for name, rows in before.items())
    for name, rows in before.items():
        assert after[name] == sorted((tuple(map(_without_nul, row)) for row in rows), key=repr), name
    total = sum(_rows_of(name) for name in before)
    assert sum(rows for _, rows in told) == total
    assert (well, f"{total} rows moved" in lines[0]) == (True, True), lines
    assert "frontdesk.key" in lines[-2]
    assert _do(_address(filled), everything) == before, "the file is as it was"


def test_numbers_go_on_behind_what_came_and_the_audit_is_whole(filled: Settings, target: str) -> None:
    move(filled, target, nobody)
    key = SecretStr(secret_key(filled).decode())
    listed, whole = auditing.list_lines(Settings(database_url=SecretStr(target), secret_key=key), 10, None)
    assert (whole, "database moved" in str(listed)) == (True, True)
    _do(target, lambda connection: inbox.add(connection, [event("1", "new")]))
    assert _do(target, lambda connection: max(connection.execute(select(inbox_table.c.id)).scalars())) == ROWS + 1


def test_nothing_is_moved_to_where_somebody_keeps_something(filled: Settings, target: str) -> None:
    _do(target, lambda connection: inbox.add(connection, [event("1", "theirs")]), fresh=True)
    with pytest.raises(AppError, match=r"already: inbox\."):
        move(filled, target, nobody)
    assert _do(target, lambda connection: len(connection.execute(select(inbox_table)).all())) == 1


def test_when_it_fails_in_the_middle_nothing_is_there_and_the_next_try_goes(filled: Settings, target: str) -> None:
    def breaks(_: int) -> Callable[[str, int], None]:
        def note(table: str, _: int) -> None:
            if table == "outbox":
                raise AppError("The disk is full.")

        return note

    with pytest.raises(AppError, match="disk is full"):
        move(filled, target, breaks)
    assert _do(target, lambda connection: inspect(connection).get_table_names()) == []
    assert move(filled, target, nobody)[1]


def test_a_server_at_work_is_not_moved_away_from(filled: Settings, tmp_path: Path) -> None:
    for role in ("web", "worker"):
        with (
            lock.hold(tmp_path / "frontdesk.db", role),
            pytest.raises(AppError, match=f"already works on .* as {role}.*Stop it"),
        ):
            move(filled, "postgresql://nobody@127.0.0.1:1/none", nobody)


@pytest.mark.parametrize("address", ["sqlite:///other.db", "mysql://x/y", "nonsense"])
def test_only_postgresql_is_moved_to(filled: Settings, address: str) -> None:
    with pytest.raises(AppError, match="new address is none"):
        move(filled, address, nobody)


def test_the_command_says_in_one_line_what_is_wrong_and_no_password(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", _address(filled))
    assert cli.main(["move", "--to", "postgresql+asyncpg://me:not-to-be-told@127.0.0.1:1/none"]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "not-to-be-told" not in said.err + said.out
