"""What `frontdesk translate` did, in lines for the owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.flowfile.parts.known import Known
from app.flowfile.parts.texts import sentence_of
from app.flowfile.parts.translations import missing_in, read_pairs
from app.flowfile.problems import Report, quoted
from app.flowfile.rules.translations import by_beginning, nearest_sentence
from app.flowfile.source.folder import MAIN_FILE
from app.flowfile.source.nodes import Pairs
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.writing.translate import Change


def lines_of(change: Change, known: Known, folder: str) -> list[str]:
    """One line for each thing that is different now, or that there was nothing to do."""
    return list(_lines(change, known, folder)) or [
        f"Nothing to add: every sentence of {folder} has its translation into {change.language}."
    ]


def _lines(change: Change, known: Known, folder: str) -> Iterator[str]:
    language, first = change.language, change.first
    for name, sentences in change.added.items():
        yield f"{folder}/{name}: {_sentences(len(sentences))} added. Write the {language} between the quotes."
    if change.added:
        yield f"Until then the bot says them in {first}."
    if change.new_files:
        yield f"{folder}/{MAIN_FILE}: {', '.join(change.new_files)} added to include."
    if change.open_before:
        yield f"Listed before, and still without {language}: {_sentences(change.open_before)}."
    missing = by_beginning(missing_in(language, known))
    lines = {name: _lines_by_sentence(name, raw, known) for name, raw in change.files.items()}
    for pair in change.marked:
        sentence = sentence_of(pair.original.text)
        line = lines.get(pair.place.file, {}).get(sentence, pair.place.line)
        near = nearest_sentence(pair.original.text, missing)
        meant = f" Is it {quoted(near.text)} now?" if near else ""
        yield f"{folder}/{pair.place.file}:{line}: stale, nothing says {quoted(sentence)} any more.{meant}"
    if change.unmarked:
        yield f"Said again, so no longer marked as stale: {_sentences(change.unmarked)}."


def _sentences(number: int) -> str:
    return "1 sentence" if number == 1 else f"{number} sentences"


def _lines_by_sentence(name: str, raw: bytes, known: Known) -> Mapping[str, int]:
    """Where each pair of the file begins now."""
    root = read_yaml(name, raw, Report())
    node = root.get("translations") if isinstance(root, Pairs) else None
    pairs = read_pairs([node] if node else [], known.languages, Report())
    return {sentence_of(each.original.text): each.place.line for each in pairs}
