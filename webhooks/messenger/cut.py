"""Cuts texts where people would: between paragraphs, sentences or words, and never inside one visible character. Knows no message."""

from __future__ import annotations

import re
import unicodedata

from webhooks.messenger.limits import TEXT_CHARS_MAX

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s)|[。！？؟۔।]+")
_CLUSTER_CHARS_MAX = 32
"""How far a cut moves back to keep one visible character whole; the longest emoji in use have about ten code points."""
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)


def split_text(text: str, chars_max: int = TEXT_CHARS_MAX) -> list[str]:
    """The text in parts of at most `chars_max` code points, cut between paragraphs, else sentences, else words.

    Only white space at the cuts is dropped; none for a text of white space alone.
    """
    found = []
    rest = text.strip()
    while len(rest) > chars_max:
        end = _find_cut(rest, chars_max)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest] if rest else found


def shorten(text: str, chars_max: int) -> str:
    """The text, or its beginning with an ellipsis: `chars_max` code points at most, no visible character cut in two."""
    if len(text) <= chars_max:
        return text
    return text[: _whole_cluster(text, chars_max - 1)].rstrip() + "…"


def shorten_words(text: str, chars_max: int) -> str:
    """The same, cut between two words where one ends in the second half: half a word on a card looks like a mistake."""
    if len(text) <= chars_max:
        return text
    kept = text[:chars_max]
    end = max(kept.rfind(" ", chars_max // 2), kept.rfind("\n", chars_max // 2))
    return text[:end].rstrip(" \n,;:·-–") + "…" if end > 0 else shorten(text, chars_max)


def _find_cut(text: str, chars_max: int) -> int:
    """The best place in the second half of what fits, so that no part becomes a scrap."""
    half = chars_max // 2
    window = text[:chars_max]
    for mark in ("\n\n", "\n"):
        if (end := window.rfind(mark)) >= half:
            return end
    sentence_ends = [
        match.end() for match in _SENTENCE_END.finditer(text, half, chars_max + 1) if match.end() <= chars_max
    ]
    if sentence_ends:
        return sentence_ends[-1]
    spaces = [match.start() for match in re.finditer(r"\s+", window) if match.start() >= half]
    return spaces[-1] if spaces else _whole_cluster(text, chars_max)


def _whole_cluster(text: str, end: int) -> int:
    """`end`, moved back to before the visible character that it would cut; at most by _CLUSTER_CHARS_MAX."""
    cut = end
    while cut > max(1, end - _CLUSTER_CHARS_MAX) and _is_inside(text, cut):
        cut -= 1
    return end if _is_inside(text, cut) else cut


def _is_inside(text: str, cut: int) -> bool:
    """Whether the characters before and after `cut` show as one."""
    after, before = text[cut], text[cut - 1]
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or _JOINER in (after, before):
        return True
    if ord(after) in _SKIN_TONES or ord(after) in _TAGS:
        return True
    if ord(after) not in _FLAGS:
        return False
    start = cut
    while start > 0 and cut - start < _CLUSTER_CHARS_MAX and ord(text[start - 1]) in _FLAGS:
        start -= 1
    return (cut - start) % 2 == 1
