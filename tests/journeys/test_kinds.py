"""Every kind of event that Messenger sends, as a customer brings it about: what the bot says to it, and what is kept."""

from __future__ import annotations

import json
from typing import Any

from tests.journeys.bodies import message
from tests.journeys.house import Customer, House
from tests.journeys.shop import DISCLOSURE, WELCOME

THUMBS_UP = "369239263222822"
UNKNOWN = "263902037430901"


def kept(customer: Customer, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """(text, values) of this customer's lines of that kind."""
    query = f"SELECT text, body FROM history WHERE customer_id = '{customer.id}' AND kind = '{kind}' ORDER BY id"
    return [(text, json.loads(body) if body else {}) for text, body in customer.house.rows(query)]


def welcomed(house: House) -> Customer:
    customer = house.new_customer()
    customer.types("hello")
    return customer


def does(customer: Customer, **deed: Any) -> list[str]:
    customer.says(**deed)
    return customer.sees_new()


def test_a_thumb_is_kept_as_a_sticker_and_is_no_file_to_ask_about(house: House) -> None:
    customer = welcomed(house)
    said = does(
        customer, attachment={"type": "sticker", "sticker_id": int(THUMBS_UP), "url": "https://cdn.example/s.png"}
    )
    assert said == []
    [(_, values)] = kept(customer, "AttachmentReceived")
    assert [(each["kind"], each["sticker_id"]) for each in values["attachments"]] == [("sticker", THUMBS_UP)]


def test_several_files_in_one_message_are_one_turn_and_all_kept(house: House) -> None:
    customer = welcomed(house)
    files = [
        {"type": kind, "url": f"https://cdn.example/{kind}"} for kind in ("image", "image", "video", "audio", "file")
    ]
    answers = does(customer, attachments=files)
    assert len(answers) == 1
    [(_, values)] = kept(customer, "AttachmentReceived")
    assert [each["kind"] for each in values["attachments"]] == ["image", "image", "video", "audio", "file"]


def test_a_reply_to_a_message_of_the_bot_is_read_as_a_text(house: House) -> None:
    customer = welcomed(house)
    mid = customer.messages()[0]["mid"]
    assert customer.types("track my order", reply_to=mid) == ["What is your order number?"]


def test_a_changed_message_stands_in_the_transcript_and_is_not_answered_again(house: House) -> None:
    customer = welcomed(house)
    mid = customer.says(text="qwe asd")["mid"]
    customer.sees_new()
    assert does(customer, edit={"mid": mid, "text": "track my order"}) == []
    [(text, values)] = kept(customer, "edited")
    assert (text, values["mid"]) == ("track my order", mid)


def test_of_a_message_that_is_taken_back_no_word_is_kept_anywhere(house: House) -> None:
    customer = welcomed(house)
    mid = customer.says(text="zanzibar zanzibar")["mid"]
    customer.sees_new()
    does(customer, edit={"mid": mid, "text": "zanzibar, changed"})
    assert does(customer, unsend=mid) == []
    for table in ("history", "inbox", "sessions"):
        assert "zanzibar" not in str(house.rows(f"SELECT * FROM {table} WHERE customer_id = '{customer.id}'")), table


def test_a_message_that_comes_behind_its_own_taking_back_is_not_kept_and_not_answered(house: House) -> None:
    customer = welcomed(house)
    gone = message(customer.id, "zanzibar again", mid="m_taken_back")
    unsent = {**gone, "message": {"mid": "m_taken_back", "is_deleted": True}}
    changed = {name: each for name, each in gone.items() if name != "message"}
    changed["message_edit"] = {"mid": "m_taken_back", "text": "zanzibar once more", "num_edit": 1}
    assert customer.posts(unsent) == []
    assert customer.posts(gone) == []
    assert customer.posts(changed) == []
    for table in ("history", "inbox", "sessions"):
        assert "zanzibar" not in str(house.rows(f"SELECT * FROM {table} WHERE customer_id = '{customer.id}'")), table
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_a_reaction_is_kept_with_its_message_and_taken_back(house: House) -> None:
    customer = welcomed(house)
    mid = customer.messages()[-1]["mid"]
    assert does(customer, reaction={"mid": mid, "reaction": "love"}) == []
    assert does(customer, reaction={"mid": mid, "action": "unreact"}) == []
    assert [(values["mid"], values["action"]) for _, values in kept(customer, "reaction")] == [
        (mid, "react"),
        (mid, "unreact"),
    ]


def test_a_link_leads_into_the_flow_from_all_three_places(house: House) -> None:
    """Into an existing thread; with Get Started of a new one; with a message."""
    there = welcomed(house)
    [promoted, *_] = there.comes_by("winter-promo")
    new = house.new_customer()
    new.comes_by("winter-promo")
    assert promoted in new.taps("Get Started")
    third = welcomed(house)
    third.says(text="hi there", referral={"ref": "winter-promo", "source": "SHORTLINK", "type": "OPEN_THREAD"})
    assert promoted in third.sees_new()


def test_an_unknown_link_leads_nowhere_bad(house: House) -> None:
    customer = welcomed(house)
    customer.comes_by("<script>alert(1)</script>" * 20)
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_consents_and_their_end_are_kept_and_not_answered(house: House) -> None:
    customer = welcomed(house)
    asked = {"type": "notification_messages", "payload": "NEWS", "title": "Weekly news"}
    assert does(customer, optin=asked) == []
    [(_, given)] = kept(customer, "opted_in")
    token = given["notification_messages_token"]
    stopped = {**asked, "notification_messages_token": token, "notification_messages_status": "STOP_NOTIFICATIONS"}
    assert does(customer, optin=stopped) == []
    assert [values.get("notification_messages_status") for _, values in kept(customer, "opted_in")] == [
        None, "STOP NOTIFICATIONS",
    ]  # fmt: skip


def test_a_thumb_under_a_message_of_the_bot_is_kept(house: House) -> None:
    customer = welcomed(house)
    assert does(customer, rating={"good": False}) == []
    [(_, values)] = kept(customer, "feedback")
    assert values == {"feedback": "Bad response", "mid": customer.messages()[-1]["mid"]}


def test_an_account_is_linked_and_its_code_is_not_kept(house: House) -> None:
    customer = welcomed(house)
    assert does(customer, account_linking={"status": "linked", "authorization_code": "zauberwort"}) == []
    assert does(customer, account_linking={"status": "unlinked"}) == []
    assert [values["status"] for _, values in kept(customer, "account_linked")] == ["linked", "unlinked"]
    assert "zauberwort" not in str(house.rows(f"SELECT * FROM inbox WHERE customer_id = '{customer.id}'"))


def test_what_messenger_cannot_show_us_is_kept_as_such(house: House) -> None:
    customer = welcomed(house)
    does(customer, unsupported=True)
    assert len(kept(customer, "unsupported")) == 1


def test_deliveries_and_reads_raise_the_marks_and_never_lower_them(house: House) -> None:
    customer = welcomed(house)
    does(customer, seen=True)
    query = f"SELECT delivered_until, read_until FROM conversations WHERE customer_id = '{customer.id}'"
    [before] = house.rows(query)
    assert None not in before
    does(customer, item={"read": {"watermark": 1_600_000_000_000}}, field="message_reads")
    assert house.rows(query) == [before]


def test_an_echo_of_another_app_stands_in_the_transcript_and_silences_nobody(house: House) -> None:
    customer = welcomed(house)
    house.control(
        "staff_reply_in_page_inbox", page=customer.page, customer=customer.id, text="Your receipt.", app_id=UNKNOWN, control=False
    )  # fmt: skip
    assert customer.sees_new() == []
    [(text, values)] = kept(customer, "other_app_replied")
    assert (text, values["app_id"]) == ("Your receipt.", UNKNOWN)
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_the_dashboards_test_and_roles_and_templates_are_taken_and_move_nobody(house: House) -> None:
    customer = welcomed(house)
    for field in ("messages", "messaging_postbacks", "message_reads", "messaging_optins"):
        house.control("dashboard_test", field=field)
    house.control("app_roles", page=customer.page, roles={"4242": ["primary_receiver"]})
    house.control("template_status", page=customer.page, template="order_update", event="APPROVED")
    house.wait_until_quiet()
    about = house.rows("SELECT kind, status FROM inbox WHERE customer_id = '' ORDER BY id DESC LIMIT 2")
    assert sorted(about) == [("fact:template_status", "ignored"), ("fact:thread_control", "ignored")]
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_the_bot_says_what_it_is_to_everybody_who_is_new(house: House) -> None:
    assert house.new_customer().types("hi")[0] == DISCLOSURE
