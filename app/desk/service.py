"""What the desk knows and reads: lists, one conversation with everything that it needs, colleagues. No HTML, no words for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.chance import Chance
from app.channel import Refusal, Send
from app.clock import Clock
from app.desk.access.identity import Staff
from app.desk.noted import Sights
from app.desk.window import Window, read_window
from app.engine.effects import Message
from app.engine.flow import Flow
from app.engine.session import Session, from_dict
from app.errors import NotFoundError
from app.flowfile.finders import run_search
from app.store import api_keys, beside, canned, conversations, episodes, lines, pages, queue, sessions
from app.store import staff as accounts
from app.store.beside import Looker, Note, Presence
from app.store.canned import Canned
from app.store.conversations import Conversation
from app.store.database import Database
from app.store.episodes import Episode
from app.store.keys import Key
from app.store.lines import Behind, Line
from app.store.queue import Load, Row, Wanted
from app.store.queue_pages import LATEST, Part, Place, list_part
from app.store.staff import Account

LINES_SHOWN = 60
"""Lines of a transcript on a page; the earlier ones come when they are asked for."""
EPISODES_SHOWN = 20
PRESENT_FOR = timedelta(seconds=90)
"""A stream says every 20 seconds that somebody is there."""
VIEWS = ("waiting", "mine", "team", "taken", "all", "resolved", "mentions")

Policy = Callable[[Send, datetime], Refusal | None]
"""`Channel.may_send`: whether a message may go at that moment, and if not, why."""
Pieces = Callable[[Message], Sequence[Message]]
"""`Channel.pieces`: a message as those that the channel takes."""
RunSearch = Callable[[Flow, Any], Any]


Show = Callable[[str, str], Awaitable[None]]
"""`Channel.mark_seen`, `Channel.show_typing`: shows a customer that they were read, that an answer is being written."""


async def show_nothing(page_id: str, customer_id: str) -> None:
    """Where no channel shows it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk works with.

    `policy` decides what the channel lets through, `pieces` cuts a message into what it takes. `changed` tells all screens that
    something moved, `woken` the workers that there is work. `pages` are the Pages of this installation. `hold`: how long a message
    can be taken back. `absent`: after so long what somebody who is not there has goes back to the queue. `public_url`: where the
    channel can fetch files from.
    """

    database: Database
    clock: Clock
    chance: Chance
    policy: Policy
    pieces: Pieces
    flow_of: Callable[[str], Flow | None]
    pages: Collection[str]
    changed: Callable[[], None] = lambda: None
    woken: Callable[[], None] = lambda: None
    hold: timedelta = timedelta(seconds=5)
    absent: timedelta = timedelta(minutes=15)
    public_url: str = ""
    search: RunSearch = run_search
    mark_seen: Show = show_nothing
    show_typing: Show = show_nothing
    sights: Sights = field(default_factory=Sights)

    def pages_of(self, staff: Staff) -> list[str]:
        """The Pages of this installation that this person may see."""
        return [page_id for page_id in self.pages if staff.may_see(page_id)]

    def name_of(self, page_id: str) -> str:
        """What a Page is called: by its bot's name, or its number."""
        flow = self.flow_of(page_id)
        return flow.name if flow else page_id

    async def people(self) -> People:
        """Everybody who works here, with who is there."""
        return await self.database.read(read_people)

    async def list_rows(self, staff: Staff, view: str, behind: Place | None = None) -> list[Row]:
        """One of VIEWS, in its order; those of everything in parts, each behind the one before."""
        people = await self.people()
        teams, mine = self.teams_of(people.find(staff.id)), self.pages_of(staff)
        if view in LATEST:
            part = Part(view, mine, staff.id, teams, queue.LIST_MOST, behind)
            return [row for row, _ in await self.database.read(lambda connection: list_part(connection, part))]
        wanted = Wanted(view, mine, staff.id, teams)
        return await self.database.read(lambda connection: queue.list_rows(connection, wanted))

    async def list_seen(self, staff: Staff, keys: Sequence[Key]) -> dict[Key, datetime]:
        """How far this person has seen these conversations."""
        return await self.database.read(lambda connection: queue.list_seen(connection, staff.id, keys))

    async def list_loads(self, pages: Collection[str]) -> list[Load]:
        """How what is open is spread over teams and people."""
        return await self.database.read(lambda connection: queue.list_loads(connection, pages))

    async def count_mentions(self, staff: Staff) -> int:
        pages_seen = self.pages_of(staff)
        return await self.database.read(lambda connection: beside.count_mentions(connection, staff.id, pages_seen))

    def teams_of(self, account: Account | None) -> tuple[str, ...]:
        """The teams that name this person, by name or e-mail address, in the flow of any Page of theirs."""
        if account is None:
            return ()
        names = _names_of(account)
        flows = (self.flow_of(page_id) for page_id in self.pages)
        found = (
            team
            for flow in flows
            if flow
            for team, members in flow.teams.items()
            if names.intersection(member.casefold() for member in members)
        )
        return tuple(dict.fromkeys(found))

    async def saw(self, staff: Staff, key: Key) -> None:
        """This person is about to be shown something of this conversation: it goes into the audit. Raises UnavailableError."""
        await self.sights.note(self.database, staff, key, self.clock.now())

    async def open(self, staff: Staff, key: Key, behind: Behind | None = None) -> Opened:
        """Everything about one conversation. Raises NotFoundError for one that is not there, or not for this person."""
        staff.check_page(key[0])
        now = self.clock.now()
        read = await self.database.read(lambda connection: _read(connection, key, staff.id, now, behind))
        if read is None:
            raise NotFoundError("There is no such customer.")
        await self.saw(staff, key)
        window = read_window(self.policy, key, read.conversation.last_customer_at, read.trouble, now)
        return Opened(read, window, self.flow_of(key[0]), now, behind)


def _names_of(account: Account) -> frozenset[str]:
    name = account.name.casefold()
    return frozenset(
        (name, name.partition(" ")[0], account.email.casefold(), account.email.casefold().partition("@")[0])
    )


# ---- people ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who works here, by id, and when they were last there. `programs`: what keys are called."""

    accounts: Mapping[str, Account]
    presence: Mapping[str, Presence]
    programs: Mapping[str, str] = field(default_factory=dict)

    def find(self, staff_id: str | None) -> Account | None:
        return self.accounts.get(staff_id or "")

    def name(self, staff_id: str | None) -> str:
        """What somebody is called; the id of an account that is gone."""
        account = self.find(staff_id)
        return account.name if account else self.programs.get(staff_id or "", staff_id or "")

    def names(self) -> dict[str, str]:
        """What everybody is called, programs too."""
        return {**self.programs, **{each.id: each.name for each in self.accounts.values()}}

    def is_there(self, staff_id: str, now: datetime) -> bool:
        """Whether somebody is at a screen and does not say that they are away."""
        found = self.presence.get(staff_id, Presence())
        return found.away_since is None and found.seen_at is not None and now - found.seen_at < PRESENT_FOR

    def is_away(self, staff_id: str) -> bool:
        return self.presence.get(staff_id, Presence()).away_since is not None

    def of_page(self, page_id: str) -> list[Account]:
        """Who can be given a conversation of that Page."""
        return [
            each for each in self.accounts.values() if each.may_sign_in and (each.all_pages or page_id in each.page_ids)
        ]


def read_people(connection: Connection) -> People:
    """The same within a transaction."""
    programs = {f"key:{each.id}": each.name for each in api_keys.list_all(connection)}
    return People({each.id: each for each in accounts.list_all(connection)}, beside.list_presence(connection), programs)


# ---- one conversation --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """One conversation as it stands in the database. `asked`: the customer's last words before staff were called."""

    conversation: Conversation
    row: Row
    session: Any
    lines: Sequence[Line]
    answered: Mapping[str, Line]
    notes: Sequence[Note]
    episodes: Sequence[Episode]
    lookers: Sequence[Looker]
    canned: Sequence[Canned]
    people: People
    asked: Sequence[str]
    trouble: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One conversation with what the rules say of it: `window`, and the flow that the customer is in."""

    read: Read
    window: Window
    flow: Flow | None
    now: datetime
    behind: Behind | None = None

    @property
    def session(self) -> Session:
        return from_dict(self.read.session or {})

    @property
    def is_waiting(self) -> bool:
        return self.read.row.answered_by == "waiting"

    def is_mine(self, staff_id: str) -> bool:
        return self.read.row.answered_by == "staff" and self.read.row.staff_id == staff_id


def _read(connection: Connection, key: Key, staff_id: str, now: datetime, behind: Behind | None) -> Read | None:
    conversation = conversations.find(connection, key)
    rows = queue.find_rows(connection, [key])
    if conversation is None or not rows:
        return None
    since = conversation.handed_off_at
    called_at = since or max((each.began_at for each in episodes.list_latest(connection, key, 1)), default=None)
    shown = lines.list_lines(connection, key, LINES_SHOWN, behind)
    return Read(
        conversation,
        rows[0],
        sessions.find(connection, key),
        shown,
        lines.list_answered(connection, key, shown),
        beside.list_notes(connection, key),
        episodes.list_latest(connection, key, EPISODES_SHOWN),
        beside.list_lookers(connection, key, now),
        canned.list_canned(connection, key[0], staff_id),
        read_people(connection),
        lines.last_words(connection, key, called_at) if called_at else (),
        trouble_of(connection, key[0], now),
    )


def trouble_of(connection: Connection, page_id: str, now: datetime) -> str:
    """Why the channel takes nothing from this Page now; empty if it does."""
    troubles = (each for each in pages.list_troubles(connection) if each.page_id == page_id and each.until > now)
    return next((each.sentence for each in troubles), "")


def to_send(key: Key, message: Message, last_customer_at: datetime | None, trouble: str) -> Send:
    """A message of staff as the policy looks at it."""
    return Send("", key[0], key[1], message, (), "staff", last_customer_at, trouble)
