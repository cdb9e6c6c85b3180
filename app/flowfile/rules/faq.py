"""F218 and F6xx: the FAQ: its topics, its phrases, and what keeps an entry from ever being heard."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from app.engine.flow import ALL_TOPICS, FaqEntry
from app.flowfile.limits import NAME_CHARS_MAX
from app.flowfile.problems import Place, Problem, any_of, did_you_mean, problem_at, quoted
from app.flowfile.source.nodes import Pairs, Scalar

ENTRIES_TOLD_MAX = 5
"""How many entries without a test are named."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def unknown_topic(topic: Scalar, topics: Collection[str], has_faq: bool) -> Iterator[Problem]:
    """F218: answers are wanted from a topic that no entry has."""
    if topic.text in topics or (has_faq and topic.text == ALL_TOPICS):
        return
    names = [*topics, ALL_TOPICS]
    hint = did_you_mean(topic.text, names) or f"Here can stand: {any_of(names)}."
    if not has_faq:
        hint = "There is no FAQ yet: write faq: with an entry, or name its file in include."
    yield problem_at(topic.place, "F218", f"No entry of the FAQ has the topic {quoted(topic.text)}.", hint)


def bad_entry_id(name: Scalar) -> Iterator[Problem]:
    """F210: an id that a tap could not carry."""
    if len(name.text) > NAME_CHARS_MAX or not _ID.fullmatch(name.text):
        yield problem_at(
            name.place,
            "F210",
            f"{quoted(name.text)} cannot be the id of an entry: letters, digits, - and _, up to {NAME_CHARS_MAX}.",
            "Write for example opening-hours.",
        )


def reserved_topic(topic: Scalar) -> Iterator[Problem]:
    """F210: a topic with the name that means every entry."""
    if topic.text == ALL_TOPICS:
        yield problem_at(
            topic.place,
            "F210",
            f"{quoted(topic.text)} means every entry and cannot name a topic.",
            "Choose another name.",
        )


def same_phrase_twice(phrase: Scalar, entry_id: str, first: str) -> Iterator[Problem]:
    """F601: a phrase that two entries would answer."""
    yield problem_at(
        phrase.place,
        "F601",
        f"The phrase {quoted(phrase.text)} stands in {quoted(first)} and in {quoted(entry_id)}; only one could answer.",
        f"Take it out here, or make one entry of {quoted(first)} and {quoted(entry_id)}.",
    )


def choices_beside_goto(entry: Pairs) -> Iterator[Problem]:
    """F216: choices of an entry that leads on at once."""
    choices = entry.key("choices")
    if choices and entry.key("goto"):
        yield problem_at(
            choices.place,
            "F216",
            "Nobody can tap these choices, because goto leads on at once.",
            "Take out goto, or move the choices to the state to which it leads.",
        )


def phrase_swallowed(phrase: Scalar, entry_id: str, heard: str, number: int) -> Iterator[Problem]:
    """F602: words of `hear` that stand in a phrase of the FAQ and come before it."""
    yield problem_at(
        phrase.place,
        "F602",
        f"{quoted(phrase.text)} never reaches {quoted(entry_id)}: hear takes {quoted(heard)} first (entry {number} of anywhere).",
        "Move the line with faq above that entry of anywhere, or write longer phrases under hear.",
    )


def same_entry_twice(name: Scalar, first: Place) -> Iterator[Problem]:
    """F603: two entries with one id."""
    yield problem_at(
        name.place,
        "F603",
        f"The id {quoted(name.text)} is taken: see {first.file}, line {first.line}.",
        "Give this entry an id of its own.",
    )


def phrase_with_value(phrase: Scalar) -> Iterator[Problem]:
    """F604: a phrase in which a value stands, which no customer would type."""
    yield problem_at(
        phrase.place,
        "F604",
        f"The phrase {quoted(phrase.text)} is what customers write, so nothing in < > can stand in it.",
        "Write the words as a customer would.",
    )


def entry_never_tested(entries: Sequence[tuple[FaqEntry, Place]], language: str) -> Iterator[Problem]:
    """F605: entries that no test gets an answer from. Advice, and one for all of them: the first has the place."""
    if entries:
        (first, place), *others = entries
        names = any_of((entry.id for entry, _ in entries), ENTRIES_TOLD_MAX)
        which = f"1 entry of the FAQ: {names}" if not others else f"{len(entries)} entries of the FAQ: {names}"
        question = "".join(str(part) for part in first.ask[0].by_language[language])
        hint = f'Write into the talk of a test - you: {quoted(question)} and under it - bot: "*", or the whole answer.'
        yield replace(problem_at(place, "F605", f"No test gets an answer from {which}.", hint), advice=True)
