"""Comments under a post: one private reply, whose taps begin a conversation; nobody else's words are answered."""

from __future__ import annotations

from typing import Any

from tests.journeys.house import Customer, House, wait_until
from tests.journeys.shop import WELCOME

POST = "10001_1"


def comments(customer: Customer, text: str, **more: Any) -> list[str]:
    customer.says(comment={"text": text, "post_id": POST, **more})
    return customer.sees_new()


def comment_id(customer: Customer) -> str:
    query = "SELECT customer_id, body FROM history WHERE kind = 'CommentReceived' ORDER BY id DESC"
    return next(str(row[0]) for row in customer.house.rows(query) if f'"{customer.id}"' in str(row[1]))


def test_a_comment_gets_one_reply_that_says_all_and_can_be_tapped(house: House) -> None:
    customer = house.new_customer()
    [reply] = comments(customer, "How much is the blue coat?")
    assert WELCOME in reply
    assert customer.taps("Track my order")[-1] == "What is your order number?"
    assert customer.types("12345")[0].startswith("Thank you.")


def test_each_comment_is_answered_once_however_often_it_is_told_or_changed(house: House) -> None:
    customer = house.new_customer()
    house.fault("duplicate", times=1)
    done = customer.says(comment={"text": "price?", "post_id": POST})
    assert len(customer.sees_new()) == 1
    changed = {"comment_id": done["comment_id"], "verb": "edited"}
    assert comments(customer, "price please?", **changed) == []
    assert comments(customer, "", comment_id=done["comment_id"], verb="remove") == []
    kept = f"SELECT text, body FROM history WHERE kind = 'CommentReceived' AND customer_id = 'comment:{done['comment_id']}'"
    wait_until(lambda: house.rows(kept) == [("", None)])
    house.fault("clear")
    assert len(comments(customer, "and the price of the red one?")) == 1


def test_a_comment_on_something_else_is_left_alone(house: House) -> None:
    customer = house.new_customer()
    assert comments(customer, "What a lovely harbour!") == []


def test_the_pages_own_comments_are_never_answered(house: House) -> None:
    customer = house.new_customer()
    assert comments(customer, "The price is 40 euros.", by_page=True) == []
    assert not house.rows(f"SELECT 1 FROM history WHERE kind = 'CommentReceived' AND body LIKE '%{customer.id}%'")


def test_a_reply_whose_answer_was_lost_is_known_by_its_echo_and_not_sent_again(house: House) -> None:
    customer = house.new_customer()
    house.fault("lost_answer", times=1)
    assert len(comments(customer, "how much?")) == 1
    house.fault("clear")
    key = comment_id(customer)
    assert house.rows(f"SELECT status, attempt FROM outbox WHERE customer_id = '{key}'") == [("sent", 1)]


def test_the_commenters_own_conversation_goes_on_where_it_stood(house: House) -> None:
    customer = house.new_customer()
    customer.types("track my order")
    comments(customer, "how much?")
    assert customer.types("12345")[0].startswith("Thank you.")
