"""The three steps that every customer goes through, and the webhook bodies for them. Knows Meta's JSON, not the bot.

menu -> choice -> echoed text
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from benchmarks.sink import WEBHOOK_PATH, signed


@dataclass(frozen=True, slots=True)
class Step:
    """What the customer does and how the reply ends. `{n}` in either is a number that no other step has.

    With `tap` the title is tapped if the last reply offered it, else typed: both are ways that real customers take.
    """

    words: str
    reply: str
    tap: bool = False


STEPS = (
    Step("menu", "What can I do for you?"),
    Step("Say something back", "What shall I say back?", tap=True),
    Step("my wish {n}", "You wrote: my wish {n}"),
)

MIRROR = tuple(Step(step.words, "*", step.tap) for step in STEPS)
"""The same with the sink's mirror, which replies "*" to everything."""


PAGES = 12
"""Meta lets 300 messages a second of one Page go, and so do we: what is faster must serve several."""


def list_pages(first: str, count: int = PAGES) -> list[str]:
    """The Pages' ids."""
    return [str(int(first) + number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Account:
    """The Pages, the app's secret, a mark that keeps the message ids of two runs apart, and where webhooks are posted."""

    pages: list[str]
    secret: bytes
    mark: str
    path: str = WEBHOOK_PATH


def webhook(account: Account, customer: str, number: int, words: str, payload: str = "") -> bytes:
    """The bytes of one signed POST: the customer types `words`, or taps a quick reply when there is a `payload`."""
    now_ms = time.time_ns() // 1_000_000
    page = account.pages[int(customer) % len(account.pages)]
    tapped = f',"quick_reply":{{"payload":{json.dumps(payload)}}}' if payload else ""
    body = (
        f'{{"object":"page","entry":[{{"id":"{page}","time":{now_ms},"messaging":[{{'
        f'"sender":{{"id":"{customer}"}},"recipient":{{"id":"{page}"}},"timestamp":{now_ms},'
        f'"message":{{"mid":"m_{account.mark}{number}","text":{json.dumps(words)}{tapped}}}}}]}}]}}'
    )
    return signed(body.encode(), account.secret, account.path)


BATCH_ITEMS = 50
"""The most that a Graph batch may hold."""


def graph_request(page_id: str, items: int) -> bytes:
    """The bytes of one Send API request, or of a Graph batch with so many messages: what a bot would send."""
    message = {"text": "What shall I say back?", "metadata": "fd:0123456789abcdefghijkl"}
    if items == 1:
        body = json.dumps({"recipient": {"id": "20002"}, "messaging_type": "RESPONSE", "message": message}).encode()
        return _graph_post(f"/v26.0/{page_id}/messages", "application/json", body)
    one = urlencode({"recipient": '{"id":"20002"}', "messaging_type": "RESPONSE", "message": json.dumps(message)})
    batch = [{"method": "POST", "relative_url": f"{page_id}/messages", "body": one}] * items
    form = f"include_headers=false&batch={quote_plus(json.dumps(batch))}"
    return _graph_post("/v26.0/", "application/x-www-form-urlencoded", form.encode())


def _graph_post(path: str, content_type: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body
