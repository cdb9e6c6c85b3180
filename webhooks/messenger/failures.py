"""What Graph's errors mean for a send, as data. Pure; decides by (code, subcode), never by Meta's text, which is localised.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from app.channel import Failed, Unsure

Scope = Literal["message", "customer", "page"]


@dataclass(frozen=True, slots=True)
class Row:
    """What one error means. `what` becomes `Failed.code`; `wait_seconds`: 0 for as long as we like.

    `tries_max`: after so many it is given up; 0 for as many as we like.
    """

    what: str
    retry: bool
    wait_seconds: float
    scope: Scope
    sentence: str
    tries_max: int = 0


_CALLS_WAIT = 30.0
"""O: limits by the hour or day; Meta names no time to wait, our own backoff lengthens it."""
_BURST_WAIT = 5.0
"""O: limits by the second."""
_MEDIA_WAIT = 5.0
"""O: the file's own server may be slow to wake."""

BLOCKED_WAIT = 3600.0
"""O: a person must act, or Meta tells of the end; a look every hour finds out if that was lost."""
_RESTRICTED_WAIT = 900.0
"""O: Meta says "temporarily", and no time."""

_TOO_MANY = Row(
    "too_many_calls", True, _CALLS_WAIT, "page", "Messenger takes no more calls for this Page at the moment."
)
_TOO_FAST = Row("too_fast", True, _BURST_WAIT, "page", "Messages of this Page left too fast for Messenger.")
_WINDOW = Row(
    "window_closed", False, 0, "customer", "More than 24 hours have passed since this person last wrote, so Messenger did not take it."
)  # fmt: skip
_GONE = Row(
    "person_unavailable",
    False,
    0,
    "customer",
    "This person cannot be reached: they blocked the Page or left Messenger.",
)
_STOPPED = Row("person_opted_out", False, 0, "customer", "This person does not want messages from the Page any more.")
_BLOCKED = Row(
    "page_blocked",
    False,
    BLOCKED_WAIT,
    "page",
    "Messenger blocks sending for this Page. Look at the Page's support inbox.",
)
_RESTRICTED = Row("page_restricted", False, _RESTRICTED_WAIT, "page", "Messenger has restricted this Page for a time.")
_TOKEN = Row("token_dead", False, 0, "page", "Messenger no longer accepts the Page's token. Connect the Page again.")
_PERMISSION = Row("permission_missing", False, 0, "page", "The app lacks a permission that sending needs.")
MEDIA_TROUBLES = frozenset({"media_not_fetched", "media_refused"})
"""What is wrong with a file and not with its message."""
_UNAPPROVED = Row(
    "recipient_not_approved",
    False,
    0,
    "customer",
    "The app is in development mode and may write only to its own people.",
)
_WRONG = Row("refused", False, 0, "message", "Messenger did not accept what the message holds.")
_NOT_FOUND = Row(
    "not_found", False, 0, "message", "Messenger does not know what the message is about, or the app may not see it."
)
_NO_PERSON = Row("no_such_person", False, 0, "customer", "Messenger knows no such person for this Page.")
_TAG_GONE = Row(
    "tag_removed", False, 0, "message", "Messenger no longer has this kind of message outside the 24 hours."
)
_MISUSE = Row(
    "kind_stopped", False, 0, "message", "Messenger takes no more messages of this kind from the Page for now."
)
_MEDIA_SLOW = Row(
    "media_not_fetched", True, _MEDIA_WAIT, "message", "Messenger could not fetch the file at its address.", tries_max=2
)
_MEDIA = Row("media_refused", False, 0, "message", "Messenger did not accept the file: its kind, size or id.")
_ELSEWHERE = Row(
    "thread_elsewhere", False, 0, "customer", "Another app or a person in Meta's inbox has this conversation."
)
_RULES = Row("region_rules", False, 0, "customer", "The rules of this person's region do not allow this message.")
_PROFILE = Row("profile_unavailable", False, 0, "message", "Messenger does not give this person's profile.")
_DELETED = Row("object_gone", False, 0, "message", "What the message is about was deleted or is switched off.")

FAILURES: Mapping[tuple[int, int | None], Row] = {
    (4, None): _TOO_MANY, (4, 2018354): _TOO_MANY, (9, 2018352): _TOO_MANY, (32, None): _TOO_MANY, (80006, None): _TOO_MANY,
    (613, None): _TOO_FAST, (613, 2018338): _MISUSE, (613, 2534040): _MISUSE, (613, 1893016): _MISUSE,
    (10, None): _PERMISSION, (10, 2018278): _WINDOW, (10, 2534022): _WINDOW, (10, 2018065): _WINDOW, (10, 2018108): _GONE,
    (10, 1893015): _STOPPED, (10, 1893063): _RESTRICTED, (10, 2018336): _RULES, (10, 1404170): _BLOCKED,
    (100, None): _WRONG, (100, 33): _NOT_FOUND, (100, 2018001): _NO_PERSON, (100, 1893061): _TAG_GONE, (100, 2018014): _WRONG,
    (100, 2018034): _WRONG, (100, 2018008): _MEDIA_SLOW, (100, 2018294): _MEDIA_SLOW, (100, 2018047): _MEDIA,
    (100, 2018074): _MEDIA, (100, 2018109): _MEDIA, (100, 36000): _MEDIA, (100, 2018164): _WRONG, (100, 2018320): _WRONG,
    (100, 2018328): _WRONG,
    (190, None): _TOKEN, (190, 460): _TOKEN, (190, 490): _TOKEN,
    (200, None): _PERMISSION, (200, 2018028): _UNAPPROVED, (200, 1545041): _GONE,
    (368, None): _BLOCKED, (551, None): _GONE, (551, 1545041): _GONE,
    (2018300, None): _ELSEWHERE, (2018321, None): _ELSEWHERE, (2534037, None): _ELSEWHERE,
    (2018218, None): _PROFILE, (2018247, None): _PROFILE,
    (2022, None): _DELETED, (10303, None): _DELETED, (2018171, None): _DELETED, (9000001, None): _DELETED,
}  # fmt: skip
"""The refusals that are certain. Every other answer leaves it open whether the message arrived."""

UNSURE_CODES = frozenset((-1, 1, 2, 99, 1200))
"""Trouble at Meta's: seen for messages that did arrive, whatever the subcode."""


def read_failure(status: int, body: bytes | Mapping[str, Any]) -> Failed | Unsure:
    """The outcome that an answer other than a success stands for. `body` is what came, or its JSON."""
    code, subcode = _read_codes(body)
    if status >= 500 or code in UNSURE_CODES:
        return Unsure(f"Messenger answered with trouble of its own (status {status}, error {_name(code, subcode)}).")
    row = _find_row(code, subcode)
    if row is None and status == 429:
        row = _TOO_MANY
    if row is None:
        return Unsure(
            f"Messenger's answer does not say what became of it (status {status}, error {_name(code, subcode)})."
        )
    sentence = f"{row.sentence} (Meta {_name(code, subcode)})"
    return Failed(row.what, sentence, row.retry, row.wait_seconds, row.scope, row.tries_max)


def _find_row(code: int | None, subcode: int | None) -> Row | None:
    """The exact pair; else the subcode standing alone, as some errors come both ways; else the code with any subcode."""
    if code is None:
        return None
    if row := FAILURES.get((code, subcode)):
        return row
    if subcode is not None and (row := FAILURES.get((subcode, None))) and subcode > _SUBCODES_FROM:
        return row
    return FAILURES.get((code, None))


_SUBCODES_FROM = 1_000_000
"""Numbers from here on mean the same as a code and as a subcode; smaller ones do not."""


def _read_codes(body: bytes | Mapping[str, Any]) -> tuple[int | None, int | None]:
    error = _read_error(body)
    return _to_code(error.get("code")), _to_code(error.get("error_subcode"))


def _read_error(body: bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(body, bytes):
        try:
            body = orjson.loads(body)
        except orjson.JSONDecodeError:
            return {}
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _to_code(value: Any) -> int | None:
    return value if type(value) is int else None


def _name(code: int | None, subcode: int | None) -> str:
    if code is None:
        return "none"
    return str(code) if subcode is None else f"{code}/{subcode}"
