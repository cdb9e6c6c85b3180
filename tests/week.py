"""A week of conversations with a small shop: taken by the real turns over a real database, for what learns from them afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from app.chance import Chance
from app.clock import Clock
from app.engine.effects import Message
from app.engine.flow import Flow
from app.flowfile.finders import run_search
from app.store import inbox
from app.store.database import Database
from app.store.export import export
from app.store.inbox import NewEvent
from app.store.tables import outbox
from app.worker.handle import Hands
from app.worker.turns import Turns
from tests.worker.channel import Outside
from webhooks.messenger.pieces import pieces

PAGE = "104857600123456"

BOT = """\
# The shop on the corner. Written by hand.
flow: 1
bot: {name: Piney, languages: [en, fr], disclosure: I am Piney the bot., rate_answers: yes}
include: [faq.yaml, tests.yaml]
messenger: {start: welcome}
teams: {care: [anna]}
anywhere:
  - hear: [human]
    goto: person
  - faq: all
  - else: lost
states:
  welcome: {say: Hello!}
  lost: {say: I did not understand that., choices: {Talk to a person: person}}
  person:
    handoff: care
    say: A colleague comes.
    remind: {after: 1 hour, goto: lost}
    goto: welcome
"""

FAQ = """\
faq:
  # Anna keeps these short.
  - id: hours
    ask: [When are you open?, opening hours]   # not the holidays
    answer: From nine to six.
  - id: returns
    ask:
      - How can I return an item?
      - send back   # the usual words
    answer: You have 30 days.
  - {id: pay, ask: Which cards do you take?, answer: "Cards, cash and PayPal."}
  - id: parking
    ask: [Where can I park my car?]
    answer: Behind the shop.
"""

TESTS = """\
tests:
  # what must stay
  - name: opening hours
    talk:
      - you: opening hours
      - bot: "*"
      - bot: From nine to six.
"""

DOGS = ("can I bring my dog", "are dogs allowed in the shop", "may I come with my dog?")
DOGS_ANSWER = "Yes, dogs are welcome in the shop, on a lead."
SWAPS = ("can you swap the jumper i got", "i got the wrong size, can you swap it", "swap a jumper that i got")


def write_bot(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in (("bot.yaml", BOT), ("faq.yaml", FAQ), ("tests.yaml", TESTS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class AsMessenger(Outside):
    """Messages are parted as for Messenger; nothing is sent in a recorded week."""

    def pieces(self, message: Message) -> Sequence[Message]:
        return pieces(message)


class StoppedClock(Clock):
    """The moment that the week has come to."""

    def __init__(self, begun: datetime) -> None:
        self.moment = begun

    def now(self) -> datetime:
        return self.moment


@dataclass
class Week:
    """`asked`: what each customer got back, by customer."""

    database: Database
    flow: Flow
    clock: StoppedClock
    number: int = 0
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        hands = Hands(lambda _: self.flow, b"secret", AsMessenger(self.clock), run_search)
        self.turns = Turns(self.database, hands, self.clock, Chance(), "w1", lambda: 0, lambda *_: None)

    async def happens(self, customer: str, kind: str, body: Mapping[str, Any], minutes: float = 1) -> list[str]:
        """One event; what the bot said to it."""
        self.number += 1
        self.clock.moment += timedelta(minutes=minutes)
        key = hashlib.blake2b(str(self.number).encode(), digest_size=16).digest()
        event = NewEvent(PAGE, customer, key, kind, dict(body), self.clock.moment, self.clock.moment, True)
        before = len(await self._said(customer))
        await self.database.transaction(lambda connection: inbox.add(connection, [event]))
        while await self.turns.run_batch():
            pass
        return [str(each.get("text")) for each in (await self._said(customer))[before:]]

    async def _said(self, customer: str) -> Sequence[Any]:
        def work(connection: Connection) -> Sequence[Any]:
            here = (outbox.c.customer_id == customer) & (outbox.c.page_id == PAGE)
            return connection.execute(select(outbox.c.body).where(here).order_by(outbox.c.seq)).scalars().all()

        return await self.database.read(work)

    async def types(self, customer: str, text: str) -> list[str]:
        return await self.happens(customer, "TextReceived", {"text": text, "mid": f"m{self.number}"})

    async def taps(self, customer: str, title: str) -> list[str]:
        """A tap on something that the latest messages offer."""
        for body in reversed(await self._said(customer)):
            options = [*body.get("choices", ()), *body.get("buttons", ())]
            payloads = [each for each in options if "tap" in each]
            for place, each in enumerate(payloads):
                if each["title"] == title:
                    tap = {"payload": body["payloads"][place], "title": title}
                    return await self.happens(customer, "TapReceived", tap)
        raise AssertionError(f"{title} was not offered")

    async def note(self, customer: str) -> str:
        """What staff are told, and what the session still knows."""

        def work(connection: Connection) -> str:
            return str(export(connection, (PAGE, customer)))

        return await self.database.read(work)

    async def staff_say(self, customer: str, text: str) -> None:
        """A person answers in the Page's own inbox."""
        await self.happens(customer, "fact:person_replied", {"text": text, "mid": f"s{self.number}"}, 3)

    async def staff_leave(self, customer: str) -> None:
        await self.happens(customer, "StaffHandedBack", {"to": ""}, 5)


# ---- the week ----------------------------------------------------------------------------------------------

GIFTS = ("do you sell gift cards", "have you got gift cards?", "do you have gift cards")
GIFTS_ANSWER = "Yes, gift cards of any value, in the shop."
NEARBY = ("is there parking nearby", "any parking nearby", "parking near the shop")
CLOSING = ("what time do you close on saturday", "what time do you close on saturdays?", "until what time on saturday")
MONEY_BACK = ("i want my money back for these shoes", "i want the money back for my shoes")
ORDERS = ("where is my order 1048299", "where is my order 1048311")
FRENCH = ("c'est quoi vos horaires", "c'est quoi vos horaires svp")
NAMED = ("named0", "named1")
HAPPY = (
    "opening hours",
    "how can i return an item",
    "where can i park my car",
    "when are you open?",
    "Which cards do you take?",
)


async def live(week: Week) -> None:
    """A week's conversations: some are answered well, some after a question back, some badly, some by staff."""
    for number in range(10):
        customer = f"happy{number}"
        await week.types(customer, HAPPY[number % len(HAPPY)])
        if number % 2:
            await week.taps(customer, "👍 Helpful")
    for entry, texts in (("parking", NEARBY), ("hours", CLOSING), ("hours", FRENCH)):
        for number, text in enumerate(texts):
            await _means(week, f"{entry}{len(text)}{number}", text, entry)
    for name, texts, said in (
        ("dog", DOGS, DOGS_ANSWER),
        ("money", MONEY_BACK, "You have 30 days."),
        ("order", ORDERS, ""),
    ):
        for number, text in enumerate(texts):
            await week.types(f"{name}{number}", text)
            await _goes_to_staff(week, f"{name}{number}", said)
    for number, text in enumerate(GIFTS):
        await week.types(f"gift{number}", text)
        await week.taps(f"gift{number}", "👎 Not helpful")
        await _goes_to_staff(week, f"gift{number}", GIFTS_ANSWER)
    for number, text in enumerate(SWAPS):
        await week.types(f"swap{number}", text)
        await _goes_to_staff(week, f"swap{number}", "")
    for name in NAMED:
        await week.happens(name, "PersonMet", {"first_name": "Odile"})
        await week.types(name, "odile here, can you hem trousers")
        await _goes_to_staff(week, name, "Of course Odile, for ten euros.")
    await week.types("alone", "do you mend broken zips")
    await _goes_to_staff(week, "alone", "Yes, for ten euros.")


async def _means(week: Week, customer: str, text: str, entry: str) -> None:
    """Asked back, the customer taps what was meant."""
    said = await week.types(customer, text)
    assert any("Did you mean" in each or "Vouliez-vous" in each for each in said), (text, said)
    questions = {"parking": "Where can I park my…", "hours": "When are you open?"}
    await week.taps(customer, questions[entry])


async def _goes_to_staff(week: Week, customer: str, said: str) -> None:
    await week.types(customer, "human")
    if said:
        await week.staff_say(customer, said)
        await week.staff_leave(customer)
