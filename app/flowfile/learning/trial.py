"""A proposal carried out in memory: the files as they would be, with a test for it, and what else would then be read in another way.

Nothing is written here. A proposal after which the folder is not as it should be is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.answers.decide import offered
from app.answers.entries import Answer
from app.engine.flow import ALL_TOPICS, FaqEntry, Flow
from app.errors import AppError
from app.flowfile import answering
from app.flowfile.answering import Reading, read_as
from app.flowfile.check import Checked
from app.flowfile.content import Files, check_files
from app.flowfile.learning.asked import Asked
from app.flowfile.learning.proposals import NewEntry, NewPhrase, Proposal
from app.flowfile.problems import Report
from app.flowfile.rehearsal.play import play
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.source.nodes import Items, Pairs
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.talk import Talk
from app.flowfile.writing.entries import add_entry, add_phrase, entry_lines, find_entry
from app.flowfile.writing.keep import with_test
from app.flowfile.writing.sheet import Sheet

CAUGHT_MAX = 12
"""Other questions of a proposal that are shown."""

COMPARED_MAX = 400
"""Questions, and phrases of other entries, that are read before and after a proposal: a few seconds."""

TEST_NAME_CHARS = 60
"""So much of the question stands in the name of its test."""

BY_HAND = "Write it into the file by hand."


@dataclass(frozen=True, slots=True)
class Standing:
    """The folder as it is so far: its files in memory, and what they say. `flow` is what was checked, `held` are the tests it holds."""

    files: Files
    checked: Checked
    flow: Flow
    reading: Reading
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Caught:
    """A question, or a phrase of another entry, that is read in another way: what it meant before, and what it means then."""

    text: str
    owner: str
    before: str
    after: str


def try_out(standing: Standing, proposal: Proposal, now: datetime) -> Standing:
    """The folder with the proposal in it, and a test. Raises AppError with the reason why that cannot be."""
    files = {**standing.files, **_with_entry(standing.files, proposal)}
    flow = _checked(files, standing.reading).flow
    assert flow is not None
    _refuse_more_than_wanted(standing.flow, flow, proposal)
    name = _name(proposal.phrase, standing.checked)
    file, raw = with_test(files, standing.checked.tests, _test_lines(flow, proposal, name, now))
    files = {**files, file: raw}
    checked = _checked(files, standing.reading)
    assert checked.flow is not None
    _refuse_what_is_not_held(standing, checked, name)
    return Standing(files, checked, checked.flow, standing.reading, standing.held | {name})


def _with_entry(files: Files, proposal: Proposal) -> Files:
    """The file that holds the entry, or gets it, with the proposal in it."""
    roots = {name: root for name, raw in files.items() if isinstance(root := read_yaml(name, raw, Report()), Pairs)}
    for name, root in roots.items():
        sheet = Sheet(files[name])
        match proposal:
            case NewPhrase(entry, phrase) if found := find_entry(root, entry):
                if add_phrase(sheet, found, phrase):
                    return {name: sheet.written()}
                raise AppError(f"The phrases of {entry} in {name} are not a list to which one can be added.", BY_HAND)
            case NewEntry() if isinstance(root.get("faq"), Items):
                if add_entry(
                    sheet, root, entry_lines(proposal.entry, proposal.topic, proposal.phrases, proposal.answer)
                ):
                    return {name: sheet.written()}
                raise AppError(f"The FAQ in {name} is not a list with dashes.", BY_HAND)
    raise AppError(f"There is no entry {proposal.entry} in the files of this bot.", BY_HAND)


def _checked(files: Files, reading: Reading) -> Checked:
    checked = check_files(files)
    problem = next((each for each in checked.problems if not each.advice), None)
    if checked.flow is None or problem is not None:
        told = f"{problem.file}:{problem.line}: {problem.message}" if problem else "it cannot be read"
        raise AppError(f"The folder would not pass the check ({told}).", BY_HAND)
    read_as(checked.flow, reading)
    return checked


def _refuse_more_than_wanted(before: Flow, after: Flow, proposal: Proposal) -> None:
    """Beside the phrase, or the entry, everything must be as it was."""
    changed = after.faq.get(proposal.entry)
    was = before.faq.get(proposal.entry)
    entries = {name: each for name, each in after.faq.items() if name != proposal.entry}
    others = {name: each for name, each in before.faq.items() if name != proposal.entry}
    is_same = replace(after, faq=entries, revision="") == replace(before, faq=others, revision="")
    if changed is None or not is_same or (was is not None and not _is_only_longer(was, changed)):
        raise AppError("The file is written in a way to which nothing can be added safely.", BY_HAND)


def _is_only_longer(was: FaqEntry, now: FaqEntry) -> bool:
    return replace(now, ask=was.ask) == was and now.ask[:-1] == was.ask


# ---- its test ----------------------------------------------------------------------------------------------


def _name(phrase: str, checked: Checked) -> str:
    names = {each.name for each in checked.tests}
    wanted = f"learnt: {phrase[:TEST_NAME_CHARS].strip()}"
    numbered = (wanted if number == 1 else f"{wanted} ({number})" for number in range(1, len(names) + 2))
    return next(each for each in numbered if each not in names)


def _test_lines(flow: Flow, proposal: Proposal, name: str, now: datetime) -> list[str]:
    """What comes of the question, as a test. Raises AppError if the bot does not answer with the entry."""
    begun = now.astimezone(flow.timezone).replace(second=0, microsecond=0)
    talk = Talk(flow, begun)
    talk.begin()
    talk.enter(proposal.phrase)
    if f"faq {proposal.entry}" not in talk.why:
        raise AppError("The bot would read this question as something else, not as one to its FAQ.", BY_HAND)
    return talk.kept.lines(name, begun, talk.stored.get("state", ""))


def _refuse_what_is_not_held(standing: Standing, after: Checked, name: str) -> None:
    """Every test that is held today, and the new one, must be held."""
    assert after.flow is not None
    before = {each.name for each in standing.checked.tests}
    if [each.name for each in after.tests if each.name not in before] != [name]:
        raise AppError("A test cannot be added to this folder.", BY_HAND)
    for each in after.tests:
        if each.name in standing.held | {name} and list(play(after.flow, each)):
            raise AppError(f'The test "{each.name}" would no longer be held.', "Look at what it asks.")


def held_by(flow: Flow, tests: Sequence[Conversation]) -> frozenset[str]:
    """The names of the tests that are held."""
    return frozenset(each.name for each in tests if not list(play(flow, each)))


# ---- what else ---------------------------------------------------------------------------------------------


def caught(before: Flow, after: Flow, proposal: Proposal, asked: Sequence[Asked]) -> list[Caught]:
    """What would be read in another way: questions of customers, then phrases of other entries; not what the proposal is made of."""
    own = {each.text for each in proposal.group.asked}
    texts = [each for each in dict.fromkeys(each.text for each in asked) if each not in own][:COMPARED_MAX]
    return [*_changed_questions(before, after, texts), *_changed_phrases(before, after, proposal.entry)]


def _changed_questions(before: Flow, after: Flow, texts: Sequence[str]) -> Iterator[Caught]:
    for text in texts:
        was, now = (_meant(answering.answer(flow, text, ALL_TOPICS)) for flow in (before, after))
        if was != now:
            yield Caught(text, "", was, now)


def _changed_phrases(before: Flow, after: Flow, entry: str) -> Iterator[Caught]:
    """Phrases that letters and meaning read in another way; said word for word each still means its own entry."""
    from app.answers.search import search

    indexes = [answering.book(flow, ALL_TOPICS).index for flow in (before, after)]
    phrases = [(name, text) for name, each in before.faq.items() if name != entry for text in answering.phrases(each)]
    for name, phrase in phrases[:COMPARED_MAX]:
        was, now = (_meant(search(index, phrase)) for index in indexes)
        if was != now:
            yield Caught(phrase, name, was, now)


def _meant(answer: Answer) -> str:
    """What the bot does, in words."""
    if answer.decision == "answer":
        return f"answers with {answer.ranked[0].id}"
    return f"asks back: {', '.join(offered(answer))}" if answer.decision == "clarify" else "no answer"
