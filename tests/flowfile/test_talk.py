"""A talk in the terminal: what is typed, and what the screen shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flowfile.check import read_flow
from app.flowfile.talk import TAPPABLE_MAX, Talk
from app.settings import example_folder

FLOW = read_flow(example_folder())
OPEN = datetime(2026, 12, 1, 10, tzinfo=UTC)
"""A Tuesday at 11:00 in Paris: the shop is open."""


@pytest.fixture
def talk() -> Talk:
    return Talk(FLOW, OPEN)


def enter(talk: Talk, *lines: str) -> list[str]:
    """Type these; what the last one shows."""
    shown: list[str] = []
    for line in lines:
        shown = talk.enter(line)
    return shown


def test_the_first_screen_shows_greeting_start_and_starters(talk: Talk) -> None:
    assert talk.begin()[:4] == [
        "(Welcome to Harbour & Pine, Ana! Tap the button to begin.)",
        "  [1] Get Started",
        "  [2] Where is my order?",
        "  [3] Help me choose",
    ]


def test_a_number_taps_what_is_shown_under_it(talk: Talk) -> None:
    talk.begin()
    assert enter(talk, "3")[1] == "Piney: Are we dressing you or somebody else?"


def test_a_title_taps_it_in_any_case(talk: Talk) -> None:
    talk.begin()
    assert "  [1] Outfit ideas" in enter(talk, "get started")


def test_a_title_that_is_a_number_beats_its_place(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "Outfit ideas", "A gift", "Work", "30")
    assert "  budget: 30" in enter(talk, "/slots")


def test_anything_else_is_a_message(talk: Talk) -> None:
    talk.begin()
    assert enter(talk, "Get Started", "10482")[0].startswith("(calls GET https://api.harbour-pine.example/orders/10482")
    assert enter(talk, '/answer ok {"eta": "3 December"}')[0].startswith("Piney: Order 10482 is on its way")


def test_an_old_title_is_tapped_by_tap(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "10482")
    assert enter(talk, "/tap Outfit ideas")[0] == "Piney: Are we dressing you or somebody else?"
    assert enter(talk, "/tap Something else") == ['(nothing with the title "Something else" was shown)']


def test_a_link_is_shown_and_moves_nothing(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "10482", '/answer ok {"eta": "3 December"}')
    before = dict(talk.stored)
    assert enter(talk, "Track it") == ["(opens https://harbour-pine.example/orders/10482)"]
    assert talk.stored == before


def test_the_menu_can_be_tapped(talk: Talk) -> None:
    talk.begin()
    assert any(line.endswith("Visit the shop") for line in enter(talk, "/menu"))
    assert enter(talk, "Visit the shop") == ["(opens https://harbour-pine.example)"]
    assert enter(talk, "/menu", "Track my order")[-1] == "Piney: What is your order number?"


def test_a_photo_is_an_attachment(talk: Talk) -> None:
    talk.begin()
    assert enter(talk, "Get Started", "/photo")[0] == "Piney: Thank you for the file. A colleague can look at it."


def test_a_link_brings_the_customer_to_its_state(talk: Talk) -> None:
    assert "Piney: Your winter code is PINE15." in enter(talk, "/link winter-promo")


def test_time_stands_still_until_wait_and_then_timers_run_in_order(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "Talk to a person")
    lines = enter(talk, "/wait 3 hours")
    assert lines[0] == "Piney: We are a little busy. Thank you for waiting."
    assert "Piney: Nobody is free right now. Where can we write to you?" in lines
    assert lines[-1] == "(it is 14:00 on Tuesday, 01 December 2026)"


def test_a_timer_that_was_stopped_does_not_run(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "Outfit ideas", "A gift", "Work", "60")
    assert talk.timers
    enter(talk, "10482")
    assert enter(talk, "/wait 5 hours")[:-1] == []


@pytest.mark.parametrize("words", ["", "4", "hours", "0 minutes", "-1 hours", "999999 weeks", "4 years"])
def test_a_wait_of_no_length_is_explained(talk: Talk, words: str) -> None:
    assert enter(talk, f"/wait {words}") == ["(say how long, for example: /wait 4 hours)"]


def test_a_handoff_is_shown_with_its_note(talk: Talk) -> None:
    talk.begin()
    assert "(handed to care: Order 10482)" in enter(
        talk, "10482", '/answer ok {"eta": "3 December"}', "There is a problem"
    )


def test_the_bot_is_silent_while_staff_have_the_conversation(talk: Talk) -> None:
    talk.begin()
    enter(talk, "Get Started", "Talk to a person")
    assert enter(talk, "/staff says Hello, I am Anna.") == ["Staff: Hello, I am Anna."]
    assert enter(talk, "My parcel is wet") == []
    assert enter(talk, "/staff ends")[1:2] == ["Piney: How did we do?"]


def test_staff_cannot_hand_back_what_they_do_not_have(talk: Talk) -> None:
    assert enter(talk, "/staff ends") == ["(the bot has the conversation already)"]


def test_why_says_how_the_last_message_was_read(talk: Talk) -> None:
    assert enter(talk, "/why") == ["(no message yet)"]
    talk.begin()
    assert enter(talk, "Get Started", "/why")[0] == "  tap @start"


def test_an_unknown_command_and_wrong_words_are_explained(talk: Talk) -> None:
    assert enter(talk, "/dance") == ["(/dance is no command here; /help lists them)"]
    assert enter(talk, "/staff dances") == ["(write: /staff says ..., or: /staff ends)"]
    assert len(enter(talk, "/help")) > 3
    assert enter(talk, "  ") == []


def test_quit_ends_the_talk(talk: Talk) -> None:
    enter(talk, "/quit")
    assert talk.is_over


LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "1",
            "2",
            "3",
            "/menu",
            "/photo",
            "/wait 2 hours",
            "/wait 3 days",
            "/staff says x",
            "/staff ends",
            "/why",
            "human",
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_no_line_breaks_a_talk(lines: list[str]) -> None:
    talk = Talk(FLOW, OPEN)
    talk.begin()
    for line in lines:
        talk.enter(line)
    assert len(talk.tappable) <= TAPPABLE_MAX
