"""One body of every kind in Meta's contract, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from app.channel import FACT_KINDS, Echoed, Fact, Ignored, Receipt, Received
from app.engine.events import (
    Attachment,
    AttachmentReceived,
    CommentReceived,
    ReferralReceived,
    StaffHandedBack,
    TapReceived,
    TextReceived,
)
from tests.webhooks.messenger.kit import BODIES, CUSTOMER, HAPPENED_AT, PAGE, load, parse_body


def sent(kind: str, url: str = "", title: str = "", **more: Any) -> AttachmentReceived:
    return AttachmentReceived((Attachment(kind, url=url, title=title, **more),), mid="m_f1")


CDN = "https://cdn.example/"
THUMB = sent("sticker", CDN + "s.png", sticker_id="369239263222822")
EVENTS = {
    "text": TextReceived("Where is my parcel?", mid="m_a1"),
    "text_escaped": TextReceived("Grüße 😀 https://shop.example/", mid="m_a1"),
    "quick_reply": TapReceived(payload="tap:order:yes", title="Yes please", mid="m_a2"),
    "reply_to": TextReceived("this one", mid="m_a3", reply_to="m_a0"),
    "command": TextReceived("book a table", mid="m_a4"),
    "product_referral": TextReceived("do you have it in blue?", mid="m_a5", product="777"),
    "attachment_image": sent("image", CDN + "one.jpg"),
    "attachment_video": sent("video", CDN + "one.mp4"),
    "attachment_audio": sent("audio", CDN + "one.mp4"),
    "attachment_file": sent("file", CDN + "one.pdf"),
    "attachment_sticker": THUMB,
    "attachment_sticker_as_image": THUMB,
    "attachment_link": sent("link", "https://shop.example/x", "A shelf"),
    "attachment_link_old": sent("link", "https://shop.example/x", "A shelf"),
    "attachment_link_with_text": TextReceived("look https://shop.example/x", mid="m_f1"),
    "attachment_product": AttachmentReceived(
        (Attachment("product", url=CDN + "p.png", title="Boots"), Attachment("product", title="Laces")), mid="m_f1"
    ),
    "attachment_reel": sent("link", "https://fb.example/r", "clip"),
    "attachment_ig_reel": sent("link", "https://ig.example/r", "clip"),
    "attachment_post": sent("link", "https://fb.example/p", "a post"),
    "attachment_ig_post": sent("link", "https://ig.example/p", "a post"),
    "attachment_booking": sent("other"),
    "attachment_place": sent("place", "https://maps.example/x", "Pinned", latitude=52.5, longitude=13.4),
    "attachment_unknown": sent("other", CDN + "h"),
    "attachment_several_with_text": AttachmentReceived(
        (Attachment("image", url=CDN + "1.jpg"), Attachment("image", url=CDN + "2.jpg")),
        text="both arrived broken",
        mid="m_f1",
    ),
    "postback": TapReceived(payload="GET_STARTED", title="Get started", mid="m_c1"),
    "postback_with_ref": TapReceived(payload="GET_STARTED", title="Get started", mid="m_c2", ref="poster-12"),
    "postback_without_mid": TapReceived(payload="tap:sizes", title="Sizes"),
    "change_with_message": TextReceived("by the other door", mid="m_v1"),
    "referral": ReferralReceived(ref="poster-12", source="SHORTLINK"),
    "unsupported": Fact("unsupported", {"mid": "m_a8"}),
    "reaction": Fact("reaction", {"mid": "m_b1", "action": "react", "emoji": "❤️", "reaction": "love"}),
    "reaction_written_out": Fact("reaction", {"mid": "m_b1", "action": "react", "emoji": "❤️", "reaction": "love"}),
    "standby_text": Fact("standby", {"kind": "message", "text": "to the person", "mid": "m_a9"}),
    "standby_tap": Fact("standby", {"kind": "tap", "text": "Sizes", "mid": "m_c9"}),
    "standby_empty_tap": Fact("standby", {"kind": "tap", "text": "", "mid": ""}),
    "standby_referral": Fact("standby", {"kind": "referral", "text": "", "ref": "poster-12"}),
}
"""What opens the window, all of it by the customer at HAPPENED_AT."""

FACTS = {
    "referral_ad": ReferralReceived(ref="", source="ADS"),
    "reaction_taken_back": Fact("reaction", {"mid": "m_b1", "action": "unreact", "emoji": "", "reaction": ""}),
    "edit": Fact("edited", {"mid": "m_a1", "text": "Where is my letter?", "num_edit": "1"}),
    "optin_plugin": Fact("opted_in", {"ref": "PLUGIN_REF"}),
    "optin_one_time": Fact(
        "opted_in", {"type": "one_time_notif_req", "payload": "BACK_IN_STOCK", "one_time_notif_token": "tok2"}
    ),
    "account_linked": Fact("account_linked", {"status": "linked"}),
    "account_unlinked": Fact("account_linked", {"status": "unlinked"}),
    "feedback_thumb": Fact("feedback", {"feedback": "Bad response", "mid": "m_b1"}),
    "thread_passed_to_us": StaffHandedBack(),
    "thread_released": StaffHandedBack(),
    "thread_passed_to_inbox": Fact("person_took_over", {"app_id": "263902037430900", "how": "passed"}),
    "thread_taken": Fact("person_took_over", {"app_id": "263902037430900", "how": "taken"}),
    "thread_taken_by_us": Fact("thread_control", {"what": "taken", "app_id": "4242"}),
    "thread_requested": Fact("thread_control", {"what": "requested", "app_id": "263902037430900"}),
    "coupon": Fact("other", {"kind": "coupon", "payload": "EXTRA", "code": "SAVE10"}),
}
"""What does not open the window, with the customer at HAPPENED_AT."""

OF_THE_PAGE = {
    "postback_of_a_user_ref": Fact("other", {"kind": "postback", "user_ref": "chk-1", "title": "Start"}),
    "optin_checkbox": Fact("opted_in", {"ref": "PLUGIN_REF", "user_ref": "chk-1"}),
    "app_roles": Fact("thread_control", {"what": "roles", "roles": {"4242": ["primary_receiver"]}}),
    "policy_block": Fact("policy", {"action": "block", "reason": "Too many complaints."}),
    "policy_old_spelling": Fact("policy", {"action": "unblock", "reason": ""}),
}

IGNORED = (
    "echo_ours_without_our_id", "customer_information", "standby_nothing", "dead_game", "dead_payment", "dead_checkout",
    "dead_pre_checkout", "dead_message_request", "comment_own", "comment_edited", "feed_post", "marketing_failed",
    "dashboard_test", "instagram",
)  # fmt: skip


def only(name: str) -> Any:
    [item] = parse_body(load(name))
    return item


def only_received(name: str) -> Received:
    item = only(name)
    assert isinstance(item, Received)
    assert len(item.key) == 16
    return item


@pytest.mark.parametrize("name", EVENTS)
def test_what_customers_do_comes_out_typed_and_opens_the_window(name: str) -> None:
    item = only_received(name)
    assert (item.page_id, item.customer_id, item.event) == (PAGE, CUSTOMER, EVENTS[name])
    assert item.happened_at == HAPPENED_AT
    assert item.opens_window


@pytest.mark.parametrize("name", FACTS)
def test_other_facts_of_a_thread_come_out_typed_and_open_no_window(name: str) -> None:
    item = only_received(name)
    assert (item.page_id, item.customer_id, item.event) == (PAGE, CUSTOMER, FACTS[name])
    assert item.happened_at == HAPPENED_AT
    assert not item.opens_window


def test_what_was_taken_back_leaves_no_place_for_its_message_and_changes_that_come_late() -> None:
    unsent, *places = parse_body(load("unsent"))
    assert isinstance(unsent, Received)
    assert (unsent.customer_id, unsent.event, unsent.opens_window) == (CUSTOMER, Fact("unsent", {"mid": "m_a7"}), False)
    late = [
        {"message": {"mid": "m_a7", "text": "late"}},
        *({"message_edit": {"mid": "m_a7", "text": "late", "num_edit": number}} for number in (1, "5")),
        {"message_edit": {"mid": "m_a7", "text": "late"}},
    ]
    for each in late:
        body = load("text")
        del body["entry"][0]["messaging"][0]["message"]
        body["entry"][0]["messaging"][0].update(each)
        [item] = parse_body(body)
        assert item.key in [place.key for place in places]
    assert [place.event for place in places] == [Fact("taken_back")] * 8


@pytest.mark.parametrize("name", OF_THE_PAGE)
def test_facts_without_a_customer_belong_to_the_page(name: str) -> None:
    item = only_received(name)
    assert (item.page_id, item.customer_id, item.event) == (PAGE, "", OF_THE_PAGE[name])
    assert not item.opens_window


@pytest.mark.parametrize("name", IGNORED)
def test_kinds_without_use_are_only_counted(name: str) -> None:
    assert isinstance(only(name), Ignored)


def test_our_own_echo_names_its_outbox_row() -> None:
    assert only("echo_ours") == Echoed(PAGE, CUSTOMER, "out-17", "m_b1")
    assert only("standby_own_echo") == Echoed(PAGE, CUSTOMER, "out-18", "m_b7")


@pytest.mark.parametrize(
    ("name", "app_id"),
    [("echo_person", ""), ("echo_page_inbox", "263902037430900"), ("standby_echo", "263902037430900")],
)
def test_an_echo_without_an_app_or_of_metas_inbox_is_a_person(name: str, app_id: str) -> None:
    item = only_received(name)
    assert isinstance(item.event, Fact)
    assert item.event.kind == "person_replied"
    assert item.event.values["app_id"] == app_id
    assert item.event.values["text"].startswith("I ")
    assert item.customer_id == CUSTOMER
    assert not item.opens_window


def test_an_echo_of_another_app_is_told_apart_from_a_person() -> None:
    event = only_received("echo_other_app").event
    assert isinstance(event, Fact)
    assert event.kind == "other_app_replied"
    assert event.values["attachments"][0]["url"] == CDN + "stars.png"


def test_an_ads_link_comes_before_the_words_that_came_with_it() -> None:
    link, words = parse_body(load("ad_message"))
    assert isinstance(link, Received)
    assert isinstance(words, Received)
    assert link.event == ReferralReceived(ref="autumn")
    assert words.event == TextReceived("Hello", mid="m_a6")
    assert link.key != words.key


def test_standby_pictures_are_recorded() -> None:
    event = only_received("standby_photo").event
    assert isinstance(event, Fact)
    assert event.values["attachments"][0]["kind"] == "image"


@pytest.mark.parametrize(
    ("name", "kind", "milliseconds"),
    [
        ("delivery", "delivered", 300), ("delivery_text_watermark", "delivered", 300), ("read", "read", 400),
        ("standby_read", "read", 400),
    ],
)  # fmt: skip
def test_receipts_reach_up_to_their_watermark(name: str, kind: Literal["delivered", "read"], milliseconds: int) -> None:
    until = datetime(2026, 9, 21, 14, 13, 20, milliseconds * 1000, tzinfo=UTC)
    assert only(name) == Receipt(PAGE, CUSTOMER, kind, until)


def test_notification_consents_keep_what_sending_will_need() -> None:
    given, stopped = only_received("optin_notifications").event, only_received("optin_stopped").event
    assert isinstance(given, Fact)
    assert isinstance(stopped, Fact)
    assert given.values["notification_messages_token"] == "tok1"
    assert given.values["token_expiry_timestamp"] == "1800000000000"
    assert stopped.values["notification_messages_status"] == "STOP NOTIFICATIONS"


def test_a_feedback_form_gives_its_answers_even_without_entry_id_and_time() -> None:
    item = only_received("feedback_form")
    answer = {"question": "q_csat", "type": "csat", "answer": "4", "follow_up": "quick help"}
    assert item.event == Fact("feedback", {"answers": [answer]})
    assert (item.page_id, item.customer_id) == (PAGE, CUSTOMER)


@pytest.mark.parametrize(("name", "comment_id"), [("comment", "9_77"), ("comment_old_form", "9_78")])
def test_a_new_comment_is_a_customer_of_its_own(name: str, comment_id: str) -> None:
    item = only_received(name)
    assert item.event == CommentReceived("how much?", comment_id, "10001_9", "20009")
    assert item.customer_id == f"comment:{comment_id}"
    assert item.opens_window
    assert item.happened_at == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


def test_a_removed_comment_is_taken_back_and_takes_the_place_of_the_comment_that_comes_late() -> None:
    items = [each for each in parse_body(load("comment_removed")) if isinstance(each, Received)]
    assert items[0].event == Fact("unsent", {"mid": "9_79"})
    assert {each.customer_id for each in items} == {"comment:9_79"}
    late = load("comment")
    late["entry"][0]["changes"][0]["value"]["comment_id"] = "9_79"
    assert {each.key for each in parse_body(late) if isinstance(each, Received)} <= {each.key for each in items[1:]}


@pytest.mark.parametrize("name", ["quick_reply", "attachment_image", "text"])
def test_whatever_answers_a_message_names_it(name: str) -> None:
    body = load(name)
    body["entry"][0]["messaging"][0]["message"]["reply_to"] = {"mid": "m_a0", "is_self_reply": False}
    [item] = parse_body(body)
    assert isinstance(item, Received)
    assert isinstance(item.event, TextReceived | TapReceived | AttachmentReceived)
    assert item.event.reply_to == "m_a0"


def test_a_template_review_names_the_template_and_the_result() -> None:
    event = only_received("template_status").event
    expected = {"name": "order_update", "event": "APPROVED", "language": "en", "reason": ""}
    assert event == Fact("template_status", expected)


def test_several_pages_and_customers_come_out_in_the_order_in_which_things_happened() -> None:
    items = [each for each in parse_body(load("several_pages_and_customers")) if isinstance(each, Received)]
    assert [(each.page_id, each.customer_id) for each in items] == [
        ("10002", "30003"), ("10001", "20003"), ("10001", "20004"), ("10001", "20002"),
    ]  # fmt: skip


def test_a_linking_code_is_kept_nowhere() -> None:
    assert "a-secret-code" not in repr(parse_body(load("account_linked")))


def test_every_body_is_asserted_and_every_fact_has_a_known_kind() -> None:
    for path in BODIES.glob("*.json"):
        for item in parse_body(load(path.stem)):
            if isinstance(item, Received) and isinstance(item.event, Fact):
                assert item.event.kind in FACT_KINDS
    elsewhere = {
        "unsent", "echo_ours", "standby_own_echo", "echo_person", "echo_page_inbox", "standby_echo", "echo_other_app", "ad_message",
        "standby_photo", "delivery", "delivery_text_watermark", "read", "standby_read", "optin_notifications", "optin_stopped",
        "feedback_form", "comment", "comment_old_form", "comment_removed", "template_status", "several_pages_and_customers",
    }  # fmt: skip
    assert {path.stem for path in BODIES.glob("*.json")} == {*EVENTS, *FACTS, *OF_THE_PAGE, *IGNORED, *elsewhere}
