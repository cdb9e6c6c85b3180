"""The shipped example: checks clean, quickly, in both languages, and leads customers where it should."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.engine.flow import Choice, Flow, Question, Say, State, Text
from app.flowfile.check import check, read_flow
from tests.engine.transcript import Customer

FLOWS = Path(__file__).parents[2] / "flows"
SHOP = read_flow(FLOWS)
OPEN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in Paris."""
CLOSED = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
"""Christmas, on a Friday."""
DISCLOSURE = "I am Piney, the automated assistant of Harbour & Pine. A person is one word away."


def customer(now: datetime = OPEN) -> Customer:
    return Customer(SHOP, now=now, given={"first_name": "Ana"})


def test_the_example_is_without_problems() -> None:
    assert check(FLOWS).problems == ()


def test_a_check_of_the_example_is_quick() -> None:
    times = []
    for _ in range(3):
        began = time.process_time()
        check(FLOWS)
        times.append(time.process_time() - began)
    assert min(times) < 0.15


def test_importing_the_checker_loads_no_heavy_library() -> None:
    heavy = (
        "import sys, app.flowfile.check; print({'lark', 'ruamel.yaml', 'rapidfuzz', 're2', 'numpy'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, cwd=FLOWS.parent, check=True)
    assert run.stdout.strip() == "set()"


def texts_of(flow: Flow) -> list[Text]:
    """Everything that customers may see."""
    found = [flow.disclosure, flow.entrances.greeting]
    found += [*flow.entrances.menu_titles.values(), *flow.entrances.starter_titles.values()]
    for slot in flow.slots.values():
        found += [slot.hint, *slot.titles.values()]
    for state in flow.states.values():
        found += texts_of_state(state)
    found += [text for product in flow.products.values() for text in (product.name, product.description)]
    return [text for text in found if text is not None]


def texts_of_state(state: State) -> list[Text]:
    choices: list[Choice] = [*state.choices, *state.buttons]
    said: list[Say] = [*state.say]
    questions: list[Question] = [*state.ask]
    for reminder in state.remind:
        said += reminder.say
        choices += reminder.choices
    texts = [each for each in said if isinstance(each, Text)] + [question.say for question in questions]
    return texts + [choice.title for choice in choices]


def test_every_sentence_of_the_example_is_there_in_french() -> None:
    texts = texts_of(SHOP)
    assert len(texts) > 60
    assert [text.by_language["en"] for text in texts if "fr" not in text.by_language] == []


def test_a_customer_is_welcomed_and_told_that_the_bot_is_automated() -> None:
    ana = customer()
    assert ana.taps("Get Started") == [DISCLOSURE, "Hi Ana! What can I do for you?"]
    assert ana.titles() == ["Outfit ideas", "Track my order", "Opening hours", "Talk to a person"]


def test_the_form_asks_one_thing_after_another_and_leads_to_looks() -> None:
    ana = customer()
    ana.taps("Get Started")
    assert ana.taps("Outfit ideas") == ["Are we dressing you or somebody else?"]
    assert ana.titles() == ["For me", "A gift"]
    assert ana.taps("A gift") == ["What is the occasion?"]
    assert ana.types("dinner") == ["Roughly how much would you like to spend?"]
    assert ana.types("lots")[0].startswith("Just an amount in euros, for example 60.")
    assert ana.types("about 60") == ["Here is what I would choose for Dinner:", ""]
    assert [each.title for each in ana.messages[-1].cards] == ["Silk shirt", "Oxford shirt", "Leather belt"]
    assert (ana.slots["for_whom"], ana.slots["budget"]) == ("A gift", 60)


def test_products_are_suggested_in_the_customers_language() -> None:
    ana = Customer(SHOP, now=OPEN, given={"occasion": "Party", "for_whom": "For me"})
    ana.types("bonjour, pouvez-vous m'aider à choisir une tenue pour une fête ?")
    ana.taps("Idées de tenues")
    ana.types("60")
    cards = ana.messages[-1].cards
    assert [each.title for each in cards] == ["Chemise en soie", "Robe étoile", "Ceinture en cuir"]
    assert cards[0].subtitle == "55 € · La plus douce, en vert ou en crème."
    assert [each.title for each in cards[0].buttons] == ["Le voir", "D'autres idées", "Demander conseil"]


def test_a_question_about_hours_in_the_middle_of_the_form_is_answered() -> None:
    ana = customer()
    ana.taps("Get Started")
    ana.taps("Outfit ideas")
    assert ana.types("are you open on sunday?")[0].startswith("Monday to Friday 9:30 to 18:30")


def test_an_order_number_is_understood_at_any_moment() -> None:
    ana = customer()
    ana.taps("Get Started")
    ana.taps("Outfit ideas")
    assert ana.types("10482") == ["Thank you. You will find order 10482 on our tracking page."]
    assert ana.option("Track it").url == "https://harbour-pine.example/orders/10482"


@pytest.mark.parametrize(("title", "team"), [("Talk to a person", "care")])
def test_a_person_is_called_with_what_is_known_and_asked_about_afterwards(title: str, team: str) -> None:
    ana = customer()
    ana.taps("Get Started")
    ana.types("10482")
    assert ana.types("human") == ["I am calling a colleague. You can keep writing here."]
    (handed,) = ana.handed_to
    assert (handed.team, handed.note) == (team, "Order 10482")
    ana.staff_come()
    assert ana.staff_end() == [DISCLOSURE, "How did we do?"]
    assert ana.titles() == ["Great", "So-so", "Bad"]
    assert ana.types("bad") == ["I am sorry to hear that. Shall I call a colleague again?"]


def test_out_of_hours_a_message_is_taken_instead() -> None:
    ana = customer(CLOSED)
    ana.taps("Get Started")
    assert ana.taps("Talk to a person")[-1] == "Nobody is free right now. Where can we write to you?"
    assert ana.types("ana@mail.example") == ["Thank you! We will write to ana@mail.example as soon as we open."]
    assert ana.handed_to == []


def test_a_large_budget_leads_to_the_stylist_while_she_is_there() -> None:
    for now, state in ((OPEN, "stylist"), (CLOSED, "looks")):
        ana = customer(now)
        ana.taps("Get Started")
        for words in ("Outfit ideas", "for me", "work", "120"):
            ana.types(words)
        assert ana.state == state


def test_nobody_waits_for_staff_for_ever() -> None:
    ana = customer()
    ana.taps("Get Started")
    ana.taps("Talk to a person")
    assert ana.waits(minutes=10) == ["We are a little busy. Thank you for waiting."]
    assert ana.waits(hours=2) == ["Nobody is free right now. Where can we write to you?"]
    assert ana.answered_by == "bot"


def test_a_photo_a_link_and_nonsense_have_an_answer() -> None:
    ana = customer()
    ana.taps("Get Started")
    assert ana.sends("image", url="https://cdn.example/1.jpg") == [
        "Thank you for the file. A colleague can look at it."
    ]
    assert ana.types("qwertz uiop") == ["I did not understand that."]
    assert ana.comes_by("winter-promo")[0] == "Your winter code is PINE15."


def test_a_tap_on_a_state_that_moved_still_finds_its_way() -> None:
    ana = customer()
    assert ana.taps_old("ask_size", "Small")[-1] == "Are we dressing you or somebody else?"
