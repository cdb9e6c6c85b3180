"""Nobody at the screen: writes to a team's staff when customers wait too long, letters and notes to their browsers, and sends the
letters (`pushes.py` the notes). Beside everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.clock import Clock
from app.engine.flow import Flow
from app.engine.hours import is_open
from app.mail import Mailer
from app.pages.languages import LANGUAGES, Words, words_of
from app.store import alarms, letters, pushes, staff
from app.store.alarms import Alarm, Waiting
from app.store.database import Database
from app.store.letters import Letter
from app.store.pushes import Target
from app.store.staff import Account
from app.worker.retry import keep_looking

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 20.0
LETTERS_AT_ONCE = 20
NAMED_MOST = 20
"""Customers that one letter lists; of the others it gives the number."""
WAITS_SECONDS = (60.0, 300.0, 900.0, 3_600.0, 7_200.0)
"""Before each next try to send a letter; then it is given up: who waits has long been seen, or the mail server needs care."""
FORGET_EVERY = timedelta(hours=24)


@dataclass(slots=True)
class Letters:
    """Writes and sends for one worker. Without a `mailer` no letter is written: nobody would ever send it."""

    database: Database
    clock: Clock
    flow_of: Callable[[str], Flow | None]
    pages: Sequence[str]
    mailer: Mailer | None
    public_url: str = ""
    _forgot_at: datetime | None = field(default=None)

    async def run(self, may_go_on: Callable[[], bool]) -> None:
        """Look, write and send until cancelled, while `may_go_on`."""
        await keep_looking(self.run_once, may_go_on, self.clock, LOOK_EVERY_SECONDS)

    async def run_once(self) -> int:
        """Write what is due now, and send it; how many letters left."""
        rules = await self.database.read(alarms.list_alarms)
        now = self.clock.now()
        has_browsers = await self.database.read(pushes.has_any)
        if rules and (self.mailer or has_browsers):
            await self.database.transaction(lambda connection: self._write(connection, rules, now))
        return await self._send(now) if self.mailer else 0

    # ---- writing -------------------------------------------------------------------------------------------

    def _write(self, connection: Connection, rules: Sequence[Alarm], now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at > FORGET_EVERY:
            alarms.forget_old(connection, now)
            self._forgot_at = now
        people: list[Account] = []
        told: dict[str, tuple[Account, list[Waiting]]] = {}
        for rule in rules:
            waiting = self._due(connection, rule, now)
            alarms.note(connection, rule, waiting)
            people = people or (staff.list_all(connection) if waiting else [])
            for each in waiting:
                for account in self._receivers(people, each):
                    _, listed = told.setdefault(account.id, (account, []))
                    if each not in listed:
                        listed.append(each)
        for account, waiting in told.values():
            if self.mailer:
                letters.add(connection, self._letter(account.email, waiting), now)
        for target in pushes.list_of(connection, told.keys()):
            pushes.add_note(connection, target.id, _note(target, told[target.staff_id][1]), now)

    def _due(self, connection: Connection, rule: Alarm, now: datetime) -> list[Waiting]:
        """Who is due where the rule holds now: a team's hours decide, where it asks for them."""
        pages = [rule.page_id] if rule.page_id else list(self.pages)
        return [
            each
            for each in alarms.find_due(connection, rule, pages, now)
            if rule.hours == "always" or (rule.hours == "open") == self._is_open(each, now)
        ]

    def _is_open(self, waiting: Waiting, now: datetime) -> bool:
        flow = self.flow_of(waiting.key[0])
        return flow is None or is_open(flow, waiting.team, now)

    def _receivers(self, people: Sequence[Account], waiting: Waiting) -> list[Account]:
        """The team's people who may see the Page; where the flow names none of them, everybody who may."""
        page_id = waiting.key[0]
        able = [each for each in people if each.may_sign_in and (each.all_pages or page_id in each.page_ids)]
        flow = self.flow_of(page_id)
        members = {name.casefold() for name in (flow.teams.get(waiting.team, ()) if flow else ())}
        return [each for each in able if members & names_of(each)] or able

    def _letter(self, email: str, waiting: Sequence[Waiting]) -> Letter:
        """In the first language of the bot that the first of them wrote to. Names nobody and quotes nothing."""
        flow = self.flow_of(waiting[0].key[0])
        language = flow.languages[0] if flow and flow.languages[0] in LANGUAGES else LANGUAGES[0]
        t = words_of(language)
        listed = [self._line(t, each) for each in waiting[:NAMED_MOST]]
        if len(waiting) > NAMED_MOST:
            listed.append(t.count("alarm_letter.more", len(waiting) - NAMED_MOST))
        text = t("alarm_letter.text", list="\n".join(listed), link=f"{self.public_url}/desk?view=waiting")
        return Letter(email, t.count("alarm_letter.subject", len(waiting)), text)

    def _line(self, t: Words, waiting: Waiting) -> str:
        flow = self.flow_of(waiting.key[0])
        values: Mapping[str, object] = {
            "page": flow.name if flow else waiting.key[0],
            "team": waiting.team or "–",
            "minutes": int((self.clock.now() - waiting.since).total_seconds() // 60),
        }
        return t("alarm_letter.line", **values)

    # ---- sending -------------------------------------------------------------------------------------------

    async def _send(self, now: datetime) -> int:
        assert self.mailer is not None
        claimed = await self.database.transaction(lambda connection: letters.claim(connection, LETTERS_AT_ONCE, now))
        left = 0
        for each in claimed:
            is_sent = await self.mailer.send(each.to, each.subject, each.text)
            left += is_sent
            await self.database.transaction(lambda connection: _settle(connection, each, is_sent, self.clock.now()))  # noqa: B023
        return left


def _note(target: Target, waiting: Sequence[Waiting]) -> dict[str, str]:
    """What the browser shows: how many wait, and the desk. Names nobody and quotes nothing."""
    t = words_of(target.language if target.language in LANGUAGES else LANGUAGES[0])
    subject = t.count("alarm_letter.subject", len(waiting))
    return {"title": subject, "body": t("alarm_note.body"), "url": "/desk?view=waiting"}


def _settle(connection: Connection, letter: Letter, is_sent: bool, now: datetime) -> None:
    if is_sent or letter.tries > len(WAITS_SECONDS):
        if not is_sent:
            log.error("a letter was given up", tries=letter.tries)
        letters.forget(connection, letter.id)
    else:
        letters.put_off(connection, letter.id, now + timedelta(seconds=WAITS_SECONDS[letter.tries - 1]))


def names_of(account: Account) -> frozenset[str]:
    """What a team of a flow may call somebody."""
    name, email = account.name.casefold(), account.email.casefold()
    return frozenset((name, name.partition(" ")[0], email, email.partition("@")[0]))
