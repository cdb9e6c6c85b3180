"""The load generator: its own process, raw sockets. Plays many customers at once and times what comes back.

Closed loop: every customer writes again the moment the reply was seen. Open loop: events begin at given moments (Poisson, the
same ones in every run), however slow the replies are; a customer who still waits for a reply is left out.
The one argument is a JSON object (`Order`), the result is one JSON line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvloop

from benchmarks import machine, wire
from benchmarks.conversation import MIRROR, PAGES, STEPS, Account, Step, graph_request, list_pages, webhook
from benchmarks.sink import WEBHOOK_PATH

REPLY_SECONDS_MAX = 20.0
"""A reply later than this counts as lost and the customer starts over; the slowest peer needs under one second."""

REFUSED_PAUSE_SECONDS = 0.05
"""Before a refused webhook is posted again, unless the order says otherwise."""

ARRIVALS_SEED = 20261
"""The open loop's moments are the same in every run."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to do. `rate` 0 is the closed loop; `wait_for` is reply, mirror or ack (a step ends with its 200).

    A customer belongs to one of so many `pages`, the first of which is `page_id`. Customers are numbered from `first_customer` on, in
    steps of `stride`; with `in_turn` the one who has been idle longest writes next, else the one who just got a reply.

    With `graph_items` Send API requests of so many messages are posted instead of webhooks, to see what a sink can take.

    `conversations_max` ends the run early, when that many conversations are through (0: never). `pids` are the processes whose CPU
    time is taken at both ends of the window, by name.
    """

    ports: list[int]
    sink_port: int = 0
    page_id: str = "10001"
    pages: int = PAGES
    secret: str = "bench-app-secret"
    mark: str = "a"
    customers: int = 64
    first_customer: int = 20_000
    connections: int = 64
    rate: float = 0.0
    warm_up_seconds: float = 1.0
    seconds: float = 5.0
    conversations_max: int = 0
    stride: int = 1
    in_turn: bool = False
    reply_seconds_max: float = REPLY_SECONDS_MAX
    refused_pause_seconds: float = REFUSED_PAUSE_SECONDS
    wait_for: str = "reply"
    graph_items: int = 0
    pids: dict[str, int] = field(default_factory=dict)
    path: str = WEBHOOK_PATH


@dataclass(slots=True)
class Customer:
    """Where one customer is: `step` is the one in flight or next, `waits_for` the reply's end, empty when idle."""

    name: str
    step: int = 0
    waits_for: str = ""
    sent_ns: int = 0
    options: dict[str, str] = field(default_factory=dict)


SLOW_ACK_NS = 2_000_000_000


@dataclass(slots=True)
class Times:
    """What happened inside the window; times in nanoseconds. `slowest`: the longest wait for a 200, and when it began."""

    acks: list[int] = field(default_factory=list)
    slowest: tuple[int, int] = (0, 0)
    replies: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    other_messages: int = 0


class Generator:
    """Plays the customers of one order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.account = Account(list_pages(order.page_id, order.pages), order.secret.encode(), order.mark, order.path)
        self.steps: tuple[Step, ...] = MIRROR if order.wait_for == "mirror" else STEPS
        names = [str(order.first_customer + order.stride * n) for n in range(order.customers)]
        self.customers = {name: Customer(name) for name in names}
        self.next_look_at = 0.0
        self.idle: deque[Customer] = deque(self.customers.values())
        self.pools = [wire.Pool(port, max(1, order.connections // len(order.ports))) for port in order.ports]
        self.graph_request = graph_request(order.page_id, order.graph_items) if order.graph_items else b""
        self.times = Times()
        self.numbers = 0
        self.conversations = 0
        self.posting = True
        self.enough = asyncio.Event()

    def begin_step(self, customer: Customer) -> None:
        """Post the customer's next step."""
        self.numbers += 1
        step = self.steps[customer.step]
        words = step.words.replace("{n}", str(self.numbers))
        payload = customer.options.get(words, "") if step.tap else ""
        customer.waits_for = step.reply.replace("{n}", str(self.numbers))
        request = self.graph_request or webhook(self.account, customer.name, self.numbers, words, payload)
        customer.sent_ns = time.monotonic_ns()
        self._post(customer, request, self.pools[self.numbers % len(self.pools)])

    def _post(self, customer: Customer, request: bytes, pool: wire.Pool) -> None:
        posted_ns = time.monotonic_ns()

        def done(status: int) -> None:
            if status == 200:
                now = time.monotonic_ns()
                self.times.acks.append(now - posted_ns)
                self.times.slowest = max(self.times.slowest, (now - posted_ns, posted_ns))
                if self.order.wait_for == "ack":
                    self.end_step(customer, now)
            else:
                self.times.refused += 1
                asyncio.get_running_loop().call_later(
                    self.order.refused_pause_seconds, self._post, customer, request, pool
                )

        pool.request(request, done)

    def see(self, name: str, seen_ns: int, text: str, options: dict[str, str]) -> None:
        """A message of the bot reached the sink."""
        customer = self.customers.get(name)
        if customer is None or not customer.waits_for or not text.endswith(customer.waits_for):
            self.times.other_messages += 1
            return
        customer.options = options
        self.end_step(customer, seen_ns)

    def end_step(self, customer: Customer, seen_ns: int) -> None:
        """The step is done: time it and, in the closed loop, go on at once."""
        self.times.replies.append(seen_ns - customer.sent_ns)
        customer.waits_for = ""
        customer.step = (customer.step + 1) % len(self.steps)
        if customer.step == 0:
            self.conversations += 1
            if self.conversations == self.order.conversations_max:
                self.enough.set()
        if not self.posting:
            return
        if self.order.rate or self.order.conversations_max or self.order.in_turn:
            self.idle.append(customer)
            if not self.order.rate:
                self.begin_step(self.idle.popleft())
        else:
            self.begin_step(customer)

    async def arrive(self) -> None:
        """The open loop: begin events at their moments, each with the customer who has been idle longest."""
        moments = random.Random(ARRIVALS_SEED)
        due = time.monotonic()
        while self.posting:
            due += moments.expovariate(self.order.rate)
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self.times.late.append(int(max(0.0, time.monotonic() - due) * 1e9))
            if self.idle:
                self.begin_step(self.idle.popleft())

    async def tend(self) -> None:
        """Replace closed connections; give up on replies that never come."""
        while True:
            for pool in self.pools:
                if pool.missing:
                    try:
                        await pool.fill()
                    except OSError:
                        self.times.refused += 1
            if time.monotonic() >= self.next_look_at:
                self.give_up_late()
            await asyncio.sleep(0.05)

    def give_up_late(self) -> None:
        """Customers whose reply never came start over. They may be many: looked at once a second."""
        self.next_look_at = time.monotonic() + 1.0
        oldest = time.monotonic_ns() - int(self.order.reply_seconds_max * 1e9)
        for customer in self.customers.values():
            if customer.waits_for and customer.sent_ns < oldest:
                self.times.lost += 1
                customer.step, customer.options = len(self.steps) - 1, {}
                self.end_step(customer, time.monotonic_ns())


async def watch(generator: Generator, port: int) -> None:
    """Hear from the sink about every message that reached it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    writer.write(b"GET /_watch HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
    rest = b""
    while data := await reader.read(2**18):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            generator.see(*orjson.loads(line))


async def run(order: Order) -> dict[str, Any]:
    """Carry out an order: warm up, measure a window, stop."""
    generator = Generator(order)
    for pool in generator.pools:
        await pool.fill()
    loop = asyncio.get_running_loop()
    helpers = [loop.create_task(generator.tend())]
    if order.sink_port:
        helpers.append(loop.create_task(watch(generator, order.sink_port)))
        await asyncio.sleep(0.1)
    _start(generator, helpers)
    await asyncio.sleep(order.warm_up_seconds)
    result = await _window(generator)
    generator.posting = False
    await asyncio.sleep(0.2)
    for helper in helpers:
        helper.cancel()
    await asyncio.gather(*helpers, return_exceptions=True)
    for pool in generator.pools:
        pool.close()
    return result


def _start(generator: Generator, helpers: list[asyncio.Task[None]]) -> None:
    if generator.order.rate:
        helpers.append(asyncio.get_running_loop().create_task(generator.arrive()))
        return
    for _ in range(min(len(generator.idle), generator.order.connections)):
        generator.begin_step(generator.idle.popleft())


async def _window(generator: Generator) -> dict[str, Any]:
    order = generator.order
    generator.times, before, began = Times(), _cpu(order), time.monotonic()
    own_before = time.process_time()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(generator.enough.wait(), order.seconds)
    times, seconds, after = generator.times, time.monotonic() - began, _cpu(order)
    cpu = {name: round((after[name] - before[name]) / max(1, len(times.replies)), 1) for name in before}
    return {
        "events": len(times.replies),
        "conversations": generator.conversations,
        "events_per_second": round(len(times.replies) / seconds, 1),
        "ack_ms": percentiles(times.acks),
        "slow_acks": sum(each > SLOW_ACK_NS for each in times.acks),
        "slowest_ack_after_seconds": max(0.0, round(times.slowest[1] / 1e9 - began, 1)),
        "reply_ms": percentiles(times.replies),
        "generator_late_ms": percentiles(times.late),
        "cpu_us_per_event": cpu
        | {"generator": round((time.process_time() - own_before) * 1e6 / max(1, len(times.replies)), 1)},
        "busy": {name: round((after[name] - before[name]) / 1e6 / seconds, 3) for name in before},
        "open": sum(bool(each.waits_for) for each in generator.customers.values()),
        "refused": times.refused,
        "lost": times.lost,
        "other_messages": times.other_messages,
    }


def _cpu(order: Order) -> dict[str, int]:
    return {name: machine.cpu_microseconds(pid) for name, pid in order.pids.items()}


def percentiles(nanoseconds: list[int]) -> dict[str, float]:
    """p50, p99 and the largest, in milliseconds."""
    if not nanoseconds:
        return {}
    ordered = sorted(nanoseconds)
    last = len(ordered) - 1
    return {
        name: round(ordered[min(last, int(len(ordered) * share))] / 1e6, 2)
        for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    }


def main() -> None:
    print(json.dumps(uvloop.run(run(Order(**json.loads(sys.argv[1]))))))


if __name__ == "__main__":
    main()
