"""Messenger as a channel: sends, batches and look-ups over Graph. Decides nothing about retries; failures are values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from app.channel import Failed, Listing, Outcome, Refusal, Seen, Send, Unsure
from app.clock import Clock
from app.engine.effects import Message
from webhooks.messenger import batch
from webhooks.messenger.account import Account, Page
from webhooks.messenger.http import Answer, Ask, Client, Lost, NotSent, create_url, request
from webhooks.messenger.limits import (
    ANSWER_BYTES_MAX,
    BATCH_MAX,
    LISTING_BYTES_MAX,
    LOOK_UP_MESSAGES,
    LOOK_UP_SECONDS_MAX,
)
from webhooks.messenger.parse.fields import to_mid
from webhooks.messenger.payload import clean_text
from webhooks.messenger.personas import Personas
from webhooks.messenger.pieces import pieces
from webhooks.messenger.policy import may_send
from webhooks.messenger.render import render
from webhooks.messenger.signature import appsecret_proof

_NOT_CONNECTED = Failed("page_not_connected", "This Page is not connected: its token is missing.", scope="page")
_NO_CONNECTION = Failed("connect", "Messenger could not be reached.", retry=True, scope="page")
_ABOUT_CONTENT = frozenset({"refused", "not_found"})
_FORM = "application/x-www-form-urlencoded"


class Messenger:
    """The Messenger channel (`app.channel.Channel`) for every Page of an account, on one shared client."""

    batch_max = BATCH_MAX

    def __init__(
        self, account: Account, graph_url: str, client: Client, clock: Clock, personas: Personas | None = None
    ) -> None:
        """`graph_url` holds the version: `https://graph.facebook.com/v26.0`. Without `personas` Pages write under their own names."""
        self._account = account
        self._graph_url = graph_url.rstrip("/")
        self._client = client
        self._clock = clock
        self._personas = personas
        self._batch_url = create_url(f"{self._graph_url}/")
        self._send_urls = {page_id: create_url(f"{self._graph_url}/{page_id}/messages") for page_id in account.pages}
        self._proofs = {page_id: self._create_proof(page) for page_id, page in account.pages.items()}

    def pieces(self, message: Message) -> Sequence[Message]:
        """The message as one or more that Messenger takes, in order; none for a message with nothing in it."""
        return pieces(message)

    def may_send(self, send: Send, now: datetime) -> Refusal | None:
        """None inside the messaging window, else why not."""
        return may_send(send, now)

    async def send(self, send: Send) -> Outcome:
        """Send one message by one request."""
        page = self._account.pages.get(send.page_id)
        if page is None or not page.token:
            return _NOT_CONNECTED
        body = render(send, self._clock.now(), self._persona_of(send))
        if proof := self._proofs[send.page_id]:
            body["appsecret_proof"] = proof
        ask = Ask("POST", self._send_urls[send.page_id], _headers(page, "application/json"), orjson.dumps(body))
        match await request(self._client, ask, ANSWER_BYTES_MAX):
            case Answer(status, answer):
                return self._judge(batch.decode_send(status, answer), send.page_id, body)
            case NotSent():
                return _NO_CONNECTION
            case Lost(reason):
                return Unsure(reason)

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        """Send messages of different customers of one Page by one request; one outcome for each, in order."""
        if not sends:
            return []
        page = self._account.pages.get(sends[0].page_id)
        if page is None or not page.token:
            return [_NOT_CONNECTED] * len(sends)
        now = self._clock.now()
        rendered = [render(each, now, self._persona_of(each)) for each in sends]
        body = batch.encode(page.page_id, rendered, page.token, self._proofs[page.page_id])
        ask = Ask("POST", self._batch_url, _headers(page, _FORM), body)
        match await request(self._client, ask, LISTING_BYTES_MAX):
            case Answer(status, answer):
                outcomes = zip(batch.decode(status, answer, len(sends)), rendered, strict=True)
                return [self._judge(outcome, page.page_id, each) for outcome, each in outcomes]
            case NotSent():
                return [_NO_CONNECTION] * len(sends)
            case Lost(reason):
                return [Unsure(reason)] * len(sends)

    async def look_up(self, page_id: str, customer_id: str) -> Listing | None:
        """The latest LOOK_UP_MESSAGES of this conversation; None when Meta does not say."""
        page = self._account.pages.get(page_id)
        if page is None or not page.token:
            return None
        query = {
            "user_id": customer_id,
            "platform": "messenger",
            "fields": f"messages.limit({LOOK_UP_MESSAGES}){{id,message,created_time,from}}",
        }
        if proof := self._proofs[page_id]:
            query["appsecret_proof"] = proof
        url = create_url(f"{self._graph_url}/{page_id}/conversations", query)
        ask = Ask("GET", url, _headers(page, _FORM))
        result = await request(self._client, ask, LISTING_BYTES_MAX, LOOK_UP_SECONDS_MAX)
        if not isinstance(result, Answer) or result.status != 200:
            return None
        return read_listing(result.body, page_id)

    def _persona_of(self, send: Send) -> str:
        return self._personas.id_of(send.page_id) if self._personas and send.written_by == "bot" else ""

    def _judge(self, outcome: Outcome, page_id: str, rendered: Mapping[str, Any]) -> Outcome:
        """A refusal may be about the persona alone, which was deleted: the same message goes once more without it."""
        if (
            self._personas
            and "persona_id" in rendered
            and isinstance(outcome, Failed)
            and outcome.code in _ABOUT_CONTENT
        ):
            self._personas.forget(page_id)
            return replace(outcome, retry=True)
        return outcome

    def _create_proof(self, page: Page) -> str:
        secrets = self._account.secrets_of(page.page_id)
        return appsecret_proof(page.token, secrets[0]) if secrets else ""


def _headers(page: Page, content_type: str) -> Mapping[str, str]:
    return {
        "Authorization": f"Bearer {page.token}",
        "Content-Type": content_type,
        "Accept-Encoding": "identity",
    }


def read_listing(body: bytes, page_id: str) -> Listing | None:
    """What a Conversations answer lists, by Meta's clock; None when it cannot be read."""
    try:
        conversations = orjson.loads(body)["data"]
        listed = [each for one in conversations for each in one.get("messages", {}).get("data", [])]
        moments = [datetime.fromisoformat(each["created_time"]) for each in listed]
        ours = [_read_seen(each, at) for each, at in zip(listed, moments, strict=True) if _is_from(each, page_id)]
        if any(at.tzinfo is None for at in moments):
            return None
        newest_first = sorted(ours, key=lambda seen: seen.created_at, reverse=True)
        return Listing(tuple(newest_first), len(listed) < LOOK_UP_MESSAGES, min(moments, default=None))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_from(message: dict[str, Any], page_id: str) -> bool:
    return str(message["from"]["id"]) == page_id


def _read_seen(message: dict[str, Any], at: datetime) -> Seen:
    return Seen(to_mid(message["id"]), clean_text(message.get("message") or ""), at)
