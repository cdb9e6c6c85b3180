"""Makes texts comparable and safe: folds case, accents and punctuation; takes out what could break a screen. Never judges meaning."""

from __future__ import annotations

import re
from functools import lru_cache

from app.letters import fold as fold  # noqa: PLC0414 - the rooms above know it from here

TEXT_CHARS_MAX = 2_000
"""Longer texts are cut before they are read: Messenger's own limit for what a customer can type."""

OWN_WORDS_KEPT_MAX = 20_000
"""Folded titles and phrases of flows kept in memory: about 4 MB at most; a miss costs 2 µs."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]")


def clean(text: str, chars_max: int = TEXT_CHARS_MAX) -> str:
    """The text without control characters, lone surrogates and marks that reorder a line; cut; blanks around it gone."""
    text = text[:chars_max]
    if text.isprintable():
        return text.strip()
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@lru_cache(maxsize=OWN_WORDS_KEPT_MAX)
def fold_own(text: str) -> str:
    """`fold` for words of ours or the owner's, which come again and again. Never for what a customer wrote."""
    return fold(text)
