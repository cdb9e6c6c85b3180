"""Placeholders, translations and lengths."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.flow import Placeholder, Text
from app.flowfile import limits
from tests.flowfile.bots import TOP, good, told, write

SLOTS = "slots: {occasion: [Work, Party], email: email}\n"
PAIRS = "translations:\n  - {en: Hello!, fr: Bonjour !}\n  - {en: Party, fr: Fête}\n"


def bot(say: str, extra: str = "") -> str:
    return f"{TOP}{SLOTS}{extra}states:\n  welcome:\n    say: {say}\n"


def said(folder: Path) -> Text:
    text = good(folder).states["welcome"].say[0]
    assert isinstance(text, Text)
    return text


@pytest.mark.parametrize(
    ("written", "template"),
    [
        ("Hello!", ("Hello!",)),
        ("Hi <first_name>!", ("Hi ", Placeholder("first_name"), "!")),
        ("<email>", (Placeholder("email"),)),
        ("I <3 you, a < b > c", ("I <3 you, a < b > c",)),
        ("write \\<email> here", ("write <email> here",)),
        ('"write \\\\<email>"', ("write <email>",)),
        ("|\n      Two\n      lines\n", ("Two\nlines",)),
        ("<email><said>", (Placeholder("email"), Placeholder("said"))),
    ],
)
def test_a_text_is_cut_at_its_placeholders(written: str, template: object, tmp_path: Path) -> None:
    assert said(write(tmp_path, bot(written))).by_language["en"] == template


def test_a_translation_is_found_by_the_sentence_of_the_first_language(tmp_path: Path) -> None:
    assert said(write(tmp_path, bot("Hello!", PAIRS))).by_language == {"en": ("Hello!",), "fr": ("Bonjour !",)}


def test_a_text_without_translation_has_the_first_language_only(tmp_path: Path) -> None:
    assert said(write(tmp_path, bot("Good evening!", PAIRS))).by_language == {"en": ("Good evening!",)}


def test_words_of_slots_and_phrases_are_translated_too(tmp_path: Path) -> None:
    anywhere = "anywhere:\n  - {hear: [party, Hello!], goto: welcome}\n"
    flow = good(write(tmp_path, bot("Hi", PAIRS + anywhere)))
    assert flow.slots["occasion"].titles["Party"].by_language == {"en": ("Party",), "fr": ("Fête",)}
    assert flow.anywhere[0].hear == ("party", "Hello!", "Bonjour !")


def test_a_placeholder_that_names_nothing_in_a_translation_is_told_there(tmp_path: Path) -> None:
    pairs = "translations:\n  - {en: Hi <email>, fr: Bonjour <courriel>}\n"
    assert told(write(tmp_path, bot("Hi <email>", pairs))) == ["F401 at 6:34"]


def test_a_title_that_is_too_long_in_another_language_is_told_there(tmp_path: Path) -> None:
    pairs = "translations:\n  - {en: Party, fr: Grande fête de fin d'année}\n"
    assert told(write(tmp_path, bot("Hi", pairs))) == ["F301 at 6:21"]


def test_the_same_sentence_translated_twice_is_told(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("Hi", PAIRS + "  - {en: Party, fr: Soirée}\n"))) == ["F102 at 8:10"]


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("{fr: Bonjour}", "F202"),
        ("{en: Hi, de: Hallo}", "F201"),
        ("Hi", "F212"),
        ("{en: [Hi]}", "F212"),
        ("{en: Hi, fr: [Salut]}", "F212"),
    ],
)
def test_a_translation_that_is_none_is_told(pair: str, code: str, tmp_path: Path) -> None:
    (problem,) = told(write(tmp_path, bot("Hi", f"translations:\n  - {pair}\n")))
    assert problem.startswith(f"{code} at 6:")


@pytest.mark.parametrize("pair", ["{en: Hi, fr: ''}", "{en: Hi, fr: ' '}", "{en: Hi}", "\n    en: Hi\n    fr:"])
def test_a_translation_that_is_empty_is_none_and_the_original_is_said(pair: str, tmp_path: Path) -> None:
    assert said(write(tmp_path, bot("Hi", f"translations:\n  - {pair}\n"))).by_language == {"en": ("Hi",)}


def test_two_titles_that_are_alike_in_one_language_only_are_told(tmp_path: Path) -> None:
    pairs = "translations:\n  - {en: Yes, fr: Oui}\n  - {en: Sure, fr: Oui}\n"
    assert told(write(tmp_path, bot("Hi\n    choices: {Yes: end, Sure: end}", pairs))) == ["F215 at 11:25"]


@pytest.mark.parametrize(("chars", "count"), [(1_900, 0), (1_901, 1)])
def test_a_text_has_nineteen_hundred_characters_at_most(chars: int, count: int, tmp_path: Path) -> None:
    assert len(told(write(tmp_path, bot("x" * chars)))) == count


def test_a_slot_counts_with_its_longest_word(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("x" * 1_895 + "<occasion>"))) == []
    assert told(write(tmp_path, bot("x" * 1_896 + "<occasion>"))) == ["F304 at 7:10"]


@pytest.mark.parametrize(
    ("messenger", "place"),
    [
        ("greeting: Hi <email>", "F401 at 3:42"),
        ("menu: {Hi <first_name>: welcome}", "F401 at 3:39"),
        ("starters: {Hi <email>: welcome}", "F401 at 3:43"),
    ],
)
def test_what_everybody_sees_cannot_name_a_customer(messenger: str, place: str, tmp_path: Path) -> None:
    top = TOP.replace("start: welcome", f"start: welcome, {messenger}")
    assert told(write(tmp_path, f"{top}{SLOTS}states: {{welcome: {{say: Hi}}}}\n")) == [place]


def test_every_tap_fits_into_its_payload() -> None:
    longest = limits.NAME_CHARS_MAX + limits.STARTER_CHARS_MAX + limits.TAP_FRAME_CHARS_MAX
    assert longest < limits.PAYLOAD_CHARS_MAX
    assert max(limits.CHOICE_TITLE_CHARS_MAX, limits.MENU_TITLE_CHARS_MAX) < limits.STARTER_CHARS_MAX
