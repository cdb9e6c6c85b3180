"""Questions that are kept: settled by what comes later, told of to staff, and gone when they must be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from app.store import history, questions, retention
from app.store.database import Database
from app.store.erase import erase, erase_whole
from app.store.export import export
from app.store.history import Said
from app.store.questions import Question, Settled, StaffLine
from app.store.tables import outbox
from app.store.tables import questions as questions_table
from tests.store.kit import NOW, PAGE, know, message, put

ANA, BEA = (PAGE, "ana"), (PAGE, "bea")


def asked(customer: str, number: int = 1, text: str = "a secret question", at: datetime = NOW, **more: Any) -> Question:
    given: dict[str, Any] = {
        "language": "en",
        "decision": "clarify",
        "offered": ("returns", "swap"),
        "rule": "among these",
        **more,
    }
    return Question(PAGE, customer, number, at, text, scores=(("returns", 0.51), ("swap", 0.4)), **given)


def texts(connection: Connection) -> list[tuple[str, str]]:
    columns = (questions_table.c.customer_id, questions_table.c.text)
    return [(row[0], row[1]) for row in connection.execute(select(*columns).order_by(questions_table.c.id))]


async def test_a_question_comes_back_as_it_was_with_what_became_of_it(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Question], list[Question], Counter[str], datetime | None]:
        questions.add(
            connection, [asked("ana"), asked("ana", 2, decision="answer", entry="swap"), asked("bea", text="")]
        )
        questions.settle(
            connection,
            [
                Settled(*ANA, 1, meant="returns"),
                Settled(*ANA, 1, rating="not_helpful"),
                Settled(*ANA, 1, handed_off=True),
                Settled(*ANA, 9, meant="nobody asked"),
                Settled(PAGE, "nobody", 1, rating="helpful"),
            ],
        )
        since = NOW - timedelta(days=1)
        listed = questions.list_since(connection, [PAGE], since, 10)
        told = questions.count_told(connection, [PAGE], since)
        assert questions.list_since(connection, ["another"], since, 10) == []
        assert questions.list_since(connection, [PAGE], NOW + timedelta(seconds=1), 10) == []
        return questions.list_of(connection, ANA), listed, told, questions.find_first(connection, [PAGE])

    own, listed, told, first = await database.transaction(work)
    wanted = replace(asked("ana"), meant="returns", rating="not_helpful", handed_off=True)
    assert own == listed == [wanted, asked("ana", 2, decision="answer", entry="swap")]
    assert told == {"returns": 1, "swap": 1}
    assert first == NOW


async def test_questions_go_with_their_customer_and_by_their_age_and_are_exported(database: Database) -> None:
    def work(connection: Connection) -> dict[str, Any]:
        know(connection, "ana", "bea", "cleo")
        old = NOW - timedelta(days=366)
        questions.add(connection, [asked("ana"), asked("bea"), asked("cleo", 1, "old", old), asked("cleo", 2, "new")])
        shown = export(connection, BEA)
        erase(connection, [(ANA, NOW)])
        assert texts(connection) == [("bea", "a secret question"), ("cleo", "old"), ("cleo", "new")]
        erase_whole(connection, BEA, NOW)
        kind = next(each for each in retention.KINDS if each.name == "questions")
        look = kind.look(connection, NOW - timedelta(days=365), None, 10)
        assert kind.forget(connection, look.found, NOW) == 1
        assert texts(connection) == [("cleo", "new")]
        return shown

    [shown] = (await database.transaction(work))["questions"]
    assert shown["text"] == "a secret question"
    assert shown["scores"] == [["returns", 0.51], ["swap", 0.4]]


async def test_a_message_that_is_taken_back_takes_its_question_along(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, str]]:
        history.append(connection, [Said(PAGE, "ana", "customer", "TextReceived", NOW, "secret", mid="m1")])
        questions.add(
            connection,
            [
                asked("ana", 1, at=NOW - timedelta(hours=1)),
                asked("ana", 2, at=NOW + timedelta(seconds=3)),
                asked("bea"),
            ],
        )
        questions.forget_unsent(connection, [(ANA, "m1"), (BEA, "m1"), (ANA, "m2")])
        return texts(connection)

    assert await database.transaction(work) == [
        ("ana", "a secret question"),
        ("ana", ""),
        ("bea", "a secret question"),
    ]


async def test_what_people_wrote_is_listed_from_both_places_in_order(database: Database) -> None:
    def work(connection: Connection) -> list[StaffLine]:
        know(connection, "ana")
        later = NOW + timedelta(minutes=5)
        lines = [("page_inbox", "From the inbox.", later), ("customer", "thanks", later), ("page_inbox", "", later)]
        history.append(connection, [Said(PAGE, "ana", who, "person_replied", at, text) for who, text, at in lines])
        put(connection, message("ana", 1, "from the desk", written_by="staff"), message("ana", 2, "from the bot"))
        put(connection, message("ana", 3, "never sent", written_by="staff"))
        connection.execute(update(outbox).where(outbox.c.seq == 3).values(status="failed"))
        return questions.list_staff_lines(connection, [PAGE], NOW - timedelta(days=1), 10)

    assert [each.text for each in await database.transaction(work)] == ["from the desk", "From the inbox."]
