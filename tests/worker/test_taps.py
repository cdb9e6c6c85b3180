"""Taps lead only where we offered: ours, for this customer, of a version we know, or what the whole Page shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.channel import shared_payload
from app.engine.events import TapReceived
from app.worker import taps

SECRET = b"a secret of the tests"
ANA, BEA = ("10001", "ana"), ("10001", "bea")
STATES = some.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)


def read(payload: str, customer: tuple[str, str] = ANA, secret: bytes = SECRET) -> tuple[str, str]:
    tap = taps.read(secret, customer, TapReceived(payload, title="Yes"))
    assert (tap.payload, tap.title) == (payload, "Yes")
    return tap.state, tap.choice


@given(STATES, some.text(max_size=40))
def test_what_was_offered_is_read_back(state: str, choice: str) -> None:
    assert read(taps.sign(SECRET, ANA, state, choice)) == (state, choice)


@given(STATES, some.text(max_size=40), some.data())
def test_a_changed_payload_leads_nowhere(state: str, choice: str, data: some.DataObject) -> None:
    payload = taps.sign(SECRET, ANA, state, choice)
    place = data.draw(some.integers(0, len(payload) - 1))
    changed = payload[:place] + data.draw(some.characters()) + payload[place + data.draw(some.integers(0, 1)) :]
    if changed != payload and not changed.startswith("v1:@"):
        assert read(changed) == ("", "")


@given(some.text(some.characters(), max_size=60))
def test_any_text_can_come_as_a_payload(payload: str) -> None:
    if not payload.startswith("v1:@"):
        assert read(payload) == ("", "")
    if not payload.startswith("@"):
        assert read(f"v1:{payload}") == ("", "")


@pytest.mark.parametrize("payload", ["v1:welcome:Yes:\ud83d", "v1:\ud83d:Yes:AAAAAAAAAAAA", "v1:a:b:ÄÄÄÄÄÄÄÄÄÄÄÄ"])
def test_half_signs_and_foreign_letters_lead_nowhere(payload: str) -> None:
    assert read(payload) == ("", "")


def test_another_customer_s_button_leads_nowhere() -> None:
    assert read(taps.sign(SECRET, ANA, "welcome", "Yes"), BEA) == ("", "")


def test_the_same_customer_of_another_page_is_another_customer() -> None:
    assert read(taps.sign(SECRET, ANA, "welcome", "Yes"), ("10002", "ana")) == ("", "")


def test_a_button_of_another_secret_leads_nowhere() -> None:
    assert read(taps.sign(b"another secret", ANA, "welcome", "Yes")) == ("", "")


@pytest.mark.parametrize("payload", ["", "v1", "v2:welcome:Yes:AAAAAAAAAAAA", "DEVELOPER_DEFINED", "v1:welcome:Yes:"])
def test_a_payload_that_is_not_ours_leads_nowhere(payload: str) -> None:
    assert read(payload) == ("", "")


@pytest.mark.parametrize(("entrance", "key"), [("@start", ""), ("@menu", "Track: my order"), ("@starter", "Help")])
def test_what_the_page_shares_needs_no_signature(entrance: str, key: str) -> None:
    assert read(shared_payload(entrance, key)) == (entrance, key)


def test_other_names_with_an_at_sign_are_not_shared() -> None:
    assert read("v1:@admin:Yes") == ("", "")


def test_a_part_of_the_way_cannot_be_moved_into_the_choice() -> None:
    """The signature covers the way as one text: `a:b` + `c` is `a` + `b:c`, and both lead to state `a`."""
    assert read(taps.sign(SECRET, ANA, "a", "b:c")) == ("a", "b:c")
