"""Backup under load and restore, with the real commands: nothing acknowledged before is lost, repeated deliveries are known."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app import auditing, keeping
from app.clock import Clock
from app.doctor import look_twice
from app.errors import AppError
from app.settings import Settings, secret_key
from app.store.copies import NUMBERS_SKIPPED
from app.store.database import Database, open_database
from app.store.intake import Intake
from app.store.migrate import migrate
from app.store.tables import conversations, inbox
from tests.crashes.server import FRONTDESK, ROOT
from tests.databases import Servers
from tests.store.kit import NOW, claim_all, event, know, received

CUSTOMERS = 10
KEY = "k1e2y3-0123456789abcdefghijklmnop"
LEAST = 50
"""Events taken in before the backup begins."""


@dataclass
class Load:
    """Customers who write without a pause; `acknowledged` are the names of what the intake took."""

    intake: Intake
    acknowledged: list[tuple[str, str]] = field(default_factory=list)

    async def write(self, customer: str) -> None:
        number = 0
        while True:
            number += 1
            await self.intake.take([received(customer, "hello", str(number))], datetime.now(UTC))
            self.acknowledged.append((customer, str(number)))
            await asyncio.sleep(0.002)

    async def until(self, count: int) -> None:
        while len(self.acknowledged) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def _frontdesk(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "FRONTDESK_DATABASE_URL": address, "PYTHONPATH": str(ROOT), "FRONTDESK_SECRET_KEY": KEY}
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, *FRONTDESK, *arguments], env=env, capture_output=True, text=True, timeout=60
    )


async def _back_up_under_load(database: Database, address: str, file: Path) -> list[tuple[str, str]]:
    """What was acknowledged before the backup began."""
    load = Load(Intake(database, "mark", lambda _: None))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(load.intake.run())]
        tasks += [group.create_task(load.write(str(each))) for each in range(CUSTOMERS)]
        await load.until(LEAST)
        before = list(load.acknowledged)
        ran = await _frontdesk(address, "backup", str(file))
        assert ran.returncode == 0, ran.stderr
        assert len(load.acknowledged) > len(before), "nothing was taken in while the backup was made"
        for task in tasks:
            task.cancel()
    return before


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_what_was_acknowledged_before_is_there_and_known_again(
    servers: Servers, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old, new = (servers.address(kind, tmp_path / each) for each in ("old", "new"))
    file = tmp_path / "all.backup"
    database = open_database(old)
    await migrate(database)
    await database.transaction(lambda connection: know(connection, "known"))
    before = await _back_up_under_load(database, old, file)
    await database.close()
    assert file.stat().st_mode & 0o077 == 0

    ran = await _frontdesk(new, "restore", str(file))
    assert ran.returncode == 0, ran.stderr
    restored = open_database(new)
    kept = await restored.read(lambda connection: connection.execute(select(func.count()).select_from(inbox)).scalar())
    assert kept >= len(before)
    await _deliver_again(restored, before)
    again = await restored.read(lambda connection: connection.execute(select(func.count()).select_from(inbox)).scalar())
    assert again == kept, "a repeated delivery was not recognised"
    number = await restored.read(lambda connection: connection.execute(select(conversations.c.next_seq)).scalar())
    assert number == 100 + NUMBERS_SKIPPED
    found = await look_twice(restored, Settings(), Clock(), None)
    await restored.close()
    assert [each for each in found if each.verdict == "problem"] == []
    with pytest.raises(AppError, match=r"already|not empty"):
        await asyncio.to_thread(keeping.restore, Settings(database_url=SecretStr(new)), file)


async def _deliver_again(database: Database, before: list[tuple[str, str]]) -> None:
    intake = Intake(database, "mark", lambda _: None)
    async with asyncio.TaskGroup() as group:
        running_ = group.create_task(intake.run())
        await intake.take([received(customer, "hello", number) for customer, number in before], NOW)
        running_.cancel()


# ---- SQLite, by the functions ------------------------------------------------------------------------------


def _settings(folder: Path) -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings(database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'frontdesk.db'}"))


@pytest.fixture
def filled(tmp_path: Path) -> Settings:
    settings = _settings(tmp_path / "old")
    secret_key(settings)

    async def fill() -> None:
        database = open_database(settings.database_url.get_secret_value())
        await migrate(database)
        await database.transaction(lambda connection: claim_all(connection, "w1", event("1", "hello")))
        await database.close()

    asyncio.run(fill())
    return settings


def test_the_key_goes_along_and_the_audit_tells_of_both(filled: Settings, tmp_path: Path) -> None:
    keeping.backup(filled, tmp_path / "all", with_key=True)
    new = _settings(tmp_path / "new")
    keeping.restore(new, tmp_path / "all")
    assert secret_key(new) == secret_key(filled)
    assert "backup made" in auditing.list_lines(filled, 10, None)[0][0]
    assert "database restored" in auditing.list_lines(new, 10, None)[0][0]


def test_without_the_key_it_says_so(filled: Settings, tmp_path: Path) -> None:
    lines = keeping.backup(filled, tmp_path / "all", with_key=False)
    assert "not the key" in lines[0]
    assert zipfile.ZipFile(tmp_path / "all").namelist() == ["about.json", "database"]


def test_nothing_is_overwritten(filled: Settings, tmp_path: Path) -> None:
    keeping.backup(filled, tmp_path / "all", with_key=True)
    with pytest.raises(AppError, match="there already"):
        keeping.backup(filled, tmp_path / "all", with_key=True)
    with pytest.raises(AppError, match="there already"):
        keeping.restore(filled, tmp_path / "all")
    new = _settings(tmp_path / "new")
    secret_key(new)
    with pytest.raises(AppError, match="another key"):
        keeping.restore(new, tmp_path / "all")
    assert not (tmp_path / "new" / "frontdesk.db").exists()


@pytest.mark.parametrize("harm", ["cut", "bytes", "not a zip", "other kind", "newer"])
def test_a_file_that_is_no_whole_backup_is_refused(filled: Settings, tmp_path: Path, harm: str) -> None:
    keeping.backup(filled, tmp_path / "all", with_key=True)
    (tmp_path / "all").write_bytes(_harmed(tmp_path / "all", harm))
    new = _settings(tmp_path / "new")
    with pytest.raises(AppError):
        keeping.restore(new, tmp_path / "all")
    assert not (tmp_path / "new" / "frontdesk.db").exists()


def _harmed(file: Path, harm: str) -> bytes:
    whole = file.read_bytes()
    middle = len(whole) // 2
    match harm:
        case "cut":
            return whole[:middle]
        case "bytes":
            return whole[:middle] + bytes(100) + whole[middle + 100 :]
        case "not a zip":
            return b"hello"
        case "other kind":
            return _with_about(file, '"sqlite"', '"postgresql"')
        case _:
            return _with_about(file, '"schema": "0', '"schema": "9')


def _with_about(file: Path, old: str, new: str) -> bytes:
    changed = file.with_name("changed")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old.encode(), new.encode()) if name == "about.json" else content)
    assert changed.read_bytes() != file.read_bytes()
    return changed.read_bytes()


async def test_missing_tools_of_postgres_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.store import copies
    from app.store.database import read_url

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AppError, match="pg_dump is not installed"):
        copies.dump_postgres(read_url("postgresql+asyncpg://nobody@127.0.0.1:1/none"), tmp_path / "x")
