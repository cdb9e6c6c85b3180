"""A call in a turn: asked for once, answered once, and nobody else's answer counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.engine import events, session
from app.engine.burst import take_burst
from app.engine.calls import saved
from app.engine.effects import CallService, SendMessage
from app.engine.events import CallAnswered, Event, TextReceived
from app.engine.flow import (
    Anywhere,
    Call,
    Compare,
    Flow,
    Literal,
    Name,
    Placeholder,
    Question,
    Rule,
    Slot,
    State,
    Text,
)
from app.engine.session import Session
from app.engine.turn import Turn, take_turn

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def text(*parts: str | Placeholder) -> Text:
    return Text({"en": parts})


CALL = Call(
    "GET",
    ("https://api.shop.example/orders/", Placeholder("number")),
    {"X": ("Bearer ", Placeholder("secret.SHOP"), " ", Placeholder("number"))},
    save={"eta": "eta", "pieces": "pieces"},
)
FLOW = Flow(
    "r",
    "Piney",
    ("en",),
    ZoneInfo("UTC"),
    None,
    {
        "order": State("order", ask=(Question("number", text("Which?")),), goto=(Rule("find"),)),
        "find": State(
            "find",
            say=(text("Looking."),),
            call=CALL,
            goto=(Rule("found", Compare(Name("result"), "is", Literal("ok"))), Rule("lost")),
        ),
        "found": State("found", say=(text("On ", Placeholder("eta")),)),
        "lost": State("lost", say=(text("Lost."),)),
    },
    {"number": Slot("number", "text"), "eta": Slot("eta", "text"), "pieces": Slot("pieces", "number")},
    anywhere=(Anywhere("lost", hear=("help",)),),
)


class Talk:
    """One session, through its stored form between two turns."""

    def __init__(self, bot: Flow = FLOW) -> None:
        self.bot = bot
        self.stored: dict[str, object] = {}

    def meets(self, event: Event) -> Turn:
        kept = events.from_dict(type(event).__name__, json.loads(json.dumps(events.to_dict(event))))
        turn = take_turn(self.bot, session.from_dict(json.loads(json.dumps(self.stored))), kept, NOW)
        self.stored = session.to_dict(turn.session)
        return turn

    def asks(self, number: str = "10482") -> Turn:
        self.stored = session.to_dict(Session(state="order", asking="number", disclosed=True))
        return self.meets(TextReceived(number))


def said(turn: Turn) -> list[str]:
    return [effect.message.text for effect in turn.effects if isinstance(effect, SendMessage)]


def calls(turn: Turn) -> list[CallService]:
    return [effect for effect in turn.effects if isinstance(effect, CallService)]


def test_a_state_with_call_says_its_text_asks_and_waits() -> None:
    turn = Talk().asks("10/4?82")
    (call,) = calls(turn)
    assert said(turn) == ["Looking."]
    assert (call.state, call.method, call.url) == ("find", "GET", "https://api.shop.example/orders/10%2F4%3F82")
    assert turn.session.state == "find"


def test_a_secret_stays_a_name_whatever_the_customer_wrote() -> None:
    (call,) = calls(Talk().asks("<secret.SHOP>"))
    assert call.headers["X"] == ("Bearer ", Placeholder("secret.SHOP"), " ", "<secret.SHOP>")


def test_the_answer_fills_slots_and_decides_the_way() -> None:
    talk = Talk()
    talk.asks()
    turn = talk.meets(CallAnswered("find", "ok", {"eta": "3 December", "pieces": 2}, 1))
    assert said(turn) == ["On 3 December"]
    assert turn.session.slots["pieces"] == 2


@pytest.mark.parametrize("result", ["not_found", "failed", "slow"])
def test_every_other_result_takes_the_other_way(result: str) -> None:
    talk = Talk()
    talk.asks()
    assert said(talk.meets(CallAnswered("find", result, {}, 1))) == ["Lost."]


def test_a_value_that_does_not_fit_its_slot_is_not_kept() -> None:
    talk = Talk()
    talk.asks()
    turn = talk.meets(CallAnswered("find", "ok", {"eta": "x" * 5_000, "pieces": "many"}, 1))
    assert "pieces" not in turn.session.slots
    assert len(turn.session.slots["eta"]) == 1_000


def test_an_address_in_an_answer_is_kept_whole_or_not_at_all() -> None:
    address = "https://track.example/" + "a" * 1_500
    assert saved({"eta": address}, {"eta": "eta"}) == {"eta": address}
    talk = Talk()
    talk.asks()
    given = saved({"eta": address + "a" * 500}, {"eta": "eta"})
    assert "eta" not in talk.meets(CallAnswered("find", "ok", given, 1)).session.slots


def test_an_address_that_has_become_too_long_is_not_called() -> None:
    turn = Talk().asks("é" * 900)
    assert (calls(turn), said(turn)) == ([], ["Looking.", "Lost."])


def test_an_answer_counts_once_and_only_for_the_visit_that_asked() -> None:
    talk = Talk()
    talk.asks()
    assert talk.meets(CallAnswered("find", "ok", {}, 2)).effects == ()
    assert said(talk.meets(CallAnswered("find", "ok", {"eta": "now"}, 1))) == ["On now"]
    assert talk.meets(CallAnswered("find", "ok", {"eta": "again"}, 1)).effects == ()


def test_what_is_written_meanwhile_gets_one_moment_and_asks_nothing_again() -> None:
    talk = Talk()
    talk.asks()
    turn = talk.meets(TextReceived("hello"))
    assert said(turn) == ["One moment please, I am still looking that up."]
    assert said(talk.meets(CallAnswered("find", "ok", {"eta": "now"}, 1))) == ["On now"]


def test_a_hear_phrase_leaves_and_the_late_answer_is_nobodys() -> None:
    talk = Talk()
    talk.asks()
    assert said(talk.meets(TextReceived("help"))) == ["Lost."]
    assert talk.meets(CallAnswered("find", "ok", {"eta": "now"}, 1)).effects == ()


def test_an_address_that_would_lead_elsewhere_is_not_called() -> None:
    turn = Talk().asks("..")
    assert calls(turn) == []
    assert said(turn) == ["Looking.", "Lost."]


# ---- what comes while the answer is on its way -------------------------------------------------------------

ORDERS = replace(
    FLOW,
    slots={**FLOW.slots, "number": Slot("number", "text", pattern="[0-9]{5}")},
    anywhere=(Anywhere("lost", hear=("help",)), Anywhere("find", gives="number")),
)


def test_another_number_that_comes_meanwhile_is_looked_up_when_the_answer_has_come() -> None:
    talk = Talk(ORDERS)
    talk.asks()
    meanwhile = talk.meets(TextReceived("and 20593"))
    assert (said(meanwhile), calls(meanwhile)) == (["One moment please, I am still looking that up."], [])
    turn = talk.meets(CallAnswered("find", "ok", {"eta": "Monday"}, 1))
    assert said(turn) == ["On Monday", "Looking."]
    assert [call.url for call in calls(turn)] == ["https://api.shop.example/orders/20593"]
    assert said(talk.meets(CallAnswered("find", "ok", {"eta": "Friday"}, 2))) == ["On Friday"]


def test_numbers_that_come_meanwhile_are_looked_up_one_after_the_other_and_no_more_than_three() -> None:
    talk = Talk(ORDERS)
    talk.asks()
    for number in ("20001", "20002", "20003", "20004"):
        talk.meets(TextReceived(number))
    turns = [talk.meets(CallAnswered("find", "ok", {}, number)) for number in (1, 2, 3, 4)]
    assert [[call.url[-5:] for call in calls(turn)] for turn in turns] == [["20001"], ["20002"], ["20003"], []]


@pytest.mark.parametrize("words", ["10482", "hello", "thank you"])
def test_what_asks_for_nothing_new_is_not_read_again(words: str) -> None:
    talk = Talk(ORDERS)
    talk.asks()
    talk.meets(TextReceived(words))
    turn = talk.meets(CallAnswered("find", "ok", {"eta": "now"}, 1))
    assert (said(turn), calls(turn)) == (["On now"], [])


def test_who_leaves_meanwhile_is_not_called_back() -> None:
    talk = Talk(ORDERS)
    talk.asks()
    talk.meets(TextReceived("20593"))
    talk.meets(TextReceived("help"))
    assert talk.stored.get("later") is None
    assert talk.meets(CallAnswered("find", "ok", {}, 1)).effects == ()


def test_two_numbers_in_one_go_are_both_looked_up() -> None:
    before = Session(state="order", asking="number", disclosed=True)
    turn = take_burst(ORDERS, before, (TextReceived("10482"), TextReceived("20593")), NOW)
    assert [call.url[-5:] for call in calls(turn)] == ["10482"]
    assert turn.session.later == ("20593",)
