"""Composition root of the servers: settings -> database -> every room's loops and routes. Decides nothing by itself."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import desking, hands, measuring, outside, rooms
from app import log as logs
from app.agreement import Agreement
from app.auditing import count_refused
from app.chance import Chance
from app.channel import Channel
from app.clock import Clock
from app.desk.access.access import Access
from app.errors import AppError
from app.flowfile.live import LiveFlows
from app.insights import health
from app.measures import Sample
from app.pages import failures
from app.pages.guard import Guard
from app.pages.statics import static
from app.people import Wishes
from app.readiness import preparer
from app.service.addresses import read_allowed
from app.service.download import Downloads
from app.serving import is_whole
from app.settings import Settings, pages, secret_key, sqlite_file
from app.shop import go
from app.shop.clicks import Clicks
from app.stocking import Stock, Stocking, feeds_of
from app.store import facts, lock
from app.store.breath import Breath
from app.store.database import Database, hosts_of, open_database, read_url
from app.store.intake import Intake
from app.store.migrate import find_lacking, is_current, migrate_apart
from app.store.wake import INBOX, WORK_OF_ALL, Fleet, Nearby, Wake
from app.tokens import Given, read_account
from app.worker.beat import DeclaredDeadError
from app.worker.worker import Worker
from webhooks.messenger import deletion
from webhooks.messenger import routes as messenger_routes
from webhooks.messenger.account import Account
from webhooks.messenger.graph_api import Graph, caller_of
from webhooks.messenger.http import Client, create_client
from webhooks.messenger.names import Names
from webhooks.messenger.pace import Pace
from webhooks.messenger.personas import Personas
from webhooks.messenger.send import Beside, Messenger
from webhooks.messenger.staff_personas import StaffPersonas
from webhooks.messenger.uploads import Uploads

log = structlog.get_logger()

AGAIN_SECONDS = 1.0
"""How soon a worker that broke down begins anew."""


class App(FastAPI):
    """FastAPI, and a shorter way for Meta's posts: its middlewares would cost each of them a third of the whole route."""

    door: messenger_routes.Door | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.door is not None and messenger_routes.is_post(scope):
            await self.door.answer(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def refuses(self, method: bytes, url: bytes) -> bool:
        """Whether the server is to answer 503 by itself (app/serving.py)."""
        return self.door is not None and self.door.refuses(method, url)


@dataclass(slots=True)
class House:
    """One process: what it is made of. `roles` is web, worker, or both."""

    settings: Settings
    roles: frozenset[str]
    account: Account
    given: Given
    flows: LiveFlows
    agreement: Agreement
    stocking: Stocking
    clicks: Clicks
    clock: Clock
    database: Database
    intake: Intake
    wake: Wake
    channel: Channel
    mark: str
    client: Client
    personas: Personas
    staff_personas: StaffPersonas
    access: Access
    screens: desking.Screens
    door: messenger_routes.Counts = field(default_factory=messenger_routes.Counts)
    worker: Worker | None = None
    breakdowns: int = 0
    stopping: bool = False

    def woken(self, outbox_too: bool = True) -> None:
        """Something came in here."""
        if self.worker:
            self.worker.wake(outbox_too)

    def heard(self, word: str) -> None:
        """What another process said."""
        if self.worker:
            self.worker.hear(word)

    def measured(self, door: messenger_routes.Door | None) -> list[Sample]:
        """What was counted and timed since the start."""
        samples = [*measuring.of_door(self.door, door), *measuring.of_intake(self.intake)]
        samples.append(Sample("worker_breakdowns_total", self.breakdowns))
        samples.append(Sample("clicks_total", self.clicks.counted))
        return [*samples, *measuring.of_worker(self.worker)] if self.worker else samples


def read_flows(settings: Settings, roles: frozenset[str], stock: Stock) -> LiveFlows:
    """The flow of each Page, ready to answer where this process has a worker. Raises FlowError with every problem of every folder."""
    folders = {page.page_id: page.flows for page in pages(settings)}
    return LiveFlows(folders, preparer(settings, stock, asked="worker" in roles))


def create_app(settings: Settings, flows: LiveFlows, roles: frozenset[str], stock: Stock) -> App:
    """The web process. Its database must be migrated; `flows` are live already."""

    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[None]:
        close_tracing = measuring.begin_tracing(settings.otlp_url, in_log=settings.log_events)
        try:
            house = await _open(settings, flows, roles, stock)
        except Exception:
            log.exception(
                "the server cannot start"
            )  # the server that runs the app says only that there was a traceback
            raise
        try:
            _add_routes(app, house)
            async with _running(house):
                yield
        except BaseExceptionGroup:
            # A bug of ours; the server stops by it (app/serving.py), for without its loops it would let everybody wait.
            log.exception("a loop broke down")
            raise
        finally:
            await asyncio.to_thread(close_tracing)
            house.wake.close()
            house.screens.news.close()
            house.access.passwords.close()
            await house.client.aclose()
            await house.database.close()

    app = App(
        title="Frontdesk",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # looked up for every request otherwise
    )
    app.add_middleware(Guard, public_url=settings.public_url)
    failures.add_handlers(app)
    return app


async def _open(settings: Settings, flows: LiveFlows, roles: frozenset[str], stock: Stock) -> House:
    address = settings.database_url.get_secret_value()
    database, clock, chance = open_database(address), Clock(), Chance()
    account = read_account(settings)
    given = Given(database, account, secret_key(settings), clock)
    await given.take_in()
    mark = await database.transaction(lambda connection: facts.keep(connection, "mark", chance.new_id()[:8]))
    file = sqlite_file(settings)
    wake: Wake = Nearby(file) if file else Fleet(database, hosts_of(read_url(address)), clock)
    client = create_client()
    pace, personas = Pace(), _create_personas(settings, account, flows, client)
    staff = _create_staff_personas(settings, account, flows, database, client)
    names = Names(account, Graph(settings.graph_url, client), clock)
    beside = Beside(pace, personas, names, Uploads(database), staff)
    channel = Messenger(account, settings.graph_url, client, clock, beside)
    intake = Intake(database, mark, lambda _: None, breath=Breath(clock, rests=file is None))
    agreement = Agreement(database, flows, clock)
    agreement.begin(one_machine=file is not None)
    await agreement.settle()
    access = rooms.create_access(settings, database, rooms.page_names(flows, account.pages))
    downloads = Downloads(read_allowed(settings.call_hosts))
    stocking = Stocking(database, flows, clock, stock, downloads, fetches="worker" in roles)
    await stocking.settle()
    house = House(
        settings, roles, account, given, flows, agreement, stocking, Clicks(database, clock), clock, database, intake, wake,
        channel, mark, client, personas, staff, access, desking.Screens(desking.create_news(settings, database, clock), clock),
    )  # fmt: skip
    pace.processes = lambda: house.worker.beat.at_work if house.worker else 1
    intake.woken = _woken(house, alone="worker" in roles and file is not None)
    if "web" in roles:
        behind = desking.Behind(database, clock, channel, flows, access, partial(intake.woken, True))
        desking.add_desk(house.screens, settings, behind, frozenset(account.pages))
    return house


def _create_personas(settings: Settings, account: Account, flows: LiveFlows, client: Client) -> Personas:
    """Each Page writes under the persona of the flow that is live there."""

    callers = {page_id: caller_of(account, page_id) for page_id in account.pages}
    return Personas(Graph(settings.graph_url, client), callers, partial(_persona_name, flows), Clock())


def _create_staff_personas(
    settings: Settings, account: Account, flows: LiveFlows, database: Database, client: Client
) -> StaffPersonas:
    """People of the staff who want it answer under their own names, beside a picture that Messenger fetches from us."""
    graph, callers = Graph(settings.graph_url, client), {each: caller_of(account, each) for each in account.pages}
    picture = f"{settings.public_url.rstrip('/')}{static('desk/person.png')}" if settings.public_url else ""
    return StaffPersonas(graph, callers, database, Clock(), partial(_persona_name, flows), picture)


def _persona_name(flows: LiveFlows, page_id: str) -> str:
    flow = flows.flow_of(page_id)
    return flow.entrances.persona.name if flow and flow.entrances.persona else ""


def _woken(house: House, *, alone: bool) -> Callable[[bool], None]:
    """Wake our own worker; where it cannot take up what came in, and is not the only one, tell others; and tell the screens."""

    def woken(outbox_too: bool) -> None:
        house.woken(outbox_too)
        house.screens.tell()
        if not alone and not (house.worker and house.worker.takes_up):
            house.wake.tell(WORK_OF_ALL if outbox_too else INBOX)

    return woken


def _add_routes(app: App, house: House) -> None:
    if "web" in house.roles:
        most = house.settings.deliveries_at_once
        app.door = messenger_routes.Door(
            house.account,
            house.intake.take,
            house.clock,
            house.door,
            messenger_routes.Bounds(waiting_max=most),
            is_whole=is_whole,
        )
        app.include_router(messenger_routes.create_routes(app.door))
        app.include_router(deletion.create_routes(_deletion(house)))
        app.include_router(go.create_routes(hands.links(house.settings).key, house.clicks))
        rooms.add_rooms(app, house.access, outside.hook_key(house.settings))
        desking.add_routes(app, house.screens)
    token = house.settings.metrics_token
    watched = health.Watched(
        database=house.database,
        clock=house.clock,
        measured=lambda: house.measured(app.door),
        problems=lambda: [str(problem) for problem in house.flows.problems()],
        calls_lack=lambda: hands.calls_lack(house.settings, house.flows),
        feeds=lambda: feeds_of(each.live.flow for each in house.flows.watched),
        working=lambda: "worker" not in house.roles or bool(house.worker and house.worker.beat.alive()),
        metrics_token=token.get_secret_value() if token else "",
    )
    app.include_router(health.create_routes(watched))


def _deletion(house: House) -> deletion.Deletion:
    """Who asks Messenger to be forgotten is forgotten here."""
    key = hmac.digest(secret_key(house.settings), b"deletions", "sha256")
    wishes = Wishes(house.database, house.clock, Chance(), key)
    return deletion.Deletion(
        house.account, house.clock, house.door, wishes.forget, wishes.find_state, house.settings.public_url
    )


def _refused(house: House) -> int:
    """How many signatures the door has refused since the start."""
    return house.door.forged + house.door.deletions_forged


@asynccontextmanager
async def _running(house: House) -> AsyncIterator[None]:
    """The loops of this process, until the block ends; what the worker has under way ends first."""
    async with asyncio.TaskGroup() as group:
        loops = [group.create_task(house.agreement.watch()), group.create_task(house.intake.run())]
        loops.append(group.create_task(house.intake.watch()))
        loops.append(group.create_task(house.wake.pass_on()))
        loops.append(group.create_task(house.stocking.watch()))
        if "web" in house.roles:
            loops.append(group.create_task(house.clicks.run()))
        loops.append(group.create_task(_keep_tokens(house)))
        loops += house.screens.start(group)
        loops.append(group.create_task(count_refused(house.database, house.clock, lambda: _refused(house))))
        if "worker" in house.roles:
            loops.append(group.create_task(_work(house)))
            loops.append(group.create_task(house.wake.listen(house.heard)))
            loops.append(group.create_task(house.personas.watch()))
            loops.append(group.create_task(house.staff_personas.watch()))
        try:
            yield
        finally:
            house.stopping = True
            if house.worker:
                await house.worker.stop()
            for loop in loops:
                loop.cancel()


async def _keep_tokens(house: House) -> None:
    """A Page that is connected anew goes on without a restart."""
    while True:
        for page_id in await house.given.wait():
            house.personas.renew(page_id, caller_of(house.account, page_id))
            house.staff_personas.renew(page_id, caller_of(house.account, page_id))


async def _work(house: House) -> None:
    """A worker, and another one when it broke down or was declared dead."""
    settings = house.settings
    for told in hands.calls_lack(settings, house.flows):
        log.warning("a call lacks a setting", reason=told)
    given, terms = hands.create_hands(settings, house.flows, house.channel, house.clock), hands.terms(settings)
    while not house.stopping:
        house.worker = Worker(house.database, given, house.clock, Chance(), mark=house.mark, terms=terms)
        house.worker.tell(house.screens.tell)
        house.worker.say = house.wake.tell
        house.worker.beside = outside.create_loops(
            settings, house.database, house.clock, house.flows, sorted(house.account.pages)
        )
        try:
            await house.worker.run()
        except DeclaredDeadError:
            continue
        except Exception as error:
            # The border of the worker: whatever broke is logged, and the customers are served on.
            house.breakdowns += 1
            log.exception("worker broke down", error=type(error).__name__)
            await house.clock.sleep(AGAIN_SECONDS)


# ---- what the command line calls ---------------------------------------------------------------------------


def serve(settings: Settings, host: str, port: int, role: str) -> int:
    """Run the server until it is stopped; the exit code. Raises AppError when it cannot start."""
    from app.serving import run

    key = secret_key(settings)
    logs.set_up(settings.log_format, key)
    roles = frozenset(("web", "worker")) if role == "all" else frozenset((role,))
    stock = Stock()
    flows = read_flows(settings, roles, stock)
    with ExitStack() as held:
        if file := sqlite_file(settings):
            for each in sorted(roles):
                held.enter_context(lock.hold(file, each))
        migrate(settings)
        if "web" in roles and (link := rooms.first_owner_link(settings, f"http://{host}:{port}")):
            # A secret in the log on purpose: it works once, and only while there is no owner.
            log.warning("nobody can sign in yet; this link makes the owner's account, once, within 24 hours", link=link)
        ready = partial(log.info, "ready", port=port, role=role)
        return run(create_app(settings, flows, roles, stock), host, port, ready, settings.trusted_proxies)


def migrate(settings: Settings) -> int:
    """Bring the database to this program's schema. Raises AppError when it cannot be."""
    address = settings.database_url.get_secret_value()
    current, lacking = asyncio.run(_look_at_tables(address))
    if not current:
        file = sqlite_file(settings)
        ran = migrate_apart(f"sqlite:///{file.resolve()}" if file else address)
        log.info("database migrated", revisions=ran)
        _, lacking = asyncio.run(_look_at_tables(address))
    if lacking:
        names = ", ".join(lacking)
        raise AppError(
            f"The database lacks tables that its schema has: {names}.",
            "Restore a backup, or begin with a new database.",
        )
    return 0


async def _look_at_tables(address: str) -> tuple[bool, list[str]]:
    """Whether the schema is this program's, and which of its tables are not there."""
    database = open_database(address)
    try:
        return await database.transaction(lambda connection: (is_current(connection), find_lacking(connection)))
    finally:
        await database.close()
