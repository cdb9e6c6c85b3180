"""Messenger as a channel: sends, batches and look-ups over Graph. Decides nothing about retries; failures are values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
import structlog

from app.channel import Failed, Listing, Outcome, Person, Refusal, Seen, Send, Sent, Unsure, comment_of
from app.clock import Clock
from app.engine.effects import Message
from webhooks.messenger import batch
from webhooks.messenger.account import Account, Page
from webhooks.messenger.cut import shorten
from webhooks.messenger.cuts import find_cuts
from webhooks.messenger.failures import MEDIA_TROUBLES
from webhooks.messenger.http import Answer, Ask, Client, Lost, NotSent, create_url, request
from webhooks.messenger.limits import (
    ANSWER_BYTES_MAX,
    BATCH_MAX,
    BUTTON_TEXT_CHARS_MAX,
    LISTING_BYTES_MAX,
    LOOK_UP_MESSAGES,
    LOOK_UP_SECONDS_MAX,
    PACE_SECONDS_MAX,
    PAGE_INBOX_APP_ID,
    TEXT_CHARS_MAX,
)
from webhooks.messenger.names import Names
from webhooks.messenger.pace import Pace
from webhooks.messenger.parse.fields import to_mid
from webhooks.messenger.parse.messages import METADATA_PREFIX
from webhooks.messenger.payload import clean_text
from webhooks.messenger.personas import Personas
from webhooks.messenger.pieces import pieces
from webhooks.messenger.policy import Way, may_send
from webhooks.messenger.render import render
from webhooks.messenger.rich import as_text
from webhooks.messenger.signature import appsecret_proof
from webhooks.messenger.staff_personas import StaffPersonas
from webhooks.messenger.uploads import Name, Uploads

log = structlog.get_logger()

_NOT_CONNECTED = Failed("page_not_connected", "This Page is not connected: its token is missing.", scope="page")
_NO_CONNECTION = Failed("connect", "Messenger could not be reached.", retry=True, scope="page")
_NOT_PASSED = Failed(
    "not_passed", "Messenger did not say whether it gave the conversation to the Page's inbox.", retry=True
)
_TOO_MANY = Failed("too_many_calls", "The Page's allowance at Messenger is used up for now.", retry=True, scope="page")
_ABOUT_CONTENT = frozenset({"refused", "not_found"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes on beside the sends. Without `personas` Pages write under their own names, without `names` customers have none,
    without `staff` nobody answers under theirs."""

    pace: Pace = field(default_factory=Pace)
    personas: Personas | None = None
    names: Names | None = None
    uploads: Uploads = field(default_factory=Uploads)
    staff: StaffPersonas | None = None


class Messenger:
    """The Messenger channel (`app.channel.Channel`) for every Page of an account, on one shared client."""

    batch_max = BATCH_MAX

    def __init__(
        self, account: Account, graph_url: str, client: Client, clock: Clock, beside: Beside | None = None
    ) -> None:
        """`graph_url` holds the version: `https://graph.facebook.com/v26.0`."""
        beside = beside or Beside()
        self._pace, self._personas, self._names = beside.pace, beside.personas, beside.names
        self._uploads, self._staff = beside.uploads, beside.staff
        self._account = account
        self._graph_url = graph_url.rstrip("/")
        self._client = client
        self._clock = clock
        self._batch_url = create_url(f"{self._graph_url}/")
        self._send_urls = {page_id: create_url(f"{self._graph_url}/{page_id}/messages") for page_id in account.pages}
        self._proofs: dict[str, str] = {}

    def pieces(self, message: Message) -> Sequence[Message]:
        """The message as one or more that Messenger takes, in order; none for a message with nothing in it."""
        return pieces(message)

    def shortened(self, message: Message) -> Message:
        """The same with a text that fits one message."""
        most = BUTTON_TEXT_CHARS_MAX if message.buttons else TEXT_CHARS_MAX
        return replace(message, text=shorten(message.text, most))

    def may_send(self, send: Send, now: datetime) -> Refusal | None:
        """None if Meta's policy lets it go now, else why not."""
        decided = self._decide(send, now)
        return decided if isinstance(decided, Refusal) else None

    def instead(self, message: Message, failure: Failed) -> Message | None:
        """The address of a file that Meta does not take; of several pictures all of them; an answer without what it answers, when
        Meta does not take it so: the customer may have taken that back."""
        if message.reply_to and failure.code in _ABOUT_CONTENT:
            return replace(message, reply_to="")
        if failure.code not in MEDIA_TROUBLES:
            return None
        form = message.form
        pictures = as_text(form) if form and form.kind in ("images", "grid") else ""
        address = message.media[1] if message.media else pictures
        return self.shortened(Message(address, choices=message.choices, reply_to=message.reply_to)) if address else None

    async def send(self, send: Send) -> Outcome:
        """Send one message by one request."""
        page = self._account.pages.get(send.page_id)
        if page is None or not page.token:
            return _NOT_CONNECTED
        way = self._decide(send, self._clock.now())
        if isinstance(way, Refusal):
            return _to_failed(way)
        if send.message.hands_over:
            return await self._pass_thread(page, send)
        body = render(send, way, self._persona_of(send))
        if (wait := await self._wait_turn(page.page_id, [body])) is not None:
            return wait
        file = await self._uploads.fill_in(page.page_id, body, self._clock.now(), send.message.content)
        if proof := self._proof_of(page):
            body["appsecret_proof"] = proof
        ask = Ask("POST", self._send_urls[send.page_id], _headers(page, "application/json"), orjson.dumps(body))
        match await request(self._client, ask, ANSWER_BYTES_MAX):
            case Answer(status, answer, headers):
                self._pace.note(page.page_id, headers, self._clock.monotonic())
                outcome = _remarked(self._judge(batch.decode_send(status, answer), send.page_id, body), send)
                return await self._judge_file(outcome, file, answer) if file else outcome
            case NotSent():
                return _NO_CONNECTION
            case Lost(reason):
                return Unsure(reason)

    async def _pass_thread(self, page: Page, send: Send) -> Outcome:
        """Give the conversation to the Page's inbox. Done twice it is done once, so that no outcome is in doubt."""
        body = {
            "recipient": {"id": send.customer_id},
            "target_app_id": PAGE_INBOX_APP_ID,
            "metadata": METADATA_PREFIX + send.outbox_id,
        }
        if proof := self._proof_of(page):
            body["appsecret_proof"] = proof
        url = create_url(f"{self._graph_url}/{page.page_id}/pass_thread_control")
        ask = Ask("POST", url, _headers(page, "application/json"), orjson.dumps(body))
        result = await request(self._client, ask, ANSWER_BYTES_MAX)
        if isinstance(result, Answer):
            outcome = batch.decode_control(result.status, result.body)
            return outcome if not isinstance(outcome, Unsure) else _NOT_PASSED
        return _NO_CONNECTION if isinstance(result, NotSent) else _NOT_PASSED

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        """Send messages of different customers of one Page by one request; one outcome for each, in order."""
        if any(each.message.hands_over for each in sends):
            return [await self.send(each) for each in sends]  # rare, and no message
        now = self._clock.now()
        ways = [self._decide(each, now) for each in sends]
        rendered = [
            render(each, way, self._persona_of(each))
            for each, way in zip(sends, ways, strict=True)
            if isinstance(way, Way)
        ]
        answers = iter(await self._ask_batch(sends[0].page_id, rendered) if rendered else ())
        return [
            _remarked(next(answers), each) if isinstance(way, Way) else _to_failed(way)
            for each, way in zip(sends, ways, strict=True)
        ]

    async def _ask_batch(self, page_id: str, rendered: list[dict[str, Any]]) -> Sequence[Outcome]:
        page = self._account.pages.get(page_id)
        if page is None or not page.token:
            return [_NOT_CONNECTED] * len(rendered)
        if (wait := await self._wait_turn(page_id, rendered)) is not None:
            return [wait] * len(rendered)
        body = batch.encode(page_id, rendered, page.token, self._proof_of(page))
        ask = Ask("POST", self._batch_url, _headers(page, _FORM), body)
        match await request(self._client, ask, LISTING_BYTES_MAX):
            case Answer(status, answer, headers):
                self._pace.note(page_id, headers, self._clock.monotonic())
                outcomes = zip(batch.decode(status, answer, len(rendered)), rendered, strict=True)
                return [self._judge(outcome, page_id, each) for outcome, each in outcomes]
            case NotSent():
                return [_NO_CONNECTION] * len(rendered)
            case Lost(reason):
                return [Unsure(reason)] * len(rendered)

    async def _wait_turn(self, page_id: str, bodies: Sequence[Mapping[str, Any]]) -> Failed | None:
        """Return when these messages may leave; what they are told instead when that would take long."""
        slow = sum(_is_slow(body) for body in bodies)
        now = self._clock.monotonic()
        wait = self._pace.wait_before(page_id, len(bodies), slow, now, PACE_SECONDS_MAX)
        if wait > PACE_SECONDS_MAX:
            return replace(_TOO_MANY, wait_seconds=wait)
        if wait > 0:
            await self._clock.sleep(wait)
        return None

    def _decide(self, send: Send, now: datetime) -> Way | Refusal:
        return may_send(send, now, self._account.features)

    async def find_person(self, page_id: str, customer_id: str) -> Person | None:
        """What Messenger tells of this customer."""
        return await self._names.find(page_id, customer_id) if self._names else None

    async def show_typing(self, page_id: str, customer_id: str) -> None:
        """Messenger's three dots, for about 20 seconds or until a message comes."""
        await self._act(page_id, customer_id, "typing_on")

    async def mark_seen(self, page_id: str, customer_id: str) -> None:
        """The Page's picture under what the customer wrote."""
        await self._act(page_id, customer_id, "mark_seen")

    async def _act(self, page_id: str, customer_id: str, action: str) -> None:
        page = self._account.pages.get(page_id)
        if page is None or not page.token or comment_of(customer_id):
            return
        body: dict[str, Any] = {"recipient": {"id": customer_id}, "sender_action": action}
        if proof := self._proof_of(page):
            body["appsecret_proof"] = proof
        ask = Ask("POST", self._send_urls[page_id], _headers(page, "application/json"), orjson.dumps(body))
        await request(self._client, ask, ANSWER_BYTES_MAX)

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
        if proof := self._proof_of(page):
            query["appsecret_proof"] = proof
        url = create_url(f"{self._graph_url}/{page_id}/conversations", query)
        ask = Ask("GET", url, _headers(page, _FORM))
        result = await request(self._client, ask, LISTING_BYTES_MAX, LOOK_UP_SECONDS_MAX)
        if not isinstance(result, Answer) or result.status != 200:
            return None
        return read_listing(result.body, page_id)

    def _persona_of(self, send: Send) -> str:
        if send.written_by == "staff":
            return self._staff.id_of(send.page_id, send.written_as) if self._staff else ""
        return self._personas.id_of(send.page_id) if self._personas else ""

    def _judge(self, outcome: Outcome, page_id: str, rendered: Mapping[str, Any]) -> Outcome:
        """A refusal may be about the persona alone, which was deleted: the same message goes once more without it."""
        if "persona_id" not in rendered or not isinstance(outcome, Failed) or outcome.code not in _ABOUT_CONTENT:
            return outcome
        is_staff = self._staff is not None and self._staff.forget(page_id, rendered["persona_id"])
        if self._personas and not is_staff:
            self._personas.forget(page_id)
        return replace(outcome, retry=True)

    async def _judge_file(self, outcome: Outcome, file: Name, answer: bytes) -> Outcome:
        """What was sent by an id that Messenger has forgotten goes once more by its address."""
        if isinstance(outcome, Sent):
            await self._uploads.note(file, batch.read_values(answer), self._clock.now())
        elif isinstance(outcome, Failed) and outcome.code in MEDIA_TROUBLES and await self._uploads.forget(file):
            return replace(outcome, retry=True, tries_max=0)
        return outcome

    def _proof_of(self, page: Page) -> str:
        """Worked out once for each token."""
        if page.token not in self._proofs:
            secrets = self._account.secrets_of(page.page_id)
            self._proofs[page.token] = appsecret_proof(page.token, secrets[0]) if secrets else ""
        return self._proofs[page.token]


def _remarked(outcome: Outcome, send: Send) -> Outcome:
    """The same; what of a message that left was shortened is logged, and told with one that arrived."""
    cuts = () if isinstance(outcome, Failed) else find_cuts(send.message)
    for cut in cuts:
        log.warning("shortened", page=send.page_id, field=cut.field, chars=cut.chars, limit=cut.limit)
    if cuts and isinstance(outcome, Sent):
        return replace(outcome, remark=f"Shortened: {', '.join(map(str, cuts))}.")
    return outcome


def _to_failed(refusal: Refusal) -> Failed:
    return Failed(refusal.code, refusal.sentence, scope="customer")


def _is_slow(body: Mapping[str, Any]) -> bool:
    return body["message"].get("attachment", {}).get("type") in ("audio", "video")


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
