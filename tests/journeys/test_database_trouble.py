"""The database does not take anything for a while: 503 so that Meta comes again, nothing half-written, and then all goes on."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.bodies import message, wrap
from tests.journeys.house import House, Plan, running
from tests.journeys.shop import DISCLOSURE, WELCOME, copy_shop

PATIENCE_SECONDS = 5.0
"""Meta waits no longer for an answer; the bot gives up on a file that somebody holds after three."""


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Another program has begun to write to the file, and does not come to an end."""
    connection = sqlite3.connect(house.database_file, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_a_locked_database_is_a_503_and_nothing_is_lost(house: House) -> None:
    customer, raw = house.new_customer(), house.new_customer().opens()
    customer.types("hello")
    body = wrap(message(raw.id, "hello"))
    failed = house.report(customers=False)["webhooks"]["failed"]
    with locked(house):
        customer.says(tap="Track my order")
        began = time.monotonic()
        answer = house.post(body)
        assert answer.status_code == 503
        assert time.monotonic() - began < PATIENCE_SECONDS
        assert "sqlite" not in answer.text.lower()
    assert customer.sees_new() == ["What is your order number?"], "Messenger came again"
    assert house.report(customers=False)["webhooks"]["failed"] > failed
    assert raw.sees_new() == [], "nothing was kept of what was refused"
    assert house.post(body).status_code == 200
    disclosed, welcomed = raw.sees_new()
    assert disclosed == DISCLOSURE
    assert welcomed.endswith(WELCOME)


def test_a_short_lock_is_waited_for(house: House) -> None:
    customer = house.new_customer()
    with locked(house):
        customer.says(text="hello")
        time.sleep(1.0)
    assert customer.sees_new()[0] == DISCLOSURE


def test_health_tells_that_the_process_lives_while_the_database_is_locked(house: House) -> None:
    with locked(house):
        assert house.http.get(f"{house.bot_url}/health/live").status_code == 200
        assert house.is_ready(), "reading goes on beside a writer"


SMALL_FILE_BYTES = 8_192
"""No transaction of ours fits: the log of a database begins with one page and goes on with at least two more."""


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """The bot can make no file larger than this, and no larger one longer: for SQLite that is a disk without room."""
    assert house.bot.process is not None
    soft, hard = resource.prlimit(house.bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(house.bot.process.pid, resource.RLIMIT_FSIZE, (SMALL_FILE_BYTES, hard))
    try:
        yield
    finally:
        resource.prlimit(house.bot.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_a_503_and_all_goes_on_once_there_is_room(tmp_path: Path) -> None:
    with running(Plan(tmp_path, copy_shop(tmp_path / "shop"))) as house:
        customer, raw = house.new_customer(), house.new_customer().opens()
        customer.types("hello")
        body = wrap(message(raw.id, "hello"))
        with full_disk(house):
            customer.says(tap="Track my order")
            assert house.post(body).status_code == 503
            assert house.http.get(f"{house.bot_url}/health/live").status_code == 200
        assert customer.sees_new() == ["What is your order number?"]
        assert house.post(body).status_code == 200
        assert raw.sees_new()[0] == DISCLOSURE
        assert house.rows("PRAGMA integrity_check") == [("ok",)]
