"""A customer who is forgotten: no words are left, nobody else loses any, and what comes late does not bring them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from app.channel import Unreadable
from app.store import calls, claims, history, inbox, outbox, sessions, timers
from app.store.calls import NewCall
from app.store.claims import Claim
from app.store.comments import erase_comments, find_comments
from app.store.database import Database
from app.store.erase import Erased, _whole, _words, erase, erase_whole, find_pages
from app.store.history import Said
from app.store.intake import take
from app.store.outbox import EchoOf, Result
from app.store.tables import calls as calls_table
from app.store.tables import conversations
from app.store.tables import history as history_table
from app.store.tables import inbox as inbox_table
from app.store.tables import outbox as outbox_table
from app.store.tables import timers as timers_table
from app.store.timers import NewTimer
from tests.store.kit import NOW, PAGE, event, flying, key_of, know, message, put, received, status_of

ANA, BEA = (PAGE, "ana"), (PAGE, "bea")
SOON, LATER = NOW + timedelta(seconds=1), NOW + timedelta(minutes=1)


def _speak(connection: Connection) -> None:
    know(connection, "ana", "bea")
    for customer in ("ana", "bea"):
        history.append(connection, [Said(PAGE, customer, "customer", "TextReceived", NOW, "my secret")])
        put(connection, message(customer, 101, "your secret"), message(customer, 102, "a secret that waits"))
        calls.add(connection, [NewCall(PAGE, customer, "find", 1, {"url": "https://api.example/secret"})], NOW)
        timers.start(connection, [NewTimer(PAGE, customer, "ask", "reminder", LATER)])
        inbox.add(connection, [event(customer, "a secret that was set aside")])
    connection.execute(update(outbox_table).where(outbox_table.c.seq == 101).values(status="sent", reason="a secret"))
    connection.execute(update(inbox_table).where(inbox_table.c.status == "new").values(status="quarantined"))
    connection.execute(update(conversations).values(handoff_note="a secret", team="care"))


def _left(connection: Connection, customer: str) -> list[Any]:
    """What is left of this customer: words said and sent, reasons, calls, timers, events with bodies, the note."""
    lines = [line.text for line in history.transcript(connection, (PAGE, customer))]

    def values(column: Any) -> list[Any]:
        return [
            each
            for each in connection.execute(select(column).where(column.table.c.customer_id == customer)).scalars()
            if each is not None
        ]

    return [
        sorted(filter(None, lines)),
        [each for each in values(outbox_table.c.reason) if "secret" in each],
        len(values(calls_table.c.id)),
        len(values(timers_table.c.id)),
        len(values(inbox_table.c.body)),
        values(conversations.c.handoff_note),
    ]


async def test_everything_with_words_of_the_customer_goes_and_nothing_of_others(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Any], list[Any]]:
        _speak(connection)
        erase(connection, [(ANA, NOW)])
        return _left(connection, "ana"), _left(connection, "bea")

    ana, bea = await database.transaction(work)
    assert ana == [[], [], 0, 0, 0, []]
    assert bea == [["a secret that waits", "my secret", "your secret"], ["a secret"], 1, 1, 1, ["a secret"]]


async def test_the_line_and_the_keys_stay(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        _speak(connection)
        erase(connection, [(ANA, NOW)])
        inbox.add(connection, [event("ana", "a secret that was set aside")])
        events = select(inbox_table.c.id).where(inbox_table.c.customer_id == "ana", inbox_table.c.status == "new")
        places = select(outbox_table.c.seq).where(outbox_table.c.customer_id == "ana")
        return len(connection.execute(events).fetchall()), len(connection.execute(places).fetchall())

    assert await database.transaction(work) == (0, 2)


async def test_who_is_erased_altogether_has_no_session_and_begins_anew(database: Database) -> None:
    def work(connection: Connection) -> tuple[Erased, Erased, Any, list[Claim]]:
        _speak(connection)
        sessions.save(connection, [(ANA, {"slots": {"name": "a secret"}}, "r1")], NOW)
        inbox.add(connection, [event("ana", "a secret that waits for its turn")])
        first, again = erase_whole(connection, ANA, SOON), erase_whole(connection, ANA, SOON)
        inbox.add(connection, [event("ana", "hello again", LATER)])
        return first, again, sessions.find(connection, ANA), claims.claim(connection, "w1", 10, LATER)

    first, again, session, claimed = await database.transaction(work)
    assert first == Erased(said=1, sent=2, events=2, sessions=1)
    assert again == Erased()
    assert session is None
    [claim] = claimed
    assert [each.body for each in claim.events] == [{"text": "hello again"}]
    assert (claim.answered_by, claim.session, claim.last_customer_at) == ("bot", None, None)


# ---- a message on its way ----------------------------------------------------------------------------------


async def test_a_message_on_its_way_loses_its_words_when_it_is_settled(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, Any]]:
        know(connection, "ana")
        by_answer, by_echo, refused = (flying(connection, "ana", seq, text=f"secret {seq}") for seq in (101, 102, 103))
        for each in (by_answer, by_echo):
            assert each.body["text"]
        erase_whole(connection, ANA, SOON)
        outbox.record(connection, "w1", [Result(by_answer, "sent", mid="m1")], LATER)
        outbox.settle_by_echo(connection, [EchoOf(PAGE, "ana", 102, "m2")], LATER)
        outbox.record(connection, "w1", [Result(refused, "pending", keep=True)], LATER)
        assert outbox.take_again(connection, "w1", [refused], LATER) == []
        rows = connection.execute(select(outbox_table.c.status, outbox_table.c.body).order_by(outbox_table.c.seq))
        return [(row[0], row[1]) for row in rows]

    assert await database.transaction(work) == [("sent", {}), ("sent", {}), ("cancelled", {})]


async def test_a_message_in_doubt_is_not_sent_again(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Any], str, Any]:
        know(connection, "ana")
        sent = flying(connection, "ana", 101, text="secret", written_by="staff")
        outbox.record(connection, "w1", [Result(sent, "unknown", keep=True)], NOW)
        erase(connection, [(ANA, SOON)])
        taken = outbox.take_again(connection, "w1", [sent], LATER)
        return taken, status_of(connection, sent), connection.execute(select(outbox_table.c.body)).scalar_one()

    assert await database.transaction(work) == ([], "failed", {})


async def test_a_turn_that_is_being_taken_never_happened(database: Database) -> None:
    def work(connection: Connection) -> tuple[bool, int]:
        inbox.add(connection, [event("ana", "a secret")])
        [claim] = claims.claim(connection, "w1", 10, NOW)
        erase_whole(connection, ANA, SOON)
        held = claims.hold(connection, "w1", [claim])
        claims.release(connection, "w1", [claim], tried=False)
        return claim.key in held, len(claims.claim(connection, "w1", 10, LATER))

    assert await database.transaction(work) == (False, 0)


# ---- what comes late ---------------------------------------------------------------------------------------


async def test_what_happened_before_and_comes_late_is_known_and_neither_kept_nor_answered(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Claim], list[Any]]:
        know(connection, "ana")
        erase_whole(connection, ANA, SOON)
        late, new = received("ana", "a late secret"), replace(received("ana", "new"), happened_at=SOON)
        odd = Unreadable(key_of("odd"), PAGE, "ana", "odd", '{"text":"a late secret"}', NOW)
        take(connection, [(each, LATER) for each in (late, odd, new, late)], "mark")
        claimed = claims.claim(connection, "w1", 10, LATER)
        kept = select(inbox_table.c.status, inbox_table.c.body).where(inbox_table.c.received_at == LATER)
        return claimed, sorted(((row[0], row[1]) for row in connection.execute(kept)), key=str)

    claimed, kept = await database.transaction(work)
    assert [each.body["text"] for claim in claimed for each in claim.events] == ["new"]
    assert [(status, bool(body)) for status, body in kept] == [("ignored", False), ("ignored", False), ("new", True)]


async def test_a_customer_of_whom_nothing_was_kept_gets_a_tombstone_too(database: Database) -> None:
    def work(connection: Connection) -> list[Claim]:
        assert erase_whole(connection, ANA, SOON) == Erased()
        take(connection, [(received("ana", "late"), LATER)], "mark")
        return claims.claim(connection, "w1", 10, LATER)

    assert await database.transaction(work) == []


async def test_what_others_say_late_is_answered(database: Database) -> None:
    def work(connection: Connection) -> list[Claim]:
        know(connection, "ana", "bea")
        erase_whole(connection, ANA, SOON)
        take(connection, [(received("bea", "late"), LATER)], "mark")
        return claims.claim(connection, "w1", 10, LATER)

    assert [each.customer_id for each in await database.transaction(work)] == ["bea"]


async def test_erasing_goes_through_what_waits_and_not_through_every_event_of_the_page(database: Database) -> None:
    """On SQLite, whose one writer everybody would wait for."""

    def work(connection: Connection) -> list[str]:
        if connection.dialect.name != "sqlite":
            return []
        statements = [
            str(each.compile(dialect=connection.dialect)) for each in (*_words, *(each for _, each in _whole))
        ]
        of_inbox = [each for each in statements if each.startswith("UPDATE inbox")]
        assert len(of_inbox) == 3
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", ("x",) * each.count("?")) for each in of_inbox
        ]
        return [row[3] for plan in plans for row in plan]

    plans = await database.transaction(work)
    assert all("inbox_new" in each or "inbox_quarantined" in each for each in plans), plans


async def test_comments_of_a_person_are_found_and_lose_their_words(database: Database) -> None:
    def comment(number: str, author: str) -> Said:
        body = {"comment_id": number, "author_id": author}
        return Said(PAGE, f"comment:{number}", "customer", "CommentReceived", NOW, "a secret", body)

    def work(connection: Connection) -> tuple[int, int, list[Any]]:
        history.append(connection, [comment("c1", "ana"), comment("c2", "bea"), comment("c3", "ana")])
        elsewhere, here = find_comments(connection, "ana", ["10002"]), find_comments(connection, "ana", [PAGE])
        erase_comments(connection, here, NOW)
        left = connection.execute(select(history_table.c.customer_id)).scalars()
        return len(elsewhere), len(here), list(left)

    assert await database.transaction(work) == (0, 2, ["comment:c2"])


async def test_a_customer_is_found_on_each_page_that_knows_them(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[str], list[str], list[str]]:
        know(connection, "ana")
        inbox.add(connection, [replace(event("ana", "elsewhere"), page_id="10002", status="quarantined")])
        everywhere = find_pages(connection, "ana")
        return everywhere, find_pages(connection, "ana", ["10002", "10003"]), find_pages(connection, "zoe")

    assert await database.transaction(work) == ([PAGE, "10002"], ["10002"], [])
