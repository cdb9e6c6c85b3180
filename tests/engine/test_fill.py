"""Texts with values: what vanishes, what is escaped, and what cannot break them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.fill import ADDRESS_CHARS_MAX, RESULT_CHARS_MAX, VALUE_CHARS_MAX, fill, fill_note, fill_url
from app.engine.fold import clean, fold
from tests.engine.transcript import template

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
"""Lone surrogates too."""


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("Hi <name>!", "Hi!"), ("Hi <name>, welcome", "Hi, welcome"), ("Hi <name> and welcome", "Hi and welcome"),
        ("<name> welcome", "welcome"), ("welcome <name>", "welcome"), ("Bonjour <name> !", "Bonjour !"), ("<name>", ""),
        ("Hello, <name>!", "Hello!"), ("Hello, <name>", "Hello"), ("Hello, <name>, welcome", "Hello, welcome"),
        ("a <name><name> b", "a b"), ("a <name> <name> b", "a b"), ("(<name>)", "()"), ("a\n<name>\nb", "a\n\nb"),
    ],
)  # fmt: skip
def test_a_placeholder_without_a_value_vanishes_and_the_blanks_around_it_become_one(written: str, filled: str) -> None:
    assert fill(template(written), {}) == filled


def test_blanks_around_a_value_stay_as_they_are() -> None:
    assert fill(template("Hi  <name> !"), {"name": "Ana"}) == "Hi  Ana !"


@pytest.mark.parametrize("value", ["<name>", "<said>", "{name}", "{{7*7}}", "%s", "\\1", "$name"])
def test_the_text_of_a_value_is_never_parsed(value: str) -> None:
    assert fill(template("<name>|<said>"), {"name": value, "said": "x"}) == f"{value}|x"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("a\u202eb\u2066c", "abc"),
        ("a\r\nb", "a\nb"),
        ("a\u200db", "a\u200db"),
        ("\ufeffa", "a"),
    ],
)
def test_what_could_break_a_screen_is_taken_out_of_a_value(value: str, kept: str) -> None:
    assert fill(template("<name>"), {"name": value}) == kept


def test_a_value_and_a_result_have_a_limit() -> None:
    assert len(fill(template("<name>"), {"name": "x" * 9_999})) == VALUE_CHARS_MAX
    assert len(fill(template("<name>" * 20), {"name": "x" * 9_999})) == RESULT_CHARS_MAX
    assert len(fill_note(template("<name>, " * 20), {"name": "x" * 9_999})) <= RESULT_CHARS_MAX
    assert len(fill_url(template("https://x.example/" + "<name>" * 20), {"name": "é" * 9_999})) <= RESULT_CHARS_MAX


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("Order <a>, <b>, <c> euros", "Order 1, 3 euros"), ("<b>", ""), ("Please call", "Please call"),
        ("<b>, please call", "please call"), ("<a> and <b>, <c>", "3"), ("<a>,<c>", "1, 3"),
    ],
)  # fmt: skip
def test_a_part_of_a_note_goes_with_its_placeholder(written: str, note: str) -> None:
    assert fill_note(template(written), {"a": "1", "b": "", "c": "3"}) == note


def test_a_value_with_a_comma_is_one_part_of_a_note() -> None:
    assert fill_note(template("<a>, <b>"), {"a": "1, 2"}) == "1, 2"


@pytest.mark.parametrize(
    ("written", "value", "url"),
    [
        ("https://x.example/?q=<a>", "a b&c=/../", "https://x.example/?q=a%20b%26c%3D%2F..%2F"),
        ("<a>", "https://x.example/?a=b&c", "https://x.example/?a=b&c"),
        ("<a>", "javascript:alert(1)", ""),
        ("<a>/x", "https://evil.example", ""),
        ("https://x.example", "", "https://x.example"),
    ],
)
def test_a_value_cannot_change_where_an_address_leads(written: str, value: str, url: str) -> None:
    assert fill_url(template(written), {"a": value}) == url


def test_an_address_is_said_whole_or_not_at_all() -> None:
    longest = "https://x.example/" + "a" * (ADDRESS_CHARS_MAX - 18)
    assert fill(template("See <a>."), {"a": longest}) == f"See {longest}."
    assert fill(template("See <a>."), {"a": longest + "a"}) == "See."
    assert fill(template("<b> <b> <b> <a>"), {"a": longest, "b": "word " * 200}).endswith("word")
    assert (fill_url(template("<a>"), {"a": longest}), fill_url(template("<a>"), {"a": longest + "a"})) == (longest, "")
    assert fill_url(template("https://x.example/?q=<a>"), {"a": "é" * 400}) == ""
    assert fill_note(template("See <a>, <b>"), {"a": longest + "a", "b": "1"}) == "1"


@given(
    st.lists(st.one_of(ANY_TEXT.filter(lambda each: "<" not in each and ">" not in each), st.just("<a>")), max_size=6),
    ANY_TEXT,
)
@settings(max_examples=150, deadline=None)
def test_no_value_breaks_a_text(parts: list[str], value: str) -> None:
    filled = fill(template("".join(parts)), {"a": value})
    assert len(filled) <= RESULT_CHARS_MAX
    assert clean(value).encode("utf-8").decode("utf-8") == clean(value)
    assert not set("\x00\u202e\u2066") & set(clean(value))


@given(ANY_TEXT)
@settings(max_examples=150, deadline=None)
def test_folding_twice_is_folding_once(written: str) -> None:
    once = fold(clean(written))
    assert fold(once) == once


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Idées  de TENUES?", "idees de tenues"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Ａ１", "a1"), ("don't", "don t"),
        ("👍", "👍"), ("?!", "?!"), ("", ""), ("İstanbul", "istanbul"), ("a_b", "a b"),
    ],
)  # fmt: skip
def test_case_accents_and_punctuation_fold_away(written: str, folded: str) -> None:
    assert fold(written) == folded
