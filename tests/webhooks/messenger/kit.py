"""What the tests of Messenger share: who is who, and the bodies in the folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.channel import Item, Send
from app.clock import Clock
from app.engine.effects import Message
from webhooks.messenger.account import Account, Page
from webhooks.messenger.parse import parse

APP_ID = "4242"
PAGE, OTHER_PAGE, CUSTOMER = "10001", "10002", "20002"
SECRET = b"demo-app-secret"
TOKEN = "demo-page-token"
NOW = datetime(2026, 9, 21, 14, 14, tzinfo=UTC)
HAPPENED_AT = datetime(2026, 9, 21, 14, 13, 20, 100_000, tzinfo=UTC)
ACCOUNT = Account(
    APP_ID, (SECRET,), "verify me", {PAGE: Page(PAGE, TOKEN), OTHER_PAGE: Page(OTHER_PAGE, "other-token")}
)
BODIES = Path(__file__).parent / "bodies"


def load(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_text())


def parse_body(payload: Any) -> list[Item]:
    return parse(payload, NOW, APP_ID, ACCOUNT.pages.keys())


def wrap(*items: Any, page_id: str = PAGE) -> dict[str, Any]:
    """A body around items of `messaging`."""
    return {"object": "page", "entry": [{"id": page_id, "time": 1_790_000_000_123, "messaging": list(items)}]}


def say(text: Any = "Hello", mid: Any = "m_a1", **more: Any) -> dict[str, Any]:
    """An item in which the customer says something."""
    return {
        "sender": {"id": CUSTOMER}, "recipient": {"id": PAGE}, "timestamp": 1_790_000_000_100,
        "message": {"mid": mid, "text": text, **more},
    }  # fmt: skip


def create_send(message: Message | None = None, **more: Any) -> Send:
    """A message to a customer who has just written."""
    usual = {"outbox_id": "out-1", "page_id": PAGE, "customer_id": CUSTOMER, "last_customer_at": Clock().now()}
    return Send(**{**usual, "message": message or Message("Hi"), **more})
