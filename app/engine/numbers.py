"""Reads the numbers that people type, in digits or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from text_to_num import alpha2digit, text2num

from app.engine.words import NEGATIONS
from app.letters import number_value, plain_digits

ANSWER_CHARS_MAX = 200
"""A longer message holds no number, date, address or phone number by itself."""

WORD_LANGUAGES = frozenset(("en", "fr", "de", "es", "it", "pt", "nl", "da"))
"""Whose number words text2num reads."""

_WORDS_BEHIND_ONE = (
    "moment minute second sec instant momento minuto segundo augenblick sekunde question pregunta frage more else thing "
    "day time autre chose autres peu cadeau bisschen poco otro otra gift present"
)
NOT_COUNTED = frozenset(_WORDS_BEHIND_ONE.split())
"""What "one", "un" or "ein" stands before without counting."""

_MULTIPLYING = "hundred thousand million cent cents mille million millions hundert tausend millionen cien mil millon millones milione"
MULTIPLIERS = frozenset(_MULTIPLYING.split())
"""Behind digits one of these makes another number of them."""
_BETWEEN = (
    "or to half point minus per none nobody ou demi moins virgule oder bis halb halbe komma o medio media menos coma"
)
NOT_SIMPLE = frozenset(_BETWEEN.split())
"""With one of these the words are no plain number: two of them, a part, or none."""
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th|er|re|e|º|ª|\.)(?!\w)|\d(?:ème|ieme)")

SHORT_WORDS = 3
"""In so few words a small number is what is meant: "two please"; in a sentence "two" may count anything."""

_NUMBER = re.compile(
    r"(?<![\w.,])[-+]?(?:\d{1,3}(?:[ '’.,]\d{3})+(?!\d)|\d{1,15})(?:[.,]\d{1,9})?(?![.,]?\d)(?P<thousands> ?k\b)?",
    re.IGNORECASE,
)

_SPAN = r"-|–|—|to|a|à|bis|tot|até"
_FROM_BETWEEN = re.compile(r"(?:^|.*\s)(?:between|entre|zwischen|tra|fra|tussen)\s+\D{0,3}$", re.IGNORECASE)
_BOUNDS = re.compile(rf"\D{{0,9}}?(?P<word>{_SPAN}|and|et|und|y|e|en)(?!\w)\s*\D{{0,3}}$", re.IGNORECASE)
"""What stands between two bounds: "€ and ", " - ", " à "; a few of the characters may be a currency."""


def read_number(text: str, languages: Iterable[str] = ()) -> float | int | None:
    """The only number in a text: "about 60", "1 299,50", "€1,299.50", "1.5k", "sixty"; None if there are none or several.

    Number words are read in these languages, the likeliest first.
    """
    if len(text) > ANSWER_CHARS_MAX:
        return None
    plain = plain_digits(text)
    if not any(each.isdigit() for each in plain):
        return _from_words(plain, languages)
    found = list(_NUMBER.finditer(plain))
    if len(found) != 1 or _is_multiplied(plain[found[0].end() :]):
        return None
    written = found[0].group()
    if found[0]["thousands"]:
        written = written[: found[0].start("thousands") - found[0].start()]
    value = number_value(written) * (1_000 if found[0]["thousands"] else 1)
    return int(value) if value.is_integer() else value


def read_span(text: str, languages: Iterable[str] = ()) -> tuple[float, float] | None:
    """The two bounds in a text, the smaller first: "between 40 and 60", "40-60 €", "de quarante à soixante"; else None."""
    if len(text) > ANSWER_CHARS_MAX:
        return None
    plain = plain_digits(text)
    if any(each.isdigit() for each in plain):
        return _bounds(plain)
    spoken = (each[:2] for each in languages if each[:2] in WORD_LANGUAGES)
    written = (str(alpha2digit(plain.casefold(), each, 3.0)) for each in dict.fromkeys(spoken))
    return next((bounds for each in written if (bounds := _bounds(each))), None)


def _bounds(plain: str) -> tuple[float, float] | None:
    found = list(_NUMBER.finditer(plain))
    if len(found) != 2 or any(each["thousands"] for each in found) or _is_multiplied(plain[found[1].end() :]):
        return None
    between = _BOUNDS.fullmatch(plain[found[0].end() : found[1].start()])
    if between is None:
        return None
    if not re.fullmatch(_SPAN, between["word"], re.IGNORECASE) and not _FROM_BETWEEN.match(plain[: found[0].start()]):
        return None
    low, high = (number_value(each.group()) for each in found)
    return (low, high) if 0 <= low < high else None


def _from_words(text: str, languages: Iterable[str]) -> float | int | None:
    """The number that is written in words in one of the languages. "One night" is 1, "one moment" and "one of them" are none."""
    words = text.casefold().strip(" .,!?")
    if not NOT_SIMPLE.isdisjoint(words.split()) or not NEGATIONS.isdisjoint(words.split()):
        return None
    for language in dict.fromkeys(each[:2] for each in languages):
        if language not in WORD_LANGUAGES:
            continue
        whole = _whole(words, language)
        number = read_number(whole or _in_digits(words, language))
        if number is not None and (whole or number != 1 or _counts_one(words)):
            return number
    return None


def _is_multiplied(rest: str) -> bool:
    """ "2 hundred", "10 mille": the digits are not the whole number."""
    return rest.strip(" .,!?").casefold().split(" ")[0] in MULTIPLIERS


def _counts_one(words: str) -> bool:
    """Whether "one", "un" or "eine" counts what stands behind it."""
    first, _, what = words.partition(" ")
    return bool(what) and " " not in what and first not in NEGATIONS and what not in NOT_COUNTED


def _whole(words: str, language: str) -> str:
    """The digits of a text that is nothing but a number; else empty."""
    try:
        return str(text2num(words, language))
    except ValueError:
        return ""


def _in_digits(words: str, language: str) -> str:
    """The text with its number words in digits; empty if it has none."""
    is_short = words.count(" ") < SHORT_WORDS
    written = str(alpha2digit(words, language, 1.0 if is_short else 3.0))
    if _ORDINAL.search(written):
        return ""
    return written if any(each.isdigit() for each in written) else ""
