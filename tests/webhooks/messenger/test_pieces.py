"""Messages cut to what Messenger takes: never over a limit, never a word, choice or button lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.effects import Card, Form, Message, Option
from webhooks.messenger.cut import shorten, shorten_words, split_text
from webhooks.messenger.forms import as_text
from webhooks.messenger.limits import (
    BUTTON_TEXT_CHARS_MAX,
    BUTTONS_MAX,
    CARDS_MAX,
    QUICK_REPLIES_MAX,
    TEXT_CHARS_MAX,
)
from webhooks.messenger.pieces import pieces

FAMILY = "👨\u200d👩\u200d👧"


def tap(key: str) -> Option:
    return Option(f"Title {key}", tap=("state", key))


def squeeze(text: str) -> str:
    return "".join(text.split())


TEXTS = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from(list(" \n.!?。👍🏽🇩🇪\u200d\u0301\u200f")), max_size=300
).flatmap(lambda text: st.integers(1, 60).map(lambda times: text * times))
OPTIONS = st.builds(
    lambda title, kind: Option(
        title or "x",
        tap=("state", title) if kind == "tap" else None,
        url="https://shop.example" if kind == "url" else "",
        phone="+491234567" if kind == "phone" else "",
    ),
    st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30),
    st.sampled_from(["tap", "url", "phone"]),
)
SHORT = st.text(alphabet=st.characters(categories=["L", "N"]), max_size=100)
CARDS = st.builds(
    Card,
    title=st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=200),
    subtitle=SHORT,
    image=st.sampled_from(["", "https://cdn.example/i.jpg"]),
    url=st.sampled_from(["", "https://shop.example"]),
    buttons=st.lists(OPTIONS, max_size=BUTTONS_MAX).map(tuple),
)
COUPON = Form("coupon", {"title": "10% off", "code": "PINE10"})
RECEIPT = Form(
    "receipt",
    {"order": "A-1", "name": "Ana", "currency": "EUR", "payment": "Card", "total": "60", "shipping": "5,50"},
    ({"title": "Shirt", "price": "54.5", "quantity": "2"},),
)
FEEDBACK = Form(
    "feedback",
    {
        "title": "Rate us",
        "question": "Did we help?",
        "button": "Rate",
        "privacy": "https://shop.example/p",
        "comment": "Say",
    },
)
HOLES = (Form("coupon", {"title": "10% off"}), Form("receipt", {**RECEIPT.fields, "total": ""}))
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    choices=st.lists(OPTIONS, max_size=20).map(tuple),
    buttons=st.lists(OPTIONS, max_size=8).map(tuple),
    media=st.none() | st.just(("image", "https://cdn.example/i.jpg")),
    cards=st.lists(CARDS, max_size=14).map(tuple),
    form=st.none() | st.sampled_from([COUPON, RECEIPT, FEEDBACK, *HOLES]),
)


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_no_piece_is_over_a_limit(message: Message) -> None:
    for piece in pieces(message):
        assert len(piece.text) <= (BUTTON_TEXT_CHARS_MAX if piece.buttons else TEXT_CHARS_MAX)
        assert len(piece.choices) <= QUICK_REPLIES_MAX
        assert len(piece.buttons) <= BUTTONS_MAX
        assert all(each.tap for each in piece.choices)
        assert len(piece.cards) <= CARDS_MAX
        parts = [piece.text.strip(), piece.media, piece.cards, piece.form]
        assert len([part for part in parts if part]) == 1
        assert piece.text or not piece.buttons


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_nothing_is_lost_and_nothing_changes_its_order(message: Message) -> None:
    found = pieces(message)
    texts = squeeze("".join(piece.text for piece in found)).replace("…", "")
    cards = [card for piece in found for card in piece.cards]
    bare = [card for card in message.cards if card not in cards]
    assert cards == [card for card in message.cards if card not in bare]
    shown = "".join([as_text(message.form) if message.form in HOLES else "", *(card.title for card in bare)])
    assert texts.startswith(squeeze(shown + message.text).replace("…", ""))
    assert [piece.form for piece in found if piece.form] == (
        [message.form] if message.form and message.form not in HOLES else []
    )
    surplus = [each.title for each in message.choices if each.tap][QUICK_REPLIES_MAX:]
    assert texts.endswith(squeeze("".join(surplus)))
    offered = [each for piece in found for each in piece.choices]
    assert [each for each in message.choices if each.tap][: len(offered)] == offered
    buttons = [each for piece in found for each in piece.buttons]
    assert buttons == [*message.buttons, *(each for each in message.choices if not each.tap)]
    assert [piece.media for piece in found if piece.media] == ([message.media] if message.media else [])
    assert all(not piece.choices for piece in found[:-1])


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(40, 200))
def test_split_texts_join_to_the_same_words(text: str, chars_max: int) -> None:
    found = split_text(text, chars_max)
    assert squeeze("".join(found)) == squeeze(text)
    assert all(each.strip() == each and 0 < len(each) <= chars_max for each in found)


def test_a_message_that_fits_stays_as_it_is() -> None:
    for message in (
        Message("Hi"), Message("Size?", choices=(tap("a"), tap("b"))), Message("Go", buttons=(tap("a"),)),
        Message(media=("image", "https://cdn.example/i.jpg")), Message("x" * TEXT_CHARS_MAX),
    ):  # fmt: skip
        assert pieces(message) == [message]


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_a_message_with_nothing_in_it_is_no_message(text: str) -> None:
    assert pieces(Message(text)) == []


def test_choices_stand_on_the_last_piece() -> None:
    first, second = pieces(Message("Word. " * 500, choices=(tap("a"),)))
    assert first.choices == ()
    assert second.choices == (tap("a"),)


def test_choices_beyond_the_limit_are_read_out() -> None:
    options = tuple(tap(str(number)) for number in range(15))
    [piece] = pieces(Message("Which?", choices=options))
    assert piece.choices == options[:13]
    assert piece.text == "Which?\nTitle 13\nTitle 14"


def test_long_text_with_buttons_goes_first_and_its_end_with_the_buttons() -> None:
    text = "A sentence of some words. " * 120
    *texts, last = pieces(Message(text, buttons=(tap("a"),)))
    assert texts
    assert last.buttons == (tap("a"),)
    assert last.text.startswith("A sentence")


def test_more_buttons_than_fit_follow_in_a_further_message() -> None:
    options = tuple(tap(str(number)) for number in range(5))
    assert [piece.buttons for piece in pieces(Message("Go", buttons=options))] == [options[:3], options[3:]]


def test_a_choice_that_opens_an_address_becomes_a_button() -> None:
    shop = Option("Shop", url="https://shop.example")
    assert pieces(Message("Go", choices=(tap("a"), shop))) == [Message("Go", choices=(tap("a"),), buttons=(shop,))]


@pytest.mark.parametrize(
    ("text", "chars_max", "expected"),
    [
        ("One two three. Four five six.", 20, ["One two three.", "Four five six."]),
        ("First part here\n\nSecond part, longer", 24, ["First part here", "Second part, longer"]),
        ("First line here\nSecond line, longer", 24, ["First line here", "Second line, longer"]),
        ("aaaa bbbb cccc dddd", 10, ["aaaa bbbb", "cccc dddd"]),
        ("価格は高い。色は青い。", 8, ["価格は高い。", "色は青い。"]),
        ("سعر هذا؟ نعم متوفر اليوم", 15, ["سعر هذا؟", "نعم متوفر اليوم"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("Costs 3.50 today, honestly", 12, ["Costs 3.50", "today,", "honestly"]),
    ],
)
def test_cuts_fall_between_paragraphs_sentences_or_words(text: str, chars_max: int, expected: list[str]) -> None:
    assert split_text(text, chars_max) == expected


@pytest.mark.parametrize(
    "cluster", ["e\u0301", "👍🏽", FAMILY, "🇩🇪", "🏴\U000e0067\U000e0062\U000e007f", "❤\ufe0f", "क\u093f"]
)
def test_a_visible_character_is_not_cut_in_two(cluster: str) -> None:
    text = cluster * 40
    assert squeeze("".join(split_text(text, 31))) == text
    for piece in split_text(text, 31):
        assert piece == cluster * (len(piece) // len(cluster))
    short = shorten(text, 20)
    assert len(short) <= 20
    assert short[:-1] == cluster * (len(short[:-1]) // len(cluster))


def test_marks_of_direction_survive() -> None:
    text = "\u200fשלום\u200e abc \u202eXYZ\u202c"
    assert pieces(Message(text)) == [Message(text)]


def test_endless_marks_are_cut_somewhere() -> None:
    assert [len(each) for each in split_text("a" + "\u0301" * 99, 40)] == [40, 40, 20]


def test_long_runs_of_dots_are_split_in_no_time() -> None:
    assert "".join(split_text("." * 20_000)) == "." * 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("short", "short"), ("x" * 20, "x" * 20), ("Track my last order now", "Track my last order…")],
)
def test_titles_are_shortened_with_an_ellipsis(text: str, expected: str) -> None:
    assert shorten(text, 20) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short enough.", "Short enough."),
        ("Red cotton, with a wide skirt", "Red cotton, with a…"),
        ("€54 · A dress for warm evenings", "€54 · A dress for…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("Ends on a comma, and then on", "Ends on a comma…"),
    ],
)
def test_what_stands_on_a_card_is_cut_between_words(text: str, expected: str) -> None:
    assert shorten_words(text, 20) == expected
