"""Which entries of the FAQ the tests get an answer from, told by their words. Plays nothing: a check must stay quick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.engine.flow import ALL_TOPICS, FaqEntry, Flow, Text
from app.engine.fold import fold_own
from app.flowfile.answering import phrases, scopes
from app.flowfile.parts.known import Known
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.rules import faq as rules

if TYPE_CHECKING:
    from app.answers.phrases import PhraseIndex

COMPARISONS_MAX = 300_000
"""How many times a message of a test may be held against an entry: about half a second, as with 1,000 messages and 300 entries.
Where there would be more, nothing is said: a check must stay quick."""

MISLEADING = ("F201", "F202", "F212", "F218", "F220")
"""With one of these an entry or a step may be missing from what was read."""


def look_at_answered(flow: Flow, tests: Sequence[Conversation], known: Known) -> None:
    """Report entries that no test gets an answer from. A bot without tests is left alone."""
    from app.answers.phrases import find

    asked_in = scopes(flow)
    if not tests or not asked_in or known.report.has(*MISLEADING):
        return
    unanswered = _not_said(flow, tests)
    messages = list(dict.fromkeys(_messages(tests))) if unanswered else []
    if len(messages) * len(asked_in) * len(flow.faq) > COMPARISONS_MAX:
        return
    indexes = {scope: _words_of(flow, scope) for scope in asked_in} if messages else {}
    for message in messages:
        for scope in asked_in:
            unanswered.pop(find(indexes[scope], message).sure, None)
    places = [(entry, known.faq_places[name]) for name, entry in unanswered.items()]
    known.report.take(rules.entry_never_tested(places, flow.languages[0]))


def _words_of(flow: Flow, scope: str) -> PhraseIndex:
    """The phrases of a topic by their words; meaning would take a second to load, and a test says the words of its entry."""
    from app.answers.phrases import index_of

    entries = (each for each in flow.faq.values() if scope in (ALL_TOPICS, each.topic))
    return index_of((each.id, [fold_own(phrase) for phrase in phrases(each)]) for each in entries)


def _not_said(flow: Flow, tests: Sequence[Conversation]) -> dict[str, FaqEntry]:
    """The entries whose answer no test waits for, word for word."""
    said = {step.words for test in tests for step in test.steps if step.kind == "bot"}
    return {name: entry for name, entry in flow.faq.items() if said.isdisjoint(_answers(entry))}


def _answers(entry: FaqEntry) -> Iterator[str]:
    """The first text of an answer in each language, where no value is filled in."""
    first = next((each for each in entry.say if isinstance(each, Text)), None)
    for template in first.by_language.values() if first else ():
        if all(isinstance(part, str) for part in template):
            yield "".join(str(part) for part in template)


def _messages(tests: Sequence[Conversation]) -> Iterator[str]:
    """What customers write or tap, as it is searched for."""
    return (fold_own(step.words) for test in tests for step in test.steps if step.kind in ("you", "tap"))
