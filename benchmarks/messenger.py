"""What Messenger's own part costs, in µs of CPU: checking and reading one webhook body, and writing one message.

python -m benchmarks.messenger
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

ROUNDS, CALLS = 60, 300
"""Calls are timed in rounds: the clock of CPU time is too coarse for one call."""
PAGE, CUSTOMER, APP_ID, SECRET = "104857600123456", "6123456789012345", "4242", b"an-app-secret-of-thirty-two-signs"
MID = "m_" + "AbCd1234" * 18
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
MOST_US = {"in": 100.0, "out": 50.0}
"""What is promised: a body in, a message out."""

PEOPLE = {"sender": {"id": CUSTOMER}, "recipient": {"id": PAGE}, "timestamp": 1_796_115_600_000}
ITEMS: dict[str, dict[str, Any]] = {
    "a text": {**PEOPLE, "message": {"mid": MID, "text": "Hello! Where is my order 12345678, please? Grüße 😀"}},
    "a tap": {**PEOPLE, "postback": {"mid": MID, "title": "Track my order", "payload": "v1:welcome:order:AbCdEfGhIjKl"}},
    "three photos": {
        **PEOPLE,
        "message": {
            "mid": MID,
            "attachments": [{"type": "image", "payload": {"url": "https://scontent.example/v/" + "x" * 600}}] * 3,
        },
    },
    "an echo": {
        "sender": {"id": PAGE}, "recipient": {"id": CUSTOMER}, "timestamp": 1_796_115_600_000,
        "message": {"mid": MID, "is_echo": True, "app_id": int(APP_ID), "metadata": "fd:1a2b3c4d.17", "text": "What can I do for you?"},
    },
    "a reading": {**PEOPLE, "read": {"watermark": 1_796_115_500_000}},
}  # fmt: skip


def measure() -> list[tuple[str, str, float, float]]:
    """(in or out, what, median µs, slowest round's µs) of each kind."""
    rows = [("in", name, *_time(_reading(item))) for name, item in ITEMS.items()]
    return rows + [("out", name, *_time(_rendering(message))) for name, message in _messages().items()]


def _reading(item: dict[str, Any]) -> Callable[[], object]:
    from webhooks.messenger import payload, signature
    from webhooks.messenger.parse import parse

    whole = {"object": "page", "entry": [{"id": PAGE, "time": 1_796_115_600_123, "messaging": [item]}]}
    body = json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode()
    header, pages = signature.sign(body, SECRET).encode(), frozenset({PAGE})

    def read() -> object:
        if signature.find_signer(body, header, [SECRET]) is None:
            raise ValueError("The body that was signed here is refused.")
        return parse(payload.read(body), NOW, APP_ID, pages)

    return read


def _messages() -> dict[str, Any]:
    from app.engine.effects import Card, Message, Option

    choices = tuple(Option(f"Choice number {number}", tap=("welcome", str(number))) for number in range(5))
    cards = tuple(
        Card(f"Coat {number}", "$129, in stock", "https://shop.example/c.png", "https://shop.example/c", choices[:3])
        for number in range(5)
    )
    return {
        "a text": Message("What can I do for you?"),
        "a text with five choices": Message("What can I do for you?", choices=choices),
        "a text with three buttons": Message("Thank you. You will find order 12345678 there.", buttons=choices[:3]),
        "five cards with three buttons each": Message(cards=cards),
    }


def _rendering(message: Any) -> Callable[[], object]:
    from app.channel import Send
    from webhooks.messenger.policy import Way, may_send
    from webhooks.messenger.render import render

    payloads = tuple(f"v1:welcome:{number}:AbCdEfGhIjKl" for number in range(len(message.options)))
    send = Send("1a2b3c4d.17", PAGE, CUSTOMER, message, payloads, last_customer_at=NOW - timedelta(minutes=1))

    def write() -> object:
        way = may_send(send, NOW)
        assert isinstance(way, Way)
        return render(send, way)

    return write


def _time(call: Callable[[], object]) -> tuple[float, float]:
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        for _ in range(CALLS):
            call()
        rounds.append((time.process_time_ns() - began) / CALLS / 1_000)
    return statistics.median(rounds), max(rounds)


def main() -> int:
    """Print the table; 1 if something costs more than is promised."""
    rows = measure()
    print("| way | what | median µs | slowest round µs | most µs |\n|---|---|---:|---:|---:|")
    for way, what, median, slowest in rows:
        print(f"| {way} | {what} | {median:.1f} | {slowest:.1f} | {MOST_US[way]:.0f} |")
    return int(any(median > MOST_US[way] for way, _, median, _ in rows))


if __name__ == "__main__":
    raise SystemExit(main())
