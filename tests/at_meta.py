"""A local Messenger and a bot's door on real sockets, for commands that run in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.chance import Chance
from app.cli import main
from app.clock import Clock
from app.serving import Background
from tests.ports import free_port
from tests.webhooks.simulator.kit import APP_ID, APP_SECRET, APP_TOKEN, PAGE, TOKEN, VERIFY_TOKEN, RecordingBot
from webhooks.simulator import PageAccount, SimulatorSettings, create_simulator

HOST = "127.0.0.1"
OTHER_PAGE, OTHER_TOKEN = "10002", "token-of-10002"
FOREIGN_PAGE, FOREIGN_TOKEN, FOREIGN_SECRET, FOREIGN_APP = "10003", "token-of-10003", "secret-of-777", "777"
BOT = """flow: 1
bot: {name: Piney, languages: [en, fr], disclosure: I am a bot.}
messenger:
  greeting: Welcome, <first_name>!
  start: hello
  menu: {Track my order: hello, Visit the shop: https://shop.example}
  starters: {Where is my order?: hello}
  persona: {name: Piney the bot, picture: https://shop.example/p.png}
  domains: [shop.example]
states:
  hello: {say: Hello.}
translations:
  - {en: "Welcome, <first_name>!", fr: "Bienvenue, <first_name> !"}
  - {en: Track my order, fr: Suivre ma commande}
"""


@dataclass
class AtMeta:
    """Messenger with a bare Page, and the bot's folder with its settings in the environment."""

    url: str
    bot_url: str
    folder: Path
    http: httpx.Client
    calls: list[str] = field(default_factory=list)

    def control(self, path: str, **order: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.url}/_control/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def graph(self, method: str, path: str, token: str = TOKEN, **values: Any) -> dict[str, Any]:
        given: Any = {"params": values} if method == "GET" else {"json": values}
        headers = {"Authorization": f"Bearer {token}"}
        return dict(self.http.request(method, f"{self.url}/v26.0/{path}", headers=headers, **given).json())

    def app(self, path: str, **values: Any) -> dict[str, Any]:
        return self.graph("GET", path, APP_TOKEN, **values)

    def profile(self, page: str = "me", token: str = TOKEN) -> dict[str, Any]:
        return next(iter(self.graph("GET", f"{page}/messenger_profile", token)["data"]), {})

    def profile_calls(self) -> int:
        return int(self.control("page")["profile_calls"])

    def write(self, old: str, new: str) -> None:
        """Change the bot."""
        bot = self.folder / "bot.yaml"
        assert old in bot.read_text()
        bot.write_text(bot.read_text().replace(old, new))


@contextmanager
def at_meta(folder: Path) -> Iterator[AtMeta]:
    """Messenger and the bot's door; the folder holds a good bot."""
    bot_port, port = free_port(), free_port()
    folder.mkdir(exist_ok=True)
    (folder / "bot.yaml").write_text(BOT)
    pages = {PAGE: PageAccount("Harbour & Pine", TOKEN), OTHER_PAGE: PageAccount("Second", OTHER_TOKEN)}
    pages[FOREIGN_PAGE] = PageAccount("Third", FOREIGN_TOKEN, app_secret=FOREIGN_SECRET)
    settings = SimulatorSettings(f"http://{HOST}:{bot_port}", APP_ID, APP_SECRET, VERIFY_TOKEN, pages)
    with (
        Background(RecordingBot(verify_token=VERIFY_TOKEN).app(), HOST, bot_port),
        Background(create_simulator(settings, Clock(), Chance()), HOST, port),
        httpx.Client(trust_env=False, timeout=10) as http,
    ):
        yield AtMeta(f"http://{HOST}:{port}", f"http://{HOST}:{bot_port}", folder, http)


def settings_of(meta: AtMeta) -> dict[str, str]:
    """The bot's settings, names without their prefix."""
    return {
        "FLOWS": str(meta.folder), "PAGE_ID": PAGE, "PAGE_TOKEN": TOKEN, "APP_ID": APP_ID, "APP_SECRET": APP_SECRET,
        "VERIFY_TOKEN": VERIFY_TOKEN, "GRAPH_URL": f"{meta.url}/v26.0", "PUBLIC_URL": meta.bot_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{meta.folder / 'frontdesk.db'}",
    }  # fmt: skip


@dataclass
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


def run(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command here; no token may be in what it says."""
    code = main(arguments)
    said = Said(code, *capsys.readouterr())
    assert not [
        secret
        for secret in (TOKEN, OTHER_TOKEN, FOREIGN_TOKEN, APP_SECRET, FOREIGN_SECRET, VERIFY_TOKEN)
        if secret in said.text
    ]
    assert "Traceback" not in said.text
    return said
