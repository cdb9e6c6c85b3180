"""What our own side means for a bot: its folder, its first answer, the database. Looks and judges; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.engine.effects import CallService, Effect, SendMessage
from app.engine.events import CallAnswered, TextReceived
from app.engine.flow import Flow
from app.errors import EngineError
from app.findings import Finding, advice, ok, problem
from app.flowfile.problems import Problem
from app.flowfile.stage import Stage
from app.store import catalogues, durability, inbox, migrate, pages
from app.store.catalogues import FeedTrouble
from app.store.pages import Trouble

GREETING = "hi"
"""What a reviewer writes first."""
WAIT_SECONDS_MAX = 60.0
"""An event that waits for longer finds nobody at work."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What the database says of itself."""

    is_current: bool
    oldest_at: datetime | None = None
    quarantined: int = 0
    weak_settings: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    feeds: tuple[FeedTrouble, ...] = ()


# ---- the flow ----------------------------------------------------------------------------------------------


def judge_folder(name: str, problems: Sequence[Problem]) -> Finding:
    """The folder as `check` sees it."""
    blocking = [each for each in problems if not each.advice]
    if blocking:
        first = blocking[0]
        many = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        told = f"{name} has problems: {first.file}:{first.line}: {first.code} {first.message}{many}"
        return problem("flow", told, f"frontdesk check {name}")
    if problems:
        return advice(
            "flow", f"{name} has no problems; there is advice about {len(problems)} places.", f"frontdesk check {name}"
        )
    return ok("flow", f"{name} has no problems.")


def judge_answer(flow: Flow, now: datetime) -> Finding:
    """Whether somebody who has never written gets an answer to a first word, even where the services that are asked are down."""
    check = f'answer to "{GREETING}"'
    try:
        answer = _first_answer(flow, now)
    except EngineError as error:
        return problem(check, f"The turn cannot be taken: {error.message}", "frontdesk talk, and write the same there.")
    if answer is None:
        todo = "Let the flow say something in its first state, or under anywhere: else. frontdesk talk shows it."
        return problem(check, "The bot says nothing: whoever reviews it sees a bot that does not work.", todo)
    return ok(check, f"The bot says: {answer}")


def _first_answer(flow: Flow, now: datetime) -> str | None:
    stage = Stage(flow, now)
    effects: tuple[Effect, ...] = stage.happens(TextReceived(GREETING))
    call = next((each for each in effects if isinstance(each, CallService)), None)
    if call is not None and not any(isinstance(each, SendMessage) for each in effects):
        effects = stage.happens(CallAnswered(call.state, "slow", {}, call.number))
    sent = [each.message for each in effects if isinstance(each, SendMessage)]
    return next((each.text.partition("\n")[0] or "(a picture or cards)" for each in sent), None)


def judge_calls(lacks: Sequence[str]) -> Iterator[Finding]:
    """What the flow's calls need of the operator; `lacks` are sentences that end in what to do."""
    for each in lacks:
        said, _, todo = each.partition(": ")
        yield problem("calls", f"{said}.", f"{todo[:1].upper()}{todo[1:].rstrip('.')} and start the server anew.")


# ---- the database ------------------------------------------------------------------------------------------


def read_database(connection: Connection, feeds: Sequence[str] = ()) -> DatabaseFacts:
    """One look; `feeds`: those from which the bots take their products."""
    if not migrate.is_current(connection):
        return DatabaseFacts(is_current=False)
    return DatabaseFacts(
        is_current=True,
        oldest_at=inbox.oldest_waiting_at(connection),
        quarantined=inbox.count_quarantined(connection),
        weak_settings=durability.find_weak_settings(connection),
        troubles=tuple(pages.list_troubles(connection)),
        feeds=tuple(catalogues.list_troubles(connection, feeds)),
    )


def judge_database(facts: DatabaseFacts, now: datetime) -> Iterator[Finding]:
    """What one look says."""
    if not facts.is_current:
        yield problem(
            "database", "It has another schema than this program.", "frontdesk migrate, or start frontdesk serve."
        )
        return
    yield ok("database", "It can be reached and has this program's schema.")
    if facts.weak_settings:
        said = (
            f"PostgreSQL has {' and '.join(facts.weak_settings)} off: a power cut may take along what was acknowledged."
        )
        yield problem("durability", said, "Switch them on in postgresql.conf and reload it.")
    if facts.oldest_at and (now - facts.oldest_at).total_seconds() > WAIT_SECONDS_MAX:
        said = f"Somebody has waited for an answer since {facts.oldest_at:%Y-%m-%d %H:%M} UTC."
        yield problem("work", said, "Start frontdesk serve (with --role all or worker), and look at its log.")
    for each in facts.troubles:
        said = f"This Page's messages wait since {each.since:%Y-%m-%d %H:%M} UTC: {each.sentence}"
        todo = "They go out by themselves when Messenger takes them again; the Page's support inbox at Facebook may tell more."
        yield replace(problem("sends", said, todo), page_id=each.page_id)
    for feed in facts.feeds:
        yield _judge_feed(feed)
    if facts.quarantined:
        yield advice("set aside", f"{facts.quarantined} events were set aside.", "frontdesk quarantine tells why.")


def _judge_feed(feed: FeedTrouble) -> Finding:
    """A feed that could not be taken: customers see what it brought before, if anything."""
    name = feed.name.partition("?")[0]  # shops put their keys behind the question mark
    live = (
        f"{feed.products:,} products of {feed.taken_at:%Y-%m-%d %H:%M} UTC stay live."
        if feed.taken_at
        else "No product is live."
    )
    todo = f"Mend what the address gives; it is asked again at {feed.again_at:%H:%M} UTC."
    return problem("products", f"The feed {name} could not be taken: {feed.why.rstrip('.')}. {live}", todo)
