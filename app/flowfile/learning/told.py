"""What `frontdesk learn` says to an owner. Decides nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from app.flowfile.content import Files
from app.flowfile.learning.proposals import Group, NewEntry, Proposal
from app.flowfile.learning.trial import CAUGHT_MAX, Caught

EXAMPLES_MAX = 3
"""Questions of a group that are shown."""


def proposal_lines(
    number: int, proposal: Proposal, changes: Sequence[Caught] | None, untranslated: Sequence[str] = ()
) -> list[str]:
    """What is proposed, why, and what else it would catch; None where that is not known. `untranslated`: languages that lack it."""
    told = [] if changes is None else list(_caught_lines(changes))
    lacking = _lacking(proposal, untranslated) if untranslated else []
    return [f"{number}. {headline(proposal)}", *_group_lines(proposal), *lacking, *told]


def _lacking(proposal: Proposal, languages: Sequence[str]) -> list[str]:
    what = "its phrases and its answer" if isinstance(proposal, NewEntry) else "this phrase"
    commands = ", ".join(f"frontdesk translate {each}" for each in languages)
    return [f"   no translation yet into {', '.join(languages)} of {what}: {commands} lists what is missing"]


def headline(proposal: Proposal) -> str:
    if isinstance(proposal, NewEntry):
        return f'New entry {proposal.entry}: "{proposal.phrase}"'
    return f'New phrase for {proposal.entry}: "{proposal.phrase}"'


def _group_lines(proposal: Proposal) -> Iterator[str]:
    found = proposal.group
    why = f"   asked {len(found.asked)} times by {found.customers} customers"
    yield why if isinstance(proposal, NewEntry) else f"{why}; {proposal.why}"
    yield f"   for example: {examples(found)}"
    if isinstance(proposal, NewEntry):
        yield f"   staff answered: {' '.join(proposal.answer.split())}"


def examples(found: Group) -> str:
    """Some of the questions, each once."""
    texts = list(dict.fromkeys(" ".join(each.text.split()) for each in found.asked))
    return ", ".join(f'"{each}"' for each in texts[:EXAMPLES_MAX])


def _caught_lines(changes: Sequence[Caught]) -> Iterator[str]:
    if not changes:
        yield "   nothing else would be read in another way"
        return
    yield f"   would also be read in another way ({len(changes)}):"
    for each in changes[:CAUGHT_MAX]:
        owner = f" (a phrase of {each.owner})" if each.owner else ""
        yield f'   - "{each.text}"{owner}: {each.before} -> {each.after}'


def open_lines(left: Sequence[tuple[Group, str]]) -> list[str]:
    """Groups for which nothing can be proposed."""
    lines = [f"- {examples(found)}, by {found.customers} customers: {why}" for found, why in left]
    return ["Asked and missed, for you to look at:", *lines] if lines else []


def diff_lines(folder: str, before: Files, after: Files) -> list[str]:
    """What would be different in the files, as a unified diff."""
    lines: list[str] = []
    for name, raw in after.items():
        was, now = (each.decode("utf-8-sig").splitlines() for each in (before.get(name, b""), raw))
        lines += difflib.unified_diff(was, now, f"{folder}/{name}", f"{folder}/{name}", lineterm="")
    return lines
