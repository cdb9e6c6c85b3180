"""What staff do with a conversation: take, assign, put back, hand back, resolve, look. Each raises a RefusedDeedError with a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.desk import noted
from app.desk.access.identity import Staff
from app.desk.noted import Deed
from app.desk.service import Desk, to_send, trouble_of
from app.engine.effects import Message
from app.errors import ConflictError
from app.store import beside, conversations, queue, taking
from app.store.keys import Key
from app.store.queue import Row
from app.store.taking import Seen

SENTENCES = {
    "taken": "{name} has this conversation now.",
    "moved": "This conversation has changed since you looked. Look again, then decide.",
    "not_yours": "You do not have this conversation: take it first.",
    "blocked": "This customer is blocked, so nothing can be sent to them.",
    "empty": "There is nothing to send.",
    "too_long": "This is too long: {most} characters at most.",
    "other_words": "This was sent already, with other words: look at the conversation, then send what is missing.",
    "too_late": "It is too late: the message has left.",
    "no_line": "The message that this answers is not there any more.",
    "nothing_failed": "There is no failed message to send again.",
    "no_state": "The bot has no such state.",
    "no_person": "This person cannot be given this conversation.",
    "no_team": "There is no such team.",
    "no_product": "There is no such product.",
    "no_public_url": "Files can be sent once the operator has set FRONTDESK_PUBLIC_URL: Messenger fetches them from there.",
    "bad_file": "This file cannot be sent.",
    "file_too_large": "This file is too large: {most} MB at most.",
    "policy": "{sentence}",
}
"""In English; the pages have their own words for each code."""


TEAM_MARK = "team:"


class RefusedDeedError(ConflictError):
    """What staff wanted is not possible now. `code` is one of SENTENCES, `values` fill it in."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(SENTENCES[code].format(**values))
        self.code, self.values = code, values


async def take(desk: Desk, staff: Staff, seen: Seen) -> None:
    """This person has it from now on; of two who want it the first."""
    await _take(desk, staff, seen, staff.id, Deed("conversation_taken"))


async def assign(desk: Desk, staff: Staff, seen: Seen, to: str) -> None:
    """A colleague has it from now on."""
    people = await desk.people()
    account = next((each for each in people.of_page(seen.key[0]) if each.id == to), None)
    if account is None:
        raise RefusedDeedError("no_person")
    await _take(desk, staff, seen, to, Deed("conversation_assigned", {"account": account.email}))


async def give(desk: Desk, staff: Staff, seen: Seen, to: str) -> None:
    """To a colleague, or to a team, which is written `team:care`."""
    if to.startswith(TEAM_MARK):
        await put_back(desk, staff, seen, to.removeprefix(TEAM_MARK))
    else:
        await assign(desk, staff, seen, to)


async def _take(desk: Desk, staff: Staff, seen: Seen, to: str, deed: Deed) -> None:
    await _do(desk, staff, seen.key, deed, lambda connection, now: taking.take(connection, seen, staff.id, to, now))


async def put_back(desk: Desk, staff: Staff, seen: Seen, team: str = "") -> None:
    """The customer waits again, for that team."""
    flow = desk.flow_of(seen.key[0])
    if team and (flow is None or team not in flow.teams):
        raise RefusedDeedError("no_team")
    deed = Deed("conversation_put_back", {"team": team} if team else {})
    await _do(
        desk, staff, seen.key, deed, lambda connection, now: taking.put_back(connection, seen, staff.id, team, now)
    )


async def hand_back(desk: Desk, staff: Staff, seen: Seen, to: str = "") -> None:
    """The bot goes on, in the state `to`, or where the flow says."""
    flow = desk.flow_of(seen.key[0])
    if to and (flow is None or to not in flow.states):
        raise RefusedDeedError("no_state")
    deed = Deed("conversation_handed_back", {"state": to} if to else {})
    await _do(
        desk, staff, seen.key, deed, lambda connection, now: taking.hand_back(connection, seen, staff.id, to, now)
    )


async def resolve(desk: Desk, staff: Staff, seen: Seen) -> None:
    """It is done; the bot answers the customer's next message."""
    deed = Deed("conversation_resolved")
    await _do(desk, staff, seen.key, deed, lambda connection, now: taking.resolve(connection, seen, staff.id, now))


@dataclass(frozen=True, slots=True)
class ToShow:
    """What the customer is to be shown: that they were `read`, that somebody `types`."""

    read: bool = False
    types: bool = False


async def look(desk: Desk, staff: Staff, key: Key, *, types: bool) -> ToShow:
    """This person has the conversation on the screen, and perhaps writes."""
    staff.check_page(key[0])
    now = desk.clock.now()

    def work(connection: Connection) -> ToShow:
        first = beside.look(connection, key, staff.id, now, types=types)
        return ToShow(
            first,
            types and _may_write(desk, connection, key, now) and beside.show_typing(connection, key, staff.id, now),
        )

    shown = await desk.database.transaction(work)
    desk.changed()
    return shown


def _may_write(desk: Desk, connection: Connection, key: Key, now: datetime) -> bool:
    found = conversations.find(connection, key)
    if found is None:
        return False
    send = to_send(key, Message("…"), found.last_customer_at, trouble_of(connection, key[0], now))
    return desk.policy(send, now) is None


async def tell_customer(desk: Desk, key: Key, shown: ToShow) -> None:
    """For after the answer: nobody at the desk waits for the channel."""
    if shown.read:
        await desk.mark_seen(*key)
    if shown.types:
        await desk.show_typing(*key)


async def leave(desk: Desk, staff: Staff, key: Key) -> None:
    """This person looks elsewhere."""
    staff.check_page(key[0])
    now = desk.clock.now()
    await desk.database.transaction(lambda connection: beside.leave(connection, key, staff.id, now))
    desk.changed()


async def set_away(desk: Desk, staff: Staff, *, away: bool) -> None:
    """This person is away, or there again."""
    since = desk.clock.now() if away else None
    await desk.database.transaction(lambda connection: beside.set_away(connection, staff.id, since))
    desk.changed()


async def _do(desk: Desk, staff: Staff, key: Key, deed: Deed, work: Callable[[Connection, datetime], bool]) -> None:
    """In one transaction with its line in the audit; the bot hears of it. `work` says whether it was still possible."""
    staff.check_page(key[0])
    now = desk.clock.now()

    def do(connection: Connection) -> tuple[bool, list[Row]]:
        if not work(connection, now):
            return False, list(queue.find_rows(connection, [key]))
        noted.note(connection, staff, key, deed, now)
        return True, []

    done, rows = await desk.database.transaction(do)
    desk.changed()
    if done:
        desk.woken()
        return
    row = rows[0] if rows else None
    if row and row.answered_by == "staff" and row.staff_id and row.staff_id != staff.id:
        raise RefusedDeedError("taken", name=(await desk.people()).name(row.staff_id))
    if row and row.blocked_at:
        raise RefusedDeedError("blocked")
    raise RefusedDeedError("moved")
