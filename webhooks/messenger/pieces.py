"""Any message cut into messages that fit Messenger. Pure; never loses text, a choice or a button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.engine.effects import Message, Option
from webhooks.messenger import rich
from webhooks.messenger.cut import split_text
from webhooks.messenger.forms import as_text, is_complete
from webhooks.messenger.limits import (
    BUTTON_TEXT_CHARS_MAX,
    BUTTONS_MAX,
    CARDS_MAX,
    QUICK_REPLIES_MAX,
    TEXT_CHARS_MAX,
)

_NO_TEXT = "…"
"""Stands where Messenger demands a text and the message has none."""


def pieces(message: Message) -> list[Message]:
    """The messages that say the same, in order, each within Messenger's limits; none for a message with nothing in it.

    Choices stand on the last one, for they vanish with the next. What is more than fits follows as text (choices) or in further
    messages (buttons). A choice that opens an address or a call becomes a button: quick replies cannot. Only the first answers what
    `reply_to` names.
    """
    if message.hands_over or _is_short_text(message):
        return [message]
    taps = tuple(each for each in message.choices if each.tap)
    buttons = message.buttons + tuple(each for each in message.choices if not each.tap)
    room = QUICK_REPLIES_MAX - bool(message.offers)
    choices, surplus = taps[:room], taps[room:]
    text = "\n".join((message.text, *(each.title for each in surplus))) if surplus else message.text
    found = list(_without_text(message))
    if buttons:
        found.extend(_button_pieces(text, buttons))
    else:
        found.extend(Message(each) for each in split_text(text))
    if choices or message.offers:
        # A utility message takes none.
        last = found.pop() if found and not found[-1].is_utility else Message(_NO_TEXT)
        found.append(replace(last, choices=choices, offers=message.offers))
    return [replace(found[0], reply_to=message.reply_to), *found[1:]] if found and message.reply_to else found


def _is_short_text(message: Message) -> bool:
    """Whether it is a text that fits as it is, perhaps with choices to tap: most messages are."""
    if message.media or message.form or message.cards or message.buttons or message.leads:
        return False
    room = QUICK_REPLIES_MAX - bool(message.offers)
    fits = 0 < len(message.text) <= TEXT_CHARS_MAX and len(message.choices) <= room
    return fits and message.text == message.text.strip() and all(each.tap for each in message.choices)


def _without_text(message: Message) -> Iterator[Message]:
    """Media, form and cards, each for itself; a card with nothing beside its title, which Messenger refuses, is a text."""
    if message.media:
        yield Message(media=message.media, content=message.content)
    if message.form and message.form.kind in rich.KINDS:
        yield from rich.split_rich(message.form)
    elif message.form and is_complete(message.form):
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
