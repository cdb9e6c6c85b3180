"""What never happens where: SQL, commits, the environment, time, chance, the network, Meta's words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from tests.house.source import Module, assert_none, calls, imports, is_in, module, modules, names_used, product, words


@dataclass(frozen=True)
class Port:
    """Names that only some modules may use, and what all others write instead."""

    names: tuple[str, ...]
    allowed: tuple[str, ...]
    instead: str


READS_THE_CLOCK = (
    *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "sleep")),
    *(f"datetime.{name}" for name in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")),
    "asyncio.sleep",
)

PORTS = (
    Port(("os.environ", "os.getenv", "os.putenv", "dotenv"), ("app.settings",), "take the value from Settings"),
    Port(
        READS_THE_CLOCK,
        ("app.clock",),
        "take a Clock, or the moment as an argument `now`",
    ),
    Port(("random", "secrets", "uuid", "os.urandom"), ("app.chance",), "take a Chance"),
    Port(
        ("asyncio.create_task", "asyncio.ensure_future", "asyncio.get_event_loop", "threading.Timer"),
        (),
        "start it in an asyncio.TaskGroup that somebody waits for",
    ),
    Port(
        ("httpx", "aiohttp", "requests", "urllib.request", "http.client", "websockets"),
        (
            "webhooks.messenger.http",
            "app.service.client",
            "app.service.download",
            "app.service.model",
            "app.service.files",
            "app.service.post",
            "app.desk.access.openid",
            "webhooks.simulator",
        ),
        "go through webhooks.messenger.http; the rest speaks to a Channel",
    ),
    Port(("sqlalchemy", "sqlmodel", "sqlite3", "asyncpg", "alembic"), ("app.store",), "add a function to app.store"),
    Port(
        ("pickle", "marshal", "shelve", "eval", "exec", "os.system", "importlib.import_module"),
        (),
        "use JSON for data and a plain import for code",
    ),
    Port(
        ("subprocess", "multiprocessing"),
        ("app.store.migrate", "app.store.copies"),
        "do it in this process, in a thread if it is long",
    ),
)

SQL_TYPES = ("sqlalchemy.Connection",)
"""The connection is handed through the worker from one function of the store to the next; it is never used there."""

COMMITTERS = ("app.store.database", "app.store.sqlite", "app.store.writer", "app.store.postgres", "app.store.memory")
"""The database port and its databases."""

METAS_WORDS = (
    "quick_replies",
    "quick_reply",
    "messaging_type",
    "postback",
    "appsecret_proof",
    "hub.",
    "x-hub",
    "graph.facebook",
)
MAY_SPEAK_META = ("webhooks", "app.settings", "app.main")
"""Settings knows where the Graph API is; main hands it on."""

PURE = ("app.engine", "app.answers", "app.catalogue")
IMPURE = (
    "asyncio",
    "os",
    "socket",
    "pathlib",
    "io",
    "logging",
    "structlog",
    "threading",
    "time",
    "app.clock",
    "app.chance",
)


def test_only_ports_touch_the_world() -> None:
    assert_none(list(beside_the_ports(product())))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/worker/loop.py", "import os\nsecret = os.environ['X']"),
        ("app/worker/loop.py", "from os import getenv as g\ng('X')"),
        ("app/desk/service.py", "from datetime import datetime as d\nd.now()"),
        ("app/store/inbox.py", "import time\ntime.monotonic()"),
        ("app/worker/loop.py", "from asyncio import sleep\nasync def f():\n    await sleep(1)"),
        ("app/worker/loop.py", "import asyncio\nasyncio.create_task(None)"),
        ("app/worker/send.py", "import httpx"),
        ("app/worker/send.py", "def f():\n    from sqlalchemy import text"),
        ("app/owner/people.py", "import secrets"),
        ("webhooks/messenger/send.py", "from uuid import uuid4"),
        ("app/engine/fill.py", "eval('1')"),
    ],
)
def test_going_beside_a_port_is_found(path: str, text: str) -> None:
    assert list(beside_the_ports([module(path, text)]))


def test_the_ports_themselves_are_allowed() -> None:
    planted = [
        module("app/clock.py", "import time\ntime.time()"),
        module("app/worker/loop.py", "from sqlalchemy import Connection\nimport asyncio\nasyncio.TaskGroup()"),
    ]
    assert not list(beside_the_ports(planted))


def beside_the_ports(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        for line, name in {*imports(each), *names_used(each), *_built_ins(each)}:
            for port in PORTS:
                if is_in(name, port.names) and not is_in(each.name, port.allowed) and not is_in(name, SQL_TYPES):
                    yield f"{each.at(line)} uses {name}: {port.instead} ({', '.join(port.allowed) or 'nobody'} may)."


def _built_ins(of: Module) -> Iterator[tuple[int, str]]:
    for call in calls(of):
        name = getattr(call.func, "id", "")
        if name in ("eval", "exec"):
            yield call.lineno, name


# ---- one commit --------------------------------------------------------------------------------------------


def test_only_the_database_port_begins_and_commits() -> None:
    assert_none(list(commits(product())))


def test_a_commit_elsewhere_is_found() -> None:
    planted = module(
        "app/store/inbox.py",
        "def add(db):\n    db.commit()\n    with db.begin_nested():\n        db.rollback()\n    db.execute('SAVEPOINT one')",
    )
    assert len(list(commits([planted]))) == 4


def commits(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        if each.name in COMMITTERS:
            continue
        for call in calls(each):
            name = getattr(call.func, "attr", "")
            if (
                name in ("commit", "rollback", "begin_nested", "begin_twophase")
                or _begins(each, name)
                or _orders(call, name)
            ):
                yield f"{each.at(call.lineno)} calls {name}(): write a function of a connection for Database.transaction."


def _orders(call: ast.Call, name: str) -> bool:
    """Whether a statement that begins or ends a transaction is written out."""
    said = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
    return name == "execute" and any(
        each.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE ")) for each in said
    )


def _begins(of: Module, name: str) -> bool:
    return name == "begin" and is_in(of.name, ("app.store", "app.worker", "app.desk", "app.owner", "app.insights"))


# ---- pure rooms --------------------------------------------------------------------------------------------


def test_pure_rooms_do_no_input_or_output() -> None:
    assert_none(list(impurities(product())))


def test_an_impure_turn_is_found() -> None:
    planted = module("app/engine/turn.py", "import logging\nasync def f():\n    await g()\nopen('x')\nprint('x')")
    assert len(list(impurities([planted]))) == 4


def impurities(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        if not is_in(each.name, PURE):
            continue
        for line, name in imports(each):
            if is_in(name, IMPURE):
                yield f"{each.at(line)} imports {name}: a pure room takes what it needs as an argument."
        if "async def" in each.text or "await " in each.text:
            yield f"{each.path} waits: a pure room returns an effect, and the worker waits."
        for call in calls(each):
            if getattr(call.func, "id", "") in ("open", "print", "input"):
                yield f"{each.at(call.lineno)} does I/O: return what should be said."


# ---- one exit, and no network in a transaction -------------------------------------------------------------

SPEAKS_TO_CHANNELS = ("send_batch", "look_up", "may_send")
SENDERS = ("app.worker.sending", "app.worker.settling", "webhooks")


def test_only_the_sender_speaks_to_a_channel() -> None:
    assert_none(list(side_exits(product())))


def test_a_side_exit_is_found() -> None:
    assert list(side_exits([module("app/desk/service.py", "async def f(channel):\n    await channel.send_batch([])")]))


def side_exits(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        for call in calls(each):
            if getattr(call.func, "attr", "") in SPEAKS_TO_CHANNELS and not is_in(each.name, SENDERS):
                yield f"{each.at(call.lineno)} speaks to a channel: add a row to the outbox, and the sender sends it."


def test_nothing_waits_inside_a_transaction() -> None:
    assert_none(list(waiting_transactions(product())))


def test_a_transaction_that_waits_is_found() -> None:
    planted = "async def work(connection):\n    await post()\nasync def f(db):\n    await db.transaction(work)"
    assert list(waiting_transactions([module("app/worker/loop.py", planted)]))
    assert not list(waiting_transactions([module("app/worker/loop.py", planted.replace("async def work", "def work"))]))


def waiting_transactions(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        waits = {node.name for node in ast.walk(each.tree) if isinstance(node, ast.AsyncFunctionDef)}
        for call in calls(each):
            work = call.args[0] if call.args else None
            if getattr(call.func, "attr", "") == "transaction" and isinstance(work, ast.Name) and work.id in waits:
                yield f"{each.at(call.lineno)} waits in a transaction: hand in a plain function, and do the rest before or after."


# ---- Meta's words ------------------------------------------------------------------------------------------


def test_only_webhooks_speak_metas_words() -> None:
    assert_none(list(metas_words(product())))


def test_a_word_of_metas_elsewhere_is_found() -> None:
    planted = module("app/worker/send.py", "def f(quick_replies):\n    return {'messaging_type': 'RESPONSE'}")
    assert len(list(metas_words([planted]))) == 2


def test_docstrings_may_name_metas_words() -> None:
    assert not list(metas_words([module("app/engine/show.py", '"""Messenger calls them quick_replies."""')]))


def metas_words(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        if is_in(each.name, MAY_SPEAK_META):
            continue
        for line, text in words(each):
            if found := [word for word in METAS_WORDS if word in text.lower()]:
                yield f"{each.at(line)} says {found[0]}: only webhooks/ speak Meta's words; use the glossary of app/README.md."


# ---- tests -------------------------------------------------------------------------------------------------

PATCHERS = ("unittest.mock", "mock", "pytest_mock", "freezegun", "responses", "respx")


def test_no_test_replaces_our_code() -> None:
    assert_none(list(patches(modules("tests", "benchmarks"))))


def test_a_patch_is_found() -> None:
    planted = [
        module("tests/test_x.py", "from unittest import mock"),
        module("tests/test_y.py", "def test_y(monkeypatch):\n    monkeypatch.setattr('app.cli.main', None)"),
        module("tests/test_z.py", "def test_z(mocker):\n    pass"),
    ]
    assert len(list(patches(planted))) == len(planted)


def patches(of: Iterable[Module]) -> Iterator[str]:
    advice = "start the real thing, or hand in a clock, a chance or a channel made for the test."
    for each in of:
        for line, name in imports(each):
            if is_in(name, PATCHERS):
                yield f"{each.at(line)} imports {name}: {advice}"
        for node in ast.walk(each.tree):
            if isinstance(node, ast.Attribute | ast.arg) and ast.unparse(node) in ("monkeypatch.setattr", "mocker"):
                yield f"{each.at(node.lineno)} replaces our code: {advice}"
