"""What a bot can learn from the questions of its customers, for the command line. A composition root: joins flowfile and store."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from app.answers.index import Progress
from app.aside import in_transaction
from app.changes import page_ids
from app.clock import Clock
from app.engine.flow import ALL_TOPICS, Flow
from app.errors import AppError
from app.flowfile import answering
from app.flowfile.answering import Reading, read_as
from app.flowfile.check import check
from app.flowfile.content import read_files
from app.flowfile.learning import declined
from app.flowfile.learning.asked import Asked, names_in
from app.flowfile.learning.declined import Declined
from app.flowfile.learning.proposals import (
    Group,
    Lessons,
    NewEntry,
    Proposal,
    learn,
    missed_groups,
    untranslated,
)
from app.flowfile.learning.remembering import Remembering
from app.flowfile.learning.told import diff_lines, examples, open_lines, proposal_lines
from app.flowfile.learning.trial import Standing, caught, held_by, try_out
from app.flowfile.problems import raise_for
from app.flowfile.writing.save import save
from app.settings import Settings
from app.store import questions, sessions
from app.store.erase import find_pages
from app.store.keys import Key
from app.store.questions import Question, StaffLine

QUESTIONS_MAX = 20_000
"""Questions and lines of staff that are looked at: the latest."""

ANSWERED_WITHIN = timedelta(hours=24)
"""What staff write later is about something else."""

GOES_ON_WITHIN = timedelta(minutes=5)
"""Staff write one answer in several messages too; so long after the last of them it is another one."""

NOBODYS: Mapping[Key, frozenset[str]] = {}
"""Nobody's name is known."""

MISSED_SHOWN = 10
"""Things that are missed most, in `answers report`."""


def read_asked(settings: Settings, folder: Path, days: int) -> list[Asked]:
    """The questions of the last days to the bot of this folder, oldest first. Raises AppError where there is no database."""
    pages, since = page_ids(settings, folder), Clock().now() - timedelta(days=days)

    def work(connection: Connection) -> list[Asked]:
        kept = questions.list_since(connection, pages, since, QUESTIONS_MAX)
        said = questions.list_staff_lines(connection, pages, since, QUESTIONS_MAX)
        known = sessions.find_many(connection, list({(each.page_id, each.customer_id): None for each in kept}))
        names = {key: names_in((body or {}).get("slots", {})) for key, body in known.items()}
        return with_staff(kept, said, names)

    return asyncio.run(in_transaction(settings, work))


def with_staff(
    kept: Sequence[Question], said: Sequence[StaffLine], names: Mapping[Key, frozenset[str]] = NOBODYS
) -> list[Asked]:
    """The questions, each with what staff wrote to its customer before he asked the bot the next one.

    Several that staff were given together have the same answer. `names`: what customers are called.
    """
    lines: defaultdict[Key, list[StaffLine]] = defaultdict(list)
    for line in said:
        lines[line.page_id, line.customer_id].append(line)
    asked_at: defaultdict[Key, list[datetime]] = defaultdict(list)
    for each in kept:
        if not each.handed_off:
            asked_at[each.page_id, each.customer_id].append(each.asked_at)
    found = [_asked(each, lines, asked_at) for each in kept]
    called = (names.get((each.page_id, each.customer_id), frozenset()) for each in kept)
    return [replace(each, names=own) for each, own in zip(found, called, strict=True)]


def _asked(
    each: Question, lines: Mapping[Key, Sequence[StaffLine]], asked_at: Mapping[Key, Sequence[datetime]]
) -> Asked:
    key = each.page_id, each.customer_id
    later = asked_at[key][bisect_right(asked_at[key], each.asked_at) :]
    until = min([each.asked_at + ANSWERED_WITHIN, *later[:1]])
    heard = [line for line in lines.get(key, ()) if each.asked_at < line.at < until]
    return Asked(
        each.text, each.language, "/".join(key), each.decision, each.entry, each.meant, each.rating, each.handed_off,
        _one_answer(heard),
    )  # fmt: skip


def _one_answer(said: Sequence[StaffLine]) -> str:
    """What staff wrote in one go."""
    together = list(said[:1])
    for line in said[1:]:
        if line.at - together[-1].at > GOES_ON_WITHIN:
            break
        together.append(line)
    return "\n".join(line.text.strip() for line in together)


# ---- one lesson --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Lesson:
    """Proposals gone through one by one. `standing` is the folder with those that were taken; nothing is written before `carry_out`."""

    folder: Path
    begun: Standing
    standing: Standing
    lessons: Lessons
    asked: Sequence[Asked]
    now: datetime
    taken: int = 0
    declined: list[Proposal] = field(default_factory=list)
    _next: Standing | None = None
    _told: Proposal | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the proposal that was told last can be taken."""
        return self._next is not None

    def tell(self) -> Iterator[list[str]]:
        """Lines about each proposal, tried out on what was taken before it."""
        for number, proposal in enumerate(self.lessons.proposals, start=1):
            self._told = proposal
            try:
                self._next = try_out(self.standing, proposal, self.now)
            except AppError as error:
                self._next = None
                yield [*proposal_lines(number, proposal, None), f"   cannot be taken: {error.message} {error.hint}"]
                continue
            changes = caught(self.standing.flow, self._next.flow, proposal, self.asked)
            yield proposal_lines(number, proposal, changes, untranslated(self._next.flow, proposal))

    def decide(self, *, take: bool) -> None:
        """Take the proposal that was told last, or decline it for good."""
        if take and self._next is not None:
            self.standing = self._next
            self.taken += 1
        elif self._told is not None:
            self.declined.append(self._told)
        self._next = None

    def left(self) -> list[str]:
        """What nothing could be proposed for, and what is not proposed again."""
        count = self.lessons.declined
        again = [f"Declined before and left out: {count}; with --again they are shown too."] if count else []
        return [*open_lines(self.lessons.open), *again]

    def diff(self) -> list[str]:
        return diff_lines(self.folder.as_posix(), self.begun.files, self.standing.files)

    def carry_out(self) -> list[str]:
        """Write the files. Raises AppError, with nothing written, if the folder was changed meanwhile."""
        if read_files(self.folder, self.begun.checked) is None:
            raise AppError("The folder was changed in the meantime.", "Run the command again.")
        changed = {name: raw for name, raw in self.standing.files.items() if raw != self.begun.files.get(name)}
        for name, raw in changed.items():
            save(self.folder / name, raw)
        return [f"{self.folder.as_posix()}/{name} written." for name in changed]

    def keep_declined(self) -> list[str]:
        """Write down what was declined, so that it is not proposed again. Raises AppError if it cannot be."""
        if not self.declined:
            return []
        day = self.now.date()
        lines = [
            declined.line_of(_what(each), each.target, (asked.text for asked in each.group.asked), day)
            for each in self.declined
        ]
        declined.add(self.folder, lines)
        return [f"{self.folder.as_posix()}/{declined.FILE} keeps what you declined."]


def _what(proposal: Proposal) -> str:
    return "a new entry" if isinstance(proposal, NewEntry) else f"a phrase for {proposal.entry}"


def begin(
    folder: Path, asked: Sequence[Asked], customers: int, told: Progress, *, by_letters: bool, again: bool = False
) -> Lesson:
    """Read the folder and think about the questions. `again`: what was declined is proposed too.

    Raises FlowError for a folder with problems.
    """
    checked = check(folder)
    raise_for(checked.problems)
    files = read_files(folder, checked)
    if checked.flow is None or files is None:
        raise AppError("The folder was changed in the meantime.", "Run the command again.")
    flow = read_as(checked.flow, Reading(not by_letters))
    encoder, index = answering.encoder_for(flow), answering.book(flow, ALL_TOPICS, told).index
    remembering = Remembering(encoder) if encoder is not None else None
    if remembering is not None and index.meanings is not None:
        remembering.know(index.phrases, index.meanings)
    lessons = learn(flow, asked, customers, remembering, Declined() if again else declined.read(folder))
    reading = Reading(not by_letters, None, remembering)
    standing = Standing(files, checked, flow, reading, held_by(flow, checked.tests))
    return Lesson(folder, standing, standing, lessons, asked, Clock().now())


# ---- why ---------------------------------------------------------------------------------------------------


def why_lines(settings: Settings, customer_id: str) -> list[str]:
    """Each question of a customer with what the bot did and why; the oldest first."""

    def work(connection: Connection) -> list[Question]:
        pages = find_pages(connection, customer_id)
        return [each for page_id in pages for each in questions.list_of(connection, (page_id, customer_id))]

    return [line for each in asyncio.run(in_transaction(settings, work)) for line in _why(each)]


def _why(each: Question) -> Iterator[str]:
    said = f'"{each.text}"' if each.text else "(a tap)"
    yield f"{each.asked_at:%Y-%m-%d %H:%M:%S}Z  Page {each.page_id}  {said}"
    did = {
        "answer": f"answered with {each.entry}", "tap": f"told {each.entry}, which was tapped",
        "clarify": f"asked back: {', '.join(each.offered)}", "fallback": "had no answer",
    }.get(each.decision, each.decision)  # fmt: skip
    near = ", ".join(f"{entry} {score:.2f}" for entry, score in each.scores)
    yield f"    {did}{f' ({each.rule})' if each.rule else ''}{f': {near}' if near else ''}"
    became = [
        f"tapped {each.meant}" if each.meant else "",
        each.rating.replace("_", " "),
        "handed off" if each.handed_off else "",
    ]
    if any(became):
        yield f"    then: {', '.join(filter(None, became))}"


# ---- for the report ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """How the FAQ was used: how often each entry was told, since when, and what was asked."""

    told: Counter[str]
    since: datetime | None
    asked: Sequence[Asked]


def read_use(settings: Settings, folder: Path) -> Use:
    """How the FAQ of this folder was used, as far back as questions are kept. Raises AppError where there is no database."""
    pages = page_ids(settings, folder)

    def work(connection: Connection) -> Use:
        since = questions.find_first(connection, pages)
        if since is None:
            return Use(Counter(), None, ())
        kept = questions.list_since(connection, pages, since, QUESTIONS_MAX)
        return Use(questions.count_told(connection, pages, since), since, with_staff(kept, ()))

    return asyncio.run(in_transaction(settings, work))


def use_lines(use: Use, flow: Flow) -> list[str]:
    """What `answers report` says of it: entries that were never told, and what is still missed most."""
    if use.since is None:
        return ["No question has been kept yet."]
    never = [entry for entry in flow.faq if not use.told[entry]]
    told = f"  never told: {', '.join(never)}" if never else "  every entry was told at least once"
    missed = missed_groups(flow, use.asked, answering.encoder_for(flow))[:MISSED_SHOWN]
    return [
        f"Since {use.since:%Y-%m-%d}:",
        told,
        *(f"  missed: {examples(found)}, by {_customers(found)}" for found in missed),
    ]


def _customers(found: Group) -> str:
    return "1 customer" if found.customers == 1 else f"{found.customers} customers"
