"""Which words of staff answer which question, and when nothing is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.flowfile.answering import Reading, read_as
from app.flowfile.check import read_flow
from app.flowfile.learning import declined
from app.flowfile.learning.asked import Asked, is_personal, names_in
from app.flowfile.learning.declined import Declined
from app.flowfile.learning.proposals import NONE_DECLINED, Group, NewEntry, NewPhrase, learn, untranslated
from app.flowfile.learning.told import proposal_lines
from app.learning import with_staff
from app.store.questions import Question, StaffLine
from tests.flowfile.bots import TOP, write

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def question(minute: float, customer: str = "ana", **more: Any) -> Question:
    return Question("p", customer, 1, NOON + timedelta(minutes=minute), "why", "en", "fallback", **more)


def says(minute: float, text: str, customer: str = "ana") -> StaffLine:
    return StaffLine("p", customer, NOON + timedelta(minutes=minute), text)


@pytest.mark.parametrize(
    ("kept", "said", "answers"),
    [
        ([question(0)], [says(5, "Hello."), says(6, "Because.")], ["Hello.\nBecause."]),
        ([question(0)], [says(5, "Because."), says(30, "Good night.")], ["Because."]),
        ([question(0), question(10)], [says(5, "Because.")], ["Because.", ""]),
        ([question(0), question(10)], [says(15, "Because.")], ["", "Because."]),
        (
            [question(0, handed_off=True), question(10, handed_off=True)],
            [says(15, "Because.")],
            ["Because.", "Because."],
        ),
        ([question(0)], [says(-5, "Before."), says(60 * 25, "Too late."), says(5, "Not to her.", "bea")], [""]),
    ],
)
def test_staff_answer_what_was_asked_last(kept: list[Question], said: list[StaffLine], answers: list[str]) -> None:
    assert [each.staff for each in with_staff(kept, said)] == answers


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("where is 1048299", True), ("call +49 30 901820", True), ("ana@mail.example", True), ("see www.shop.example", True),
        ("my card is [•••]", True), ("do you open at 9", False), ("2 for 1?", False), ("size 38 or 40", False),
    ],
)  # fmt: skip
def test_what_is_one_customers_alone_is_known(text: str, personal: bool) -> None:
    assert is_personal(text) is personal


def lessons(folder: Path, *asked: Asked, customers: int = 2, declined: Declined = NONE_DECLINED) -> Any:
    entries = (
        "faq:\n  - {id: swap, ask: [swap a coat], answer: Gladly.}\n  - {id: mend, ask: [mend a coat], answer: Sure.}\n"
    )
    flow = read_flow(write(folder, f"{TOP}{entries}anywhere: [{{faq: all}}]\nstates:\n  welcome: {{say: Hello!}}\n"))
    return learn(read_as(flow, Reading(by_meaning=False)), asked, customers, None, declined)


def missed(customer: str, text: str = "button fell off", **more: Any) -> Asked:
    return Asked(text, more.pop("language", "en"), customer, "fallback", **more)


def test_one_customer_who_asks_often_is_one(tmp_path: Path) -> None:
    found = lessons(tmp_path, *[missed("ana", staff="We sew it on.")] * 5)
    assert (found.proposals, found.open) == ([], [])


def test_customers_who_mean_different_things_teach_nothing(tmp_path: Path) -> None:
    found = lessons(tmp_path, missed("ana", meant="swap"), missed("bea", meant="mend"))
    assert found.proposals == []
    assert found.open[0][1] == "customers meant different entries by it"


def test_one_tap_of_several_customers_is_too_few_to_teach_a_phrase(tmp_path: Path) -> None:
    found = lessons(tmp_path, missed("ana", meant="mend"), missed("bea"))
    assert found.proposals == []


def test_taps_teach_a_phrase_and_staff_an_entry(tmp_path: Path) -> None:
    found = lessons(tmp_path, missed("ana", meant="mend"), missed("bea", "Button fell off!", meant="mend"))
    [phrase] = found.proposals
    assert isinstance(phrase, NewPhrase)
    assert phrase.entry == "mend"
    answered = [missed(each, "do you sell wool", staff="Yes, upstairs.") for each in ("ana", "bea")]
    [entry] = lessons(tmp_path, *answered).proposals
    assert isinstance(entry, NewEntry)
    assert (entry.phrases, entry.answer) == (("do you sell wool",), "Yes, upstairs.")


@pytest.mark.parametrize(
    "more", [{"language": "fr"}, {"text": "where is 1048299"}, {"text": "what is <name>"}, {"text": "word " * 40}]
)
def test_what_cannot_stand_in_the_owners_file_is_only_listed(tmp_path: Path, more: dict[str, Any]) -> None:
    found = lessons(tmp_path, *(missed(each, staff="Yes.", **more) for each in ("ana", "bea")))
    assert found.proposals == []
    assert len(found.open) == 1


def test_a_staff_answer_with_a_number_of_the_customers_is_not_proposed(tmp_path: Path) -> None:
    found = lessons(tmp_path, *(missed(each, staff="Your parcel 1048299 is here.") for each in ("ana", "bea")))
    assert found.proposals == []


def test_what_staff_say_in_the_words_of_an_entry_is_a_phrase_of_it(tmp_path: Path) -> None:
    [found] = lessons(tmp_path, *(missed(each, staff="Gladly!") for each in ("ana", "bea"))).proposals
    assert isinstance(found, NewPhrase)
    assert found.entry == "swap"


# ---- what is one customer's alone --------------------------------------------------------------------------


def test_the_names_of_a_customer_are_those_of_his_profile_and_of_slots_that_ask_for_one() -> None:
    slots = {"first_name": "Ana-Lou", "last_name": "Weiß", "nom_de_famille": "Née O.", "colour": "red", "names": 3}
    assert names_in(slots) == {"ana", "lou", "weiss", "nee"}


@pytest.mark.parametrize("said", ["Yes Ana, upstairs.", "Dear Ms WEISS: upstairs.", "It is [•••]."])
def test_a_staff_answer_with_the_customers_name_or_something_taken_out_is_not_proposed(
    tmp_path: Path, said: str
) -> None:
    names = frozenset({"ana", "weiss"})
    asked = [missed(each, "do you sell wool", staff=said, names=names) for each in ("ana", "bea")]
    assert lessons(tmp_path, *asked).proposals == []


def test_of_a_group_the_words_of_whoever_gives_no_name_are_proposed(tmp_path: Path) -> None:
    named = missed("ana", "it is ana, do you sell wool", names=frozenset({"ana"}), staff="Upstairs.")
    other = missed("bea", "do you sell wool", names=frozenset({"bea"}), staff="Upstairs.")
    [entry] = lessons(tmp_path, named, other).proposals
    assert entry.phrases == ("do you sell wool",)


# ---- declined ----------------------------------------------------------------------------------------------


WOOL = [missed(each, "do you sell wool", staff="Upstairs.") for each in ("ana", "bea")]


def decline(folder: Path, found: Any) -> None:
    texts = [each.text for each in found.group.asked]
    declined.add(folder, [declined.line_of("a new entry", found.target, texts, NOON.date())])


def test_what_was_declined_is_not_proposed_again_though_more_customers_ask_it(tmp_path: Path) -> None:
    [wool] = lessons(tmp_path, *WOOL).proposals
    decline(tmp_path, wool)
    more = [*WOOL, missed("eve", "Do you sell wool??", staff="Upstairs."), missed("ute", "sell wool", staff="")]
    found = lessons(tmp_path, *more, declined=declined.read(tmp_path))
    assert (found.proposals, found.declined) == ([], 1)
    kept = (tmp_path / declined.FILE).read_text()
    assert "wool" not in kept
    assert "Upstairs" not in kept


def test_another_answer_to_it_and_another_entry_for_it_are_proposed(tmp_path: Path) -> None:
    decline(tmp_path, lessons(tmp_path, *WOOL).proposals[0])
    known = declined.read(tmp_path)
    better = [missed(each, "do you sell wool", staff="No, only cotton.") for each in ("ana", "bea")]
    assert len(lessons(tmp_path, *better, declined=known).proposals) == 1
    tapped = [missed(each, "do you sell wool", meant="mend") for each in ("ana", "bea")]
    assert len(lessons(tmp_path, *tapped, declined=known).proposals) == 1


def test_a_line_that_is_taken_out_of_the_file_brings_its_proposal_back(tmp_path: Path) -> None:
    for found in lessons(tmp_path, *WOOL, *(missed(each, meant="mend") for each in ("ana", "bea"))).proposals:
        decline(tmp_path, found)
    file = tmp_path / declined.FILE
    first, *others = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    file.write_text("\n".join(others))
    assert first
    tapped = (missed(each, meant="mend") for each in ("ana", "bea"))
    again = lessons(tmp_path, *WOOL, *tapped, declined=declined.read(tmp_path))
    assert (len(again.proposals), again.declined) == (1, 1)


# ---- languages ---------------------------------------------------------------------------------------------


def test_it_is_said_into_which_languages_a_proposal_is_not_translated(tmp_path: Path) -> None:
    pairs = "translations:\n  - {en: swap a coat, fr: échanger}\n  - {en: lined, fr: doublé}\n"
    swap = "faq:\n  - {id: swap, ask: [swap a coat, lined, unlined], answer: Gladly.}\n"
    mend = "  - {id: mend, ask: [mend a coat, sew it], answer: Sure.}\n"
    bot = f"{TOP.replace('[en, fr]', '[en, fr, de]')}{swap}{mend}{pairs}anywhere: [{{faq: all}}]\nstates:\n  welcome: {{say: Hello!}}\n"
    flow = read_flow(write(tmp_path, bot))
    group = Group(tuple(WOOL))
    phrase, other = (NewPhrase(entry, "x", group, "why") for entry in ("swap", "mend"))
    assert untranslated(flow, phrase) == ("fr",)
    assert untranslated(flow, other) == ()
    entry = NewEntry("swap", ("lined",), "Gladly.", group)
    assert untranslated(flow, entry) == ("fr", "de")
    assert (
        "   no translation yet into fr of this phrase: frontdesk translate fr"
        in proposal_lines(1, phrase, [], ["fr"])[3]
    )
