"""The FAQ of a bot: what is read, and every problem at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.engine.effects import Search
from app.errors import EngineError
from app.flowfile.answering import Reading, answer, read_as
from app.flowfile.finders import run_search
from app.flowfile.talk import Talk
from tests.flowfile.bots import TOP, good, problems_in, told, write
from tests.reachable import texts_in

STATES = "states:\n  welcome: {say: Hello!}\n"
RETURNS = "  - {id: returns, topic: orders, ask: [refund, send back], answer: 30 days.}\n"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def bot(entries: str = RETURNS, anywhere: str = "  - faq: all\n", states: str = STATES) -> str:
    return f"{TOP}faq:\n{entries}anywhere:\n{anywhere}{states}"


def test_an_entry_answers_in_a_talk_in_every_language(tmp_path: Path) -> None:
    translated = "translations:\n  - {en: refund, fr: remboursement}\n"
    talk = Talk(good(write(tmp_path, bot() + translated)), NOON)
    assert talk.enter("can I get a refund?") == ["Piney: 30 days."]
    assert talk.enter("Remboursement ?") == ["Piney: 30 days."]


def test_entries_may_stand_in_included_files(tmp_path: Path) -> None:
    main = f"{TOP}include: [faq.yaml]\nanywhere:\n  - faq: orders\n{STATES}"
    flow = good(write(tmp_path, main, faq=f"faq:\n{RETURNS}"))
    assert flow.faq["returns"].topic == "orders"
    assert run_search(flow, Search("faq", "refund", "orders")).sure == "returns"


def test_a_topic_hears_its_own_entries_only(tmp_path: Path) -> None:
    hours = "  - {id: hours, topic: shop, ask: [open on sunday], answer: No.}\n"
    flow = good(write(tmp_path, bot(RETURNS + hours, "  - faq: shop\n")))
    assert run_search(flow, Search("faq", "refund", "shop")).sure == ""


def test_a_kind_that_nobody_searches_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        run_search(good(write(tmp_path, bot())), Search("weather", "rain"))


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{ask: [refund], answer: 30 days.}", "F202 at 5:5"),
        ("{id: returns, answer: 30 days.}", "F202 at 5:5"),
        ("{id: returns, ask: [refund]}", "F202 at 5:5"),
        ("{id: returns, ask: [], answer: 30 days.}", "F202 at 5:24"),
        ("{id: my returns, ask: [refund], answer: 30 days.}", "F210 at 5:10"),
        ("{id: returns, topic: all, ask: [refund], answer: 30 days.}", "F210 at 5:26"),
        ("{id: returns, ask: [refund], anser: 30 days., answer: x}", "F201 at 5:34"),
        ("{id: returns, ask: [refund <said>], answer: 30 days.}", "F604 at 5:25"),
        ("{id: returns, ask: [refund], answer: 30 days., choices: {Next: nowhere}}", "F203 at 5:68"),
        ("refund", "F212 at 5:5"),
    ],
)
def test_an_entry_that_cannot_be_is_told(entry: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(f"  - {entry}\n"))) == [problem]


def test_an_answer_is_held_to_messengers_length(tmp_path: Path) -> None:
    long = "x" * 2_000
    assert told(write(tmp_path, bot(f"  - {{id: returns, ask: [refund], answer: {long}}}\n"))) == ["F304 at 5:42"]


def test_a_phrase_is_short_enough_to_be_asked_back(tmp_path: Path) -> None:
    long = "x" * 201
    assert told(write(tmp_path, bot(f"  - {{id: returns, ask: [{long}], answer: 30 days.}}\n"))) == ["F304 at 5:25"]


@pytest.mark.parametrize(
    "written", ["no", "{}", "[]", "[[]]", "[{}]", "[{ask: {a: b}}]", "{id: returns, ask: refund}", ""]
)
def test_a_faq_of_any_other_shape_is_told_and_breaks_nothing(written: str, tmp_path: Path) -> None:
    folder = write(tmp_path, f"{TOP}faq: {written}\nanywhere:\n  - faq: all\n{STATES}")
    assert {each[:4] for each in told(folder)} <= {"F202", "F212", "F218"}
    assert told(folder)


def test_a_topic_that_no_entry_has_is_told_with_the_near_one(tmp_path: Path) -> None:
    [problem] = problems_in(write(tmp_path, bot(anywhere="  - faq: order\n")))
    assert (problem.code, problem.line, problem.column) == ("F218", 7, 10)
    assert problem.hint == 'Did you mean "orders"?'


def test_answers_without_any_entry_are_told(tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}anywhere:\n  - faq: all\n{STATES}")) == ["F218 at 5:10"]


def test_a_phrase_of_two_entries_is_told_in_every_language(tmp_path: Path) -> None:
    other = "  - {id: exchange, ask: [swap, Refund!], answer: Gladly.}\n"
    assert told(write(tmp_path, bot(RETURNS + other))) == ["F601 at 6:32"]
    translated = "translations:\n  - {en: refund, fr: échange}\n  - {en: swap, fr: echange}\n"
    assert told(write(tmp_path, bot(RETURNS + other.replace(", Refund!", "")) + translated)) == ["F601 at 6:26"]


def test_words_of_hear_before_the_faq_are_told_and_behind_it_are_not(tmp_path: Path) -> None:
    hear = "  - hear: [back]\n    goto: welcome\n"
    assert told(write(tmp_path, bot(anywhere=f"{hear}  - faq: all\n"))) == ["F602 at 5:48"]
    good(write(tmp_path, bot(anywhere=f"  - faq: all\n{hear}")))


def test_an_id_of_two_entries_is_told(tmp_path: Path) -> None:
    again = RETURNS.replace("refund, send back", "exchange")
    assert told(write(tmp_path, bot(RETURNS + again))) == ["F603 at 6:10"]


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ("{say: Ask me., none: welcome}", "F201 at 10:34"),
        ("{say: Ask me., faq: all, goto: welcome}", "F201 at 10:44"),
        ("{say: Ask me., faq: all, none: nowhere}", "F203 at 10:50"),
        ("{say: Ask me., faq: ordres}", "F218 at 10:39"),
    ],
)
def test_a_state_of_questions_that_cannot_be_is_told(state: str, problem: str, tmp_path: Path) -> None:
    states = f"{STATES}  more_questions: {state}\nmoved: {{help: more_questions}}\n"
    assert told(write(tmp_path, bot(states=states))) == [problem]


def test_a_state_that_only_an_answer_leads_to_is_reached(tmp_path: Path) -> None:
    entry = "  - {id: returns, ask: [refund], answer: 30 days., choices: {More: details}}\n"
    good(write(tmp_path, bot(entry, states=f"{STATES}  details: {{say: More.}}\n")))


# ---- browsing, rating, leading on --------------------------------------------------------------------------

BROWSING = "states:\n  welcome: {say: Hello!, faq: all, browse: yes%s}\n"


def test_what_can_be_browsed_has_titles_in_every_language(tmp_path: Path) -> None:
    translated = "translations:\n  - {en: orders, fr: commandes}\n"
    flow = good(write(tmp_path, bot(states=BROWSING % "" + translated)))
    assert flow.states["welcome"].browse
    assert flow.topics["orders"].by_language["fr"] == ("commandes",)
    folder = tmp_path / "without"
    folder.mkdir()
    assert good(write(folder, bot())).topics == {}


def test_a_bot_may_let_its_answers_be_rated_and_an_entry_lead_on(tmp_path: Path) -> None:
    rated = bot(
        "  - {id: rooms, ask: [free rooms], answer: Let us see., goto: rooms}\n",
        states=f"{STATES}  rooms: {{say: Three.}}\n",
    )
    flow = good(write(tmp_path, rated.replace("languages: [en, fr]", "languages: [en, fr], rate_answers: yes")))
    assert flow.rates_answers
    assert flow.faq["rooms"].goto == "rooms"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (bot(states="states:\n  welcome: {say: Hello!, browse: yes}\n"), "F201 at 9:26"),
        (
            bot(
                states=BROWSING % ", choices: {a: end, b: end, c: end, d: end, e: end, f: end, g: end, h: end, i: end}"
            ),
            "F302 at 9:49",
        ),
        (bot(states=BROWSING.replace("yes", "perhaps") % ""), "F405 at 9:44"),
        (bot(RETURNS.replace("orders", "orders of long ago and of today"), states=BROWSING % ""), "F301 at 5:26"),
        (bot("  - {id: a, ask: [refund], answer: Yes., goto: nowhere}\n"), "F203 at 5:48"),
        (bot("  - {id: a, ask: [refund], answer: Yes., choices: {More: welcome}, goto: welcome}\n"), "F216 at 5:42"),
        (bot().replace("languages: [en, fr]", "languages: [en, fr], rate_answers: often"), "F405 at 2:55"),
    ],
)
def test_every_mistake_in_them_is_told_at_its_place(tmp_path: Path, written: str, problem: str) -> None:
    assert told(write(tmp_path, written)) == [problem]


def test_a_question_that_was_asked_leaves_none_of_its_words_in_memory(tmp_path: Path) -> None:
    flow = read_as(good(write(tmp_path, bot())), Reading(by_meaning=False))
    first = answer(flow, "a refund for Odile", "all")
    assert answer(flow, "a refund for Odile", "all") is first
    assert "send back" in " ".join(texts_in(flow.searches))
    assert "odile" not in " ".join(texts_in(flow.searches)).lower()
