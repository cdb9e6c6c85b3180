"""`slots` and `hours`: types, options, values."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from tests.flowfile.bots import TOP, good, told, write

STATES = "states: {welcome: {say: Hi}}\n"
ZONED = TOP.replace("name: Piney", "name: Piney, timezone: Europe/Paris")


def slots(slot: str) -> str:
    return f"{TOP}slots:\n  it: {slot}\n{STATES}"


def hours(text: str) -> str:
    return f"{ZONED}teams: {{style: [maya]}}\nhours:\n{text}{STATES}"


@pytest.mark.parametrize("kind", ["text", "number", "yes_no", "email", "phone", "date", "photo", "place"])
def test_a_slot_has_a_type(kind: str, tmp_path: Path) -> None:
    assert good(write(tmp_path, slots(kind))).slots["it"].kind == kind


def test_a_slot_has_options(tmp_path: Path) -> None:
    written = '{type: number, min: 10, max: 2000.5, hint: "60", keep: 30 days, private: yes}'
    slot = good(write(tmp_path, slots(written))).slots["it"]
    assert (slot.minimum, slot.maximum, slot.keep, slot.private) == (10, 2000.5, timedelta(days=30), True)
    assert slot.hint is not None


def test_a_list_of_words_is_a_choice_with_or_without_options(tmp_path: Path) -> None:
    assert good(write(tmp_path, slots("[A, B]"))).slots["it"].values == ("A", "B")
    assert good(write(tmp_path, slots("{type: [A, B], keep: 1 hour}"))).slots["it"].kind == "choice"


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        ("password", "F405"),
        ("card", "F405"),
        ("[A, A]", "F102"),
        ("[]", "F202"),
        ("{min: 3}", "F202"),
        ("{type: text, min: 3}", "F407"),
        ("{type: number, pattern: x}", "F407"),
        ("{type: number, min: few}", "F405"),
        ("{type: number, min: 9, max: 3}", "F405"),
        ("{type: date, min: today}", "F405"),
        ("{type: text, keep: 0 days}", "F405"),
        ("{type: text, keep: 99999 weeks}", "F405"),
        ("{type: text, private: perhaps}", "F405"),
        ("{type: text, length: 3}", "F201"),
        ('{type: text, pattern: "(a)\\\\1"}', "F404"),
        ('{type: text, pattern: "(?=a)b"}', "F404"),
        ('{type: text, pattern: "((x{900}){900}){900}"}', "F404"),
        ("[A, B, C, D, E, F, G, H, I, J, K, L, M, N]", "F302"),
        ("[A word that is far too long]", "F301"),
    ],
)
def test_a_slot_that_cannot_be_is_told(slot: str, code: str, tmp_path: Path) -> None:
    (problem,) = told(write(tmp_path, slots(slot)))
    assert problem.startswith(f"{code} at 5:")


@pytest.mark.parametrize("name", ["open", "said", "first_name", "is", "and", "Big", "my slot"])
def test_a_slot_cannot_have_a_word_of_the_language_as_its_name(name: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}slots: {{{name}: text}}\n{STATES}")) == ["F210 at 4:9"]


def test_an_answer_that_is_offered_must_be_one_that_the_slot_takes(tmp_path: Path) -> None:
    ask = "states:\n  welcome:\n    ask: {save: it, say: Hm?, choices: [A, C]}\n    goto: end\n"
    assert told(write(tmp_path, slots("[A, B]").replace(STATES, ask))) == ["F406 at 8:44"]


def test_hours_are_told_by_day_and_team(tmp_path: Path) -> None:
    written = "  mon-wed: [14:00-18:30, 09:30-12:00]\n  sat, sun: 22:00-02:00\n  closed: [2026-12-25]\n"
    written += "  style: {tue: 10:00-24:00, closed: 2026-12-31}\n"
    flow = good(write(tmp_path, hours(written)))
    morning, evening = (time(9, 30), time(12, 0)), (time(14, 0), time(18, 30))
    night = ((time(22, 0), time(2, 0)),)
    assert flow.hours[""].days == {
        0: (morning, evening),
        1: (morning, evening),
        2: (morning, evening),
        5: night,
        6: night,
    }
    assert flow.hours[""].closed == {date(2026, 12, 25)}
    assert flow.hours["style"].days == {1: ((time(10, 0), time(0, 0)),)}
    assert flow.hours["style"].closed == {date(2026, 12, 25), date(2026, 12, 31)}


def test_a_week_may_run_over_its_end_and_a_day_may_be_closed(tmp_path: Path) -> None:
    flow = good(write(tmp_path, hours("  sat-mon: 10:00-11:00\n  tue: closed\n")))
    assert set(flow.hours[""].days) == {5, 6, 0, 1}
    assert flow.hours[""].days[1] == ()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("  monday: 10:00-11:00\n", "F201"),
        ("  mon-fry: 10:00-11:00\n", "F201"),
        ("  mon: 10-11\n", "F405"),
        ("  mon: 10:00-25:00\n", "F405"),
        ("  mon: [10:00-11:00, noon]\n", "F405"),
        ("  mon-fri: 10:00-11:00\n  fri: 10:00-12:00\n", "F102"),
        ("  mon: 10:00-11:00\n  closed: [25 December]\n", "F405"),
        ("  mon: {from: 10:00}\n", "F212"),
    ],
)
def test_hours_that_cannot_be_are_told(written: str, code: str, tmp_path: Path) -> None:
    (problem,) = told(write(tmp_path, hours(written)))
    assert problem.startswith(f"{code} at ")


def test_hours_need_a_time_zone(tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}hours: {{mon: 10:00-11:00}}\n{STATES}")) == ["F202 at 2:6"]


@pytest.mark.parametrize("zone", ["Paris", "../etc/passwd", "/etc/localtime", "Europe/Atlantis"])
def test_a_time_zone_that_is_none_is_told(zone: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, ZONED.replace("Europe/Paris", zone) + STATES)) == ["F405 at 2:30"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{goto: welcome}", "F202"),
        ("{hear: [hi]}", "F202"),
        ("{hear: [hi], gives: it, goto: welcome}", "F204"),
        ("{hear: [], goto: welcome}", "F202"),
        ("{gives: that, goto: welcome}", "F402"),
        ("{gives: it, goto: welcome}", "F408"),
        ("{attachment: picture, goto: welcome}", "F405"),
        ("{faq: all}", "F218"),
        ("{heer: [hi], goto: welcome}", "F201"),
        ("{else: nowhere}", "F203"),
        ("hello", "F212"),
    ],
)
def test_an_entry_of_anywhere_that_cannot_be_is_told(entry: str, code: str, tmp_path: Path) -> None:
    problems = told(write(tmp_path, f"{slots('text')}anywhere:\n  - {entry}\n"))
    assert f"{code} at 8:" in " ".join(problems)


def test_nothing_stands_behind_else(tmp_path: Path) -> None:
    written = f"{slots('text')}anywhere:\n  - else: welcome\n  - {{hear: [hi], goto: welcome}}\n"
    assert told(write(tmp_path, written)) == ["F209 at 9:5"]


def test_a_state_can_set_a_language_of_the_bot_and_no_other(tmp_path: Path) -> None:
    states = (
        "states:\n  welcome: {say: Hello!, choices: {French: french}}\n  french: {set: {language: fr}, say: Salut !}\n"
    )
    assert good(write(tmp_path, TOP + states)).states["french"].set == {"language": "fr"}
    assert told(write(tmp_path, TOP + states.replace("language: fr}", "language: de}"))) == ["F405 at 6:28"]
