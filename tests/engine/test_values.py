"""Values: numbers, days, addresses and phone numbers as people type them, and how they are written."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.engine.choose import pick
from app.engine.dates import date_text, read_date, two_days
from app.engine.fold import fold
from app.engine.numbers import read_number, read_span
from app.engine.slots import gives, read_answer, read_email, read_phone, read_yes_no, value_text
from tests.engine.transcript import MORNING, flow, slot, state, text

TODAY = date(2026, 11, 25)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("60", 60), ("about 60", 60), ("60 euros please", 60), ("€60", 60), ("60€", 60), ("1 299,50", 1299.5),
        ("1\u202f299,50 €", 1299.5), ("1,299.50", 1299.5), ("1.299,50", 1299.5), ("1.299", 1299), ("1'299.50", 1299.5),
        ("1,5", 1.5), ("0,299", 0.299), ("1 299 500", 1299500), ("1.5k", 1500), ("5 K", 5000), ("-5", -5), ("−5", -5),
        ("٦٠", 60), ("６０", 60), ("60.", 60),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(written: str, number: float) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize(
    ("language", "written", "number"),
    [
        ("en", "about sixty", 60), ("en", "two hundred and fifty euros", 250), ("en", "a hundred", 100), ("en", "Two, please!", 2),
        ("en", "one", 1), ("en", "no one", None), ("en", "one more thing", None), ("en", "one night", 1),
        ("fr", "une nuit", 1), ("en", "one moment", None),
        ("en", "fifty or sixty", None),
        ("fr", "environ soixante-dix", 70), ("fr", "quatre-vingt-dix euros", 90), ("fr", "un cadeau", None),
        ("de", "zweihundertfünfzig", 250), ("es", "doscientos", 200), ("it", "duecento", 200), ("xx", "sixty", None),
        ("en", "2 hundred", None), ("en", "five or six", None), ("en", "half a million", None), ("en", "not ten", None),
        ("en", "wait a second", None), ("en", "third", None),
    ],
)  # fmt: skip
def test_a_number_in_words_is_read_in_the_languages_of_the_bot(
    language: str, written: str, number: float | None
) -> None:
    assert read_number(written, (language,)) == number


@pytest.mark.parametrize(
    "written",
    ["", "many", "2-3", "10 30", "between 50 and 60", "A4", "v1.2.3", "1,2,3", "9" * 21, "60 " + "x" * 200],
)
def test_what_is_no_number_or_several_is_none(written: str) -> None:
    assert read_number(written) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("today", "2026-11-25"), ("Tomorrow!", "2026-11-26"), ("demain", "2026-11-26"), ("übermorgen", "2026-11-27"),
        ("on friday", "2026-11-27"), ("wednesday", "2026-12-02"), ("vendredi", "2026-11-27"), ("in 3 days", "2026-11-28"),
        ("in 2 weeks", "2026-12-09"), ("dans 2 semaines", "2026-12-09"), ("in 1 woche", "2026-12-02"),
        ("dans 3 jours", "2026-11-28"), ("2026-12-03", "2026-12-03"), ("3 December", "2026-12-03"), ("Dec 3rd", "2026-12-03"),
        ("December 3rd, 2027", "2027-12-03"), ("the 3rd of December", "2026-12-03"), ("3 décembre", "2026-12-03"),
        ("1er janvier", "2027-01-01"), ("3. Dezember", "2026-12-03"), ("3 de diciembre de 2026", "2026-12-03"),
        ("25/12", "2026-12-25"), ("12/25", "2026-12-25"), ("12/12", "2026-12-12"), ("3.12.", "2026-12-03"),
        ("3.12.27", "2027-12-03"), ("24 November", "2027-11-24"), ("29/2", "2028-02-29"), ("Friday 3 December", "2026-12-03"),
        ("friday please", "2026-11-27"), ("Fri.", "2026-11-27"), ("thu 3 dec, thanks!", "2026-12-03"), ("mar 12", "2027-03-12"),
        ("vendredi, s'il vous plaît", "2026-11-27"), ("el viernes por favor", "2026-11-27"), ("12/25 pls", "2026-12-25"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: str, day: str) -> None:
    assert read_date(written, TODAY, "en") == date.fromisoformat(day)


@pytest.mark.parametrize(
    "written",
    [
        "12/3",
        "3/12/2026",
        "31/2",
        "0/0",
        "99/99/9999",
        "9999-12-31",
        "soon",
        "in 9999 days",
        "in 999 weeks",
        "3",
        "",
        "1 2 3 4",
        "32 May",
    ],
)
def test_a_day_that_could_be_two_or_none_is_refused(written: str) -> None:
    assert read_date(written, TODAY, "en") is None


def test_where_days_are_written_first_two_numbers_are_one_day() -> None:
    assert read_date("12/3", TODAY, "fr") == date(2027, 3, 12)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1 March 2027"),
        ("fr", "1er mars 2027"),
        ("de", "1. März 2027"),
        ("es", "1 de marzo de 2027"),
        ("xx", "1 March 2027"),
    ],
)
def test_a_day_is_written_in_the_customers_language(language: str, written: str) -> None:
    assert date_text(date(2027, 3, 1), language) == written


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+33 6 12 34 56 78", "+33612345678"), ("0033 6 12 34 56 78", "+33612345678"), ("+49 (0)170 1234567", "+491701234567"),
        ("+1 (212) 555-0123", "+12125550123"), ("06 12 34 56 78", "0612345678"), ("call me: 06.12.34.56.78!", "0612345678"),
        ("12", None), ("+99999", None), ("+33 1 2 3", None), ("+((((((", None), ("2" * 201, None), ("ring me", None), ("1" * 40, None),
    ],
)  # fmt: skip
def test_a_phone_number_is_read_in_its_international_form_if_it_has_one(written: str, number: str | None) -> None:
    assert read_phone(written) == number


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("a@b.co", "a@b.co"), ("it is Ana@EXAMPLE.com.", "Ana@example.com"), ("<ana@example.com>", "ana@example.com"),
        ("a@b", None), ("a@b.co or c@d.co", None), ("@", None), ("ana@@example.com", None), ("x" * 300 + "@b.co", None),
    ],
)  # fmt: skip
def test_an_address_is_found_in_a_text_and_checked(written: str, address: str | None) -> None:
    assert read_email(written) == address


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", True), ("Yeah!", True), ("yes please", True), ("oui", True), ("Ja", True), ("sí", True), ("👍🏽", True),
        ("no", False), ("no thanks", False), ("non merci", False), ("nope", False), ("👎", False),
        ("yes and no", None), ("no yes", None), ("maybe", None), ("", None), ("yes I would like to have two of them", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_in_many_languages(written: str, value: bool | None) -> None:
    assert read_yes_no(written) is value


BOT = flow(state("welcome"))


def test_an_owners_pattern_must_match_the_whole_text() -> None:
    code = slot("code", pattern="[A-Z]{2}")
    assert read_answer(BOT, code, "AB", "en", MORNING) == "AB"
    assert read_answer(BOT, code, "ABC", "en", MORNING) is None


def test_no_pattern_can_hang_the_bot() -> None:
    hostile = slot("code", pattern="(a+)+b(a|aa)+(.*)*c")
    started = time.process_time()
    assert read_answer(BOT, hostile, "a" * 2_000, "en", MORNING) is None
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("kind", "options", "written", "value"),
    [
        ("text", {}, "anything", None), ("place", {}, "anything", None), ("yes_no", {}, "yes", True),
        ("yes_no", {}, "yes but", None), ("choice", {"values": ("Red", "Blue")}, "red", "Red"),
        ("choice", {"values": ("Red", "Blue")}, "1", None), ("choice", {"values": ("Red", "Blue")}, "a red one", None),
        ("email", {}, "write to a@b.co", "a@b.co"),
        ("phone", {}, "order 2048 1234", None), ("phone", {}, "0612345678", "0612345678"),
        ("number", {"minimum": 10}, "2 shirts", None),
    ],
)  # fmt: skip
def test_a_value_that_nobody_asked_for_is_read_more_strictly(
    kind: str, options: dict[str, Any], written: str, value: Any
) -> None:
    assert gives(BOT, slot("it", kind, **options), written, "en", MORNING) == value


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("number", 60, "60"), ("number", 1299.5, "1299,5"), ("number", 1e15, "1000000000000000"), ("yes_no", True, "Oui"),
        ("yes_no", False, "Non"), ("date", "2026-12-03", "3 décembre 2026"), ("date", "soon", "soon"), ("text", None, ""),
        ("place", {"title": "", "latitude": 43.3, "longitude": 5.4}, "43.3, 5.4"), ("text", ["a", 1], "a, 1"),
        ("choice", "Party", "Fête"), ("choice", "Gone", "Gone"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_read_it(kind: str, value: Any, written: str) -> None:
    titles = {"Party": text("Party", fr="Fête")}
    assert value_text(slot("it", kind, values=("Party",), titles=titles), value, "fr") == written


def test_a_day_is_not_looked_for_in_a_long_message() -> None:
    assert read_answer(BOT, slot("day", "date"), "tomorrow" + "." * 300, "en", MORNING) is None


def test_the_day_of_an_answer_is_the_bots_own_day() -> None:
    late = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert read_answer(BOT, slot("day", "date"), "today", "en", late) == "2026-12-02"


def picked(written: str, *titles: str) -> int | None:
    return pick(fold(written), [[fold(title)] for title in titles])


@pytest.mark.parametrize("written", ["dinner", "Diner", "dinnr", "dniner", "dinner please", "for dinner"])
def test_a_near_miss_is_the_title_it_misses(written: str) -> None:
    assert picked(written, "Work", "Dinner", "Party") == 1


@pytest.mark.parametrize("written", ["no dinner", "dinner or party", "lunch", "dinn", "x dinner " * 5, ""])
def test_what_could_be_another_title_or_none_is_not_guessed(written: str) -> None:
    assert picked(written, "Work", "Dinner", "Party") is None


def test_two_titles_that_are_missed_alike_are_not_guessed() -> None:
    assert picked("size x", "Size A", "Size B") is None
    assert picked("size", "Size A", "Size B") is None


def test_numeric_titles_come_before_places_in_the_list() -> None:
    assert picked("2", "3", "2", "1") == 1
    assert picked("31", "30", "60", "120") is None


def test_a_title_that_is_a_picture_can_be_sent() -> None:
    assert picked("👍", "👎", "👍") == 1


@pytest.mark.parametrize(
    "written",
    [
        "next friday", "Next Fri", "next fri.", "on next friday please", "next Friday, thank you!", "nxt fri pls",
        "vendredi prochain", "vendredi prochain stp", "ven prochain", "le vendredi prochain s'il vous plaît",
        "vendredi qui vient", "Nächsten Freitag bitte", "naechsten freitag", "am nächsten Fr.", "nächster Freitag, danke",
        "próximo viernes", "el viernes que viene", "el viernes que viene por favor", "el próximo vie", "viernes próximo, gracias",
    ],
)  # fmt: skip
def test_the_next_such_day_may_be_two_however_it_is_asked_for(written: str) -> None:
    assert two_days(written, TODAY, "en") == (date(2026, 11, 27), date(2026, 12, 4))
    assert read_date(written, TODAY, "en") is None


@pytest.mark.parametrize(
    "written", ["next", "next week", "next friday week", "so", "do", "friday after next", "fr", "que viene"]
)
def test_other_words_with_next_in_them_are_no_two_days(written: str) -> None:
    assert two_days(written, TODAY, "en") == ()
    assert read_date(written, TODAY, "en") is None


# ---- two bounds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "between 40 and 60", "40-60", "40 - 60 €", "between €40 and €60 please", "entre 40 et 60", "de 40 à 60 euros",
        "zwischen 40 und 60 Euro", "entre 40 y 60", "between forty and sixty", "entre quarante et soixante",
    ],
)  # fmt: skip
def test_of_two_bounds_the_larger_one_is_the_answer(written: str) -> None:
    budget = slot("budget", "number", minimum=10, maximum=2000)
    bot = flow(state("welcome", "Hi!"), slots=[budget], languages=("en", "fr", "de"))
    assert read_answer(bot, budget, written, "en", MORNING) == 60
    assert gives(bot, budget, written, "en", MORNING) is None  # nobody asked: it may be about anything


@pytest.mark.parametrize("written", ["40 and 60", "60-40", "2 and 3 pm", "about 60", "1-2-3", "2026-12-25", "40 or 60"])
def test_two_numbers_alone_are_no_bounds(written: str) -> None:
    assert read_span(written, ("en", "fr")) is None
