"""Addresses that name several servers of PostgreSQL, and which of them is spoken to."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import SettingsError, UnavailableError
from app.store.copies import dump_postgres
from app.store.database import driver_address, hosts_of, open_database, read_url
from app.store.hosts import CONNECT_SECONDS, one_by_one
from app.store.postgres import CONNECTIONS
from tests.databases import Servers

BOTH = "postgresql://ana:p%40ss@/shop?host={}&port={}&target_session_attrs=read-write"


@pytest.mark.parametrize(
    ("written", "hosts", "ports"),
    [
        ("ana:p%40ss@a:1,b:2/shop", "a%2Cb", "1%2C2"),
        ("ana:p%40ss@a,b/shop", "a%2Cb", "5432%2C5432"),
        ("ana:p%40ss@a,b:2/shop", "a%2Cb", "5432%2C2"),
        ("ana:p%40ss@[::1]:1,[::2]:2/shop", "%3A%3A1%2C%3A%3A2", "1%2C2"),
        ("ana:p%40ss@/shop?host=a,b&port=1,2", "a%2Cb", "1%2C2"),
        ("ana:p%40ss@/shop?host=a,b&port=7", "a%2Cb", "7%2C7"),
        ("ana:p%40ss@/shop?host=a:1,b:2", "a%2Cb", "1%2C2"),
        ("ana:p%40ss@/shop?host=a:1&host=b:2", "a%2Cb", "1%2C2"),
    ],
)
def test_several_servers_may_be_named_as_any_program_writes_them(written: str, hosts: str, ports: str) -> None:
    """Of several only one that takes writes will do, also where nobody said so."""
    found = driver_address(read_url(f"postgresql+asyncpg://{written}"))
    assert set(found.split("?")[1].split("&")) == set(BOTH.format(hosts, ports).split("?")[1].split("&"))
    assert found.split("?")[0] == "postgresql://ana:p%40ss@/shop"


@pytest.mark.parametrize("written", ["a:1,b:x/shop", "a:x/shop", "a:1,,b:2/shop", "/shop?host=a,b,c&port=1,2"])
def test_a_list_of_servers_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match="FRONTDESK_DATABASE_URL"):
        read_url(f"postgresql+asyncpg://{written}")


def test_options_stay_for_each_server_alone() -> None:
    url = read_url("postgresql://a:1,[::1]:2/shop?sslmode=require&target_session_attrs=primary")
    assert [dict(each.query) for each in one_by_one(url)] == [
        {"target_session_attrs": "primary", "sslmode": "require", "host": "a", "port": "1"},
        {"target_session_attrs": "primary", "sslmode": "require", "host": "[::1]", "port": "2"},
    ]


@asynccontextmanager
async def silent() -> AsyncIterator[tuple[int, list[object]]]:
    """A server that takes connections and says nothing, as a machine does whose power is gone; its port, and who came."""
    came: list[object] = []
    over = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer)
        await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        over.set()
        server.close()


async def test_a_server_that_says_nothing_does_not_keep_us_from_the_other(servers: Servers, tmp_path: Path) -> None:
    """And once the other has answered, nobody asks the silent one first."""
    there = read_url(servers.address("postgres", tmp_path))
    async with silent() as (port, came):
        database = open_database(f"postgresql://postgres@127.0.0.1:{port},127.0.0.1:{there.port}/{there.database}")
        began = time.monotonic()
        assert await database.read(lambda connection: connection.execute(text("SELECT 7")).scalar()) == 7
        assert time.monotonic() - began < CONNECT_SECONDS
        slow = text("SELECT pg_sleep(0.05)")
        many = [database.read(lambda connection: connection.execute(slow).all()) for _ in range(CONNECTIONS)]
        await asyncio.gather(*many)
        await database.close()
    assert len(came) == 1


async def test_servers_that_take_no_writes_are_none_of_ours(servers: Servers, tmp_path: Path) -> None:
    url = read_url(servers.address("postgres", tmp_path))
    with_two = f"postgresql://postgres@127.0.0.1:{url.port},127.0.0.1:{url.port}/{url.database}"
    database = open_database(with_two)
    name = str(url.database)
    await database.transaction(
        lambda connection: connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    )
    await database.close()
    again = open_database(with_two)
    with pytest.raises(UnavailableError):
        await again.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
    await again.close()


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Only Linux says how long it waits for a machine that is gone."
)
async def test_a_connection_to_a_machine_that_is_gone_ends_within_metas_patience(
    servers: Servers, tmp_path: Path
) -> None:
    connection = await hosts_of(read_url(servers.address("postgres", tmp_path))).connect()
    taken = connection._transport.get_extra_info("socket")
    assert 0 < taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) < 5_000
    assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0
    await connection.close()


async def test_a_backup_is_taken_from_the_server_that_is_there(servers: Servers, tmp_path: Path) -> None:
    there = read_url(servers.address("postgres", tmp_path))
    url = read_url(f"postgresql://postgres@127.0.0.1:1,127.0.0.1:{there.port}/{there.database}")
    await asyncio.to_thread(dump_postgres, url, tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size > 0
