"""Which words of staff answer which question, and when nothing is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.flowfile.answering import Reading, read_as
from app.flowfile.check import read_flow
from app.flowfile.learning.asked import Asked, is_personal
from app.flowfile.learning.proposals import NewEntry, NewPhrase, learn
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


def lessons(folder: Path, *asked: Asked, customers: int = 2) -> Any:
    entries = (
        "faq:\n  - {id: swap, ask: [swap a coat], answer: Gladly.}\n  - {id: mend, ask: [mend a coat], answer: Sure.}\n"
    )
    flow = read_flow(write(folder, f"{TOP}{entries}anywhere: [{{faq: all}}]\nstates:\n  welcome: {{say: Hello!}}\n"))
    return learn(read_as(flow, Reading(by_meaning=False)), asked, customers, None)


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
