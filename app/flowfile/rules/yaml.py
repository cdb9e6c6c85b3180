"""F1xx: files that cannot be read and the traps of YAML, told in an owner's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.flowfile import limits
from app.flowfile.problems import Place, Problem, problem_at, quoted
from app.flowfile.source.events import LINE_END
from app.flowfile.source.nodes import Scalar

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no message can carry: control characters and halves of surrogate pairs."""

HASH_GLUED = re.compile(r"[ \t]+#[^\s#]")


def unreadable_file(place: Place, name: str, why: str) -> Iterator[Problem]:
    """F101: a file that is not there or cannot be opened."""
    yield problem_at(place, "F101", f"The file {quoted(name)} cannot be read: {why}.", "Check its name and its rights.")


def doubled_key(key: Scalar, first: Place) -> Iterator[Problem]:
    """F102: the same key twice in one place; YAML would silently drop one of them."""
    yield problem_at(
        key.place,
        "F102",
        f"{quoted(key.text)} is written twice; the first is in {first.file}, line {first.line}.",
        "Keep one of them, or give the second another name.",
    )


def anchor_or_tag(place: Place, sign: str) -> Iterator[Problem]:
    """F103: YAML's anchors, aliases, tags and merge keys, which a flow file never needs."""
    yield problem_at(
        place,
        "F103",
        f"A value that begins with {sign} means something special in YAML, which flow files do not use.",
        "If it is part of the text, put the whole text in double quotes.",
    )


def comma_in_braces(key: Scalar) -> Iterator[Problem]:
    """F104: `{say: Hello, friend}`: the comma ends the text, and the rest becomes a key without a value."""
    yield problem_at(
        key.place,
        "F104",
        f"Inside braces a comma ends the text, so {quoted(key.text)} is on its own.",
        'Put the whole text in double quotes, as in {say: "Hello, friend"}, or write it on a line of its own.',
    )


def hash_in_text(place: Place, rest: str) -> Iterator[Problem]:
    """F105: ` #word` behind a text without quotes: YAML drops it as a comment. `rest` is the line from `place` on."""
    if HASH_GLUED.match(rest):
        yield _dropped(place.moved(len(rest) - len(rest.lstrip())))


def hash_instead_of_text(key: Scalar, line: str) -> Iterator[Problem]:
    """F105: `say: #1 in town`: nothing is left of the text. `line` is the key's whole line."""
    begins = key.place.column - 1
    found = re.compile(r":[ \t]+#[^\s#]").search(line, begins + len(key.text))
    if found and "#" not in line[begins : found.start()]:
        yield _dropped(Place(key.place.file, key.place.line, found.end() - 1))


def _dropped(place: Place) -> Problem:
    return problem_at(
        place,
        "F105",
        "Everything from the # on is dropped, because a blank and # begin a comment.",
        "Put the whole text in double quotes; or, if it is a comment, write a blank after the #.",
    )


def colon_in_text(place: Place) -> Iterator[Problem]:
    """F106: `say: Note: we are closed`: the second colon begins a new pair."""
    yield problem_at(
        place,
        "F106",
        "A colon followed by a blank begins a new value here, in the middle of a text.",
        'Put the whole text in double quotes, as in say: "Note: we are closed"; or move this line under the other keys.',
    )


def tab_at_the_start(file: str, text: str) -> Iterator[Problem]:
    """F107: lines indented with a tab."""
    for number, line in enumerate(LINE_END.split(text), 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            place = Place(file, number, indent.index("\t") + 1)
            yield problem_at(place, "F107", "This line is indented with a tab.", "Use blanks: two for each step.")


def not_utf8(place: Place) -> Iterator[Problem]:
    """F108: bytes that are not UTF-8."""
    yield problem_at(
        place, "F108", "The file is not UTF-8 text.", 'Save it again with the encoding "UTF-8" in your editor.'
    )


def unprintable_text(place: Place, text: str) -> Iterator[Problem]:
    """F108: a character that no message can carry."""
    if UNPRINTABLE.search(text):
        yield problem_at(place, "F108", "This text holds a character that cannot be shown.", "Type the text anew.")


def too_large(place: Place, what: str) -> Iterator[Problem]:
    """F109: more than a flow file may hold."""
    yield problem_at(
        place, "F109", f"The file is too large: {what}.", "Divide it into several files and name them in include."
    )


def folder_too_large(place: Place, what: str) -> Iterator[Problem]:
    """F109: files that are too much together; `place` is the name of the first one that does not fit."""
    yield problem_at(
        place,
        "F109",
        f"The files of this bot are too large: together they have more than {what}.",
        "Take out what no customer reaches, or make two bots of it, each for a Page of its own.",
    )


def too_deep(place: Place) -> Iterator[Problem]:
    """F110: nested deeper than any flow needs."""
    yield problem_at(
        place,
        "F110",
        f"This is nested more than {limits.DEPTH_MAX} steps deep.",
        "Look for a bracket or brace that is not closed.",
    )


def include_outside(name: Scalar) -> Iterator[Problem]:
    """F111: an include that is no plain name of a YAML file inside the folder."""
    yield problem_at(
        name.place,
        "F111",
        f"{quoted(name.text)} is not a YAML file inside this folder.",
        "Write its name as seen from bot.yaml, for example lang/fr.yaml; no .. and no links to the outside.",
    )


def include_in_a_circle(name: Scalar) -> Iterator[Problem]:
    """F112: a file included twice, bot.yaml itself, or an include inside an included file."""
    yield problem_at(
        name.place,
        "F112",
        f"{quoted(name.text)} is included in a circle or twice.",
        "Name every file once, in the include of bot.yaml.",
    )


def broken_yaml(place: Place, what: str = "This line cannot be understood as YAML.") -> Iterator[Problem]:
    """F113: any other text that is no YAML."""
    yield problem_at(
        place,
        "F113",
        what,
        "Look here and in the line above for a quote, bracket or brace that is not closed, a missing colon, or a shifted line.",
    )
