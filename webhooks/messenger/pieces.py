"""Any message cut into messages that fit Messenger. Pure; never loses text, a choice or a button."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from app.engine.effects import Message, Option
from webhooks.messenger.forms import as_text, is_complete
from webhooks.messenger.limits import (
    BUTTON_TEXT_CHARS_MAX,
    BUTTONS_MAX,
    CARDS_MAX,
    QUICK_REPLIES_MAX,
    TEXT_CHARS_MAX,
)

_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s)|[。！？؟۔।]+")
_NO_TEXT = "…"
"""Stands where Messenger demands a text and the message has none."""
_CLUSTER_CHARS_MAX = 32
"""How far a cut moves back to keep one visible character whole; the longest emoji in use have about ten code points."""
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)


def pieces(message: Message) -> list[Message]:
    """The messages that say the same, in order, each within Messenger's limits; none for a message with nothing in it.

    Choices stand on the last one, for they vanish with the next. What is more than fits follows as text (choices) or in further
    messages (buttons). A choice that opens an address or a call becomes a button: quick replies cannot.
    """
    if message.hands_over:
        return [message]
    taps = tuple(each for each in message.choices if each.tap)
    buttons = message.buttons + tuple(each for each in message.choices if not each.tap)
    choices, surplus = taps[:QUICK_REPLIES_MAX], taps[QUICK_REPLIES_MAX:]
    text = "\n".join((message.text, *(each.title for each in surplus))) if surplus else message.text
    found = list(_without_text(message))
    if buttons:
        found.extend(_button_pieces(text, buttons))
    else:
        found.extend(Message(each) for each in split_text(text))
    if choices:
        last = found.pop() if found else Message(_NO_TEXT)
        found.append(replace(last, choices=choices))
    return found


def _without_text(message: Message) -> Iterator[Message]:
    """Media, form and cards, each for itself; a card with nothing beside its title, which Messenger refuses, is a text."""
    if message.media:
        yield Message(media=message.media)
    if message.form and is_complete(message.form):
        yield Message(form=message.form)
    elif message.form:
        yield from (Message(part) for part in split_text(as_text(message.form)))
    bare = [each for each in message.cards if not (each.subtitle or each.image or each.url or each.buttons)]
    cards = [each for each in message.cards if each not in bare]
    for start in range(0, len(cards), CARDS_MAX):
        yield Message(cards=tuple(cards[start : start + CARDS_MAX]))
    yield from (Message(part) for each in bare for part in split_text(each.title))


def _button_pieces(text: str, buttons: tuple[Option, ...]) -> Iterator[Message]:
    """Long text first; its end, if short enough, goes with the first buttons."""
    texts = split_text(text)
    tail = split_text(texts.pop(), BUTTON_TEXT_CHARS_MAX) if texts else [_NO_TEXT]
    yield from (Message(each) for each in (*texts, *tail[:-1]))
    for start in range(0, len(buttons), BUTTONS_MAX):
        yield Message(tail[-1] if start == 0 else _NO_TEXT, buttons=buttons[start : start + BUTTONS_MAX])


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
