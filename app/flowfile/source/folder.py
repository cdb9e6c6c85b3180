"""A bot's folder: bot.yaml and the files it includes, as nodes. Never opens a file outside the folder.

Whatever changes here changes `revision`, the hash over the names and bytes of the files that the bot uses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from app.flowfile import limits
from app.flowfile.problems import Place, Problem, Report
from app.flowfile.rules import yaml as rules
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar, size_of
from app.flowfile.source.yamlfile import YamlReader

MAIN_FILE = "bot.yaml"
YAML_SUFFIXES = (".yaml", ".yml")
FEED_SUFFIXES = (".csv", ".tsv", ".txt", ".xml")
"""Files that hold products as shops export them."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name as seen from the folder, and its pairs."""

    file: str
    root: Pairs


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read. `sources` begins with bot.yaml; `files` are all that were looked for, readable or not.

    `is_whole`: every file could be read as YAML, so that what is missing is truly missing. `feeds` are the bytes of product feeds by
    name, None for one that cannot be opened or is too large.
    """

    sources: tuple[Source, ...]
    files: tuple[Path, ...]
    revision: str
    is_whole: bool
    feeds: Mapping[str, bytes | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What is gathered on the way."""

    folder: Path
    report: Report
    reader: YamlReader
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)
    files: list[Path] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    bytes_read: int = 0
    nodes_read: int = 0
    is_whole: bool = True


def read_folder(folder: Path, report: Report) -> Folder:
    """Read bot.yaml and what it includes. Problems go into the report; never raises."""
    reading = _Reading(folder, report, YamlReader(report))
    _read_file(reading, MAIN_FILE, Place(MAIN_FILE, 1, 1))
    for name in _included(reading) if reading.is_whole else ():
        if not _is_full(reading):  # what is beyond costs nothing more
            _read_file(reading, name.text, name.place)
    feeds = {name: _read_feed(reading, name) for name in _feeds(reading)}
    return Folder(tuple(reading.sources), tuple(reading.files), reading.hash.hexdigest()[:32], reading.is_whole, feeds)


def _feeds(reading: _Reading) -> tuple[str, ...]:
    """The names of files with products, each once."""
    nodes = (source.root.get("products") for source in reading.sources)
    named = (feed_name(node) for node in nodes if node is not None)
    return tuple(dict.fromkeys(each.text for each in named if each and is_feed_file(each.text)))[:1]


def feed_name(products: Node) -> Scalar | None:
    """What stands for the products where they are not written down here: `products: feed.csv`, or `feed:` among its keys."""
    node = products.get("feed") if isinstance(products, Pairs) else products
    return node if isinstance(node, Scalar) else None


def is_feed_file(name: str) -> bool:
    """Whether a feed is a file of the folder, by its name."""
    return name.lower().endswith(FEED_SUFFIXES) and "://" not in name


def _read_feed(reading: _Reading, name: str) -> bytes | None:
    """The bytes of a feed; its change is a change of the bot."""
    path = reading.folder / name
    reading.files.append(path)
    raw = _bytes_of(path, limits.FEED_BYTES_MAX) if is_inside(reading.folder, name, FEED_SUFFIXES) else None
    if raw is None or len(raw) > limits.FEED_BYTES_MAX:
        return None
    reading.hash.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return raw


def _read_file(reading: _Reading, name: str, place: Place) -> None:
    """Read one file; `place` is where a missing file is shown."""
    path = reading.folder / name
    reading.files.append(path)
    may_open = is_inside(reading.folder, name)
    raw = _bytes_of(path) if may_open else None
    if raw is None:
        why = "it cannot be opened" if path.exists() else "it does not exist"
        why = why if may_open else "it is a link that leads out of the folder"
        reading.report.take(rules.unreadable_file(place, name, why))
        reading.is_whole = False
        return
    reading.hash.update(f"{name}\0{len(raw)}\0".encode() + raw)
    reading.bytes_read += len(raw)
    if not _is_full(reading):
        _keep(reading, name, raw)
    if what := _is_full(reading):
        reading.report.take(rules.folder_too_large(place, what))
        reading.is_whole = False


def _is_full(reading: _Reading) -> str:
    """Of what there is more than a folder may hold; empty as long as everything fits."""
    if reading.bytes_read > limits.FOLDER_BYTES_MAX:
        return f"{limits.FOLDER_BYTES_MAX // 1024 // 1024} MB"
    return (
        f"{limits.FOLDER_NODES_MAX:,} texts, lists and groups" if reading.nodes_read > limits.FOLDER_NODES_MAX else ""
    )


def _bytes_of(path: Path, bytes_max: int = limits.FILE_BYTES_MAX) -> bytes | None:
    """The file's bytes, one more than allowed at most; None for what is no regular file: a pipe would never end."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(bytes_max + 1)
    except (OSError, ValueError):
        return None


def _keep(reading: _Reading, name: str, raw: bytes) -> None:
    root = reading.reader.read(name, raw)
    if isinstance(root, Pairs):
        reading.nodes_read += size_of(root)
        reading.sources.append(Source(name, root))
        return
    reading.is_whole = False
    if root is not None:
        reading.report.take(rules.broken_yaml(root.place, "A flow file holds keys with values, as in flow: 1."))


def _included(reading: _Reading) -> list[Scalar]:
    """The names in `include`, each once. One that may not be opened is told and makes the folder incomplete."""
    node = reading.sources[0].root.get("include")
    items = node.items if isinstance(node, Items) else (node,)
    seen = {MAIN_FILE}
    names: list[Scalar] = []
    for item in items:
        if not isinstance(item, Scalar):
            continue  # Its shape is told with the other shapes.
        refused = _refused(item, reading.folder, seen, len(names))
        if reading.report.take(refused):
            reading.is_whole = False
        else:
            names.append(item)
        seen.add(item.text)
    return names


def _refused(name: Scalar, folder: Path, seen: set[str], names_before: int) -> Iterator[Problem]:
    """Why this name may not be opened; nothing if it may."""
    if not is_inside(folder, name.text):
        yield from rules.include_outside(name)
    elif name.text in seen:
        yield from rules.include_in_a_circle(name)
    elif names_before >= limits.INCLUDES_MAX:
        yield from rules.too_large(name.place, f"more than {limits.INCLUDES_MAX} files")


def is_inside(folder: Path, name: str, suffixes: tuple[str, ...] = YAML_SUFFIXES) -> bool:
    """Whether `name` is a plain relative name of a file of that kind that truly lies in the folder."""
    pure = PurePosixPath(name)
    if not name or "\\" in name or ":" in name or pure.is_absolute() or str(pure) != name:
        return False
    if ".." in pure.parts or pure.suffix.lower() not in suffixes:
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False
