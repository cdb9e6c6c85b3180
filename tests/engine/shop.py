"""The example shop of the language's page, without the kinds that arrive later."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from app.engine.flow import (
    Anywhere,
    Compare,
    Entrances,
    Flow,
    HandOffTo,
    Hours,
    Literal,
    Name,
    Reminder,
    Rule,
    Slot,
    State,
    Truth,
)
from tests.engine.transcript import DISCLOSURE, choice, choices, flow, question, slot, state, text

DAY = ((time(9, 30), time(18, 30)),)
HOURS = Hours({**dict.fromkeys(range(5), DAY), 5: ((time(10), time(17)),)}, frozenset({date(2026, 12, 25)}))


def shop(**changes: Any) -> Flow:
    """Harbour & Pine, in English."""
    values: dict[str, Any] = {
        "slots": SLOTS,
        "disclosure": text(DISCLOSURE),
        "hours": {"": HOURS},
        "teams": {"care": ("anna", "luc"), "style": ("maya",)},
        "moved": {"ask_size": "outfits", "find_us": "ask_size"},
        "anywhere": ANYWHERE,
        "otherwise": "lost",
        "entrances": Entrances(
            start="welcome",
            menu={"Track my order": "order", "Visit the shop": "https://harbour-pine.example"},
            starters={"Help me choose": "outfits"},
            links={"winter-promo": "promo"},
        ),
    }
    return flow(*STATES, **{**values, **changes})


SLOTS: tuple[Slot, ...] = (
    slot("for_whom", "choice", values=("For me", "A gift")),
    slot("occasion", "choice", values=("Work", "Dinner", "Party")),
    slot("budget", "number", minimum=10, maximum=2000, hint="Just an amount in euros, for example 60."),
    slot("order_number", pattern="[0-9]{5,8}", hint="An order number has 5 to 8 digits."),
    slot("email", "email", keep=timedelta(days=30), private=True),
    slot("rating", "choice", values=("Great", "So-so", "Bad")),
)

ANYWHERE = (
    Anywhere("welcome", hear=("menu", "start over")),
    Anywhere("person", hear=("human", "agent", "person", "advisor")),
    Anywhere("order_found", gives="order_number"),
    Anywhere("got_file", attachment="any"),
)

WAITING = (
    Reminder("0", timedelta(minutes=10), say=(text("We are a little busy."),)),
    Reminder("1", timedelta(hours=2), goto="leave_message"),
)

RICH = Rule("stylist", Compare(Name("budget"), ">=", Literal(100)))
OPEN_AND_RICH = Rule("stylist", Truth(Name("open")))

STATES: tuple[State, ...] = (
    state(
        "welcome",
        "Hi <first_name>! What can I do for you?",
        choices=choices(Outfit_ideas="outfits", Track_my_order="order", Talk_to_a_person="person"),
    ),
    state(
        "outfits",
        ask=(
            question("for_whom", "Are we dressing you or somebody else?"),
            question("occasion", "What is the occasion?"),
            question("budget", "Roughly how much would you like to spend?", "30", "60", "120"),
        ),
        rules=(RICH, Rule("looks")),
    ),
    state(
        "looks",
        "Here is what I would choose for <occasion>.",
        buttons=(
            choice("Shop this look", url=text("https://harbour-pine.example/?for=<occasion>")),
            choice("Ask a stylist", "stylist"),
        ),
        remind=(
            Reminder(
                "0",
                timedelta(hours=4),
                say=(text("Shall I show you a few more looks?"),),
                choices=choices(Yes_please="outfits", No_thanks="bye"),
            ),
        ),
    ),
    state("order", ask=(question("order_number", "What is your order number?"),), goto="order_found"),
    state(
        "order_found",
        "Order <order_number> is on its way.",
        choices=choices(Thank_you="bye", There_is_a_problem="person"),
    ),
    state(
        "person",
        "I am calling a colleague.",
        handoff=HandOffTo("care", text("Order <order_number>, <occasion>, <budget> euros"), "leave_message"),
        remind=WAITING,
        goto="rate",
    ),
    state("stylist", "Maya will join you here.", handoff=HandOffTo("style", None, "leave_message"), goto="rate"),
    state("leave_message", ask=(question("email", "Nobody is free. Where can we write to you?"),), goto="message_left"),
    state("message_left", "Thank you! We will write to <email> as soon as we open, <next_opening>."),
    state("rate", ask=(question("rating", "How did we do?"),), goto="bye"),
    state("promo", "Your winter code is PINE15.", goto="outfits"),
    state("bye", "Goodbye from Harbour & Pine!"),
    state("got_file", "Thank you for the file.", choices=choices(Talk_to_a_person="person")),
    state("lost", "I did not understand that.", choices=choices(Outfit_ideas="outfits", Track_my_order="order")),
)
