"""Several messages that wait together are answered as one."""

from __future__ import annotations

from app.engine.burst import take_burst
from app.engine.draft import MESSAGES_A_TURN_MAX
from app.engine.effects import EraseCustomer, Search, SendMessage
from app.engine.events import Attachment, AttachmentReceived, Event, TextReceived
from app.engine.flow import Anywhere, FaqEntry, Flow, HandOffTo
from app.engine.session import Session
from app.engine.turn import Turn
from app.flowfile.finders import run_search
from tests.engine.transcript import MORNING, choices, flow, question, slot, state, text

HOURS = FaqEntry("hours", "", (text("when are you open"), text("opening hours")), (text("From nine to five."),))


def bot() -> Flow:
    return flow(
        state("welcome", "Hi!", choices=choices(Ideas="ideas", Complain="complain", Order="order")),
        state("ideas", ask=[question("whom", "For whom?"), question("budget", "How much?")], goto="done"),
        state("complain", ask=[question("what", "What is wrong?")], goto="done"),
        state("order", ask=[question("number", "What is the number?")], goto="done"),
        state("done", "Thank you: <whom> <budget> <what> <number>."),
        state("person", "I call somebody.", handoff=HandOffTo("care")),
        state("file", "Thank you for the file."),
        state("lost", "I did not understand."),
        slots=[
            slot("whom", "choice", values=("For me", "A gift")),
            slot("budget", "number"),
            slot("what"),
            slot("number", pattern="[0-9]{5}"),
        ],
        anywhere=(
            Anywhere("person", hear=("human",)),
            Anywhere("", faq="all"),
            Anywhere("file", attachment="any"),
        ),
        otherwise="lost",
        faq={"hours": HOURS},
    )


def burst(*written: str | Event, session: Session | None = None) -> Turn:
    """The turn of these messages; searches are run."""
    events = [TextReceived(each) if isinstance(each, str) else each for each in written]
    found: dict[Search, object] = {}
    while True:
        turn = take_burst(bot(), session or Session(state="welcome"), events, MORNING, found)  # type: ignore[arg-type]
        if not (turn.effects and isinstance(turn.effects[0], Search)):
            return turn
        found[turn.effects[0]] = run_search(bot(), turn.effects[0])


def texts(turn: Turn) -> list[str]:
    return [each.message.text for each in turn.effects if isinstance(each, SendMessage)]


def test_a_sentence_in_two_messages_is_read_as_one() -> None:
    assert texts(burst("what are your", "opening", "hours")) == ["From nine to five."]


def test_answers_to_several_questions_are_all_taken_and_only_the_last_question_is_asked() -> None:
    turn = burst("ideas", "a gift")
    assert texts(turn) == ["How much?"]
    assert turn.session.slots == {"whom": "A gift"}


def test_a_whole_form_can_be_filled_in_by_one_burst() -> None:
    assert texts(burst("ideas", "a gift", "about 60")) == ["Thank you: A gift 60."]


def test_what_means_nothing_beside_what_does_gets_no_answer_of_its_own() -> None:
    assert texts(burst("xqzt", "when are you open")) == ["From nine to five."]
    assert burst("xqzt", "when are you open").session.failures == 0


def test_what_means_nothing_at_all_is_one_failure_with_one_answer() -> None:
    turn = burst("xqzt", "blorp", "wumm")
    assert texts(turn) == ["I did not understand."]
    assert turn.session.failures == 1


def test_free_words_for_a_question_are_kept_together() -> None:
    asked = Session(state="complain", asking="what")
    assert burst("it came broken", "and late", session=asked).session.slots == {"what": "it came broken\nand late"}


def test_who_asks_for_a_person_among_free_words_gets_one() -> None:
    turn = burst("it came broken", "human", session=Session(state="complain", asking="what"))
    assert turn.session.answered_by == "waiting"
    assert turn.session.slots == {"what": "it came broken"}


def test_who_writes_stop_among_other_words_is_heard() -> None:
    assert burst("it came broken", "stop", session=Session(state="complain", asking="what")).session.opted_out


def test_several_pictures_get_one_answer() -> None:
    photo = AttachmentReceived((Attachment("image", url="https://cdn.example/1.jpg"),))
    assert texts(burst(photo, photo, "look at this")) == ["Thank you for the file."]


def test_the_same_words_twice_are_said_once() -> None:
    turn = burst("hello", "Hello")
    assert texts(turn) == ["Hi!"]


def test_one_message_is_an_ordinary_turn() -> None:
    assert texts(burst("when are you open")) == ["From nine to five."]


def test_everything_is_kept_for_staff_while_they_have_the_conversation() -> None:
    turn = burst("one", "two", session=Session(state="person", answered_by="staff"))
    assert turn.effects == ()


def test_a_number_after_other_words_is_found() -> None:
    asked = Session(state="order", asking="number")
    assert burst("it is", "10482", session=asked).session.slots == {"number": "10482"}


# ---- what a review found -----------------------------------------------------------------------------------

ASKED_NUMBER = Session(state="order", asking="number")


def test_an_order_is_heard_beside_words_that_nobody_understands() -> None:
    assert burst("it is", "10482", "stop", session=ASKED_NUMBER).session.opted_out
    assert burst("it is", "10482", "human", session=ASKED_NUMBER).session.answered_by == "waiting"
    assert burst("it is", "10482", "delete my data", session=ASKED_NUMBER).session.erasing


def test_no_answer_is_lost_by_a_word_that_means_nothing() -> None:
    turn = burst("here you are", "a gift", "blorp", "about 60", session=Session(state="ideas", asking="whom"))
    assert turn.session.slots == {"whom": "A gift", "budget": 60}


def test_free_words_take_no_answer_to_the_next_question_with_them() -> None:
    turn = burst("it came broken", "human", session=Session(state="complain", asking="what"))
    assert turn.session.slots == {"what": "it came broken"}


def test_a_picture_beside_an_answer_takes_nothing_away() -> None:
    photo = AttachmentReceived((Attachment("image", url="https://cdn.example/1.jpg"),))
    assert burst("ideas", "a gift", photo).session.slots == {"whom": "A gift"}


def test_a_yes_in_the_same_burst_deletes_nothing() -> None:
    turn = burst("delete my data", "yes")
    assert turn.session.erasing
    assert not any(isinstance(each, EraseCustomer) for each in turn.effects)


def test_only_questions_that_are_over_are_left_out() -> None:
    assert texts(burst("stop", "10482", session=ASKED_NUMBER))[0].startswith("Done. You will get no more")
    turn = burst("a gift", "when are you open", "60", session=Session(state="ideas", asking="whom"))
    assert texts(turn) == ["From nine to five.", "Thank you: A gift 60."]


def test_the_same_words_answer_two_questions() -> None:
    bot_ = flow(
        state("welcome", ask=[question("adults", "Adults?"), question("kids", "Kids?")], goto="done"),
        state("done", "<adults> and <kids>."),
        slots=[slot("adults", "number"), slot("kids", "number")],
    )
    asked = Session(state="welcome", asking="adults")
    turn = take_burst(bot_, asked, [TextReceived("2"), TextReceived("2")], MORNING)
    assert texts(turn) == ["2 and 2."]


def test_what_nobody_understands_behind_an_answer_is_answered_unless_it_is_chatter() -> None:
    assert texts(burst("when are you open", "thanks")) == ["From nine to five."]
    assert len(texts(burst("when are you open", "can my parrot come too"))) == 2


def test_a_burst_says_no_more_than_one_turn_may() -> None:
    talkative = flow(
        state("welcome", *(f"Line {number}" for number in range(15))),
        state("other", "Here you are."),
        anywhere=(
            Anywhere("welcome", hear=("menu",)),
            Anywhere("welcome", hear=("start over",)),
            Anywhere("other", hear=("other",)),
        ),
    )
    written = [TextReceived(each) for each in ("menu", "start over", "other")]
    said = texts(take_burst(talkative, Session(), written, MORNING))
    assert len(said) == MESSAGES_A_TURN_MAX
    assert said[-1] == "Here you are."
