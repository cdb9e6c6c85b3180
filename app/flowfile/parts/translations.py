"""`translations`: pairs of sentences from every file, and a look at what they lack. Writes nothing; `translate.py` does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.flowfile.parts.known import Known, Pair
from app.flowfile.parts.shapes import as_items, as_pairs, as_scalar
from app.flowfile.parts.texts import names_in, sentence_of
from app.flowfile.problems import Place, Report
from app.flowfile.rules import structure, yaml
from app.flowfile.rules import translations as rules
from app.flowfile.rules.structure import BUILT_IN_NAMES
from app.flowfile.source.nodes import Node, Pairs, Scalar

MISLEADING = ("F102", "F104", "F201", "F202", "F204", "F212", "F302", "F405", "F604", "F801")
"""With one of these a text may be missing from what was read, and its translation would be called stale wrongly."""

_EXAMPLE = "- {en: Hello!, fr: Bonjour !}"


def read_translations(nodes: Iterable[Node], known: Known) -> None:
    """Fill `known.pairs` and `known.translations`."""
    known.pairs = read_pairs(nodes, known.languages, known.report)
    known.translations = translations_of(known.pairs)


def read_pairs(nodes: Iterable[Node], languages: tuple[str, ...], report: Report) -> tuple[Pair, ...]:
    """Every pair in its order."""
    pairs: list[Pair] = []
    places: dict[tuple[str, str], Place] = {}
    for node in nodes:
        for item in as_items(node, report, "a list of sentences with their translations", _EXAMPLE):
            written = as_pairs(item, report, "a sentence and its translation", _EXAMPLE)
            pair = _read_pair(written, languages, report) if written else None
            if pair:
                _look_for_double(pair, places, report)
                pairs.append(pair)
    return tuple(pairs)


def _read_pair(pairs: Pairs, languages: tuple[str, ...], report: Report) -> Pair | None:
    first, *others = languages
    report.take(structure.unknown_keys(pairs, languages, "a translation"))
    node = pairs.get(first)
    if node is None:
        report.take(structure.missing_key(pairs.place, first, "this translation", f"{first}: Hello!"))
        return None
    original = as_scalar(node, report, "sentence", f"{first}: Hello!")
    translated = {language: node for language in others if (node := pairs.get(language)) is not None}
    written = {language: _read_translated(node, report) for language, node in translated.items()}
    return (
        Pair(pairs.place, original, {language: each for language, each in written.items() if each})
        if original
        else None
    )


def _read_translated(node: Node, report: Report) -> Scalar | None:
    """One side of a pair; nothing yet is as good as none, and is no problem."""
    if isinstance(node, Scalar) and not node.text.strip():
        return node
    return as_scalar(node, report, "sentence", "fr: Bonjour !")


def _look_for_double(pair: Pair, places: dict[tuple[str, str], Place], report: Report) -> None:
    """Several pairs may share a sentence, as with one file a language, but each language may have it once."""
    sentence = sentence_of(pair.original.text)
    filled = [(sentence, language) for language, each in pair.written.items() if each.text.strip()]
    double = next((places[each] for each in filled if each in places), None)
    report.take(yaml.doubled_key(pair.original, double) if double else ())
    for each in filled:
        places.setdefault(each, pair.original.place)


def translations_of(pairs: Sequence[Pair]) -> Mapping[str, Mapping[str, Scalar]]:
    """Sentence of the first language to its sentence in each other one that has it; the first of two counts."""
    found: dict[str, dict[str, Scalar]] = {}
    for pair in pairs:
        translated = found.setdefault(sentence_of(pair.original.text), {})
        for language, written in pair.written.items():
            if written.text.strip():
                translated.setdefault(language, written)
    return found


# ---- what they lack ----------------------------------------------------------------------------------------


def missing_in(language: str, known: Known) -> list[Scalar]:
    """The sentences that are not there in this language, where they stand first."""
    missing = (
        scalar
        for sentence, (scalar, wanted) in known.sentences.items()
        if wanted and language not in known.translations.get(sentence, {})
    )
    return sorted(missing, key=lambda each: each.place)


def can_tell_stale(known: Known) -> bool:
    """Whether every text of the bot was read, so that what was not met is not there."""
    return not known.report.has(*MISLEADING)


def is_used(pair: Pair, known: Known) -> bool:
    """Whether the bot still says or hears the sentence of this pair."""
    sentence = sentence_of(pair.original.text)
    return sentence in known.sentences or sentence in known.fed


def look_at_translations(known: Known) -> None:
    """Report what F9xx is about."""
    missing = {language: missing_in(language, known) for language in known.languages[1:]}
    for language, sentences in missing.items():
        known.report.take(rules.translations_missing(language, known.languages[0], sentences))
    untranslated = rules.by_beginning(each for sentences in missing.values() for each in sentences)
    for pair in known.pairs:
        if is_used(pair, known):
            _look_at_pair(pair, known)
        elif can_tell_stale(known):
            known.report.take(rules.translation_stale(pair.original, untranslated))


def _look_at_pair(pair: Pair, known: Known) -> None:
    wanted = names_in(pair.original.text)
    can_stand = {*wanted, *known.slot_names, *BUILT_IN_NAMES}
    for language, written in pair.written.items():
        found = names_in(written.text)
        if written.text.strip() and found <= can_stand:  # a name that nothing has is told where the text is read
            known.report.take(rules.translation_identical(pair.original, written, language))
            known.report.take(rules.variables_differ(written, wanted, found, language))
