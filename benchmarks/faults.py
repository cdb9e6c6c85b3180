"""What a bot server does in trouble, asked from outside, the same of ours and of every peer. Bounded counts, all on loopback.

Meta's side is played here and by the sink: a webhook that was not answered with 200 is posted again, one that was is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from benchmarks import processes
from benchmarks.conversation import STEPS, Account, webhook
from benchmarks.rivals import Box, Rival, running
from benchmarks.servers import APP_SECRET, PAGE_ID

MENU, CHOICE, WISH = STEPS

REPEATED, FAILED, ASLEEP, QUICK, WAVE = 100, 20, 20, 200, 20
"""Customers of each question; those in a hurry come in waves."""
IN_FLIGHT = 60
GRAPH_MS = 50
"""Graph's delay where time matters: Meta's own answers take longer."""
REPLY_SECONDS_MAX, ACK_SECONDS_MAX = 10.0, 20.0
AGAIN_SECONDS_MAX = 15.0
"""Ours looks twice whether a send of unknown outcome arrived, 8 seconds after it for the last time, before it sends again."""
QUIET_SECONDS, SETTLE_SECONDS_MAX = 12.0, 240.0
"""After kills: it is over when nothing more arrived for so long."""
SILENCE_SECONDS = 2.0
SEED = 8


class NoReplyError(Exception):
    """The server does not take part in the conversation at all: nothing can be counted."""


@dataclass(slots=True)
class Faults:
    """What was counted; the rest is of how many."""

    repeated_answered_twice: int = 0
    never_sent_after_an_error: int = 0
    old_state_seen: int = 0
    sessions_lost: int = 0
    in_flight: int = 0
    acknowledged: int = 0
    never_answered: int = 0
    answered_twice: int = 0
    wrong_signature: str = ""


@dataclass(slots=True)
class Talk:
    """The customers of one run: what they post, and what the sink saw for each."""

    box: Box
    account: Account
    seen: defaultdict[str, list[tuple[str, dict[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    numbers: int = 0
    customers: int = 700_000

    def newcomers(self, count: int) -> list[str]:
        """Customers who never wrote before."""
        self.customers += count
        return [str(self.customers - each) for each in range(count)]

    def body(self, customer: str, words: str, payload: str = "", secret: str = APP_SECRET) -> bytes:
        """One signed POST that was never posted before."""
        self.numbers += 1
        account = Account(self.account.pages, secret.encode(), self.account.mark, self.account.path)
        return webhook(account, customer, self.numbers, words, payload)

    async def post(self, body: bytes) -> int:
        """The status of one POST on a connection of its own; 0: no answer."""
        try:
            async with asyncio.timeout(ACK_SECONDS_MAX):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.box.port)
                try:
                    writer.write(body)
                    line = await reader.readline()
                    return int(line.split()[1]) if line else 0
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return 0

    async def until_answered(self, customers: Iterable[str], reply: str, seconds: float = REPLY_SECONDS_MAX) -> int:
        """How many of these got a message that ends with `reply` before the time was over, or nothing came for QUIET_SECONDS."""
        waiting, last = set(customers), time.monotonic()
        count, until = len(waiting), last + seconds
        while waiting and time.monotonic() < min(until, last + QUIET_SECONDS):
            await asyncio.sleep(0.02)
            answered = {each for each in waiting if self.count(each, reply)}
            last = time.monotonic() if answered else last
            waiting -= answered
        return count - len(waiting)

    def count(self, customer: str, reply: str) -> int:
        """How often a message that ends with `reply` reached this customer."""
        return sum(text.endswith(reply) for text, _ in self.seen[customer])

    async def begin(self, customers: Iterable[str]) -> None:
        """Every customer gets the menu."""
        customers = list(customers)
        await asyncio.gather(*(self.post(self.body(each, MENU.words)) for each in customers))
        await self.until_answered(customers, MENU.reply)

    def choice(self, customer: str) -> bytes:
        """The tap, or the same typed where nothing can be tapped."""
        options = {title: payload for _, found in self.seen[customer] for title, payload in found.items()}
        return self.body(customer, CHOICE.words, options.get(CHOICE.words, ""))

    def set_sink(self, setting: str) -> None:
        processes.get(self.box.sink_port, f"/_set?{setting}")


@asynccontextmanager
async def talking(box: Box) -> AsyncIterator[Talk]:
    """Customers of `box`, with an eye on its sink."""
    talk = Talk(box, Account([PAGE_ID], APP_SECRET.encode(), "f", box.rival.path))
    watching = asyncio.create_task(_watch(talk))
    await asyncio.sleep(0.1)
    try:
        yield talk
    finally:
        watching.cancel()


async def _watch(talk: Talk) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", talk.box.sink_port, limit=2**24)
    writer.write(b"GET /_watch HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
    while line := await reader.readline():
        customer, _, text, options = orjson.loads(line)
        talk.seen[customer].append((text, options))


async def ask_all(box: Box) -> Faults:
    """Every question in turn; those that kill come last, a wrong signature last of all."""
    found = Faults()
    async with talking(box) as talk:
        if not await _is_there(talk):
            raise NoReplyError(f"{box.rival.name} answered nobody; see {box.process.log}")
        talk.set_sink("failing=1")
        failed = talk.newcomers(FAILED)
        await asyncio.gather(*(talk.post(talk.body(each, MENU.words)) for each in failed))
        await asyncio.sleep(1)
        talk.set_sink("failing=0")
        since = time.monotonic()
        found.repeated_answered_twice = await repeat(talk)
        found.old_state_seen = await hurry(talk)
        left = max(0.1, AGAIN_SECONDS_MAX - (time.monotonic() - since))
        found.never_sent_after_an_error = FAILED - await talk.until_answered(failed, MENU.reply, left)
        found.sessions_lost = await forget(talk)
        found.in_flight = box.rival.kills * IN_FLIGHT
        found.acknowledged, found.never_answered, found.answered_twice = await kill(talk)
        found.wrong_signature = await forge(talk)
    return found


async def _is_there(talk: Talk) -> bool:
    first = talk.newcomers(1)
    await talk.begin(first)
    return bool(talk.count(first[0], MENU.reply))


async def repeat(talk: Talk) -> int:
    """A delivery that was acknowledged comes once more, as Meta's do: how many customers are answered twice."""
    bodies = {each: talk.body(each, MENU.words) for each in talk.newcomers(REPEATED)}
    await asyncio.gather(*map(talk.post, bodies.values()))
    await talk.until_answered(bodies, MENU.reply)
    await asyncio.gather(*map(talk.post, bodies.values()))
    await asyncio.sleep(SILENCE_SECONDS)
    return sum(talk.count(each, MENU.reply) > 1 for each in bodies)


async def hurry(talk: Talk) -> int:
    """A tap and the text that it asks for, one right after the other: how many texts meet the state before the tap."""
    talk.set_sink(f"delay_ms={GRAPH_MS}")
    right = 0
    for _ in range(QUICK // WAVE):
        wave = talk.newcomers(WAVE)
        await talk.begin(wave)
        before = {each: len(talk.seen[each]) for each in wave}
        await asyncio.gather(*(_two_at_once(talk, each) for each in wave))
        right += await _how_many_right(talk, before)
    talk.set_sink("delay_ms=0")
    return QUICK - right


async def _how_many_right(talk: Talk, before: dict[str, int]) -> int:
    """Of these customers: waits until each got two more messages, right or wrong, so that a slow answer is no wrong one."""
    until = time.monotonic() + REPLY_SECONDS_MAX
    waiting = True
    while waiting and time.monotonic() < until:
        await asyncio.sleep(0.02)
        waiting = any(len(talk.seen[each]) < count + 2 for each, count in before.items())
    return sum(talk.count(each, WISH.reply.replace("{n}", "0")) > 0 for each in before)


async def _two_at_once(talk: Talk, customer: str) -> None:
    """On two connections that are open already: the first webhook is on its way before the second one is written."""
    bodies = [talk.choice(customer), talk.body(customer, WISH.words.replace("{n}", "0"))]
    connections = [await asyncio.open_connection("127.0.0.1", talk.box.port) for _ in bodies]
    for (_, writer), body in zip(connections, bodies, strict=True):
        writer.write(body)
    for reader, writer in connections:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(ACK_SECONDS_MAX):
                await reader.readline()
        writer.close()


async def forget(talk: Talk) -> int:
    """Customers were asked something, the server is killed and started again, they answer: how many must start anew."""
    customers = talk.newcomers(ASLEEP)
    await talk.begin(customers)
    await asyncio.gather(*(talk.post(talk.choice(each)) for each in customers))
    await talk.until_answered(customers, CHOICE.reply)
    await asyncio.sleep(SILENCE_SECONDS)
    await asyncio.to_thread(talk.box.kill_and_restart)
    words = WISH.words.replace("{n}", "1")
    await asyncio.gather(*(talk.post(talk.body(each, words)) for each in customers))
    return ASLEEP - await talk.until_answered(customers, WISH.reply.replace("{n}", "1"), SILENCE_SECONDS * 2)


async def kill(talk: Talk) -> tuple[int, int, int]:
    """Killed while many write: how many texts it acknowledged, never answered, and answered twice.

    What was not acknowledged is posted again, as Meta does. Every message that Graph took is told by an echo, to ours alone: none of
    the peers does anything with one.
    """
    chance = random.Random(SEED)
    talk.set_sink(f"delay_ms={GRAPH_MS}")
    if not talk.box.rival.folder:
        talk.set_sink(f"echo_port={talk.box.port}")
    acknowledged: set[str] = set()
    everybody: list[str] = []
    for _ in range(talk.box.rival.kills):
        customers = talk.newcomers(IN_FLIGHT)
        everybody += customers
        acknowledged |= await _kill_among(talk, customers, chance.randint(IN_FLIGHT // 4, IN_FLIGHT))
    await talk.until_answered(acknowledged, MENU.reply, SETTLE_SECONDS_MAX)
    await asyncio.sleep(SILENCE_SECONDS)
    talk.set_sink("delay_ms=0")
    talk.set_sink("echo_port=0")
    lost = sum(not talk.count(each, MENU.reply) for each in acknowledged)
    return len(acknowledged), lost, sum(talk.count(each, MENU.reply) > 1 for each in everybody)


async def _kill_among(talk: Talk, customers: list[str], after: int) -> set[str]:
    """Kill the server when `after` of these were acknowledged; who was acknowledged before that."""
    bodies = {each: talk.body(each, MENU.words) for each in customers}
    acknowledged: set[str] = set()
    enough = asyncio.Event()

    async def post(customer: str) -> None:
        if await talk.post(bodies[customer]) == 200:
            acknowledged.add(customer)
        if len(acknowledged) >= after:
            enough.set()

    posts = asyncio.gather(*map(post, customers))
    await asyncio.wait([asyncio.create_task(enough.wait()), posts], return_when=asyncio.FIRST_COMPLETED)
    talk.box.process.kill()
    await posts
    kept = set(acknowledged)
    await asyncio.to_thread(talk.box.kill_and_restart)
    await asyncio.gather(*(talk.post(body) for each, body in bodies.items() if each not in kept))
    return kept


async def forge(talk: Talk) -> str:
    """What becomes of a webhook with a wrong signature."""
    forger, honest = talk.newcomers(2)
    status = await talk.post(talk.body(forger, MENU.words, secret="somebody-elses-secret"))
    answered = await talk.until_answered([forger], MENU.reply, SILENCE_SECONDS)
    if talk.box.process.process.poll() is not None:
        return "the server dies"
    await talk.post(talk.body(honest, MENU.words))
    if not await talk.until_answered([honest], MENU.reply):
        return "the server hangs"
    if answered:
        return f"believed ({status})"
    return f"refused ({status})" if status else "refused (no answer)"


def measure(rival: Rival) -> dict[str, Any]:
    """All questions to one server that is started for them."""
    with running(rival) as box:
        return asdict(asyncio.run(ask_all(box)))
