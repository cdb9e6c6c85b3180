"""Makes words and numbers comparable, for every room that reads what people write. Knows no room and judges no meaning."""

from __future__ import annotations

import re
import unicodedata

CHARS_MAX = 4_000
"""Characters of a text that are folded: some letters become two, and no message is longer than half of this."""

_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The words of a text for comparing: no case, no accents, no punctuation, one blank between them.

    A text without any letter or digit (a single emoji) is only stripped and case-folded.
    """
    if text.isascii():
        lower = text.lower()
        return lower if lower.isalnum() else " ".join(_NOT_WORD.sub(" ", lower).split()) or text.strip()
    plain = unicodedata.normalize("NFKC", text).casefold()[:CHARS_MAX]
    bare = without_accents(plain)
    return " ".join(_NOT_WORD.sub(" ", bare).split()) or plain.strip()


def without_accents(text: str) -> str:
    """The letters of a text without the marks above and below them; nothing else changes."""
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each) != "Mn")


def plain_digits(text: str) -> str:
    """The text with ASCII digits, signs and blanks."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain)


def number_value(written: str) -> float:
    """A written number; of two kinds of separators the last is the decimal one, a lone one before three digits is not.

    `written` has digits, and between them blanks, apostrophes, dots and commas. Raises ValueError for anything else.
    """
    bare = re.sub(r"[ '’]", "", written)
    separators = [each for each in bare if each in ".,"]
    if not separators:
        return float(bare)
    last = separators[-1]
    whole, _, decimals = bare.rpartition(last)
    is_decimal = len(set(separators)) == 2 or (
        len(separators) == 1
        and (len(decimals) != 3 or whole.lstrip("+-") in ("", "0") or whole != written[: len(whole)])
    )
    whole = re.sub(r"[.,]", "", whole)
    return float(f"{whole}.{decimals}") if is_decimal else float(whole + decimals)
