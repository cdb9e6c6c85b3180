"""Logs: one event is one line, and nothing that a person wrote is in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.errors import AppError
from app.log import CHARS_MAX, ITEMS_MAX, LEFT_OUT, customer_tag, set_up, silenced

SAID = "my card is 4111 1111"
FORGED = 'x\r\n{"level":"info","event":"forged"}\u2028\x1b[2J\x9b31m\u202eend'


@pytest.fixture(autouse=True)
def _everything_as_it_was() -> Iterator[None]:
    """Logging is the process's own: what a test sets up is taken back."""
    root = logging.getLogger()
    handlers, level, last_resort = list(root.handlers), root.level, logging.lastResort
    yield
    root.handlers[:], logging.lastResort = handlers, last_resort
    root.setLevel(level)
    structlog.reset_defaults()


def logged(log_format: Any = "json", **fields: Any) -> str:
    out = io.StringIO()
    set_up(log_format, stream=out)
    structlog.get_logger().info("something happened", **fields)
    return out.getvalue()


def raised(error: BaseException) -> str:
    out = io.StringIO()
    set_up("json", stream=out)
    try:
        raise error
    except BaseException:
        structlog.get_logger().exception("it broke")
    return out.getvalue()


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_value_cannot_forge_a_second_line_or_move_the_cursor(log_format: str) -> None:
    for line in (
        logged(log_format, page=FORGED),
        logged(log_format, pages=[FORGED]),
        logged(log_format, **{FORGED: 1}),
    ):
        assert line.count("\n") == 1
        assert line.removesuffix("\n").isprintable()


def test_a_line_is_one_json_object_with_time_level_and_event_first() -> None:
    line = json.loads(logged(page="1", seq=3, retry=False, wait_seconds=0.5, code=None))
    assert list(line)[:3] == ["at", "level", "event"]
    assert line["at"].endswith("Z")
    assert {name: line[name] for name in list(line)[3:]} == {
        "page": "1",
        "seq": 3,
        "retry": False,
        "wait_seconds": 0.5,
        "code": None,
    }


@pytest.mark.parametrize(
    "name",
    [
        "text",
        "Title",
        "message",
        "first_name",
        "payload",
        "page_token",
        "APP_SECRET",
        "raw",
        "note",
        "customer_id",
        "api_key",
    ],
)
def test_a_field_that_may_hold_what_people_wrote_or_a_secret_is_left_out(name: str) -> None:
    assert json.loads(logged(**{name: SAID}))[name] == LEFT_OUT
    assert SAID not in logged(deep={name: SAID}, list=[{name: SAID}])


def test_an_object_is_named_by_its_type_only() -> None:
    class Held:
        def __repr__(self) -> str:
            return SAID

    line = json.loads(logged(held=Held(), many=[Held()]))
    assert (line["held"], line["many"]) == ("<Held>", ["<Held>"])


def test_long_values_are_cut() -> None:
    line = json.loads(logged(page="x" * 10_000, pages=list(range(1_000))))
    assert len(line["page"]) == CHARS_MAX + 1
    assert len(line["pages"]) == ITEMS_MAX


def test_an_exception_is_told_by_types_and_places_without_its_message() -> None:
    error = RuntimeError(SAID)
    error.__cause__ = ValueError(SAID)
    line = raised(error)
    assert SAID not in line
    assert json.loads(line)["error"] == ["RuntimeError", "ValueError"]
    assert json.loads(line)["places"][0].startswith("tests/test_log.py:")


def test_errors_of_a_group_are_told_too() -> None:
    line = raised(ExceptionGroup(SAID, [ValueError(SAID), KeyError(SAID)]))
    assert json.loads(line)["error"] == ["ExceptionGroup", "ValueError", "KeyError"]
    assert SAID not in line


def test_our_own_errors_are_told_with_their_message() -> None:
    assert json.loads(raised(AppError("Port 1 is taken.", "Choose another.")))["error"] == [
        "AppError: Port 1 is taken. Choose another."
    ]


def test_an_error_that_causes_itself_ends() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__context__, second.__context__ = second, first
    out = io.StringIO()
    set_up("json", stream=out)
    structlog.get_logger().error("it broke", exc_info=first)
    assert json.loads(out.getvalue())["error"] == ["ValueError", "KeyError"]


def test_other_libraries_are_heard_with_their_first_line_only() -> None:
    out = io.StringIO()
    set_up("json", stream=out)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: %s", SAID)
    assert json.loads(out.getvalue())["event"] == "Task exception was never retrieved"


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpcore.http11", "aiohttp.access", "uvicorn.access"])
def test_loggers_that_write_addresses_are_silent(name: str) -> None:
    out = io.StringIO()
    set_up("json", stream=out)
    logging.getLogger(name).critical("GET https://graph.example/?access_token=%s", SAID)
    assert out.getvalue() == ""


def test_auto_is_json_where_nobody_looks_and_text_in_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    set_up("auto", stream=screen)
    structlog.get_logger().info("something happened", page="1")
    assert not screen.getvalue().startswith("{")
    assert "something happened" in screen.getvalue()
    assert logged("auto").startswith("{")


def test_a_customer_has_one_tag_that_does_not_tell_who_it_is() -> None:
    set_up("json", b"a key that all processes share", io.StringIO())
    tag = customer_tag("10001/20002")
    assert tag == customer_tag("10001/20002")
    assert tag != customer_tag("10001/20003")
    assert "20002" not in tag
    set_up("json", b"another key", io.StringIO())
    assert customer_tag("10001/20002") != tag


def test_any_customer_id_has_a_tag() -> None:
    assert len(customer_tag("1/\ud800\x00")) == len(customer_tag("1/2"))


def test_nothing_is_logged_while_it_is_silenced_and_all_of_it_afterwards() -> None:
    out = io.StringIO()
    set_up("json", stream=out)
    with silenced():
        structlog.get_logger().error("made on purpose")
    structlog.get_logger().info("not made on purpose")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["not made on purpose"]
