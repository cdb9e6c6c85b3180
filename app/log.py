"""Logs: one JSON object a line, or readable text in a terminal; times in UTC. Never holds what a person wrote, a name or a secret.

Fields whose names say that they hold such things are left out, whoever logs them; exceptions are told without their messages;
everything is escaped, so that one event is one line. House rule on top (held by a test): no log call is given a text or a message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from app.chance import Chance
from app.errors import AppError

CHARS_MAX = 300
"""Of one value: enough for a sentence, too little for a transcript."""
ITEMS_MAX = 20
"""Of one list or mapping, and of the frames of one exception."""
CAUSES_MAX = 5
"""Exceptions told for one log line: the outer one and what led to it."""
TAG_CHARS = 12
"""Of a customer's tag: 48 bits, so that two customers of a million hardly ever share one."""

TRACE_CHARS = 32
"""Of an event's trace: as many as a trace has everywhere (https://www.w3.org/TR/trace-context/)."""

LEFT_OUT = "[left out]"
WRITTEN_BY_PEOPLE = frozenset(
    {"text", "texts", "title", "titles", "said", "message", "messages", "body", "raw", "payload", "payloads", "note"}
    | {
        "slots",
        "values",
        "answer",
        "name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "address",
        "url",
        "ref",
        "query",
    }
    | {"headers", "cookie", "authorization", "customer_id", "psid"}
)
"""Names of fields that hold what people wrote, who they are, or what lets one in."""
SECRET_PART = re.compile(r"token|secret|password|passwd|signature|api_?key", re.IGNORECASE)
"""Part of a field's name that is enough to leave it out."""

QUIET = ("httpx", "httpcore", "aiohttp.access", "uvicorn.access", "watchfiles", "multipart")
"""Loggers of others that write addresses with their query strings, or bodies."""

_ROOM = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class _Tags:
    key: bytes


_tags = _Tags(Chance().new_id().encode())


def set_up(
    log_format: Literal["auto", "json", "text"] = "auto", tag_key: bytes = b"", stream: TextIO | None = None
) -> None:
    """Send every log line of ours and of libraries to `stream` (standard error). Called once by each composition root.

    With `tag_key` customers have the same tag in every process and after a restart; without it only within this process.
    """
    out = stream or sys.stderr
    if tag_key:
        key_tags(tag_key)
    as_json = log_format == "json" or (log_format == "auto" and not out.isatty())
    shown: Processor = _to_json if as_json else structlog.dev.ConsoleRenderer(colors=out.isatty(), sort_keys=False)
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
    first: list[Processor] = [structlog.stdlib.add_log_level, stamp]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*first, _first_line],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, tell_exception, clean, shown],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    _send_everything_to(handler)


def key_tags(key: bytes) -> None:
    """From now on customers have the same tags as in every process with this key."""
    _tags.key = hmac.digest(key, b"customer tags in logs", "sha256")


@contextmanager
def silenced() -> Iterator[None]:
    """No line of ours while this lasts: for trouble that is made on purpose and told in another way."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def customer_tag(customer: object) -> str:
    """What logs call a customer (`page_id/customer_id`): the same for the same one, and nobody can tell who it is."""
    digest = hmac.digest(_tags.key, str(customer).encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hex()[:TAG_CHARS]


def trace_of(event_key: bytes) -> str:
    """What logs and spans call an event on its whole way: the same in every process, and nobody can tell the event's key by it."""
    return hmac.digest(_tags.key, b"trace" + event_key, hashlib.sha256).hex()[:TRACE_CHARS]


def clean(logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
    """The event with dangerous fields left out, every value short and printable."""
    return {_printable(str(name)): _safe_value(str(name), value) for name, value in event.items()}


def tell_exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> EventDict:  # noqa: ARG001 - structlog's signature
    """Replace `exc_info` by types and places. A message of another library's error may quote what a customer wrote."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        causes = _causes(error)
        event["error"] = [_named(each) for each in causes]
        event["places"] = [place for each in causes for place in _places(each)][:ITEMS_MAX]
    return event


def _send_everything_to(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.lastResort = None
    for name in ("uvicorn", "uvicorn.error", "sqlalchemy", "alembic", "asyncio"):
        foreign = logging.getLogger(name)
        foreign.handlers.clear()
        foreign.propagate = True
        foreign.setLevel(logging.INFO if name.startswith("uvicorn") else logging.WARNING)
    for name in QUIET:
        silent = logging.getLogger(name)
        silent.handlers.clear()
        silent.propagate = False
        silent.setLevel(logging.CRITICAL + 1)


def _first_line(logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - structlog's signature
    """Other libraries put what they hold (tasks, requests) after their first line."""
    return {**event, "event": str(event.get("event", "")).strip().partition("\n")[0]}


def _safe_value(name: str, value: Any) -> Any:
    if name.lower() in WRITTEN_BY_PEOPLE or SECRET_PART.search(name):
        return LEFT_OUT
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, Mapping):
        return {_printable(str(key)): _safe_value(str(key), each) for key, each in list(value.items())[:ITEMS_MAX]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe_value("", each) for each in list(value)[:ITEMS_MAX]]
    # Anything else would be shown by its repr, and a dataclass shows all its fields there.
    return f"<{type(value).__name__}>"


def _printable(text: str) -> str:
    """On one line, without escape sequences or marks that change the direction of reading, and cut."""
    cut = text if len(text) <= CHARS_MAX else text[:CHARS_MAX] + "…"
    if cut.isprintable():
        return cut
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in cut)


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it holds if it is a group, and what led to it."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(found) < CAUSES_MAX:
        each = waiting.pop(0)
        if each is None or each in found:
            continue
        found.append(each)
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
        waiting.append(each.__cause__ or each.__context__)
    return found


def _named(error: BaseException) -> str:
    """The type; the message only of our own errors, which are written to be shown."""
    return f"{type(error).__name__}: {error}" if isinstance(error, AppError) else type(error).__name__


def _places(error: BaseException) -> list[str]:
    """`app/worker/turns.py:41 take`, the deepest first; files of libraries by their name alone."""
    frames = list(traceback.walk_tb(error.__traceback__))[-ITEMS_MAX:]
    return [f"{_short(Path(each.f_code.co_filename))}:{line} {each.f_code.co_name}" for each, line in reversed(frames)]


def _short(path: Path) -> str:
    return path.relative_to(_ROOM).as_posix() if path.is_relative_to(_ROOM) else path.name


def _to_json(logger: Any, method: str, event: EventDict) -> str:  # noqa: ARG001 - structlog's signature
    first = {name: event.pop(name, "") for name in ("at", "level", "event")}
    return json.dumps({**first, **event}, ensure_ascii=False, separators=(",", ":"))
