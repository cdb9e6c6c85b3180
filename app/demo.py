"""The demo: bot and local Messenger on one machine, talking real HTTP to each other, with no account. A composition root like main."""

from __future__ import annotations

import tempfile
import webbrowser
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import typer
from pydantic import SecretStr

from app import log as logs
from app.chance import Chance
from app.clock import Clock
from app.desk.access.access import Access
from app.engine.flow import Flow
from app.engine.hours import is_open, opening_text
from app.errors import AppError
from app.main import create_app, migrate, read_flows
from app.serving import Background, run
from app.settings import Settings, example_folder, read_settings, secret_key
from app.staffing import make_demo_login, use_access
from app.stocking import Stock
from app.store import lock
from app.store.staff import Role
from webhooks.messenger.profile import render_profile
from webhooks.simulator.app import create_simulator
from webhooks.simulator.settings import PageAccount, SimulatorSettings

HOST = "127.0.0.1"
LOGINS: dict[str, Role] = {"Sam": "staff", "Olga": "owner"}
LOGIN_DOMAIN = "harbour-pine.example"
LOGIN_CHARS = 12
"""Of a password that lasts until the demo is started again: 72 random bits."""
PAGE_ID, APP_ID = "10001", "4242"
ORDERS_HOST = "api.harbour-pine.example"
"""Whom the example shop asks for orders; the local Messenger plays it too."""
MESSENGER_PORT_FURTHER = 100
"""The local Messenger's port is the bot's plus this: 8000 and 8100."""


def demo(port: int, data: Path | None, open_browser: bool) -> int:
    """Run both until stopped; the exit code."""
    logs.set_up("text")
    with ExitStack() as until_the_end:
        folder = data or Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-")))
        settings = _settings(folder, port)
        logs.key_tags(secret_key(settings))
        both = frozenset(("web", "worker"))
        stock = Stock()
        flows = read_flows(settings, both, stock)
        for role in ("web", "worker"):
            until_the_end.enter_context(lock.hold(folder / "frontdesk.db", role))
        migrate(settings)
        logins = _make_logins(settings)
        flow = flows.flow_of(PAGE_ID)
        assert flow is not None
        messenger = create_simulator(_messenger(settings, port, flow), Clock(), Chance())
        until_the_end.enter_context(Background(messenger, HOST, port + MESSENGER_PORT_FURTHER))
        kept = f"kept in {folder}" if data else "forgotten when you stop"
        app = create_app(settings, flows, both, stock)
        staff = [*logins, *closed_lines(flow, Clock().now())]
        return run(app, HOST, port, lambda: _say_ready(port, kept, staff, open_browser))


def simulate(port: int, bot: str) -> int:
    """Run the local Messenger alone, for the bot at that address, with the Page and app of the settings."""
    settings = read_settings()
    logs.set_up(settings.log_format)
    if not (settings.page_id and settings.page_token and settings.app_secret and settings.verify_token):
        raise AppError(
            "The local Messenger plays one Page and one app, and must know them as the bot does.",
            "Set FRONTDESK_PAGE_ID, FRONTDESK_PAGE_TOKEN, FRONTDESK_APP_ID, FRONTDESK_APP_SECRET and"
            " FRONTDESK_VERIFY_TOKEN, the same as for the bot, and FRONTDESK_GRAPH_URL of the bot to"
            f" http://{HOST}:{port}/v26.0.",
        )
    simulator = create_simulator(_messenger(settings, 0, None, bot), Clock(), Chance())
    return run(simulator, HOST, port, lambda: typer.echo(f"The local Messenger is at http://{HOST}:{port}/\nready"))


def _settings(folder: Path, port: int) -> Settings:
    """Made up for this run: nothing in it opens anything elsewhere."""
    chance = Chance()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(f"{folder} cannot be used: {error.strerror}.", "Choose another folder with --data.") from error
    return Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder.resolve() / 'frontdesk.db'}"),
        flows=example_folder(),
        page_id=PAGE_ID,
        page_token=SecretStr(chance.new_id()),
        app_id=APP_ID,
        app_secret=SecretStr(chance.new_id()),
        verify_token=SecretStr(chance.new_id()),
        public_url=f"http://{HOST}:{port}",
        graph_url=f"http://{HOST}:{port + MESSENGER_PORT_FURTHER}/v26.0",
        second_factor="offered",
        call_hosts=(f"{ORDERS_HOST}=http://{HOST}:{port + MESSENGER_PORT_FURTHER}",),
        call_secrets={"SHOP_TOKEN": SecretStr(chance.new_id())},
    )


def _messenger(settings: Settings, port: int, flow: Flow | None, bot: str = "") -> SimulatorSettings:
    assert settings.page_token
    assert settings.app_secret
    assert settings.verify_token
    page = PageAccount(
        flow.name if flow else "Your Page",
        settings.page_token.get_secret_value(),
        render_profile(flow) if flow else {},
    )
    return SimulatorSettings(
        bot_url=bot or f"http://{HOST}:{port}",
        app_id=settings.app_id,
        app_secret=settings.app_secret.get_secret_value().split(",")[0].strip(),
        verify_token=settings.verify_token.get_secret_value(),
        pages={settings.page_id: page},
    )


def _make_logins(settings: Settings) -> list[str]:
    """One staff and one owner login, new passwords each time; a line for each."""
    chance = Chance()
    logins = [
        (f"{name.lower()}@{LOGIN_DOMAIN}", name, role, chance.new_id()[:LOGIN_CHARS]) for name, role in LOGINS.items()
    ]

    async def run(access: Access) -> tuple[bool, str]:
        for email, name, role, password in logins:
            await make_demo_login(access, email, name, role, password)
        return True, ""

    use_access(settings, run)
    return [f"{role.capitalize():6} {email}   password {password}" for email, _, role, password in logins]


def closed_lines(flow: Flow, now: datetime) -> list[str]:
    """What to expect outside the shop's hours; nothing within them."""
    if is_open(flow, "", now):
        return []
    return [f"The shop is closed until {opening_text(flow, 'en', now)}: who asks for a person lands under Callbacks."]


def _say_ready(port: int, kept: str, staff: list[str], open_browser: bool) -> None:
    chat, desk = f"http://{HOST}:{port + MESSENGER_PORT_FURTHER}/", f"http://{HOST}:{port}/"
    typer.echo(f"\nAnswer as staff:     {desk}")
    for line in staff:
        typer.echo(f"    {line}")
    typer.echo(
        f"Chat as a customer:  {chat}\nThe bot itself:      http://{HOST}:{port}/health/ready\n"
        f"Everything said is {kept}. Ctrl+C stops both.\nready"
    )
    if open_browser:
        webbrowser.open(chat)
