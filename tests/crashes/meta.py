"""Meta's side in the test's own process: posts webhooks until they are acknowledged, takes messages, echoes them, lists them.

It remembers everything in the order in which it happened: what was acknowledged and what arrived. It never loses an echo.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

from tests.crashes.server import APP_ID, APP_SECRET, PAGE_ID

ACK_SECONDS_MAX = 5.0
"""Meta's own limit: a later answer counts as none."""

RETRY_SECONDS = 0.1
"""Meta's first retry comes at once; the later ones are not published."""

GRAPH_SECONDS_MAX = 0.03
"""Answers take up to this long, so that a kill finds requests on their way."""

ECHO_SECONDS_MAX = 0.3
REPEATED_SHARE = 0.1
"""So many acknowledged webhooks are posted once more, as Meta does."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that Meta took for a customer."""

    mid: str
    metadata: str
    text: str
    at: datetime


@dataclass
class Meta:
    """The whole of Meta for one run. `ports` are those of the bot's processes; a post goes to any of them.

    `posting`: bodies on their way. `refused`: posts that got no 200. `slowest_seconds`: what one waited for its answer.
    `statuses`: of the answers that came.
    `usage_percent`: how much of the Page's allowance is used up, told with every send.
    """

    ports: list[int] = field(default_factory=list)
    echoes: bool = True
    look_ups: bool = True
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    arrived: dict[str, list[Arrived]] = field(default_factory=dict)
    last_arrival: float = 0.0
    mids: int = 0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    notes: list[str] = field(default_factory=list)
    port: int = 0
    posting: int = 0
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    usage_percent: int | None = None
    closing: bool = False

    async def __aenter__(self) -> Meta:
        app = web.Application(client_max_size=2**23)
        app.router.add_post("/{version}/{page}/messages", self._take_one)
        app.router.add_post("/{version}/", self._take_batch)
        app.router.add_get("/{version}/{page}/conversations", self._list)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=512)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ACK_SECONDS_MAX))
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        self.closing = True
        try:
            await self._tasks.__aexit__(*error)
        finally:
            await self._client.close()
            await self._runner.cleanup()

    async def say(self, customer: str, text: str) -> None:
        """Post one text of a customer until it is acknowledged; then, now and then, once more."""
        self.mids += 1
        message = {"mid": f"m_c{self.mids}", "text": text}
        body = self._body({"sender": {"id": customer}, "recipient": {"id": PAGE_ID}, "message": message})
        await self._post_until_acknowledged(body)
        self.acknowledged.setdefault(customer, []).append(text)
        if self.chance.random() < REPEATED_SHARE:
            await self._post(body)

    @property
    def acknowledged_count(self) -> int:
        return sum(len(texts) for texts in self.acknowledged.values())

    def note(self, what: str) -> None:
        """Remember what the harness did, with its time."""
        self.notes.append(f"{self.seconds(datetime.now(UTC))} {what}")

    def seconds(self, moment: datetime) -> str:
        """A moment as seconds since the run began."""
        return f"{(moment - self.began).total_seconds():8.3f}"

    async def _echo(self, customer: str, arrived: Arrived) -> None:
        await asyncio.sleep(self.chance.uniform(0, ECHO_SECONDS_MAX))
        message = {
            "is_echo": True, "app_id": int(APP_ID), "mid": arrived.mid, "metadata": arrived.metadata, "text": arrived.text
        }  # fmt: skip
        echo = {"sender": {"id": PAGE_ID}, "recipient": {"id": customer}, "message": message}
        await self._post_until_acknowledged(self._body(echo))

    def _body(self, item: dict[str, Any]) -> bytes:
        now_ms = time.time_ns() // 1_000_000
        entry = {"id": PAGE_ID, "time": now_ms, "messaging": [{"timestamp": now_ms, **item}]}
        return json.dumps({"object": "page", "entry": [entry]}).encode()

    async def _post_until_acknowledged(self, body: bytes) -> None:
        self.posting += 1
        try:
            while not self.closing:
                if await self._post(body):
                    return
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            self.posting -= 1

    async def _post(self, body: bytes) -> bool:
        port = self.chance.choice(self.ports)
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}
        began, is_taken = time.monotonic(), False
        try:
            address = f"http://127.0.0.1:{port}/webhooks/messenger"
            async with self._client.post(address, data=body, headers=headers) as response:
                self.statuses[response.status] += 1
                is_taken = response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        self.refused += not is_taken
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        return is_taken

    async def _take_one(self, request: web.Request) -> web.Response:
        try:
            answer = self._accept(await request.json())
        except OSError as error:  # killed in the middle of its request: Meta never got it
            raise web.HTTPBadRequest from error
        await asyncio.sleep(self.chance.uniform(0, GRAPH_SECONDS_MAX))
        return web.json_response(answer, headers=self._usage())

    async def _take_batch(self, request: web.Request) -> web.Response:
        try:
            form = parse_qs((await request.read()).decode())
        except OSError as error:
            raise web.HTTPBadRequest from error
        answers = []
        for item in json.loads(form["batch"][0]):
            fields = {name: values[0] for name, values in parse_qs(item["body"]).items()}
            send = {name: json.loads(value) if value.startswith("{") else value for name, value in fields.items()}
            answers.append({"code": 200, "body": json.dumps(self._accept(send))})
        await asyncio.sleep(self.chance.uniform(0, GRAPH_SECONDS_MAX))
        return web.json_response(answers, headers=self._usage())

    def _usage(self) -> dict[str, str]:
        if self.usage_percent is None:
            return {}
        return {"X-Page-Usage": json.dumps({"call_count": self.usage_percent, "total_time": 0, "total_cputime": 0})}

    def _accept(self, send: dict[str, Any]) -> dict[str, str]:
        customer = str(send["recipient"]["id"])
        message = send.get("message")
        if message is None:
            return {"recipient_id": customer}
        self.mids += 1
        arrived = Arrived(f"m_b{self.mids}", message.get("metadata", ""), message.get("text", ""), datetime.now(UTC))
        self.arrived.setdefault(customer, []).append(arrived)
        self.last_arrival = time.monotonic()
        if self.echoes:
            self._tasks.create_task(self._echo(customer, arrived))
        return {"recipient_id": customer, "message_id": arrived.mid}

    async def _list(self, request: web.Request) -> web.Response:
        if not self.look_ups:
            error = {"message": "(#10) Permission denied", "type": "OAuthException", "code": 10, "fbtrace_id": "x"}
            return web.json_response({"error": error}, status=400)
        customer = request.query["user_id"]
        messages = [
            {
                "id": each.mid,
                "message": each.text,
                "created_time": each.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "from": {"id": PAGE_ID},
            }
            for each in reversed(self.arrived.get(customer, [])[-20:])
        ]
        return web.json_response({"data": [{"id": f"t_{customer}", "messages": {"data": messages}}]})
