"""From questions that were missed to proposals: a new phrase of an entry, or a new entry with what staff answered. Changes no file.

Nothing is proposed for what a single customer said, nor with anything in it that is one customer's alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.answers.entries import Encoder
from app.answers.groups import TEXTS_MAX, group, likeness_of
from app.answers.phrases import telling_words
from app.answers.tidy import tidy
from app.engine.flow import ALL_TOPICS, FaqEntry, Flow, Text
from app.engine.fold import fold
from app.flowfile import answering
from app.flowfile.learning.asked import Asked, is_personal
from app.flowfile.learning.declined import Declined

AGREED_MIN = 2 / 3
"""So many of the customers who tapped an entry must have tapped the same one."""

PHRASE_CHARS_MAX = 120
"""A longer question is a story, and no phrase of an entry."""

PHRASES_OF_NEW = 3
"""Phrases of a new entry, as its owner would write."""

ANSWER_CHARS_MAX = 1_500
"""What staff wrote at more length is no answer for everybody."""

SAME_ANSWER_MIN = 0.8
"""From this likeness on staff said what an entry says already."""

NONE_DECLINED = Declined()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same, the most typical first."""

    asked: tuple[Asked, ...]

    @property
    def customers(self) -> int:
        return len({each.customer for each in self.asked})


@dataclass(frozen=True, slots=True)
class NewPhrase:
    """The entry gets another phrase. `why` says it in a few words."""

    entry: str
    phrase: str
    group: Group
    why: str

    @property
    def target(self) -> str:
        return f"entry {self.entry}"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that was not there; the first of `phrases` is its question."""

    entry: str
    phrases: tuple[str, ...]
    answer: str
    group: Group
    topic: str = ""

    @property
    def phrase(self) -> str:
        return self.phrases[0]

    @property
    def target(self) -> str:
        return f"answer {fold(self.answer)}"


Proposal = NewPhrase | NewEntry


@dataclass(slots=True)
class Lessons:
    """What was learnt; `open` are groups for which nothing could be proposed, each with why. `declined` counts what was before."""

    proposals: list[Proposal] = field(default_factory=list)
    open: list[tuple[Group, str]] = field(default_factory=list)
    declined: int = 0


def learn(
    flow: Flow, asked: Sequence[Asked], customers_min: int, encoder: Encoder | None, declined: Declined = NONE_DECLINED
) -> Lessons:
    """What these questions teach. `customers_min`: how many different customers must have asked the same."""
    lessons = Lessons()
    taken = {fold(each) for entry in flow.faq.values() for each in answering.phrases(entry)}
    for found in missed_groups(flow, asked, encoder):
        if found.customers < customers_min:
            continue
        phrases = list(_phrases(found.asked, flow, taken))
        made = _propose(flow, found, phrases, customers_min, encoder)
        if isinstance(made, str):
            lessons.open.append((found, made))
            continue
        if declined.has(made.target, (each.text for each in found.asked)):
            lessons.declined += 1
            continue
        taken |= {fold(each) for each in (made.phrases if isinstance(made, NewEntry) else (made.phrase,))}
        lessons.proposals.append(made)
    return lessons


def missed_groups(flow: Flow, asked: Sequence[Asked], encoder: Encoder | None) -> list[Group]:
    """What the bot of today still misses, by what is meant; what most customers asked first."""
    found = _groups([each for each in asked if _is_still_missed(flow, each)], encoder)
    return sorted(found, key=lambda each: -each.customers)


def _is_still_missed(flow: Flow, each: Asked) -> bool:
    """Whether the bot of today still misses it."""
    if not each.was_missed or not flow.faq:
        return each.was_missed
    answer = answering.answer(flow, each.text, ALL_TOPICS)
    if answer.decision != "answer":
        return True
    told = answer.ranked[0].id
    return told != each.meant if each.meant else each.decision == "answer" and told == each.entry


def _groups(missed: Sequence[Asked], encoder: Encoder | None) -> Iterator[Group]:
    """The questions by what they mean; the same words are compared once, the latest first."""
    by_words: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in reversed(missed):
        by_words[fold(each.text)].append(each)
    often = sorted(by_words.values(), key=len, reverse=True)[:TEXTS_MAX]
    for places in group([same[0].text for same in often], encoder):
        yield Group(tuple(each for place in places for each in often[place]))


def _propose(
    flow: Flow, found: Group, phrases: Sequence[str], customers_min: int, encoder: Encoder | None
) -> Proposal | str:
    """What to do about a group, or why nothing can be done by itself."""
    voters = {each.customer: each.meant for each in found.asked if each.meant in flow.faq}
    if len(set(voters.values())) > 1 and Counter(voters.values()).most_common(1)[0][1] < AGREED_MIN * len(voters):
        return "customers meant different entries by it"
    if not phrases:
        return "it names what is one customer's alone, or is not in the bot's first language"
    if voters and len(voters) >= customers_min:
        entry, count = Counter(voters.values()).most_common(1)[0]
        return NewPhrase(entry, phrases[0], found, f"{count} customers tapped {entry} after it")
    answer = next((each.staff for each in found.asked if _is_answer(each)), "")
    if not answer:
        return "staff answered nothing that could stand for everybody"
    if same := _entry_that_says(flow, answer, encoder):
        return NewPhrase(same, phrases[0], found, f"staff answered what {same} says")
    return NewEntry(_new_id(flow, phrases[0]), tuple(phrases[:PHRASES_OF_NEW]), answer, found, _topic(flow))


def _phrases(asked: Iterable[Asked], flow: Flow, taken: set[str]) -> Iterator[str]:
    """The words of a group that can stand in the owner's file, the most typical first."""
    seen = set(taken)
    for each in asked:
        phrase = " ".join(each.text.split())
        folded = fold(phrase)
        fits = each.language == flow.languages[0] and len(phrase) <= PHRASE_CHARS_MAX and phrase.isprintable()
        is_new = folded not in seen and bool(telling_words(folded))
        if fits and is_new and not is_personal(phrase, each.names) and "<" not in phrase:
            seen.add(folded)
            yield phrase


def _is_answer(each: Asked) -> bool:
    return 0 < len(each.staff) <= ANSWER_CHARS_MAX and not is_personal(each.staff, each.names)


def _entry_that_says(flow: Flow, answer: str, encoder: Encoder | None) -> str:
    """The entry whose answer staff gave in their own words; empty if there is none."""
    texts = {each.id: _said(each, flow.languages[0]) for each in flow.faq.values()}
    known = [(entry, text) for entry, text in texts.items() if text]
    if encoder is None or not known:
        return next((entry for entry, text in known if fold(text) == fold(answer)), "")
    alike = likeness_of([tidy(answer), *(tidy(text) for _, text in known)], encoder)[0][1:]
    best = int(alike.argmax())
    return known[best][0] if alike[best] >= SAME_ANSWER_MIN else ""


def _said(entry: FaqEntry, language: str) -> str:
    """The texts of an answer, without what is filled in."""
    texts = (getattr(each, "by_language", {}).get(language, ()) for each in entry.say)
    return " ".join("".join(part for part in text if isinstance(part, str)) for text in texts).strip()


def untranslated(flow: Flow, proposal: Proposal) -> tuple[str, ...]:
    """The languages in which the flow, with the proposal in it, lacks words of it, where the entry could have them all."""
    entry = flow.faq[proposal.entry]
    texts = [*entry.ask, *(each for each in entry.say if isinstance(each, Text))]
    new = texts if isinstance(proposal, NewEntry) else [entry.ask[-1]]
    spoken = (
        flow.languages[1:]
        if isinstance(proposal, NewEntry)
        else [name for name in flow.languages[1:] if any(name in each.by_language for each in texts)]
    )
    return tuple(name for name in spoken if any(name not in each.by_language for each in new))


def _new_id(flow: Flow, phrase: str) -> str:
    """A name that no entry has, from the words that tell what the phrase is about."""
    words = [
        "".join(letter for letter in word if letter.isascii() and letter.isalnum())
        for word in telling_words(fold(phrase))
    ]
    base = "-".join(word for word in words if word)[:40].strip("-") or "question"
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(flow.faq) + 2))
    return next(each for each in numbered if each not in flow.faq)


def _topic(flow: Flow) -> str:
    """The topic without which nothing would ask the entry; empty where all entries are asked."""
    scopes = answering.scopes(flow)
    return "" if ALL_TOPICS in scopes or not scopes else scopes[0]
