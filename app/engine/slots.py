"""Reads typed answers into values of a slot, and writes values as people read them. An answer that does not fit is None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import phonenumbers
import re2
from email_validator import EmailNotValidError, validate_email

from app.engine.choose import pick, pick_exact
from app.engine.dates import date_text, read_date
from app.engine.flow import Flow, Slot, Template
from app.engine.fold import fold, fold_own
from app.engine.numbers import ANSWER_CHARS_MAX, read_number, read_span
from app.engine.words import NO, NO_SIGNS, YES, YES_SIGNS, sentence
from app.letters import plain_digits

NUMBERED_WORDS_MAX = 30
"""Words with a digit that a pattern is tried on, so that a long message costs a turn no more than 0.1 ms."""

UNASKED_PHONE_DIGITS_MIN = 9
"""Fewer digits that nobody asked for are rather an order number than a phone number."""

PATTERNS_KEPT_MAX = 1_000
"""Compiled owner patterns kept in memory, a few kilobytes each."""

YES_WORDS_MAX = 4
""" "yes please do that": more words than these may say anything."""

_EMAIL = re.compile(r"(?<![^\s<>()\[\]\"',;:])[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:@]{3,190}")
_PHONE = re.compile(r"(?:\+|00)?[\d ()./\-]{6,30}", re.ASCII)


def read_answer(flow: Flow, slot: Slot, text: str, language: str, now: datetime) -> Any:
    """The value of `slot` that the text gives, a JSON value, or None. `text` is cleaned already."""
    if not text:
        return None
    match slot.kind:
        case "text":
            return _read_text(slot, text)
        case "choice":
            return read_choice(slot, fold(text))
        case "number":
            return _read_amount(slot, text, (language, *flow.languages))
        case "yes_no":
            return read_yes_no(text)
        case "email":
            return read_email(text)
        case "phone":
            return read_phone(text)
        case "date":
            return _read_day(flow, slot, text, language, now)
        case "place":
            return text
        case _:
            return None


def gives(flow: Flow, slot: Slot, text: str, language: str, now: datetime) -> Any:
    """The value that a message gives without having been asked: stricter, for nobody said what the message is about."""
    if slot.kind == "place" or (slot.kind == "text" and not slot.pattern):
        return None
    if slot.kind == "choice":
        place = pick_exact(fold(text), [titles_of(slot, value) for value in slot.values])
        return None if place is None or text.isdecimal() else slot.values[place]
    if slot.kind == "yes_no" and fold(text) not in YES | NO:
        return None
    value = read_answer(flow, slot, text, language, now)
    if slot.kind == "number" and (not any(each.isdigit() for each in text) or read_span(text)):
        return None
    if slot.kind == "phone" and value is not None and len(value) < UNASKED_PHONE_DIGITS_MIN:
        return None
    return value


def read_choice(slot: Slot, folded: str) -> str | None:
    """The word of a choice slot that a message names, in its first language's form."""
    place = pick(folded, [titles_of(slot, value) for value in slot.values])
    return None if place is None else slot.values[place]


def titles_of(slot: Slot, value: str) -> list[str]:
    """How a choice slot's word may be typed: itself, or its translation in any language, as `fold` gives it."""
    titled = slot.titles.get(value)
    others = titled.by_language.values() if titled else ()
    return [fold_own(value), *(fold_own(_literal(each)) for each in others)]


def _literal(template: Template) -> str:
    return "".join(part for part in template if isinstance(part, str))


# ---- reading, one kind each --------------------------------------------------------------------------------


def _read_text(slot: Slot, text: str) -> str | None:
    """The whole text; with a pattern also a single word of it that holds a digit ("my order is 10482")."""
    if not slot.pattern:
        return text if any(each.isprintable() and not each.isspace() for each in text) else None
    pattern = compiled(slot.pattern)
    numbered = (word.strip(".,;:!?#()\"'") for word in text.split() if any(each.isdigit() for each in word))
    candidates = (text, *islice(numbered, NUMBERED_WORDS_MAX))
    return next((each for each in candidates if pattern.fullmatch(each)), None)


@lru_cache(maxsize=PATTERNS_KEPT_MAX)
def compiled(pattern: str) -> Any:
    """An owner's pattern in RE2, which takes linear time whatever the pattern. Raises re2.error for what is none."""
    return re2.compile(pattern)


def _read_amount(slot: Slot, text: str, languages: tuple[str, ...]) -> float | None:
    """The number; of "between 40 and 60" the larger one: so much may be spent, so many may come."""
    number = read_number(text, languages)
    if number is None and (bounds := read_span(text, languages)) is not None:
        number = int(bounds[1]) if bounds[1].is_integer() else bounds[1]
    return _within(slot, number)


def _within(slot: Slot, number: float | None) -> float | None:
    if number is None or (isinstance(slot.minimum, (int, float)) and number < slot.minimum):
        return None
    return None if isinstance(slot.maximum, (int, float)) and number > slot.maximum else number


def read_yes_no(text: str) -> bool | None:
    """Yes or no in many languages, with a few words after it; None for both or neither."""
    if len(text) <= YES_WORDS_MAX and not text.isascii():
        signs = set(text)
        if signs & YES_SIGNS or signs & NO_SIGNS:
            return bool(signs & YES_SIGNS)
    folded = fold(text)
    if folded in YES or folded in NO:
        return folded in YES
    words = folded.split()
    if not 0 < len(words) <= YES_WORDS_MAX:
        return None
    says_yes, says_no = words[0] in YES, words[0] in NO
    others = set(words[1:])
    if says_yes and not others & NO:
        return True
    return False if says_no and not others & YES else None


def read_email(text: str) -> str | None:
    """The only e-mail address in a text, checked by its form."""
    found = _EMAIL.findall(text[: ANSWER_CHARS_MAX * 2])
    if len(found) != 1:
        return None
    try:
        return str(validate_email(found[0].strip("."), check_deliverability=False).normalized)
    except EmailNotValidError:
        return None


def read_phone(text: str) -> str | None:
    """A phone number: in its international form if it has a country, else the digits that were typed."""
    match = _PHONE.search(plain_digits(text)) if len(text) <= ANSWER_CHARS_MAX else None
    if match is None:
        return None
    written = match.group().strip()
    digits = re.sub(r"\D", "", written)
    if not written.startswith(("+", "00")):
        return digits if 7 <= len(digits) <= 15 else None
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00"), None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _read_day(flow: Flow, slot: Slot, text: str, language: str, now: datetime) -> str | None:
    if len(text) > ANSWER_CHARS_MAX:
        return None
    found = read_date(text, now.astimezone(flow.timezone).date(), language)
    if found is None:
        return None
    return found.isoformat() if is_day_within(slot, found) else None


def is_day_within(slot: Slot, day: date) -> bool:
    """Whether the slot takes that day."""
    stored = day.isoformat()
    is_early = isinstance(slot.minimum, str) and stored < slot.minimum
    return not is_early and not (isinstance(slot.maximum, str) and stored > slot.maximum)


# ---- writing -----------------------------------------------------------------------------------------------


def value_text(slot: Slot, value: Any, language: str) -> str:
    """A stored value as people read it, in their language; empty for none."""
    match value:
        case None:
            return ""
        case bool():
            return sentence(language, "yes" if value else "no")
        case int() | float():
            return number_text(value, language)
        case list() | tuple():
            return ", ".join(value_text(slot, each, language) for each in value)
        case Mapping():
            return place_text(value)
        case str() if slot.kind == "date":
            return _stored_date_text(value, language)
        case str() if value in slot.titles:
            return _literal(slot.titles[value].by_language.get(language, ())) or value
        case _:
            return str(value)


def number_text(number: float, language: str) -> str:
    """A number without an exponent: 60, 1299.5; with a comma where people write one."""
    text = f"{number:.6f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
    return text if language.startswith("en") or not language else text.replace(".", ",")


def price_number(price: float, language: str) -> str:
    """An amount of money: whole ones as they are, others with two places."""
    if price == int(price):
        return number_text(int(price), language)
    text = f"{price:.2f}"
    return text if language.startswith("en") else text.replace(".", ",")


def place_text(place: Mapping[str, Any]) -> str:
    """A place by its name, else by its degrees."""
    return str(place.get("title") or f"{place.get('latitude')}, {place.get('longitude')}")


def _stored_date_text(value: str, language: str) -> str:
    try:
        return date_text(date.fromisoformat(value), language)
    except ValueError:
        return value
