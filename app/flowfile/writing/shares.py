"""Which file gets how many of a language's new pairs. Opens no file; looks only whether a name is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from app.errors import AppError
from app.flowfile.parts.known import Known
from app.flowfile.source.folder import is_inside

PAIRS_MAX = 1_500
"""Pairs in one file: with two long sentences each they just fit into one that may be read, also when all are filled in."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A bot's folder and its files by name; `open_files` are those to whose pairs lines can be added."""

    folder: Path
    files: Collection[str]
    open_files: Collection[str]


def share_out(sentences: Sequence[str], language: str, shelf: Shelf, known: Known) -> Mapping[str, Sequence[str]]:
    """The sentences by the file that takes them: the language's own, else the one with most of its pairs, else new ones."""
    shares: dict[str, Sequence[str]] = {}
    left = list(sentences)
    for name, room in _rooms(language, shelf, known):
        if not left:
            break
        shares[name], left = left[:room], left[room:]
    return shares


def _rooms(language: str, shelf: Shelf, known: Known) -> Iterator[tuple[str, int]]:
    """Files in the order in which they are filled, and how many pairs each still takes."""
    filled = Counter(pair.place.file for pair in known.pairs)
    ours = Counter(pair.place.file for pair in known.pairs if language in pair.written)
    own = f"lang/{language}.yaml"
    names = [own] if own in shelf.files else []
    names += [name for name, _ in ours.most_common() if name != own and name in shelf.open_files]
    yield from ((name, PAIRS_MAX - filled[name]) for name in names if filled[name] < PAIRS_MAX)
    if not names:
        yield _new(own, shelf), PAIRS_MAX
    for number in count(2):
        name = f"lang/{language}-{number}.yaml"
        if name not in shelf.files and not (shelf.folder / name).exists():
            yield _new(name, shelf), PAIRS_MAX


def _new(name: str, shelf: Shelf) -> str:
    """That name, if a new file inside the folder can have it."""
    if not is_inside(shelf.folder, name):
        raise AppError(f"{name} would lie outside the bot's folder.", "Make lang a folder of its own there, no link.")
    if (shelf.folder / name).exists():
        hint = f"Add it to include in bot.yaml, as in include: [{name}], and run the command again."
        raise AppError(f"There is a file {name} that bot.yaml does not include.", hint)
    return name
