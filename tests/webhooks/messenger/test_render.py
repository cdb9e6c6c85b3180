"""Our messages in Meta's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.effects import Card, Form, Message, Option
from tests.webhooks.messenger.kit import CUSTOMER, create_send
from tests.webhooks.messenger.test_pieces import COUPON, FEEDBACK, HOLES, MESSAGES, RECEIPT
from webhooks.messenger.forms import is_complete
from webhooks.messenger.pieces import pieces
from webhooks.messenger.policy import WAYS
from webhooks.messenger.render import render
from webhooks.simulator.graph.check import check_message
from webhooks.simulator.graph.failures import GraphError

RESPONSE = WAYS[0]
YES, NO = Option("Yes", tap=("order", "yes")), Option("No", tap=("order", "no"))


def test_a_text_carries_our_outbox_id() -> None:
    assert render(create_send(Message("Hi")), RESPONSE) == {
        "recipient": {"id": CUSTOMER},
        "messaging_type": "RESPONSE",
        "message": {"text": "Hi", "metadata": "fd:out-1"},
    }


def test_outside_the_window_the_tag_goes_with_the_message() -> None:
    body = render(create_send(Message("Hi")), next(way for way in WAYS if way.tag == "HUMAN_AGENT"))
    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_the_reply_to_a_comment_goes_to_the_comment() -> None:
    assert render(create_send(customer_id="comment:9_77"), RESPONSE)["recipient"] == {"comment_id": "9_77"}


def test_of_an_answer_to_one_message_the_first_piece_names_it_once() -> None:
    first, *others = pieces(Message(" ".join(["parcel"] * 500), choices=(YES,), reply_to="m_a1"))
    assert render(create_send(first), RESPONSE)["reply_to"] == {"mid": "m_a1"}
    assert others
    assert all("reply_to" not in render(create_send(each), RESPONSE) for each in others)


@pytest.mark.parametrize(("offers", "kind"), [("phone", "user_phone_number"), ("email", "user_email")])
def test_a_question_for_a_number_or_an_address_offers_the_customers_own(offers: Any, kind: str) -> None:
    [piece] = pieces(Message("How can we reach you?", choices=(YES,) * 13, offers=offers))[-1:]
    replies = render(create_send(piece), RESPONSE)["message"]["quick_replies"]
    assert replies[0] == {"content_type": kind}
    assert len(replies) == 13


def test_choices_are_quick_replies_with_their_signed_taps() -> None:
    pictured = Option("No", tap=("order", "no"), image="https://cdn.example/no.png")
    message = render(create_send(Message("Sure?", choices=(YES, pictured)), payloads=("s1", "s2")), RESPONSE)["message"]
    assert message["text"] == "Sure?"
    assert message["quick_replies"] == [
        {"content_type": "text", "title": "Yes", "payload": "s1"},
        {"content_type": "text", "title": "No", "payload": "s2", "image_url": "https://cdn.example/no.png"},
    ]


def test_buttons_are_a_template_and_only_taps_use_up_payloads() -> None:
    buttons = (Option("Shop", url="https://shop.example"), YES, Option("Call", phone="+491234567"))
    message = render(create_send(Message("How?", buttons=buttons), payloads=("s1",)), RESPONSE)["message"]
    assert message["attachment"] == {
        "type": "template",
        "payload": {
            "template_type": "button",
            "text": "How?",
            "buttons": [
                {"type": "web_url", "title": "Shop", "url": "https://shop.example"},
                {"type": "postback", "title": "Yes", "payload": "s1"},
                {"type": "phone_number", "title": "Call", "payload": "+491234567"},
            ],
        },
    }
    assert "text" not in message


def test_payloads_go_to_choices_first_then_to_buttons() -> None:
    message = render(create_send(Message("?", choices=(YES,), buttons=(NO,)), payloads=("s1", "s2")), RESPONSE)[
        "message"
    ]
    assert message["quick_replies"][0]["payload"] == "s1"
    assert message["attachment"]["payload"]["buttons"][0]["payload"] == "s2"


def test_a_tap_without_a_payload_carries_its_title() -> None:
    message = render(create_send(Message("?", choices=(YES,))), RESPONSE)["message"]
    assert message["quick_replies"][0]["payload"] == "Yes"


def test_media_go_by_their_address() -> None:
    message = render(create_send(Message(media=("video", "https://cdn.example/v.mp4"))), RESPONSE)["message"]
    assert message == {
        "attachment": {"type": "video", "payload": {"url": "https://cdn.example/v.mp4"}}, "metadata": "fd:out-1"
    }  # fmt: skip


def test_cards_are_a_generic_template_and_use_payloads_up_in_their_order() -> None:
    see_it = Option("See it", url="https://shop.example/1")
    cards = (
        Card("Shirt", "€55", "https://cdn.example/1.jpg", "https://shop.example/1", (see_it, YES)),
        Card("Suit", "€95", buttons=(NO,)),
    )
    body = render(create_send(Message(cards=cards), payloads=("p1", "p2")), RESPONSE)
    assert body["message"]["attachment"]["payload"] == {"template_type": "generic", "elements": [
        {
            "title": "Shirt", "subtitle": "€55", "image_url": "https://cdn.example/1.jpg",
            "default_action": {"type": "web_url", "url": "https://shop.example/1"},
            "buttons": [
                {"type": "web_url", "title": "See it", "url": "https://shop.example/1"},
                {"type": "postback", "title": "Yes", "payload": "p1"},
            ],
        },
        {"title": "Suit", "subtitle": "€95", "buttons": [{"type": "postback", "title": "No", "payload": "p2"}]},
    ]}  # fmt: skip


def payload_of(form: Form) -> dict[str, Any]:
    rendered: dict[str, Any] = render(create_send(Message(form=form)), RESPONSE)["message"]["attachment"]["payload"]
    return rendered


def test_a_coupon_whose_code_has_a_blank_of_any_kind_is_a_text() -> None:
    for blank in (" ", "\t", "\xa0"):
        assert not is_complete(replace(COUPON, fields={"title": "10% off", "code": f"PINE{blank}10"}))


def test_the_currency_of_a_receipt_is_written_in_capitals() -> None:
    small = replace(RECEIPT, fields={**RECEIPT.fields, "currency": "eur"})
    assert payload_of(small) == payload_of(RECEIPT)


def test_a_coupon_has_its_code() -> None:
    assert payload_of(COUPON) == {"template_type": "coupon", "title": "10% off", "coupon_code": "PINE10"}


def test_a_receipt_has_numbers_where_the_owner_has_texts() -> None:
    assert payload_of(RECEIPT) == {
        "template_type": "receipt", "recipient_name": "Ana", "order_number": "A-1", "currency": "EUR", "payment_method": "Card",
        "elements": [{"title": "Shirt", "price": 54.5, "currency": "EUR", "quantity": 2}],
        "summary": {"shipping_cost": 5.5, "total_cost": 60.0},
    }  # fmt: skip


def test_a_question_that_is_too_short_for_a_form_is_said_as_a_text() -> None:
    short = replace(FEEDBACK, fields={**FEEDBACK.fields, "question": "OK?"})
    with pytest.raises(GraphError):
        check_message({"attachment": {"type": "template", "payload": payload_of(short)}}, ())
    assert not is_complete(short)
    assert is_complete(replace(FEEDBACK, fields={**FEEDBACK.fields, "question": "Okay?"}))


def test_feedback_asks_one_question_with_five_stars() -> None:
    (question,) = payload_of(FEEDBACK)["feedback_screens"][0]["questions"]
    assert (question["type"], question["score_option"]) == ("csat", "five_stars")
    assert payload_of(FEEDBACK)["business_privacy"] == {"url": "https://shop.example/p"}


def test_a_receipt_without_its_total_is_a_text() -> None:
    assert [piece.form for piece in pieces(Message(form=HOLES[1]))] == [None]
    assert "A-1" in pieces(Message(form=HOLES[1]))[0].text


@pytest.mark.parametrize(
    ("written", "number"), [("1,234.50", 1234.5), ("1.234,50", 1234.5), ("-5", -5.0), ("45 EUR", 45.0)]
)
def test_sums_of_a_receipt_are_read_as_people_write_them(written: str, number: float) -> None:
    receipt = Form("receipt", {**RECEIPT.fields, "shipping": written}, RECEIPT.items)
    assert payload_of(receipt)["summary"]["shipping_cost"] == number


@pytest.mark.parametrize("line", [{"title": "", "price": "5"}, {"title": "Shirt", "price": "free"}])
def test_a_receipt_with_a_line_that_says_nothing_is_a_text(line: dict[str, str]) -> None:
    assert [piece.form for piece in pieces(Message(form=Form("receipt", RECEIPT.fields, (line,))))] == [None]


@pytest.mark.parametrize("currency", ["€", "euros", "EU", "", "EU R"])
def test_a_receipt_whose_currency_is_no_code_is_a_text(currency: str) -> None:
    (piece,) = pieces(Message(form=Form("receipt", {**RECEIPT.fields, "currency": currency}, RECEIPT.items)))
    assert piece.form is None
    assert "A-1" in piece.text


def test_a_currency_is_written_as_messenger_writes_it() -> None:
    rendered = payload_of(Form("receipt", {**RECEIPT.fields, "currency": " eur"}, RECEIPT.items))
    assert (rendered["currency"], rendered["elements"][0]["currency"]) == ("EUR", "EUR")


@pytest.mark.parametrize("quantity", ["0.5", "0,5 m", "0", "a pair"])
def test_a_quantity_that_counts_no_pieces_is_said_as_it_was_written(quantity: str) -> None:
    item = {"title": "Rope", "price": "5", "quantity": quantity, "subtitle": "Red"}
    (line,) = payload_of(Form("receipt", RECEIPT.fields, (item,)))["elements"]
    assert (line.get("quantity"), line["subtitle"]) == (None, f"{quantity} · Red")


@pytest.mark.parametrize("code", ["PINE 10", "PINE\t10", "PINE\u00a010", "PINE\n10"])
def test_a_coupon_whose_code_has_white_space_is_a_text(code: str) -> None:
    (piece,) = pieces(Message(form=Form("coupon", {"title": "10% off", "code": code})))
    assert piece == Message(f"10% off\n{code}")


def test_long_texts_of_forms_end_in_an_ellipsis() -> None:
    coupon = payload_of(Form("coupon", {"title": "word " * 40, "subtitle": "word " * 40, "code": "A"}))
    assert [len(coupon[name]) <= 80 and coupon[name].endswith("…") for name in ("title", "subtitle")] == [True, True]
    feedback = payload_of(
        Form("feedback", {**FEEDBACK.fields, **dict.fromkeys(("title", "question", "button"), "x" * 200)})
    )
    (question,) = feedback["feedback_screens"][0]["questions"]
    titles = (feedback["title"], question["title"], feedback["button_title"])
    assert [(len(each), each[-1]) for each in titles] == [(65, "…"), (85, "…"), (20, "…")]


def test_long_titles_are_shortened() -> None:
    option = Option("Please track my last order", tap=("a", "b"))
    message = render(create_send(Message("?", choices=(option,), buttons=(option,))), RESPONSE)["message"]
    assert message["quick_replies"][0]["title"] == "Please track my las…"
    assert message["attachment"]["payload"]["buttons"][0]["title"] == "Please track my las…"


def test_text_that_no_encoder_takes_is_made_safe() -> None:
    option = Option("a\ud800", tap=("a", "b"))
    body = render(create_send(Message("x\ud800\0😀", choices=(option,))), RESPONSE)
    assert orjson.loads(orjson.dumps(body))["message"]["text"] == "x\ufffd\ufffd😀"


@settings(max_examples=200, deadline=None)
@given(MESSAGES, st.lists(st.text(alphabet="abc", min_size=1, max_size=1_000), max_size=30))
def test_whatever_is_rendered_keeps_metas_limits(message: Message, payloads: list[str]) -> None:
    for piece in pieces(message):
        rendered = render(create_send(piece, payloads=tuple(payloads)), RESPONSE)["message"]
        payload = rendered.get("attachment", {}).get("payload", {})
        cards = payload.get("elements", []) if payload.get("template_type") == "generic" else []
        buttons = [*payload.get("buttons", []), *(button for card in cards for button in card.get("buttons", []))]
        assert all(0 < len(card["title"]) <= 80 and len(card.get("subtitle", "")) <= 80 for card in cards)
        assert all(len(card) > 1 for card in cards)
        assert 0 < len(rendered.get("text", "x")) < 2_000
        assert len(rendered.get("quick_replies", [])) <= 13
        assert all(0 < len(each["title"]) <= 20 for each in [*buttons, *rendered.get("quick_replies", [])])
        assert all(
            0 < len(each.get("payload", "x")) <= 1_000 for each in [*buttons, *rendered.get("quick_replies", [])]
        )
        orjson.dumps(rendered)
