"""Webhook bodies as Meta posts them, signed, over a socket of the test's own."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

PAGE, OTHER_PAGE, FOREIGN_PAGE = "10001", "10002", "10003"
APP_ID, APP_SECRET, FOREIGN_SECRET, VERIFY_TOKEN = (
    "4242",
    "journey-app-secret",
    "journey-other-secret",
    "journey-verify",
)
TOKENS = {PAGE: "journey-token-one", OTHER_PAGE: "journey-token-two", FOREIGN_PAGE: "journey-token-three"}
SIGNATURE = "X-Hub-Signature-256"

_numbers = itertools.count(1)


def new_id(kind: str = "m_journey") -> str:
    """An id that no other test of this run uses."""
    return f"{kind}{next(_numbers)}"


def sign(body: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def message(customer: str, text: Any, *, page: str = PAGE, mid: str = "", **more: Any) -> dict[str, Any]:
    """An item in which this customer says something now."""
    said = {"mid": mid or new_id(), "text": text, **more}
    return {
        "sender": {"id": customer}, "recipient": {"id": page}, "timestamp": int(time.time() * 1000), "message": said,
    }  # fmt: skip


def tap(customer: str, payload: str, title: str = "A button") -> dict[str, Any]:
    """An item in which this customer taps something with that payload."""
    item = message(customer, "")
    del item["message"]
    return {**item, "postback": {"mid": new_id(), "title": title, "payload": payload}}


def entry(items: Sequence[Any], page: str = PAGE) -> dict[str, Any]:
    return {"id": page, "time": int(time.time() * 1000), "messaging": list(items)}


def wrap(*items: Any) -> bytes:
    """A body with one entry for each item's Page, in the order of the items."""
    entries: dict[str, list[Any]] = {}
    for item in items:
        entries.setdefault(item["recipient"]["id"], []).append(item)
    return to_bytes({"object": "page", "entry": [entry(each, page) for page, each in entries.items()]})


def to_bytes(value: Any) -> bytes:
    """In the escaped form that Meta signs: a half of a surrogate pair stays one."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")
