"""Which entries of the FAQ the tests get an answer from, told by their words. Plays nothing: a check must stay quick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.engine.effects import Search
from app.engine.flow import FaqEntry, Flow, Text
from app.engine.fold import fold_own
from app.flowfile.parts.known import Known
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.rules import faq as rules

COMPARISONS_MAX = 300_000
"""How many times a message of a test may be held against an entry: about half a second, as with 1,000 messages and 300 entries.
Where there would be more, nothing is said: a check must stay quick."""

MISLEADING = ("F201", "F202", "F212", "F218", "F220")
"""With one of these an entry or a step may be missing from what was read."""


def look_at_answered(flow: Flow, tests: Sequence[Conversation], known: Known) -> None:
    """Report entries that no test gets an answer from. A bot without tests is left alone."""
    from app.flowfile.finders import run_search

    scopes = _scopes(flow)
    if not tests or not scopes or known.report.has(*MISLEADING):
        return
    unanswered = _not_said(flow, tests)
    messages = list(dict.fromkeys(_messages(tests))) if unanswered else []
    if len(messages) * len(scopes) * len(flow.faq) > COMPARISONS_MAX:
        return
    for message in messages:
        for scope in scopes:
            unanswered.pop(run_search(flow, Search("faq", message, scope)).sure, None)
    places = [(entry, known.faq_places[name]) for name, entry in unanswered.items()]
    known.report.take(rules.entry_never_tested(places, flow.languages[0]))


def _scopes(flow: Flow) -> list[str]:
    """The topics in which the bot looks for answers."""
    asked = (*(each.faq for each in flow.anywhere), *(state.faq for state in flow.states.values()))
    return list(dict.fromkeys(topic for topic in asked if topic))


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
