"""Nobody at the screen: letters by rule, once for each wait, to the right people, over a real mail server of this test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from email import message_from_string
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from app.engine.flow import Flow, Hours
from app.mail import Mailer
from app.store import alarms, conversations, staff
from app.store.alarms import Alarm
from app.store.conversations import AfterTurns
from app.store.keys import Key
from app.store.staff import Account
from app.store.tables_tools import letters as letters_table
from app.worker.letters import Letters
from tests.store.kit import NOW, PAGE
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.flows import small_bot

OTHER = "another"


@dataclass
class MailServer:
    """Takes letters by SMTP. `refuses`: how many of the next it does not take."""

    refuses: int = 0
    got: list[tuple[str, str, str]] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            word = line.upper()
            if word.startswith("RCPT"):
                to = line.partition("<")[2].rstrip(">")
            if word.startswith("DATA"):
                writer.write(b"354 go on\r\n")
                letter = message_from_string((await reader.readuntil(b"\r\n.\r\n")).decode()[:-5], policy=default)
                self.refuses -= 1
                if self.refuses < 0:
                    self.got.append((to, str(letter["Subject"]), letter.get_content()))
            is_full = word.startswith("DATA") and self.refuses >= 0
            writer.write(b"452 full\r\n" if is_full else b"221 bye\r\n" if word == "QUIT" else b"250 yes\r\n")
            await writer.drain()
            if word == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def mail_server(refuses: int = 0) -> AsyncIterator[MailServer]:
    server = MailServer(refuses)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server


def bot(language: str = "en") -> Flow:
    """Its team is anna; it is open from 9 to 17 in UTC."""
    days = {day: ((time(9), time(17)),) for day in range(7)}
    return small_bot(hours={"": Hours(days)}, timezone=ZoneInfo("UTC"), languages=(language,))  # type: ignore[arg-type]


def writer_of(database: Troubled, clock: GivenClock, server: MailServer | None, flow: Flow | None = None) -> Letters:
    mailer = Mailer("127.0.0.1", server.port, "desk@shop.example", "none") if server else None
    live = flow or bot()
    return Letters(database, clock, lambda _: live, (PAGE, OTHER), mailer, "https://desk.example")


async def hire(database: Troubled) -> None:
    def work(connection: Connection) -> None:
        for name, pages in (("anna", ()), ("luc", ()), ("otto", (OTHER,))):
            account = Account(name, f"{name}@shop.example", name, "staff", NOW, frozenset(pages), not pages, "hash")
            staff.add(connection, account)
        staff.add(connection, Account("new", "anna@new.example", "anna", "staff", NOW, all_pages=True))

    await database.inner.transaction(work)


async def rule(database: Troubled, name: str = "r1", **values: Any) -> None:
    given = {"page_id": "", "team": "", "minutes": 10, "hours": "always", "made_by": "x", "made_at": NOW, **values}
    await database.inner.transaction(lambda connection: alarms.add(connection, Alarm(name, **given)))


async def waits(
    database: Troubled, clock: GivenClock, customer: str = "ana", team: str = "care", page: str = PAGE
) -> Key:
    key, now = (page, customer), clock.now()

    def work(connection: Connection) -> None:
        conversations.take_over(connection, key, now)
        row = AfterTurns(*key, "waiting", 1, 1, now, team=team, handed_off_at=now, changed_at=now, customer_name="Mila")
        conversations.save_changed(connection, [row])

    await database.inner.transaction(work)
    return key


async def count(database: Troubled) -> int:
    rows = select(func.count()).select_from(letters_table)
    return int(await database.inner.read(lambda connection: connection.execute(rows).scalar_one()))


async def test_who_waits_too_long_has_one_letter_written_to_the_team(both: Troubled, clock: GivenClock) -> None:
    await hire(both)
    await rule(both)
    async with mail_server() as server:
        letters = writer_of(both, clock, server)
        await waits(both, clock)
        assert await letters.run_once() == 0
        clock.wall += timedelta(minutes=11)
        await waits(both, clock, "ben")
        assert await letters.run_once() == 1
        clock.wall += timedelta(minutes=5)
        assert await letters.run_once() == 0
    [(to, subject, text)] = server.got
    assert (to, subject) == ("anna@shop.example", "A customer waits for an answer")
    assert "team care: for 11 minutes" in text
    assert "https://desk.example/desk?view=waiting" in text
    assert "Mila" not in text
    assert await count(both) == 0


async def test_a_new_wait_is_told_anew_and_many_share_a_letter(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    await rule(database)
    await rule(database, "r2", minutes=20)
    async with mail_server() as server:
        letters = writer_of(database, clock, server)
        for number in range(25):
            await waits(database, clock, f"c{number}")
        clock.wall += timedelta(minutes=11)
        await letters.run_once()
        clock.wall += timedelta(minutes=10)
        await letters.run_once()
        await waits(database, clock, "c1")
        clock.wall += timedelta(minutes=11)
        await letters.run_once()
    assert [subject.split()[0] for _, subject, _ in server.got] == ["25", "25", "A"]
    assert "and 5 more" in server.got[0][2]


async def test_a_rule_holds_for_its_team_page_and_hours(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    await rule(database, "r1", team="style")
    await rule(database, "r2", page_id=OTHER)
    await rule(database, "r3", hours="closed")
    async with mail_server() as server:
        letters = writer_of(database, clock, server)
        await waits(database, clock)
        clock.wall += timedelta(minutes=11)
        assert await letters.run_once() == 0, "10:11 is within the hours"
        clock.wall += timedelta(hours=8)
        assert await letters.run_once() == 1
        await waits(database, clock, "kim", "style")
        await waits(database, clock, "leo", "care", OTHER)
        clock.wall += timedelta(minutes=11)
        await letters.run_once()
    by_person: dict[str, int] = {}
    for to, _, _ in server.got:
        by_person[to.partition("@")[0]] = by_person.get(to.partition("@")[0], 0) + 1
    # Nobody is named for `style`: everybody who may see the Page hears of it.
    assert by_person == {"anna": 2, "luc": 1}


async def test_letters_are_in_the_bots_language(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    await rule(database)
    async with mail_server() as server:
        letters = writer_of(database, clock, server, bot("fr"))
        await waits(database, clock)
        clock.wall += timedelta(minutes=11)
        await letters.run_once()
    assert server.got[0][1] == "Un client attend une réponse"


async def test_a_letter_that_is_not_taken_is_sent_later(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    await rule(database)
    async with mail_server(refuses=1) as server:
        letters = writer_of(database, clock, server)
        await waits(database, clock)
        clock.wall += timedelta(minutes=11)
        assert await letters.run_once() == 0
        assert await letters.run_once() == 0
        clock.wall += timedelta(minutes=2)
        assert await letters.run_once() == 1
    assert len(server.got) == 1


async def test_without_a_mail_server_nothing_is_written(database: Troubled, clock: GivenClock) -> None:
    await hire(database)
    await rule(database)
    await waits(database, clock)
    clock.wall += timedelta(minutes=11)
    task = asyncio.ensure_future(writer_of(database, clock, None).run(lambda: True))
    await asyncio.sleep(0.05)
    task.cancel()
    assert await count(database) == 0
