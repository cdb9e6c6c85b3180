"""Tells an owner how his FAQ understands questions: the ranking of one, and which entries are taken for each other. Changes nothing."""

from __future__ import annotations

from app.answers.decide import offered
from app.answers.entries import Answer, Ranked
from app.answers.index import Progress
from app.answers.report import confused, shared
from app.engine.flow import ALL_TOPICS, Flow
from app.flowfile import answering

SHOWN_MAX = 5
"""Entries of a ranking that are shown."""

DECISIONS = {"answer": "Answers with", "clarify": "Asks back: did you mean", "fallback": "Finds no answer"}


def ranking(flow: Flow, text: str, topic: str = ALL_TOPICS) -> list[str]:
    """What the bot would do with a question, and why: a line for the decision and one for each entry that came near."""
    answer = answering.answer(flow, text, topic)
    chances = answer.chances
    return [
        f"{_decision(answer)} ({answer.rule})",
        f"chances: right {chances.right:.0%}, one of the next two {chances.near:.0%}, a later one {chances.missed:.0%}, "
        f"about something else {chances.outside:.0%}",
        *(_line(place, each) for place, each in enumerate(answer.ranked[:SHOWN_MAX], start=1)),
    ]


def _decision(answer: Answer) -> str:
    ids = [answer.ranked[0].id] if answer.decision == "answer" else list(offered(answer))
    return " ".join([DECISIONS[answer.decision], ", ".join(ids)]).strip()


def _line(place: int, each: Ranked) -> str:
    if not each.phrase:
        return f"{place}. {each.id} {each.score:.2f}"
    parts = f"words {each.words:.2f}, meaning {each.meaning:.2f}; all its phrases {each.middle:.2f}, learnt {each.learnt:.2f}"
    return f'{place}. {each.id} {each.score:.2f}: nearest "{each.phrase}" {each.best:.2f} ({parts})'


def report(flow: Flow, progress: Progress | None = None) -> list[str]:
    """The phrases that two entries share and the pairs that are most alike; a line for each, and one to begin with."""
    index = answering.book(flow, ALL_TOPICS, progress).index
    same = [f'"{phrase}" is a phrase of {" and ".join(ids)}' for phrase, ids in shared(index)]
    alike = [
        f'{each.entries[0]} and {each.entries[1]}: "{each.phrases[0]}" is like "{each.phrases[1]}" ({each.likeness:.2f})'
        for each in confused(index)
    ]
    total = f"{len(flow.faq)} entries, {len(index.phrases)} phrases"
    if not (same or alike):
        return [f"{total}. No two entries are taken for each other."]
    return [f"{total}.", *_under("Phrases of two entries:", same), *_under("Entries that are alike:", alike)]


def _under(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"  {each}" for each in lines)] if lines else []
