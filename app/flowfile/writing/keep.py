"""Adds a test to a bot's folder, at the end of its tests; everything else stays as it is. Adds none that the bot would not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.flowfile.check import Checked
from app.flowfile.content import Files, check_files, read_files
from app.flowfile.rehearsal.play import Miss, play
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.writing.save import save
from app.flowfile.writing.sheet import Sheet

USUAL_FILE, MAIN_FILE = "tests.yaml", "bot.yaml"
INDENT = "  "
_TESTS_KEY = re.compile(r"tests[ \t]*:[ \t]*(#.*)?")
_DASH = re.compile(r"([ \t]*)-([ \t]|$)")


@dataclass(frozen=True, slots=True)
class Addition:
    """The file that gets the test, as it will be."""

    path: Path
    raw: bytes

    def carry_out(self) -> None:
        save(self.path, self.raw)


def refuse_doubled(tests: Sequence[Conversation], name: str) -> None:
    """Raises AppError for a name that no new test can have."""
    known = next((each for each in tests if each.name == name), None)
    if known is not None:
        place = f"{known.place.file}:{known.place.line}"
        raise AppError(f'There is a test "{name}" already, at {place}.', "Choose another name.")
    if not name.strip() or name != name.strip() or not name.isprintable():
        raise AppError("The test needs a name of letters that can be seen.", 'For example --keep "a first visit".')


def plan_addition(folder: Path, checked: Checked, name: str, lines: Sequence[str]) -> Addition:
    """Where these lines go. Raises AppError, with nothing changed, if the folder with them is not as it should be."""
    files = read_files(folder, checked)
    if files is None:
        raise AppError(
            "The folder has changed during the talk.", "Talk once more, so that the test is about what is there."
        )
    file, raw = with_test(files, checked.tests, lines)
    _refuse_what_is_not_held({**files, file: raw}, name, checked)
    return Addition(folder / file, raw)


def with_test(files: Files, tests: Sequence[Conversation], lines: Sequence[str]) -> tuple[str, bytes]:
    """The file that takes these lines of a test, and how it then reads."""
    file = _file_for(files, tests)
    return file, _added(files[file], lines)


def _file_for(files: Files, tests: Sequence[Conversation]) -> str:
    """The usual file, else the one of the last test, else the main file."""
    wanted = (USUAL_FILE, *(each.place.file for each in reversed(tests)), MAIN_FILE)
    return next((each for each in wanted if each in files and _tests_line(Sheet(files[each]))), MAIN_FILE)


def _added(raw: bytes, lines: Sequence[str]) -> bytes:
    sheet = Sheet(raw)
    key = _tests_line(sheet)
    if not key:
        sheet.add_lines(sheet.lines_count, ["", "tests:", *(INDENT + line for line in lines)])
        return sheet.written()
    last, indent = _end_of_list(sheet, key)
    sheet.add_lines(last, ["", *(indent + line for line in lines)])
    return sheet.written()


def _tests_line(sheet: Sheet) -> int:
    """The line of `tests:`, 0 if there is none with its list below it."""
    numbers = range(1, sheet.lines_count + 1)
    return next((each for each in numbers if _TESTS_KEY.fullmatch(sheet.line(each))), 0)


def _end_of_list(sheet: Sheet, key: int) -> tuple[int, str]:
    """The last line of the list below line `key`, and what stands before its dashes, which may be nothing."""
    first = next(_dashes(sheet, range(key + 1, sheet.lines_count + 1)), None)
    if first is None:
        return key, INDENT
    number, indent = first
    if indent:
        return sheet.last_line(key, 0), indent
    last = sheet.last_line(number, 0)
    while (following := next(_dashes(sheet, range(last + 1, sheet.lines_count + 1)), None)) and not following[1]:
        last = sheet.last_line(following[0], 0)
    return last, indent


def _dashes(sheet: Sheet, numbers: range) -> Iterator[tuple[int, str]]:
    """A line with a dash and its indent, if one comes before any other words."""
    for number in numbers:
        line = sheet.line(number)
        found = _DASH.match(line)
        if found:
            yield number, found[1]
        if line.strip() and not line.lstrip().startswith("#"):
            return


def _refuse_what_is_not_held(files: Files, name: str, before: Checked) -> None:
    after = check_files(files)
    problem = next((each for each in after.problems if not each.advice), None)
    if after.flow is None or problem:
        told = f"{problem.file}:{problem.line}: {problem.message}" if problem else "it cannot be read"
        raise AppError(f"The test cannot be added to this folder ({told}).", "Copy it into the list of tests by hand.")
    added = next((each for each in after.tests if each.name == name), None)
    if added is None or len(after.tests) != len(before.tests) + 1:
        raise AppError("The test cannot be added to this folder.", "Copy it into the list of tests by hand.")
    for miss in play(after.flow, added):
        raise AppError(_told(miss, added), "It was not kept.")


def _told(miss: Miss, added: Conversation) -> str:
    number = next((number for number, step in enumerate(added.steps, 1) if step.place == miss.place), 0)
    return f'The test would not be held: step {number} wants "{miss.wanted}", and there would be "{miss.got}".'
