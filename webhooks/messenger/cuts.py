"""What of a message is shortened when it is rendered: found for the log and the transcript, never what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.engine.effects import Card, Form, Message, Option
from webhooks.messenger import forms, rich
from webhooks.messenger.limits import (
    BUTTON_TITLE_CHARS_MAX,
    CARD_CHARS_MAX,
    QUICK_REPLY_TITLE_CHARS_MAX,
    RECEIPT_ITEMS_MAX,
    UTILITY_VALUE_CHARS_MAX,
)
from webhooks.messenger.payload import clean_text

_CHARS_MAX = {**forms.CHARS_MAX, **rich.CHARS_MAX}


@dataclass(frozen=True, slots=True)
class Cut:
    """A text of `chars` characters of which `limit` fit; or, for `lines of a receipt`, so many lines."""

    field: str
    chars: int
    limit: int

    def __str__(self) -> str:
        return f"{self.field} ({self.chars}, {self.limit} fit)"


def find_cuts(message: Message) -> tuple[Cut, ...]:
    """Everything in this piece of a message that does not go whole."""
    if not (message.choices or message.buttons or message.cards or message.form):
        return ()
    texts = [*_titles(message.choices, "choice", QUICK_REPLY_TITLE_CHARS_MAX), *_titles(message.buttons)]
    texts += [text for card in message.cards for text in _of_card(card)]
    form = message.form
    cuts = tuple(
        Cut(field, chars, most) for field, text, most in texts if (chars := len(clean_text(text).strip())) > most
    )
    return cuts + tuple(_of_form(form)) if form else cuts


def _titles(
    options: Iterable[Option], kind: str = "button", most: int = BUTTON_TITLE_CHARS_MAX
) -> list[tuple[str, str, int]]:
    return [(f"title of a {kind}", each.title, most) for each in options]


def _of_card(card: Card) -> Iterator[tuple[str, str, int]]:
    yield "title of a card", card.title, CARD_CHARS_MAX
    yield "subtitle of a card", card.subtitle, CARD_CHARS_MAX
    yield from _titles(card.buttons)


def _of_form(form: Form) -> Iterator[Cut]:
    for name, value in form.fields.items():
        limit, chars = _CHARS_MAX.get((form.kind, name)), len(clean_text(value))
        if limit and chars > limit:
            yield Cut(f"{name} of a {form.kind}", chars, limit)
    if form.kind == "receipt" and len(form.items) > RECEIPT_ITEMS_MAX:
        yield Cut("lines of a receipt", len(form.items), RECEIPT_ITEMS_MAX)
    for item in form.items if form.kind == "utility" else ():
        if (chars := len(clean_text(item.get("value", "")).strip())) > UTILITY_VALUE_CHARS_MAX:
            yield Cut("value of a utility message", chars, UTILITY_VALUE_CHARS_MAX)
