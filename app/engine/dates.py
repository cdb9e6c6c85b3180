"""Reads the days that people type, and writes them. A day that could be two is refused, never guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from app.engine.fold import fold
from app.engine.words import MONTHS, WEEKDAYS, names_of

YEARS_AHEAD_MAX = 100
"""A year further from today than this is a typing mistake."""

DAYS_IN_WORDS_MAX = 3_650
""" "in 5 days": ten years at most."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2}) ?([-/.]) ?(\d{1,2})(?: ?[-/.] ?(\d{2}(?:\d{2})?)?)?", re.ASCII)
_IN_DAYS = re.compile(r"(?:in|dans|en) (\d{1,4}) (?:days?|jours?|tage?n?|dias?)", re.ASCII)
_IN_WEEKS = re.compile(r"(?:in|dans|en) (\d{1,3}) (?:weeks?|semaines?|wochen?|semanas?)", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?(?: of| de)? ([^\W\d]+)(?: de| del)?(?: (\d{4}))?")
_MONTH_DAY = re.compile(r"([^\W\d]+)(?: the)? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?")
_FILLERS = re.compile(r"^(?:(?:on|by|the|le|la|el|am|den|der|um|pour|para|fur|for|this|ce|diesen|este) )+")
_POLITE = re.compile(
    r"(?<!\w)(?:please|pls|plz|thank you|thanks|thx|if possible|stp|svp|s['’ ]?il (?:vous|te) pla[iî]t|merci|si possible|"
    r"bitte|danke|wenn möglich|por favor|porfa|gracias|si es posible)(?!\w)"
)
"""Words around a day that change nothing, in small letters."""

_NEXT_WORDS = (
    "next nxt prochain prochaine proch nächsten nächster nächstem nächste nächst naechsten naechster naechstem "
    "próximo próxima próx siguiente"
)
_NEXT = frozenset(fold(word) for word in _NEXT_WORDS.split())
_BEHIND = re.compile(r" (?:qui vient|que viene)$")
"""The same in two words, behind the day."""

_NEAR_DAYS = {
    fold(name): days
    for days, names in enumerate(
        (
            "today|aujourd'hui|heute|hoy|tonight|ce soir|heute abend",
            "tomorrow|tmrw|tomorow|demain|morgen|mañana",
            "day after tomorrow|après-demain|après demain|übermorgen|pasado mañana",
        )
    )
    for name in names.split("|")
}
_WEEKDAYS = {fold(name): number for names in WEEKDAYS.values() for number, name in enumerate(names)}
_SHORT_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon|lun|mo", "tue|tues|mar|di", "wed|weds|mer|mie|mi", "thu|thur|thurs|jeu|jue|do", "fri|ven|vie|fre|fr",
            "sat|sam|sab|sa|sonnabend", "sun|dim|dom|so",
        )
    )
    for name in names.split("|")
}  # fmt: skip
"""As people shorten them, folded."""
SHORT_CHARS_MIN = 3
"""Shorter ones are words of their own ("so", "do"): they are days beside "next" alone."""
_MONTHS = {fold(name): number for names in MONTHS.values() for number, name in enumerate(names, start=1)}
_MONTHS |= {fold(name)[:3]: number for number, name in enumerate(MONTHS["en"], start=1)} | {"sept": 9}


def read_date(text: str, today: date, language: str) -> date | None:
    """The one day that `text` names, or None. Without a year the next such day, today included.

    "12/3" is a day and a month wherever people write days first; in English it could be two days and is refused.
    """
    plain = _bare(text)
    if match := _ISO.fullmatch(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]), today)
    if match := _NUMBERS.fullmatch(plain):
        return _from_numbers(match, today, day_first=match[2] == "." or not language.startswith("en"))
    return _from_words(_FILLERS.sub("", fold(plain)), today)


def _bare(text: str) -> str:
    """The text in small letters, without marks around it and without what is said out of politeness."""
    return " ".join(_POLITE.sub(" ", text.casefold()).split()).strip(" .,!?")


def two_days(text: str, today: date, language: str) -> tuple[date, ...]:
    """The two days that `text` may mean, the earlier first, or none: "12/3" in English, "next Friday"."""
    plain = _bare(text)
    if match := _NUMBERS.fullmatch(plain):
        first, second = int(match[1]), int(match[3])
        year = int(match[4]) if match[4] else None
        days = {_day(year, first, second, today), _day(year, second, first, today)}
        is_unclear = match[2] != "." and language.startswith("en") and first != second
        return tuple(sorted(day for day in days if day)) if is_unclear else ()
    weekday = _next_weekday(_FILLERS.sub("", fold(plain)))
    if weekday is None:
        return ()
    coming = _coming(weekday, today)
    return coming, coming + timedelta(days=7)


def _next_weekday(words: str) -> int | None:
    """The weekday of "next friday", "vendredi prochain": people disagree which of the two next ones that is."""
    written = _BEHIND.sub(" next", words).split()
    kept = [word for word in written if word not in _NEXT]
    has_next = len(kept) < len(written)
    return _WEEKDAYS.get(kept[0], _SHORT_WEEKDAYS.get(kept[0])) if has_next and len(kept) == 1 else None


def _coming(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def date_text(day: date, language: str) -> str:
    """The day as it is written in `language`."""
    month = names_of(MONTHS, language)[day.month - 1]
    match language[:2]:
        case "de":
            return f"{day.day}. {month} {day.year}"
        case "es":
            return f"{day.day} de {month} de {day.year}"
        case "fr" if day.day == 1:
            return f"1er {month} {day.year}"
        case _:
            return f"{day.day} {month} {day.year}"


def _from_numbers(match: re.Match[str], today: date, *, day_first: bool) -> date | None:
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) if match[4] else None
    if first > 12 or day_first or first == second:
        return _day(year, second, first, today)
    if second > 12:
        return _day(year, first, second, today)
    return None


def _from_words(words: str, today: date) -> date | None:
    if words in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[words])
    if match := _IN_DAYS.fullmatch(words):
        days = int(match[1])
        return today + timedelta(days=days) if days <= DAYS_IN_WORDS_MAX else None
    if match := _IN_WEEKS.fullmatch(words):
        days = 7 * int(match[1])
        return today + timedelta(days=days) if days <= DAYS_IN_WORDS_MAX else None
    first, _, rest = words.partition(" ")
    weekday = _WEEKDAYS.get(first, _SHORT_WEEKDAYS.get(first) if len(first) >= SHORT_CHARS_MIN else None)
    if weekday is None:
        return _from_month(words, today)
    if not rest:
        return _coming(weekday, today)
    return _from_month(rest, today) or _from_month(words, today)  # "mar 3" is the third of March


def _from_month(words: str, today: date) -> date | None:
    words = _FILLERS.sub("", words)
    if (match := _DAY_MONTH.fullmatch(words)) and match[2] in _MONTHS:
        return _day(int(match[3]) if match[3] else None, _MONTHS[match[2]], int(match[1]), today)
    if (match := _MONTH_DAY.fullmatch(words)) and match[1] in _MONTHS:
        return _day(int(match[3]) if match[3] else None, _MONTHS[match[1]], int(match[2]), today)
    return None


def _day(year: int | None, month: int, day: int, today: date) -> date | None:
    """That day, if there is one within reach."""
    if year is not None and year < 100:
        year += 2000
    years = (year,) if year is not None else range(today.year, today.year + 5)
    for each in years:
        if abs(each - today.year) > YEARS_AHEAD_MAX:
            continue
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None
