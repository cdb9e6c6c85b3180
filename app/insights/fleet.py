"""What two looks at the live database of a fleet mean: every rule that is broken, whose heart stands still. Judges; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.clock import Clock
from app.findings import Finding, advice, ok, problem
from app.log import customer_tag
from app.store import audit, invariants
from app.store.invariants import RULES, SHOWN_MAX, Clocks, Hands, Moments, Row

FLIGHT_SECONDS_MAX = 120.0
"""A request is given up long before: whoever sent it is dead, and nobody took over."""
WAITING_SECONDS_MAX = 3_600.0
"""A message of a Page that is in no trouble leaves within half an hour, however often it is refused."""
DUE_SECONDS_MAX = 60.0
"""Timers are looked at every second."""
CALL_SECONDS_MAX = 600.0
"""A call is given up after some seconds."""
DOUBT_SECONDS_MORE = 120.0
"""What settling a message of unknown outcome may take beyond the echo's time."""
SKEW_SECONDS_MAX = 2.0
"""Clocks that are further apart put times of one conversation out of their order."""
EXAMPLES_MAX = 3
"""Rows named in a finding."""

RESTART = "Look at the log for a bug of ours and report it with these numbers; nothing more is lost by going on."
AT_WORK = "Look whether frontdesk serve runs with --role all or worker, and at its log."
BY_HAND = "Somebody or something else wrote into the database: compare with a backup, and report it if nobody did."
WORDS: Mapping[str, tuple[str, str]] = {
    "event_state": ("events are in a state that does not exist", BY_HAND),
    "event_reason": ("events were ignored or set aside without a reason", RESTART),
    "event_words": ("events are done and still hold what was written, or no time", RESTART),
    "event_conversation": ("events are done, and their customer has no conversation", BY_HAND),
    "session_conversation": ("sessions belong to customers without a conversation", BY_HAND),
    "timer_conversation": ("timers belong to customers without a conversation", BY_HAND),
    "message_conversation": ("messages wait for customers without a conversation: they would never leave", BY_HAND),
    "one_in_flight": ("customers have more than one message under way", RESTART),
    "line_order": ("messages were overtaken by a later one to the same customer", RESTART),
    "line_number": ("messages have numbers that are given again", RESTART),
    "flight_time": ("messages are in flight for too long", AT_WORK),
    "doubt_time": ("messages of unknown outcome were settled by nobody", AT_WORK),
    "waiting_time": ("messages wait although their Page is in no trouble", AT_WORK),
    "answered_by": ("conversations are answered by nobody that exists", BY_HAND),
    "timer_time": ("timers are overdue", AT_WORK),
    "call_time": ("calls to services were never ended", AT_WORK),
}
"""What a broken rule means, and what to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything. `now` is ours; `audit_break` the first entry that is not as it was written."""

    now: datetime
    hands: Hands
    clocks: Clocks
    broken: Mapping[str, Sequence[Row]]
    audit_break: int | None


def deadlines(now: datetime, doubt_seconds: float) -> Moments:
    """By when everything must have ended. `doubt_seconds`: how long an echo or the last look-up is waited for."""

    def before(seconds: float) -> datetime:
        return now - timedelta(seconds=seconds)

    doubted = before(doubt_seconds + DOUBT_SECONDS_MORE)
    return Moments(
        before(FLIGHT_SECONDS_MAX),
        doubted,
        before(WAITING_SECONDS_MAX),
        before(DUE_SECONDS_MAX),
        before(CALL_SECONDS_MAX),
    )


def look(connection: Connection, clock: Clock, doubt_seconds: float, looked_at: int | None) -> Look:
    """Everything, in one transaction that may only read. `looked_at`: rows of what is done, the newest first; None for all."""
    invariants.read_only(connection)
    clocks, now = invariants.read_clocks(connection), clock.now()
    return Look(
        now,
        invariants.read_hands(connection),
        clocks,
        invariants.find_broken(connection, deadlines(now, doubt_seconds), looked_at),
        audit.find_break(connection),
    )


def look_again(connection: Connection) -> Hands:
    """Who works, some seconds later."""
    invariants.read_only(connection)
    return invariants.read_hands(connection)


def judge(first: Look, later: Hands | None) -> Iterator[Finding]:
    """What both looks say. `later`: longer after the first than a worker may be silent; None where nobody was at work."""
    yield from _judge_rules(first.broken)
    if first.audit_break is None:
        yield ok("audit", "No entry of the audit was changed.")
    else:
        yield problem("audit", f"Entry {first.audit_break} was changed, or one before it is missing.", BY_HAND)
    yield from _judge_workers(first.hands, later)
    yield from _judge_clocks(first)


def _judge_rules(broken: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    for name, rows in broken.items():
        said, todo = WORDS[name]
        count = f"{SHOWN_MAX} or more" if len(rows) >= SHOWN_MAX else str(len(rows))
        examples = "; ".join(_example(row) for row in rows[:EXAMPLES_MAX])
        yield problem(name.replace("_", " "), f"{count} {said}: {examples}.", todo)
    if not broken:
        yield ok("rules", f"All {len(RULES)} rules about events, messages, sessions and timers hold.")


def _example(row: Row) -> str:
    number = "" if row.number is None else f"number {row.number}, "
    return f"{number}Page {row.page_id}, customer {customer_tag(f'{row.page_id}/{row.customer_id}')}"


def _judge_workers(first: Hands, later: Hands | None) -> Iterator[Finding]:
    if later is None:
        if first.unlisted:
            yield problem("workers", "Work is in the hands of workers that are gone, and none is there.", AT_WORK)
        else:
            yield advice("workers", "No worker is at work.", AT_WORK)
        return
    silent = [each for each, beat in later.beats.items() if first.beats.get(each) == beat]
    left = first.unlisted & later.unlisted
    for each in silent:
        yield problem("workers", f"Worker {each} is silent, and nobody took its work over.", AT_WORK)
    for each in sorted(left):
        yield problem("workers", f"Worker {each} is gone, and nobody took its work over.", AT_WORK)
    if not silent and not left:
        yield ok("workers", f"{len(later.beats)} at work, each alive.")


def _judge_clocks(first: Look) -> Iterator[Finding]:
    todo = "Let every machine keep its clock by NTP (chrony, systemd-timesyncd)."
    apart = abs((first.clocks.database - first.now).total_seconds()) if first.clocks.database else 0.0
    newest = first.clocks.newest_event
    ahead = (newest - first.now).total_seconds() if newest else 0.0
    if apart > SKEW_SECONDS_MAX:
        yield problem("clocks", f"The database's clock and this machine's are {apart:.0f} seconds apart.", todo)
    if ahead > SKEW_SECONDS_MAX:
        yield problem(
            "clocks", f"The newest event came in {ahead:.0f} seconds from now: by a clock that is ahead.", todo
        )
    if max(apart, ahead) <= SKEW_SECONDS_MAX:
        yield ok("clocks", "They agree.")
