"""Carries webhooks to the bot: signed, in order per customer, again and again until they are taken. Never looks into an item."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from httpx_aiohttp import AiohttpTransport

from app.clock import Clock
from app.errors import ConflictError
from webhooks.messenger.signature import HEADER, sign
from webhooks.simulator.faults import POSTING, Fault, Faults
from webhooks.simulator.items import Webhook, to_bytes
from webhooks.simulator.limits import (
    BATCH_WAIT_SECONDS,
    LANE_ITEMS_MAX,
    POSTS_MAX,
    RETRY_MS_MAX,
    WEBHOOK_SECONDS_MAX,
)
from webhooks.simulator.settings import SimulatorSettings
from webhooks.simulator.streams import Streams
from webhooks.simulator.world import Key, MetaClock

HANDSHAKE_SECONDS_FIRST = 0.2
HANDSHAKE_SECONDS_MAX = 3.0
"""A bot that starts takes about two seconds; one that is down is asked every three."""
CHALLENGE = "1158201444"


@dataclass(slots=True)
class Counts:
    """What happened to webhooks since the last reset."""

    posted: int = 0
    acked: int = 0
    failed: int = 0
    retried: int = 0
    repeated: int = 0
    reordered: int = 0
    given_up: int = 0
    overflowed: int = 0


@dataclass(slots=True)
class Lane:
    """One customer's webhooks, the oldest first."""

    waiting: deque[Webhook] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class SharedBody:
    """Items of different customers that will leave in one body."""

    webhooks: list[Webhook] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: asyncio.Future[bool] | None = None


class Postman:
    """The way to the bot. Works inside `run()`; what is queued before or after waits."""

    def __init__(
        self, settings: SimulatorSettings, clock: Clock, meta_clock: MetaClock, faults: Faults, streams: Streams
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._meta_clock = meta_clock
        self._faults = faults
        self._address = f"{settings.bot_url.rstrip('/')}/webhooks/messenger"
        self._lanes: dict[Key, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup | None = None
        self._slots = asyncio.Semaphore(POSTS_MAX)
        self._shared = SharedBody()
        self._streams = streams
        self.counts = Counts()
        self.verified = asyncio.Event()
        self.handshake = "not tried yet"

    # ---- life ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Deliver while the block runs; at its end what is under way is dropped, as it is when Meta's machine stops."""
        limits = httpx.Limits(max_connections=POSTS_MAX * 2)
        async with httpx.AsyncClient(
            transport=AiohttpTransport(limits=limits), timeout=WEBHOOK_SECONDS_MAX, trust_env=False
        ) as client:
            self._client = client
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._spawn_handshake()
                for key in list(self._lanes):
                    self._spawn_lane(key)
                yield
                self._group = None
                self._cancel_all()

    def reset(self) -> None:
        """Forget every webhook that was not taken yet, and the counts."""
        self._cancel_all()
        self._lanes.clear()
        self._shared = SharedBody()
        self.counts = Counts()
        if self._group is not None and not self.verified.is_set():
            self._spawn_handshake()

    def _cancel_all(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _spawn_handshake(self) -> None:
        if self._group is not None:
            self._watch(self._group.create_task(self._verify(), name="handshake"))

    def _spawn_lane(self, key: Key) -> None:
        if self._group is not None:
            self._watch(self._group.create_task(self._run_lane(key, self._lanes[key]), name="lane"))

    def _watch(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- doors ---------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many webhooks the bot has not taken yet."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    def check_room(self, key: Key) -> None:
        """Raises ConflictError when this customer's lane is full."""
        lane = self._lanes.get(key)
        if lane is not None and len(lane.waiting) >= LANE_ITEMS_MAX:
            raise ConflictError("The bot has not taken this customer's last events.", "Is it running?")

    def queue(self, webhook: Webhook) -> None:
        """Send this after everything of the same customer."""
        lane = self._lanes.get(webhook.key)
        if lane is not None and len(lane.waiting) >= LANE_ITEMS_MAX:
            self.counts.overflowed += 1
            return
        if lane is None:
            lane = self._lanes[webhook.key] = Lane()
            self._spawn_lane(webhook.key)
        lane.waiting.append(webhook)
        lane.arrived.set()

    def queue_later(self, webhooks: tuple[Webhook, ...], wait_seconds: float) -> None:
        """Queue these some time from now, holding nobody up."""
        if self._group is not None:
            self._watch(self._group.create_task(self._queue_after(webhooks, wait_seconds), name="later"))

    async def _queue_after(self, webhooks: tuple[Webhook, ...], wait_seconds: float) -> None:
        await self._clock.sleep(wait_seconds)
        for webhook in webhooks:
            self.queue(webhook)

    async def post_now(self, webhook: Webhook) -> None:
        """Deliver this before anything else of the customer's; queue it if the bot does not take it."""
        if not await self._post(to_bytes([webhook], self._meta_clock.now_ms())):
            self.queue(webhook)

    async def post_raw(self, body: bytes, signature: str | None = None) -> tuple[int, str]:
        """Post any bytes once, signed unless a signature is given; the bot's status (0: no answer) and the start of its body."""
        try:
            async with self._slots:
                answer = await self._client.post(self._address, content=body, headers=self._headers(body, signature))
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            return 0, type(error).__name__
        return answer.status_code, answer.text[:2_000]

    # ---- handshake -----------------------------------------------------------------------------------------

    async def _verify(self) -> None:
        wait_seconds = HANDSHAKE_SECONDS_FIRST
        while not await self._shake_hands():
            await self._clock.sleep(wait_seconds)
            wait_seconds = min(wait_seconds * 2, HANDSHAKE_SECONDS_MAX)
        self.verified.set()

    async def _shake_hands(self) -> bool:
        trouble = await self.find_trouble(self._address, self._settings.verify_token)
        self.handshake = trouble or "done"
        return not trouble

    async def find_trouble(self, address: str, verify_token: str) -> str:
        """What is wrong with this address as one for webhooks; empty if it answers the challenge."""
        asked = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": CHALLENGE}
        try:
            answer = await self._client.get(address, params=asked)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
            return f"the bot does not answer ({type(error).__name__})"
        is_right = answer.status_code == 200 and answer.text == CHALLENGE
        return "" if is_right else f"the bot answered {answer.status_code} without the challenge"

    # ---- lanes ---------------------------------------------------------------------------------------------

    async def _run_lane(self, key: Key, lane: Lane) -> None:
        if self._settings.verify_first:
            await self.verified.wait()
        while lane.waiting:
            hits = self._faults.strike(POSTING, key)
            if "reorder" in hits:
                await self._swap(lane, hits["reorder"])
            webhook = lane.waiting[0]
            await self._deliver(webhook)
            self._mark_taken(webhook)
            if "duplicate" in hits:
                self.counts.repeated += 1
                await self._attempt(webhook)
            lane.waiting.popleft()
        self._lanes.pop(key, None)

    def _mark_taken(self, webhook: Webhook) -> None:
        if webhook.entry is not None:
            webhook.entry.taken = True
            self._streams.tell(webhook.key)

    async def _swap(self, lane: Lane, fault: Fault) -> None:
        """Wait a moment for a second webhook and let it go first."""
        if len(lane.waiting) < 2:
            lane.arrived.clear()
            try:
                async with asyncio.timeout(fault.seconds):
                    await lane.arrived.wait()
            except TimeoutError:
                return
        lane.waiting[0], lane.waiting[1] = lane.waiting[1], lane.waiting[0]
        self.counts.reordered += 1

    async def _deliver(self, webhook: Webhook) -> None:
        """Attempt after attempt, the second at once, then with growing waits, for 36 hours."""
        wait_seconds = 0.0
        while not await self._attempt(webhook):
            if self._meta_clock.now_ms() - webhook.made_ms > RETRY_MS_MAX:
                self.counts.given_up += 1
                return
            self.counts.retried += 1
            await self._clock.sleep(wait_seconds)
            wait_seconds = min(
                max(wait_seconds * 2, self._settings.retry_seconds_first), self._settings.retry_seconds_max
            )

    async def _attempt(self, webhook: Webhook) -> bool:
        if self._settings.items_per_webhook > 1:
            return await self._attempt_together(webhook)
        return await self._post(to_bytes([webhook], self._meta_clock.now_ms()))

    async def _attempt_together(self, webhook: Webhook) -> bool:
        """Share a body with other customers' items. The first to come waits for others and posts for all."""
        shared = self._shared
        shared.webhooks.append(webhook)
        if len(shared.webhooks) >= self._settings.items_per_webhook:
            self._shared = SharedBody()
            shared.full.set()
        if shared.outcome is not None:
            return await asyncio.shield(shared.outcome)
        shared.outcome = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(BATCH_WAIT_SECONDS):
                await shared.full.wait()
        except TimeoutError:
            pass
        if self._shared is shared:
            self._shared = SharedBody()
        was_taken = await self._post(to_bytes(shared.webhooks, self._meta_clock.now_ms()))
        shared.outcome.set_result(was_taken)
        return was_taken

    async def _post(self, body: bytes) -> bool:
        self.counts.posted += 1
        status, _ = await self.post_raw(body)
        if status == 200:
            self.counts.acked += 1
        else:
            self.counts.failed += 1
        return status == 200

    def _headers(self, body: bytes, signature: str | None) -> dict[str, str]:
        given = sign(body, self._settings.app_secret.encode()) if signature is None else signature
        return {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            **({HEADER: given} if given else {}),
        }
