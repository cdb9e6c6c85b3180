"""What `frontdesk translate` does to a folder: pairs to fill in, marks on stale ones. Works out everything before anything is written.

Every changed file is read again in memory: what was there must be there as before, with what was added and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
from app.flowfile.source.folder import MAIN_FILE, is_inside
from app.flowfile.source.nodes import Items, Pairs, plain_of
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.writing import pairs as writing
from app.flowfile.writing.save import save
from app.flowfile.writing.sheet import Sheet


@dataclass(slots=True)
class Change:
    """What is to be done: `files` as they should be, and what is different in them.

    `file` has the language's pairs. `open_before`: pairs that were listed already and still wait for their translation.
    """

    language: str
    first: str
    file: str = ""
    is_new: bool = False
    added: tuple[str, ...] = ()
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
    change.added = tuple(each for each in missing if each not in listed and len(each) <= limits.TEXT_CHARS_MAX)
    _Edits(folder, read, known, change).make()
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

    def __init__(self, folder: Path, read: Mapping[str, bytes], known: Known, change: Change) -> None:
        self._folder, self._read, self._known, self._change = folder, read, known, change
        self._sheets = {name: Sheet(raw) for name, raw in read.items()}
        self._roots = {name: _root_of(name, raw) for name, raw in read.items()}
        self._wanted: dict[str, Any] = {name: plain_of(root) for name, root in self._roots.items()}

    def make(self) -> None:
        """Fill in the change. Files in which nothing differs are left out of it."""
        if can_tell_stale(self._known):
            self._mark()
        if self._change.added:
            self._add()
        for name, sheet in self._sheets.items():
            raw = sheet.written()
            if raw != self._read[name]:
                self._look_at(name, raw)
                self._change.files[name] = raw

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

    def _add(self) -> None:
        change = self._change
        change.file = self._file()
        if change.file not in self._sheets:
            self._add_file()
            return
        root = self._roots[change.file]
        if not writing.add_pairs(self._sheets[change.file], root, change.first, change.language, change.added):
            example = f"- {{{change.first}: Hello!, {change.language}: …}}"
            raise AppError(
                f"The translations in {change.file} are not a list with dashes, so nothing can be added to them.",
                f"Write each pair on a line of its own, as in {example}; or take out what stands behind translations:.",
            )
        listed = self._wanted[change.file].get("translations") or []
        self._wanted[change.file]["translations"] = [*listed, *self._pairs()]

    def _add_file(self) -> None:
        """A new file with the pairs, and its name in bot.yaml."""
        change, main = self._change, self._sheets[MAIN_FILE]
        change.is_new = True
        included = self._wanted[MAIN_FILE].get("include") or []
        names = included if isinstance(included, list) else [included]
        if len(names) >= limits.INCLUDES_MAX:
            raise AppError(f"bot.yaml names {len(names)} files already.", "Make one file of two of them.")
        if not writing.add_include(main, self._roots[MAIN_FILE], change.file):
            hint = f"Write include: [{change.file}] there, and make that file with the line translations: in it."
            raise AppError(f"{change.file} cannot be added to include in bot.yaml.", hint)
        self._wanted[MAIN_FILE]["include"] = [*names, change.file]
        self._wanted[change.file] = {"translations": self._pairs()}
        raw = writing.new_file(change.first, change.language, change.added, main.newline)
        self._look_at(change.file, raw)
        change.files[change.file] = raw

    def _pairs(self) -> list[Any]:
        return [{self._change.first: each, self._change.language: ""} for each in self._change.added]

    def _file(self) -> str:
        """Where pairs of this language go: its own file; else the file that has most of them; else a new one."""
        own = f"lang/{self._change.language}.yaml"
        pairs = (each for each in self._known.pairs if self._change.language in each.written)
        counted = Counter(each.place.file for each in pairs if self._takes_more(each.place.file))
        if own in self._sheets or not counted:
            return own if own in self._sheets else self._free(own)
        return counted.most_common(1)[0][0]

    def _takes_more(self, file: str) -> bool:
        node = self._roots[file].get("translations")
        return isinstance(node, Items) and writing.dash_before(self._sheets[file], node.place) is not None

    def _free(self, name: str) -> str:
        """A name for a new file inside the folder."""
        if not is_inside(self._folder, name):
            raise AppError(
                f"{name} would lie outside the bot's folder.", "Make lang a folder of its own there, no link."
            )
        if (self._folder / name).exists():
            hint = f"Add it to include in bot.yaml, as in include: [{name}], and run the command again."
            raise AppError(f"There is a file {name} that bot.yaml does not include.", hint)
        return name

    def _look_at(self, name: str, raw: bytes) -> None:
        """The file as it would be, read again: the same as before, and what was added."""
        report = Report()
        node = read_yaml(name, raw, report)
        if report.sorted() or node is None or plain_of(node) != self._wanted[name]:
            raise AppError(
                f"{name} is written in a way to which nothing can be added safely; nothing was changed.",
                "Write its keys on lines of their own, indented with blanks; or add the pairs by hand.",
            )


def _root_of(name: str, raw: bytes) -> Pairs:
    node = read_yaml(name, raw, Report())
    return node if isinstance(node, Pairs) else Pairs((), Place(name, 1, 1))
