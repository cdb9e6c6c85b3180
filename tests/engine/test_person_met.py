"""What the channel tells of a customer: names to be said, and the language until the customer shows one."""

from __future__ import annotations

import pytest

from app.engine.events import PersonMet, TextReceived
from app.engine.session import Session
from app.engine.turn import take_turn
from tests.engine.shop import shop
from tests.engine.transcript import flow, state
from tests.store.kit import NOW

TWO = flow(state("welcome", "Hello <first_name>"), start="welcome", languages=("en", "fr"))


def met(before: Session, **values: str) -> Session:
    turn = take_turn(TWO, before, PersonMet(**values), NOW)
    assert turn.effects == ()
    return turn.session


def test_names_are_learnt_and_nothing_is_said() -> None:
    after = met(Session(), first_name="Ana", last_name="Lima")
    assert after.slots == {"first_name": "Ana", "last_name": "Lima"}
    assert after.met


def test_a_name_that_the_bot_knows_already_stays() -> None:
    assert met(Session(slots={"first_name": "Anna"}), first_name="Ana").slots == {"first_name": "Anna"}


@pytest.mark.parametrize(("locale", "language"), [("fr_CA", "fr"), ("en_GB", "en"), ("de_DE", ""), ("", ""), ("x", "")])
def test_the_language_of_the_profile_is_spoken_where_the_bot_has_it(locale: str, language: str) -> None:
    assert met(Session(), locale=locale).language == language


def test_a_language_that_the_customer_has_shown_counts_more() -> None:
    assert met(Session(language="en"), locale="fr_FR").language == "en"


def test_an_open_question_stays_open_and_a_wish_to_be_forgotten_too() -> None:
    asked = take_turn(shop(), Session(), TextReceived("delete my data"), NOW).session
    assert asked.erasing
    after = take_turn(shop(), asked, PersonMet("Ana"), NOW).session
    assert (after.erasing, after.state, after.asking, after.last_at) == (True, asked.state, asked.asking, asked.last_at)
