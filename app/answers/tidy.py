"""Cleans a text before it is looked for: one case, no emoji, no stretched letters, no manners. Never empties what says something."""

from __future__ import annotations

import re
import unicodedata

from app.answers.manners import AFTER, BEFORE, SHORT_FORMS
from app.letters import without_accents

CHARS_MAX = 400
"""Characters of a text that are looked at: a longer one tells a story, and its question stands in the beginning or nowhere."""

COURTESIES_MAX = 6
"""Greetings and courtesies that are taken off each end; nobody writes more."""

_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_BLANKS = re.compile(r"\s+")
_REPEATED_MARK = re.compile(r"([^\w\s])\1+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DRAWN = {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc"}
_EDGES = " \t\n.,;:!?…¿¡-–—*\"'()«»“”"


def tidy(text: str) -> str:
    """The text as it is compared: what a message and a phrase have in common when only manner and haste tell them apart."""
    plain = unicodedata.normalize("NFKC", text[: 2 * CHARS_MAX]).casefold()[:CHARS_MAX].replace("’", "'")
    plain = plain if plain.isascii() else "".join(map(_drawn_out, plain))
    plain = _STRETCHED.sub(r"\1\1", _REPEATED_MARK.sub(r"\1", plain))
    plain = _BLANKS.sub(" ", plain).strip(_EDGES)
    return _WORD.sub(_written_out, _without_manners(plain))


def bare(text: str) -> str:
    """The words of a tidied text for comparing letters: no accents, no punctuation, one blank between them."""
    return " ".join(_NOT_WORD.sub(" ", without_accents(text)).split())


_NOT_WORD = re.compile(r"[\W_]+")


def _drawn_out(character: str) -> str:
    """A blank for what is drawn, not written: emoji, symbols, and what joins them."""
    if character == "\N{VARIATION SELECTOR-16}" or unicodedata.category(character) in _DRAWN:
        return " "
    return character


def _without_manners(plain: str) -> str:
    """Without greetings before and thanks behind. If nothing else was said, they are what was said."""
    left = plain
    for _ in range(COURTESIES_MAX):
        shorter = BEFORE.sub("", left, count=1).strip(_EDGES)
        if shorter == left or not shorter:
            break
        left = shorter
    for _ in range(COURTESIES_MAX):
        shorter = AFTER.sub("", left, count=1).strip(_EDGES)
        if shorter == left or not shorter:
            break
        left = shorter
    return left


def _written_out(match: re.Match[str]) -> str:
    """A word that is written short in chats, in full."""
    return SHORT_FORMS.get(match[0], match[0])
