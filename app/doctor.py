"""The check-up: settings, flows, database and Meta looked at all at once. A composition root: joins rooms, judges nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.clock import Clock
from app.engine.flow import Flow
from app.errors import AppError, SettingsError
from app.findings import Finding, advice, ok, problem
from app.flowfile.check import check
from app.insights import fleet
from app.insights.checkup import judge_answer, judge_calls, judge_database, judge_folder, read_database
from app.log import key_tags
from app.service.addresses import read_allowed
from app.service.needs import missing
from app.settings import PREFIX, PageSettings, Settings, pages, read_settings, secret_key, sqlite_file
from app.stocking import feeds_of
from app.store.database import Database, open_database
from app.store.invariants import LOOKED_AT
from app.tokens import list_unopened, read_account, read_account_now
from webhooks.messenger.account import Account
from webhooks.messenger.checkup import Who, ask_app, ask_callback, ask_page
from webhooks.messenger.doctor import judge_app, judge_page
from webhooks.messenger.graph_api import Graph, caller_of, caller_of_app
from webhooks.messenger.http import Client, create_client
from webhooks.messenger.subscriptions import callback_url

DATABASE_SECONDS_MAX = 8.0
"""More than a connection takes at most."""
NEEDED = ("app_id", "app_secret", "verify_token")


def examine() -> list[Finding]:
    """Every finding, in the order in which they are best mended."""
    try:
        settings = read_settings()
        known = pages(settings)
    except SettingsError as error:
        return [problem("settings", error.message, error.hint or "README.md lists the settings.")]
    clock = Clock()
    flows, findings = _look_at_flows(settings, known, clock)
    account = read_account_now(settings)
    return [
        *_look_at_settings(settings, known),
        *_look_at_given(settings),
        *findings,
        *asyncio.run(_ask(settings, account, known, flows, clock)),
    ]


def examine_fleet(*, everything: bool) -> list[Finding]:
    """What must hold in the live database, looked at twice if somebody is at work; `everything`: however long that takes."""
    try:
        settings = read_settings()
        key_tags(secret_key(settings))
    except SettingsError as error:
        return [problem("settings", error.message, error.hint or "README.md lists the settings.")]
    return asyncio.run(_look_at_fleet(settings, Clock(), None if everything else LOOKED_AT))


async def _look_at_fleet(settings: Settings, clock: Clock, looked_at: int | None) -> list[Finding]:
    found = await _look_at_database(settings, clock)
    if any(each.check == "database" and each.verdict != "ok" for each in found):
        return found
    database = open_database(settings.database_url.get_secret_value())
    try:
        return [*found, *await look_twice(database, settings, clock, looked_at)]
    except AppError as error:
        return [*found, problem("database", error.message, "Look whether it runs and can be reached.")]
    finally:
        await database.close()


async def look_twice(database: Database, settings: Settings, clock: Clock, looked_at: int | None) -> list[Finding]:
    """What the open database says; the second look only where somebody is at work."""
    doubt_seconds = max((settings.echo_grace_seconds, *settings.look_up_after_seconds))
    first = await database.read(lambda connection: fleet.look(connection, clock, doubt_seconds, looked_at))
    later = None
    if first.hands.beats:
        await clock.sleep(settings.worker_dead_seconds + 2 * settings.worker_beat_seconds)
        later = await database.read(fleet.look_again)
    return list(fleet.judge(first, later))


# ---- our own side ------------------------------------------------------------------------------------------


def _look_at_settings(settings: Settings, known: tuple[PageSettings, ...]) -> list[Finding]:
    lacks = [PREFIX + name.upper() for name in NEEDED if not getattr(settings, name)]
    lacks += [] if known else [f"{PREFIX}PAGE_ID and {PREFIX}PAGE_TOKEN"]
    if sqlite_file(settings) is None and not settings.secret_key:
        lacks.append(f"{PREFIX}SECRET_KEY")
    findings = [problem("settings", f"{each} is not set.", "README.md says where Meta shows it.") for each in lacks]
    if not settings.public_url:
        findings.append(
            advice(
                "settings", f"{PREFIX}PUBLIC_URL is not set.", "Set it to the address by which the internet reaches us."
            )
        )
    return findings or [ok("settings", "All that a connected bot needs is set.")]


def _look_at_given(settings: Settings) -> list[Finding]:
    says = "The token that connect --new-token was given cannot be opened: SECRET_KEY is another one than it was then."
    todo = "Set the SECRET_KEY that it was (beside SQLite: its .key file), or give the token anew."
    return [replace(problem("given token", says, todo), page_id=each) for each in list_unopened(settings)]


def _look_at_flows(
    settings: Settings, known: tuple[PageSettings, ...], clock: Clock
) -> tuple[Mapping[Path, Flow], list[Finding]]:
    """Each folder once: what `check` says, the first answer, what its calls lack."""
    flows: dict[Path, Flow] = {}
    findings: list[Finding] = []
    allowed = read_allowed(settings.call_hosts)
    secrets = {name: value.get_secret_value() for name, value in settings.call_secrets.items()}
    for folder in dict.fromkeys(each.flows for each in known) or [settings.flows]:
        if not folder.is_dir():
            findings.append(problem("flow", f"There is no folder {folder.as_posix()}.", f"Set {PREFIX}FLOWS."))
            continue
        checked = check(folder)
        findings.append(judge_folder(folder.as_posix(), checked.problems))
        if checked.flow is not None:
            flows[folder] = checked.flow
            findings.append(judge_answer(checked.flow, clock.now()))
            findings += judge_calls(missing(checked.flow, allowed, secrets))
    return flows, findings


async def _look_at_database(settings: Settings, clock: Clock, feeds: Sequence[str] = ()) -> list[Finding]:
    file = sqlite_file(settings)
    if file is not None and not file.is_file():
        return [
            advice("database", f"There is no database {file.name} yet.", "frontdesk serve makes it when it starts.")
        ]
    try:
        database = open_database(settings.database_url.get_secret_value())
        try:
            async with asyncio.timeout(DATABASE_SECONDS_MAX):
                facts = await database.read(lambda connection: read_database(connection, feeds))
        finally:
            await database.close()
    except TimeoutError:
        return [problem("database", "It does not answer in time.", "Look whether it runs and can be reached.")]
    except AppError as error:
        return [problem("database", error.message, error.hint or f"Look at {PREFIX}DATABASE_URL and whether it runs.")]
    return list(judge_database(facts, clock.now()))


# ---- Meta's side -------------------------------------------------------------------------------------------


async def _ask(
    settings: Settings, account: Account, known: tuple[PageSettings, ...], flows: Mapping[Path, Flow], clock: Clock
) -> list[Finding]:
    """Everything that waits for somebody else, at once."""
    client = create_client()
    try:
        async with asyncio.TaskGroup() as group:
            kept = group.create_task(_look_at_database(settings, clock, feeds_of(flows.values())))
            asked = [
                group.create_task(_look_at_page(Asked(settings, account, client, clock), each, flows.get(each.flows)))
                for each in known
            ]
            app = group.create_task(_look_at_app(settings, list(flows.values()), client, clock))
        return [*kept.result(), *app.result(), *(finding for task in asked for finding in task.result())]
    finally:
        await client.aclose()


@dataclass(frozen=True, slots=True)
class Asked:
    """How Meta is asked, and as whom."""

    settings: Settings
    account: Account
    client: Client
    clock: Clock


async def _look_at_page(asked: Asked, page: PageSettings, flow: Flow | None) -> list[Finding]:
    settings, account, client, clock = asked.settings, asked.account, asked.client, asked.clock
    app = None if page.app_secrets else caller_of_app(account)
    app_id = "" if page.app_secrets else settings.app_id
    who = Who(page.page_id, caller_of(account, page.page_id), app_id, app)
    facts = await ask_page(Graph(settings.graph_url, client), who, clock)
    return judge_page(facts, flow, settings.app_id, clock.now(), settings.app_features)


async def _look_at_app(settings: Settings, flows: list[Flow], client: Client, clock: Clock) -> list[Finding]:
    account, address = read_account(settings), callback_url(settings.public_url)
    async with asyncio.TaskGroup() as group:
        asked = (
            group.create_task(ask_callback(client, address, account.verify_token))
            if address and account.verify_token
            else None
        )
        told = group.create_task(ask_app(Graph(settings.graph_url, client), caller_of_app(account), settings.app_id))
    facts = replace(told.result(), callback=asked.result() if asked else None)
    return judge_app(facts, flows, settings.public_url, clock.now())
