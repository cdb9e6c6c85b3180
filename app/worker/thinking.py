"""Asks a language model what an unsure question means, beside the turns: who waits for it keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date

from app.answers.opinion import Candidate, Opinion, ask, read
from app.answers.phrases import WORD_FOR_WORD
from app.clock import Clock
from app.engine.effects import Search
from app.engine.finders import Found
from app.engine.flow import FaqEntry, Flow, Text
from app.service.model import Model
from app.store.keys import Key
from app.worker.calling import TYPING_AFTER_SECONDS, show_nothing

UNDER_WAY_MAX = 50
"""Questions that a model is asked at once; beyond it customers get the plain answer, at once."""

KNOWN_MAX = 1_000
"""Opinions that are remembered: the same is asked again and again."""

WORDING_SECONDS = 3_600.0
"""How long an opinion is remembered that is in the model's own words: they may be those of a customer who is erased by then."""

SILENT_SECONDS = 30.0
"""How long nobody is made to wait for a model that did not answer somebody."""

CUSTOMER_A_DAY = 50
"""Questions of one customer that a model is asked in a day: nobody shall spend the shop's money for fun."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked. `wording_in`: the language of a wording, empty for none."""

    revision: str
    question: str
    candidates: tuple[Candidate, ...]
    wording_in: str = ""

    @property
    def key(self) -> bytes:
        """What an opinion of it is remembered by: no word of the customer's."""
        told = repr((self.revision, self.question, self.candidates, self.wording_in))
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class StillThinkingError(Exception):
    """The turn cannot be taken before the model has answered `asked`. Nothing of it has happened."""

    def __init__(self, asked: Asked) -> None:
        super().__init__("A model is asked first.")
        self.asked = asked


@dataclass(slots=True)
class Thinking:
    """One worker's questions to the model. `rephrases`: it may also say a sure answer in words that fit the question."""

    model: Model
    clock: Clock
    rephrases: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    _known: OrderedDict[bytes, Opinion] = field(default_factory=OrderedDict)
    _worded: OrderedDict[bytes, float] = field(default_factory=OrderedDict)
    _under_way: set[Asked] = field(default_factory=set)
    _waits: dict[Key, float] = field(default_factory=dict)
    _silent_until: float = -1.0
    show_typing: Callable[[str, str], Awaitable[None]] = show_nothing
    _queue: asyncio.Queue[tuple[Asked, Key]] = field(default_factory=asyncio.Queue)
    _day: date | None = None
    _of_customer: Counter[Key] = field(default_factory=Counter)

    def consider(self, flow: Flow, search: Search, found: Found, customer: Key) -> Found:
        """What a search found, or what the model makes of it. Raises StillThinkingError while it is being asked."""
        asked = self._question(flow, search, found)
        if asked is None:
            return found
        self._forget_words()
        if asked.key in self._known:
            return self._believe(found, asked)
        if self._has_waited(customer):
            return found
        if asked not in self._under_way:
            if len(self._under_way) >= UNDER_WAY_MAX or not self._may_ask(customer):
                return found
            self._under_way.add(asked)
            self._queue.put_nowait((asked, customer))
        raise StillThinkingError(asked)

    def _has_waited(self, customer: Key) -> bool:
        """Whether this customer's turn waited long enough, or the model did not answer somebody just now: nobody waits twice."""
        now = self.clock.monotonic()
        self._waits.setdefault(customer, now)
        return now < self._silent_until or self._waited_long(customer)

    def _waited_long(self, customer: Key) -> bool:
        """Whether the turn waited as long as it may, whatever it waited for."""
        now = self.clock.monotonic()
        return now - self._waits.get(customer, now) >= self.model.terms.seconds_max

    def end_wait(self, customer: Key) -> None:
        """The customer's turn was taken."""
        self._waits.pop(customer, None)

    def is_over(self, customer: Key, asked: Asked) -> bool:
        """Whether this customer's turn, which waited for this, may be taken."""
        return asked not in self._under_way or self._waited_long(customer)

    async def run(self, answered: Callable[[], None]) -> None:
        """Ask until cancelled. `answered`: a turn may go on."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._think(*await self._queue.get(), answered))

    async def _think(self, asked: Asked, customer: Key, answered: Callable[[], None]) -> None:
        """The opinion; a customer who waits for long sees that something is going on."""
        try:
            async with asyncio.TaskGroup() as group:
                typing = group.create_task(self._type_soon(customer))
                messages = ask(asked.question, asked.candidates, asked.wording_in)
                text = await self.model.complete(messages, self.clock.now().date())
                typing.cancel()
            if text:
                self._remember(asked, read(text, asked.candidates, wording=bool(asked.wording_in)))
            else:
                self._silent_until = self.clock.monotonic() + SILENT_SECONDS
        finally:
            self._under_way.discard(asked)
            answered()

    async def _type_soon(self, customer: Key) -> None:
        await self.clock.sleep(TYPING_AFTER_SECONDS)
        await self.show_typing(*customer)

    def _remember(self, asked: Asked, opinion: Opinion) -> None:
        if opinion.refused:
            self.counts["refused"] += 1
        self._known[asked.key] = opinion
        if opinion.said:
            self._worded[asked.key] = self.clock.monotonic() + WORDING_SECONDS
        if len(self._known) > KNOWN_MAX:
            dropped, _ = self._known.popitem(last=False)
            self._worded.pop(dropped, None)

    def _forget_words(self) -> None:
        now = self.clock.monotonic()
        while self._worded and next(iter(self._worded.values())) <= now:
            old, _ = self._worded.popitem(last=False)
            self._known.pop(old, None)

    def _believe(self, found: Found, asked: Asked) -> Found:
        """What the model said, as the answer of the search."""
        opinion = self._known[asked.key]
        self._known.move_to_end(asked.key)
        if not opinion.entry:
            return found
        rule = found.rule
        if not found.sure:
            self.counts["picked"] += 1
            rule = "picked by the model among " + ", ".join(each.id for each in asked.candidates)
        if opinion.said:
            self.counts["worded"] += 1
            rule += ", in the model's words"
        return replace(found, sure=opinion.entry, unsure=(), rule=rule, said=opinion.said)

    def _question(self, flow: Flow, search: Search, found: Found) -> Asked | None:
        """What to ask; None where the search needs no second opinion, or nobody else may see what was written."""
        if search.kind != "faq" or search.is_private:
            return None
        language = search.language or flow.languages[0]
        if found.sure:
            entries = [flow.faq[found.sure]] if self.rephrases and found.rule != WORD_FOR_WORD else []
        else:
            entries = [flow.faq[each] for each in found.unsure if each in flow.faq]
        if not entries:
            return None
        can_be_worded = self.rephrases and all(_plain(each, language) for each in entries)
        if found.sure and not can_be_worded:
            return None
        candidates = tuple(_candidate(each, language) for each in entries)
        return Asked(flow.revision, search.query, candidates, language if can_be_worded else "")

    def _may_ask(self, customer: Key) -> bool:
        today = self.clock.now().date()
        if today != self._day:
            self._day, self._of_customer = today, Counter()
        self._of_customer[customer] += 1
        return self._of_customer[customer] <= CUSTOMER_A_DAY


def _candidate(entry: FaqEntry, language: str) -> Candidate:
    phrases = tuple(_written(each, language) for each in entry.ask)
    return Candidate(
        entry.id, phrases, "\n".join(_written(each, language) for each in entry.say if isinstance(each, Text))
    )


def _plain(entry: FaqEntry, language: str) -> bool:
    """Whether the answer is one text and holds nothing that is filled in for this customer."""
    only = entry.say[0] if len(entry.say) == 1 else None
    return isinstance(only, Text) and all(isinstance(part, str) for part in _template(only, language))


def _template(text: Text, language: str) -> tuple[object, ...]:
    return text.by_language.get(language) or next(iter(text.by_language.values()))


def _written(text: Text, language: str) -> str:
    """A text as its owner wrote it: what is filled in for a customer stands there by name."""
    return "".join(
        part if isinstance(part, str) else f"<{getattr(part, 'name', '')}>" for part in _template(text, language)
    )
