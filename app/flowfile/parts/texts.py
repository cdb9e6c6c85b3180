"""Texts: placeholders, translations, lengths. Gives `Text` values; a placeholder that names nothing is a problem here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

from app.engine.flow import PRODUCT_PREFIX, Placeholder, Slot, Template, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_scalar
from app.flowfile.rules import calls, products, structure, values
from app.flowfile.rules.limits import text_too_long
from app.flowfile.rules.structure import BUILT_IN_NAMES
from app.flowfile.source.nodes import Node, Scalar

_WORD = re.compile(r"[^\W\d_]{2}|[^\W\d_\x00-\x7f]")
"""Two letters, or one of a script in which one can be a word."""
_PIECE = re.compile(r"\\<|<([A-Za-z_][A-Za-z0-9_.]*)>")

PLACEHOLDERS_KEPT_MAX = 1_000
"""Names that most bots do not have; 200 bytes each."""
SECRET_PREFIX = "secret."  # noqa: S105 - the word before a name, no password


def read_text(node: Node, known: Known, limit: limits.Limit, names: Collection[str] | None = None) -> Text | None:
    """The text in every language it has. `names`: which placeholders may stand in it; None: slots and the built-in ones."""
    scalar = as_scalar(node, known.report, limit.what, '"Hello!"')
    if scalar is None or known.report.take(structure.nothing_in_other_words(scalar, limit.what)):
        return None
    return text_of(scalar, known, limit, names)


def text_of(scalar: Scalar, known: Known, limit: limits.Limit, names: Collection[str] | None = None) -> Text:
    """The same for a text that is known to be one."""
    first, *others = known.languages
    written = {first: scalar}
    note_sentence(scalar, known, wanted=limit.for_customers)
    translated = known.translations.get(sentence_of(scalar.text), {})
    written.update({language: translated[language] for language in others if language in translated})
    by_language: dict[str, Template] = {}
    for language, each in written.items():
        template = template_of(each, known, names)
        chars = longest_chars(template, language, known)
        known.report.take(text_too_long(each, chars, limit, language))
        by_language[language] = template
    return Text(by_language)


def note_sentence(scalar: Scalar, known: Known, wanted: bool = True) -> None:
    """Remember that the bot uses this text. `wanted`: it should be there in every language, if it has words at all."""
    sentence = sentence_of(scalar.text)
    first, was_wanted = known.sentences.get(sentence, (scalar, False))
    known.sentences[sentence] = (first, was_wanted or (wanted and _has_words(sentence)))


def _has_words(sentence: str) -> bool:
    """Whether somebody could translate it: an address, a number, a size S and what only slots fill are the same everywhere."""
    if sentence.startswith("https://") and " " not in sentence:
        return False
    return _WORD.search(_PIECE.sub("", sentence)) is not None


def names_in(text: str) -> frozenset[str]:
    """The names of the placeholders of a text."""
    return frozenset(found[1] for found in _PIECE.finditer(text) if found[1])


def template_of(scalar: Scalar, known: Known, names: Collection[str] | None = None) -> Template:
    """Literal parts and placeholders in order; blanks at the end of the text go."""
    text = sentence_of(scalar.text)
    parts: list[str | Placeholder] = []
    end = 0
    for found in _PIECE.finditer(text):
        _append(parts, text[end : found.start()])
        end = found.end()
        name = found[1]
        if name is None:
            _append(parts, "<")
        elif _is_allowed(name, names, scalar, known, found.start()):
            parts.append(_placeholder(name))
    _append(parts, text[end:])
    return tuple(parts)


def _is_allowed(name: str, names: Collection[str] | None, scalar: Scalar, known: Known, offset: int) -> bool:
    if name in names if names is not None else (name in known.slot_names or name in BUILT_IN_NAMES):
        return True
    if known.beside_product and name in known.product_names:
        return True
    if known.report.is_full():
        return False
    allowed = [*known.slot_names, *BUILT_IN_NAMES] if names is None else names
    place = scalar.place_of(offset)
    if name.startswith(SECRET_PREFIX):
        known.report.take(calls.secret_outside_headers(place, name))
    elif name.startswith(PRODUCT_PREFIX) and known.beside_product:
        known.report.take(products.unknown_product_field(place, name, known.product_names))
    elif name.startswith(PRODUCT_PREFIX):
        known.report.take(products.product_out_of_sight(place, name))
    else:
        known.report.take(values.unknown_placeholder(place, name, allowed))
    return False


@lru_cache(maxsize=PLACEHOLDERS_KEPT_MAX)
def _placeholder(name: str) -> Placeholder:
    """One value for each name: large bots name the same few again and again."""
    return Placeholder(name)


def _append(parts: list[str | Placeholder], literal: str) -> None:
    """Add a literal part, joined to one before it."""
    if literal and parts and isinstance(parts[-1], str):
        parts[-1] += literal
    elif literal:
        parts.append(literal)


def sentence_of(text: str) -> str:
    """A text as translations name it: without blanks around it."""
    return text.strip()


def phrases_of(scalar: Scalar, known: Known) -> tuple[str, ...]:
    """A phrase that customers say, and its translations: heard in every language alike."""
    note_sentence(scalar, known)
    translated = known.translations.get(sentence_of(scalar.text), {})
    phrases = (scalar.text, *(each.text for each in translated.values()))
    return tuple(dict.fromkeys(sentence_of(phrase) for phrase in phrases))


def longest_chars(template: Template, language: str, known: Known) -> int:
    """How long the text can become."""
    names = Counter(part.name for part in template if isinstance(part, Placeholder))
    literal = sum(len(part) for part in template if isinstance(part, str))
    return literal + sum(count * _longest_value_chars(name, language, known) for name, count in names.items())


def _longest_value_chars(name: str, language: str, known: Known) -> int:
    if name == "bot_name":
        return len(known.bot_name)
    if name in known.product_chars:
        return known.product_chars[name]
    slot = known.slots.get(name)
    if slot is None:
        return limits.FILLED_CHARS_MAX.get(name, 0)
    if slot.kind == "choice":
        return max((len(_title(slot, value, language)) for value in slot.values), default=0)
    return limits.FILLED_CHARS_MAX[slot.kind]


def _title(slot: Slot, value: str, language: str) -> str:
    """The word of a choice slot in that language."""
    template = slot.titles[value].by_language.get(language) if value in slot.titles else None
    return "".join(part for part in template if isinstance(part, str)) if template else value
