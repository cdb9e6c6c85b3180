"""What `frontdesk translate` does to a folder: pairs to fill in, marks on stale ones. Works out everything before anything is written.

Every changed file is read again in memory: what was there must be there as before, with what was added and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.flowfile import limits
from app.flowfile.check import Checked
from app.flowfile.content import read_files
from app.flowfile.parts.known import Known, Pair
from app.flowfile.parts.texts import sentence_of
from app.flowfile.parts.translations import can_tell_stale, is_used, missing_in
from app.flowfile.problems import Place, Problem, Report, any_of, did_you_mean
from app.flowfile.source.folder import MAIN_FILE
from app.flowfile.source.nodes import Pairs, plain_of
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.writing import pairs as writing
from app.flowfile.writing.save import save
from app.flowfile.writing.shares import Shelf, share_out
from app.flowfile.writing.sheet import Sheet


@dataclass(slots=True)
class Change:
    """What is to be done: `files` as they should be, and what is different in them.

    `added`: sentences by the file that gets them. `open_before`: pairs that were listed already and still wait for their translation.
    """

    language: str
    first: str
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)
    new_files: Sequence[str] = ()
    open_before: int = 0
    marked: list[Pair] = field(default_factory=list)
    unmarked: int = 0
    files: dict[str, bytes] = field(default_factory=dict)


def unreadable(checked: Checked) -> list[Problem]:
    """The problems with which a folder is left alone: what stands in it is not what its owner sees."""
    return [each for each in checked.problems if each.code.startswith("F1")]


def plan_change(folder: Path, checked: Checked, known: Known, language: str) -> Change:
    """Everything that this language needs. Raises AppError where it cannot be added in a way that changes nothing else."""
    _look_at_language(language, known)
    read = read_files(folder, checked)
    if read is None:
        raise AppError("The folder was changed in the meantime.", "Run the command again.")
    change = Change(language, known.languages[0])
    listed = {sentence_of(each.original.text) for each in known.pairs if language in each.written}
    missing = [sentence_of(each.text) for each in missing_in(language, known)]
    change.open_before = sum(each in listed for each in missing)
    wanted = [each for each in missing if each not in listed and len(each) <= limits.TEXT_CHARS_MAX]
    edits = _Edits(read, known, change)
    change.added = share_out(wanted, language, Shelf(folder, read, edits.open_files()), known)
    change.new_files = [name for name in change.added if name not in read]
    edits.make()
    return change


def _look_at_language(language: str, known: Known) -> None:
    first, *others = known.languages
    if language == first:
        raise AppError(
            f"The bot is written in {first}.", f"Name another of its languages: {any_of(others) or 'none yet'}."
        )
    if language not in others:
        listed = ", ".join((*known.languages, language))
        hint = did_you_mean(language, others) or f"To add it, write languages: [{listed}] under bot in bot.yaml."
        raise AppError(f"The bot does not speak {language}.", hint)


def carry_out(folder: Path, change: Change) -> None:
    """Write the files: the language's first, so that bot.yaml never names one that is not there."""
    for name in sorted(change.files, key=lambda each: each == MAIN_FILE):
        save(folder / name, change.files[name])


# ---- edits -------------------------------------------------------------------------------------------------


class _Edits:
    """The edits of one change, file by file."""

    def __init__(self, read: Mapping[str, bytes], known: Known, change: Change) -> None:
        self._read, self._known, self._change = read, known, change
        self._sheets = {name: Sheet(raw) for name, raw in read.items()}
        self._roots = {name: _root_of(name, raw) for name, raw in read.items()}
        self._wanted: dict[str, Any] = {name: plain_of(root) for name, root in self._roots.items()}

    def open_files(self) -> list[str]:
        """The files to whose pairs lines can be added."""
        return [name for name, root in self._roots.items() if writing.can_add(self._sheets[name], root)]

    def make(self) -> None:
        """Fill in the files of the change: those in which something differs."""
        if can_tell_stale(self._known):
            self._mark()
        for name, sentences in self._change.added.items():
            if name in self._sheets:
                self._add_to(name, sentences)
            else:
                self._keep(name, writing.new_file(self._change.first, self._change.language, sentences, self._newline))
        if self._change.new_files:
            self._include(self._change.new_files)
        for name, sheet in self._sheets.items():
            raw = sheet.written()
            if raw != self._read[name]:
                self._keep(name, raw)

    def _mark(self) -> None:
        """Marks on the pairs of this language that nothing says any more, and away from those that are said again."""
        for pair in self._known.pairs:
            if pair.written and self._change.language not in pair.written:
                continue
            sheet = self._sheets[pair.place.file]
            if is_used(pair, self._known):
                self._change.unmarked += writing.unmark(sheet, pair.place)
            elif not writing.is_marked(sheet, pair.place):
                self._change.marked.append(pair)
                writing.mark_stale(sheet, pair.place)

    def _add_to(self, name: str, sentences: Sequence[str]) -> None:
        first, language = self._change.first, self._change.language
        if not writing.add_pairs(self._sheets[name], self._roots[name], (first, language), sentences):
            raise AppError(
                f"The translations in {name} are not a list with dashes, so nothing can be added to them.",
                f"Write each pair on a line of its own, as in - {{{first}: Hello!, {language}: …}}.",
            )
        listed = self._wanted[name].get("translations") or []
        self._wanted[name]["translations"] = [*listed, *self._pairs(sentences)]

    def _include(self, names: Sequence[str]) -> None:
        """The names of new files in bot.yaml."""
        included = self._wanted[MAIN_FILE].get("include") or []
        before = included if isinstance(included, list) else [included]
        if len(before) + len(names) > limits.INCLUDES_MAX:
            raise AppError(f"bot.yaml names {len(before)} files already.", "Make one file of two of them.")
        if not writing.add_include(self._sheets[MAIN_FILE], self._roots[MAIN_FILE], names):
            listed = ", ".join(names)
            hint = f"Write include: [{listed}] there, and make {listed} with the line translations: in it."
            raise AppError(f"{listed} cannot be added to include in bot.yaml.", hint)
        self._wanted[MAIN_FILE]["include"] = [*before, *names]

    def _pairs(self, sentences: Sequence[str]) -> list[Any]:
        return [{self._change.first: each, self._change.language: ""} for each in sentences]

    @property
    def _newline(self) -> str:
        return self._sheets[MAIN_FILE].newline

    def _keep(self, name: str, raw: bytes) -> None:
        """The file as it would be, read again: the same as before, and what was added."""
        wanted = self._wanted.get(name) or {"translations": self._pairs(self._change.added[name])}
        report = Report()
        node = read_yaml(name, raw, report)
        if report.has("F109"):
            raise AppError(f"{name} would become too large.", "Move some of what it holds into another file.")
        if report.sorted() or node is None or plain_of(node) != wanted:
            raise AppError(
                f"{name} is written in a way to which nothing can be added safely; nothing was changed.",
                "Write its keys on lines of their own, indented with blanks; or add the pairs by hand.",
            )
        self._change.files[name] = raw


def _root_of(name: str, raw: bytes) -> Pairs:
    node = read_yaml(name, raw, Report())
    return node if isinstance(node, Pairs) else Pairs((), Place(name, 1, 1))
