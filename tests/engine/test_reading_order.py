"""The fixed order in which a message is read."""

from __future__ import annotations

import pytest

from app.engine.flow import Anywhere, Name, Truth
from tests.engine.shop import ANYWHERE, shop
from tests.engine.transcript import DISCLOSURE, Customer, choice, choices, flow, question, slot, state, text

HINT = "Just an amount in euros, for example 60."
LOST = "I did not understand that."
OFFER = "I am sorry, I still do not understand. Would you like to talk to a person?"


@pytest.fixture
def customer() -> Customer:
    someone = Customer(shop(), given={"first_name": "Ana"})
    someone.taps("Get Started")
    return someone


def asked_for_budget(customer: Customer) -> Customer:
    for title in ("Outfit ideas", "A gift", "Party"):
        customer.taps(title)
    return customer


def test_a_customer_gets_through_a_form_by_taps_and_typing(customer: Customer) -> None:
    assert customer.taps("Outfit ideas") == ["Are we dressing you or somebody else?"]
    assert customer.titles() == ["For me", "A gift"]
    assert customer.taps("A gift") == ["What is the occasion?"]
    assert customer.types("party") == ["Roughly how much would you like to spend?"]
    assert customer.types("lots") == [HINT]
    assert customer.types("about 60") == ["Here is what I would choose for Party."]
    assert {"for_whom": "A gift", "occasion": "Party", "budget": 60}.items() <= customer.slots.items()


def test_a_valid_answer_comes_before_a_visible_choice() -> None:
    bot = flow(
        state("welcome", ask=(question("count", "How many?", "5", "10"),), goto="done"),
        state("done", "<count>"),
        slots=(slot("count", "number"),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("2") == ["2"]


def test_the_number_of_a_choice_is_read_where_it_is_no_valid_answer(customer: Customer) -> None:
    asked_for_budget(customer)
    customer.types("2")
    assert customer.slots["budget"] == 60


def test_a_visible_choice_comes_before_anywhere() -> None:
    bot = flow(
        state("welcome", "Hello", choices=choices(Menu="food")),
        state("food", "Soup"),
        state("start_again", "Again"),
        anywhere=(Anywhere("start_again", hear=("menu",)),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("MENU!") == ["Soup"]


@pytest.mark.parametrize(
    "written", ["outfit ideas", "OUTFIT IDEAS", "outfit idaes", "1", "1.", "outfit ideas please", "outfit"]
)
def test_a_visible_choice_can_be_typed(customer: Customer, written: str) -> None:
    customer.types(written)
    assert customer.state == "outfits"


@pytest.mark.parametrize("written", ["4", "0", "99", "not outfit ideas", "outfit ideas or track my order", "a", "the"])
def test_what_names_no_single_choice_is_none(customer: Customer, written: str) -> None:
    assert customer.types(written) == [LOST]


def test_a_choice_that_is_no_longer_visible_cannot_be_typed(customer: Customer) -> None:
    customer.taps("Talk to a person")
    customer.staff_end("bye")
    assert customer.types("Outfit ideas") == [LOST]


def test_the_number_of_a_button_counts_those_that_lead_outside_and_not_what_is_hidden() -> None:
    buttons = (
        choice("Secret", to="secret", condition=Truth(Name("colour"))),
        choice("Track it", url=text("https://shop.example")),
        choice("Another", to="another"),
        choice("Problem", to="problem"),
    )
    bot = flow(
        state("welcome", "Found it.", buttons=buttons),
        state("another", "Which one?"),
        state("problem", "Oh dear."),
        state("secret", "Hush."),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.titles() == ["Track it", "Another", "Problem"]
    assert customer.types("2") == ["Which one?"]


@pytest.mark.parametrize(("written", "said"), [("yes", "Good."), ("Oui", "Good."), ("no", "Bye."), ("nope!", "Bye.")])
def test_a_bare_yes_or_no_takes_the_choice_that_begins_with_it(written: str, said: str) -> None:
    ways = choices(Another_one="more_of_it", Yes_please="good", No_thanks="bye")
    bot = flow(
        state("welcome", "Shall I?", choices=ways),
        state("more_of_it", "More."),
        state("good", "Good."),
        state("bye", "Bye."),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types(written) == [said]


@pytest.mark.parametrize("written", ["1", "yes", "Yes!", "talk to a person"])
def test_the_offer_of_a_person_can_be_taken_by_typing(customer: Customer, written: str) -> None:
    assert [customer.types(each) for each in ("asdf", "qwer", "zxcv")][-1] == [OFFER]
    customer.types(written)
    assert (customer.state, customer.answered_by) == ("person", "waiting")


def test_the_other_way_of_the_offer_can_be_typed_too(customer: Customer) -> None:
    asked_for_budget(customer)
    for _ in range(3):
        customer.types("lots")
    customer.types("2")
    assert customer.state == "welcome"


def test_a_yes_that_nobody_offered_anything_for_is_no_offer_taken(customer: Customer) -> None:
    customer.types("asdf")
    assert customer.types("yes") == [LOST]


def test_an_order_number_is_taken_in_the_middle_of_a_form(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    assert customer.types("10482") == ["Order 10482 is on its way."]
    assert customer.why[:2] == ("gives order_number of anywhere 3", "enter order_found")


@pytest.mark.parametrize("written", ["my order is 10482", "#10482", "order 10482, please!"])
def test_a_value_with_a_pattern_is_found_in_a_sentence(customer: Customer, written: str) -> None:
    customer.types(written)
    assert customer.slots["order_number"] == "10482"


@pytest.mark.parametrize("written", ["human", "I want to talk to a HUMAN now", "Agent!", "hey advisor"])
def test_a_phrase_is_heard_inside_a_short_message(customer: Customer, written: str) -> None:
    customer.types(written)
    assert customer.state == "person"


@pytest.mark.parametrize(
    "written", ["humanity", "un-personal", "I was a person " + "who bought many nice things in your shop last year"]
)
def test_part_of_a_word_and_a_long_message_are_no_phrase(customer: Customer, written: str) -> None:
    assert customer.types(written) == [LOST]


def test_accents_and_case_do_not_matter_for_phrases() -> None:
    bot = flow(
        state("welcome", "Hello"), state("ideas", "Idées"), anywhere=(Anywhere("ideas", hear=("Idées de tenues",)),)
    )
    assert Customer(bot).types("idees DE tenues ?") == ["Idées"]


def test_a_phrase_in_a_script_without_blanks_is_heard_inside_a_sentence() -> None:
    bot = flow(state("welcome", "你好"), state("hours", "九点"), anywhere=(Anywhere("hours", hear=("营业时间",)),))
    assert Customer(bot).types("请问你们的营业时间是什么？") == ["九点"]


def test_anywhere_is_tried_from_top_to_bottom() -> None:
    bot = flow(
        state("welcome", "Hello"),
        state("first", "First"),
        state("second", "Second"),
        slots=(slot("number", pattern="[0-9]+"),),
        anywhere=(Anywhere("first", gives="number"), Anywhere("second", hear=("order",))),
    )
    assert Customer(bot).types("order 55") == ["First"]
    turned = flow(*bot.states.values(), slots=tuple(bot.slots.values()), anywhere=bot.anywhere[::-1])
    assert Customer(turned).types("order 55") == ["Second"]


def test_an_exact_phrase_is_no_answer_to_a_question_that_takes_any_words() -> None:
    bot = flow(
        state("welcome", ask=(question("wish", "What do you wish for?"),), goto="done"),
        state("done", "You wish for <wish>."),
        state("person", "Calling"),
        slots=(slot("wish"),),
        anywhere=(Anywhere("person", hear=("human",)),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("Human!") == ["Calling"]
    customer.taps("Get Started")
    assert customer.types("a human touch") == ["You wish for a human touch."]


def test_the_title_of_another_way_is_no_answer_to_a_question_that_takes_any_words() -> None:
    bot = flow(
        state("welcome", ask=(question("wish", "What?"),), goto="done", choices=choices(No_idea="ideas")),
        state("done", "You wish for <wish>."),
        state("ideas", "Ideas"),
        slots=(slot("wish"),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.titles() == ["No idea"]
    assert customer.types("no idea") == ["Ideas"]


@pytest.mark.parametrize("asked", [True, False])
def test_an_exact_phrase_comes_before_a_near_miss_of_a_choice(asked: bool) -> None:
    kinds = slot("kind", "choice", values=("Personal", "Business"))
    welcome = state("welcome", ask=(question("kind", "Which kind?"),), goto="done")
    if not asked:
        welcome = state("welcome", "Which kind?", choices=choices(Personal="done", Business="done"))
    bot = flow(
        welcome,
        state("done", "Done"),
        state("human", "Calling"),
        slots=(kinds,),
        anywhere=(Anywhere("human", hear=("person",)),),
    )
    for written, said in (("person", "Calling"), ("persona", "Done"), ("personal", "Done")):
        customer = Customer(bot)
        customer.taps("Get Started")
        assert customer.types(written) == [said]


def test_starting_over_works_with_a_question_open_and_a_greeting_does_not() -> None:
    customer = Customer(shop(anywhere=()))
    customer.taps_old("welcome", "Outfit ideas")
    assert customer.types("hello")[-1] == "Are we dressing you or somebody else?"
    assert customer.types("Start over") == ["Hi! What can I do for you?"]


def test_an_order_number_is_found_in_a_long_message(customer: Customer) -> None:
    customer.types("I wrote to you before " * 40 + "about order 10482, " + "and I still wait " * 20)
    assert customer.slots["order_number"] == "10482"


def test_an_open_question_gives_its_hint_and_keeps_its_choices(customer: Customer) -> None:
    asked_for_budget(customer)
    assert customer.types("3 or 4 million") == [HINT]
    assert customer.titles() == ["30", "60", "120"]


def test_a_question_without_a_hint_is_asked_again(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    assert customer.types("the cat") == [
        "I am sorry, I could not read that as an answer.",
        "Are we dressing you or somebody else?",
    ]
    assert customer.titles() == ["For me", "A gift"]


def test_the_third_wrong_answer_in_a_row_offers_a_person(customer: Customer) -> None:
    asked_for_budget(customer)
    assert [customer.types("lots") for _ in range(3)] == [[HINT], [HINT], [OFFER]]
    assert customer.titles() == ["Talk to a person", "Start over"]
    assert customer.types("60") == ["Here is what I would choose for Party."]


def test_the_third_message_in_a_row_that_nothing_is_for_offers_a_person(customer: Customer) -> None:
    assert [customer.types(each) for each in ("asdf", "qwer", "zxcv")] == [[LOST], [LOST], [OFFER]]
    assert customer.types("asdf") == [LOST]


@pytest.mark.parametrize("title", ["Talk to a person", "Start over"])
def test_what_is_offered_to_a_stuck_customer_works(customer: Customer, title: str) -> None:
    for _ in range(3):
        customer.types("asdf")
    customer.taps(title)
    assert customer.state == {"Talk to a person": "person", "Start over": "welcome"}[title]


@pytest.mark.parametrize("title", ["Talk to a person", "Start over"])
def test_what_is_offered_to_a_stuck_customer_can_be_typed(title: str) -> None:
    customer = Customer(shop(anywhere=ANYWHERE[2:]))
    for _ in range(3):
        customer.types("asdf")
    customer.types(title)
    assert customer.state == {"Talk to a person": "person", "Start over": "welcome"}[title]


def test_wrong_answers_and_misunderstood_messages_share_one_counter(customer: Customer) -> None:
    customer.types("asdf")
    customer.taps_old("gone", "gone")
    customer.types("qwer")
    assert customer.types("zxcv") == [OFFER]


def test_an_understood_message_ends_the_row_of_failures(customer: Customer) -> None:
    customer.types("asdf")
    customer.types("qwer")
    customer.types("outfit ideas")
    assert customer.session.failures == 0
    assert customer.types("the cat") != [OFFER]


def test_without_anybody_to_hand_off_to_a_stuck_customer_is_offered_the_beginning() -> None:
    customer = Customer(flow(state("welcome", "Hello"), state("lost", "Pardon?"), otherwise="lost"))
    said = [customer.types("asdf") for _ in range(3)]
    assert said[-1] == ["I am sorry, I still do not understand. Shall we start over?"]
    assert customer.titles() == ["Start over"]


def test_else_is_not_tried_while_a_question_is_open(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    assert LOST not in customer.types("the cat")
    assert customer.state == "outfits"


def test_a_flow_without_else_says_so_and_offers_the_beginning() -> None:
    customer = Customer(flow(state("welcome", "Hello", choices=choices(Yes="welcome"))))
    customer.taps("Get Started")
    assert customer.types("asdf") == ["I am sorry, I did not understand that."]
    assert customer.titles() == ["Start over"]


def test_a_flow_without_else_begins_at_its_start() -> None:
    assert Customer(flow(state("welcome", "Hello"))).types("asdf") == ["Hello"]


@pytest.mark.parametrize("written", ["Hi", "hello!", "Bonjour", "Guten Tag", "hola"])
def test_a_greeting_that_nothing_is_for_begins_at_the_start(written: str) -> None:
    assert Customer(shop(), given={"first_name": "Ana"}).types(written) == [
        DISCLOSURE,
        "Hi Ana! What can I do for you?",
    ]


@pytest.mark.parametrize("written", ["I want to talk to a person", "operator", "talk to a human", "parler à quelqu'un"])
def test_asking_for_a_person_works_without_a_phrase_of_the_flow(written: str) -> None:
    customer = Customer(shop(anywhere=()))
    customer.taps("Get Started")
    customer.types(written)
    assert customer.answered_by == "waiting"


@pytest.mark.parametrize(
    "written", ["Are you a bot?", "hey, am I talking to a robot", "Êtes-vous un robot ?", "Bist du ein Bot?"]
)
def test_a_customer_who_asks_is_told_that_this_is_a_bot(customer: Customer, written: str) -> None:
    customer.taps("Outfit ideas")
    assert customer.types(written) == [DISCLOSURE, "Are we dressing you or somebody else?"]


def test_a_first_message_that_asks_for_a_bot_gets_the_disclosure_once() -> None:
    assert Customer(shop()).types("Are you a bot?") == [DISCLOSURE]


def test_the_explanation_never_holds_what_the_customer_wrote(customer: Customer) -> None:
    for written in ("secretword", "secretword human secretword", "order 10482 secretword", "outfit ideas secretword"):
        customer.types(written)
        assert customer.why
        assert not any("secretword" in step or "10482" in step for step in customer.why)
    customer.taps_old("secretword", "secretword")
    assert not any("secretword" in step for step in customer.why)


def test_the_explanation_names_each_step(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    assert list(customer.why) == ["tap welcome/Outfit ideas", "enter outfits"]
    customer.types("for me")
    assert list(customer.why) == ["answer to for_whom"]
    customer.types("I need a human")
    assert list(customer.why) == ["hear phrase 1 of anywhere 2", "enter person", "handed off to care"]


@pytest.mark.parametrize("written", ["start over", "Recommencer"])
def test_starting_over_is_never_taken_as_an_answer_in_any_words(written: str) -> None:
    asks = state("welcome", "Hi!", ask=[question("wish", "What do you wish?")])
    customer = Customer(flow(asks, slots=[slot("wish")]))
    customer.taps("Get Started")
    customer.types(written)
    assert "wish" not in customer.slots


def test_stop_works_as_the_words_under_a_picture_too() -> None:
    customer = Customer(flow(state("welcome", "Hi!")))
    customer.taps("Get Started")
    assert "no more follow-ups" in customer.sends("image", "stop")[0]
    assert customer.session.opted_out
