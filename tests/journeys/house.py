"""The whole house for a test: the bot as a process, the local Messenger on its own port, both talking real HTTP to each other."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from app.chance import Chance
from app.clock import Clock
from app.flowfile.check import read_flow
from app.serving import Background
from tests.journeys import bodies
from tests.journeys.bodies import APP_ID, APP_SECRET, PAGE, SIGNATURE, TOKENS, VERIFY_TOKEN, sign
from tests.journeys.process import Command
from tests.ports import free_port
from webhooks.messenger.profile import render_profile
from webhooks.simulator import PageAccount, SimulatorSettings, create_simulator

HOST = "127.0.0.1"
SECRET_KEY = "journey-key-0123456789-abcdefghijklmnop"
QUIET_SECONDS_MAX = 20.0
"""Everything has an end within this: also a send whose fate had to be looked up twice, on a busy machine."""
POLL_SECONDS = 0.02
QUICK: Mapping[str, str] = {"LOOK_UP_AFTER_SECONDS": "0.3,0.8"}
"""Two seconds are for the real Meta; the local one lists a message at once."""

_customers = itertools.count(20_001)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a house is made of. `pages`: the simulator's Pages; the bot's come from `settings`."""

    folder: Path
    shop: Path
    database_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, PageAccount] = field(default_factory=dict)
    items_per_webhook: int = 1

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'frontdesk.db'}"

    def bot_settings(self, graph_port: int) -> dict[str, str]:
        """The bot's environment, names without their prefix."""
        usual = {
            "DATABASE_URL": self.url, "FLOWS": str(self.shop), "PAGE_ID": PAGE, "PAGE_TOKEN": TOKENS[PAGE],
            "APP_ID": APP_ID, "APP_SECRET": APP_SECRET, "VERIFY_TOKEN": VERIFY_TOKEN, "SECRET_KEY": SECRET_KEY,
            "GRAPH_URL": f"http://{HOST}:{graph_port}/v26.0",
        }  # fmt: skip
        return {**usual, **QUICK, "ASK_NAMES": "false", **self.settings}


class House:
    """Bot and Messenger. `bot_url` and `messenger_url` stay the same over restarts of the bot."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bot_port, self.messenger_port = free_port(), free_port()
        self.bot_url, self.messenger_url = f"http://{HOST}:{self.bot_port}", f"http://{HOST}:{self.messenger_port}"
        arguments = ("serve", "--host", HOST, "--port", str(self.bot_port))
        self.bot = Command(plan.folder, arguments, plan.bot_settings(self.messenger_port))
        self.http = httpx.Client(trust_env=False, timeout=40)

    # ---- life ----------------------------------------------------------------------------------------------

    def start_bot(self) -> None:
        self.bot.start(self.is_ready)

    def is_ready(self) -> bool:
        health = self.health()
        return bool(health and health["ready"])

    def health(self) -> dict[str, Any] | None:
        """What the bot says of itself; None while it does not answer."""
        try:
            return dict(self.http.get(f"{self.bot_url}/health/ready").json())
        except (httpx.HTTPError, ValueError):
            return None

    # ---- Messenger's side ----------------------------------------------------------------------------------

    def new_customer(self, page: str = PAGE, name: str = "") -> Customer:
        """Somebody who never wrote to this Page."""
        return Customer(self, page, str(next(_customers)), name)

    def control(self, path: str, **order: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.messenger_url}/_control/{path}", content=bodies.to_bytes(order))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def fault(self, kind: str, **more: Any) -> None:
        """Bad weather, as the control API names it; `clear` ends all of it."""
        self.control("fault", kind=kind, **more)

    def report(self, customers: bool = True) -> dict[str, Any]:
        asked = self.http.get(f"{self.messenger_url}/_control/report", params={"customers": customers})
        return dict(asked.json())

    def post(self, body: bytes, secret: str = APP_SECRET, **headers: str) -> httpx.Response:
        """A body straight to the bot, signed unless the headers hold a signature."""
        signed = {SIGNATURE: sign(body, secret), "Content-Type": "application/json", **headers}
        return self.http.post(f"{self.bot_url}/webhooks/messenger", content=body, headers=signed)

    # ---- waiting and looking -------------------------------------------------------------------------------

    def wait_until_quiet(self) -> None:
        """Until every webhook was taken, every event handled, and every message has come to its end."""
        wait_until(
            self.is_quiet, lambda: f"{self.report(customers=False)}\n{self.health()}\n{self.bot.printed()[-2000:]}"
        )

    def is_quiet(self) -> bool:
        if self.report(customers=False)["webhooks"]["waiting"]:
            return False
        health = self.health()
        return bool(
            health and health["ready"] and not health["oldest_event_seconds"] and not sum(health["outbox"].values())
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database holds; reads only."""
        if self.plan.url.startswith("sqlite"):
            with sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True, timeout=10) as connection:
                found = connection.execute(query).fetchall()
            connection.close()
            return found
        return asyncio.run(_fetch(self.plan.url.replace("+asyncpg", ""), query))

    @property
    def database_file(self) -> Path:
        return self.plan.folder / "frontdesk.db"

    def counts(self) -> dict[str, int]:
        """How many events of the inbox stand where."""
        return dict(self.rows("SELECT status, count(*) FROM inbox GROUP BY status"))


class Customer:
    """Somebody at the phone. What they do returns the bot's texts that followed, once all is quiet."""

    def __init__(self, house: House, page: str, customer_id: str, name: str) -> None:
        self.house, self.page, self.id, self.name = house, page, customer_id, name
        self.read = 0

    # ---- deeds ---------------------------------------------------------------------------------------------

    def types(self, text: str, **more: Any) -> list[str]:
        return self._does(text=text, **more)

    def taps(self, title: str) -> list[str]:
        """Something on the screen: a quick reply, button, starter, menu entry or Get Started."""
        return self._does(tap=title)

    def taps_old(self, payload: str, title: str = "An old button", *, quick_reply: bool = False) -> list[str]:
        """Something that is no longer, or never was, on the screen."""
        return self._does(tap={"payload": payload, "title": title, "quick_reply": quick_reply})

    def sends_photo(self, text: str = "") -> list[str]:
        photo = {"type": "image", "url": "https://cdn.example/photo.jpg"}
        return self._does(attachment=photo, **({"text": text} if text else {}))

    def comes_by(self, ref: str) -> list[str]:
        """An m.me link. A new customer's reference waits for Get Started."""
        return self._does(referral=ref)

    def is_answered_by_person(self, text: str) -> list[str]:
        """A person answers from the Page's own inbox; what the bot says to that."""
        self.house.control("staff_reply_in_page_inbox", page=self.page, customer=self.id, text=text)
        return self.sees_new()

    def is_given_back(self) -> list[str]:
        self.house.control("give_back", page=self.page, customer=self.id)
        return self.sees_new()

    def says(self, **deed: Any) -> dict[str, Any]:
        """Do it, and do not wait for what comes of it."""
        named = {"name": self.name} if self.name else {}
        return self.house.control("say", page=self.page, customer=self.id, **named, **deed)

    def posts(self, *items: dict[str, Any]) -> list[str]:
        """Raw items in one signed body; the thread has to exist. The customer's screen is Messenger's: it does not show them."""
        assert self.house.post(bodies.wrap(*items)).status_code == 200
        return self.sees_new()

    def opens(self) -> Customer:
        """Open the thread and its window with nothing said: the bot hears of a message that was read. For raw bodies."""
        self.says(item={"read": {"watermark": 1}}, field="message_reads")
        return self

    def _does(self, **deed: Any) -> list[str]:
        self.says(**deed)
        return self.sees_new()

    # ---- the screen ----------------------------------------------------------------------------------------

    def screen(self) -> dict[str, Any]:
        found = self.house.http.get(f"{self.house.messenger_url}/_control/thread/{self.page}/{self.id}")
        return dict(found.json()) if found.status_code == 200 else {"messages": [], "taps": []}

    def messages(self) -> list[dict[str, Any]]:
        """The bot's messages, as Messenger took them."""
        return [each for each in self.screen()["messages"] if each["from"] == "bot"]

    def sees(self) -> list[str]:
        """The texts of all the bot's messages."""
        return [text_of(each) for each in self.messages()]

    def sees_new(self) -> list[str]:
        """The bot's texts since the last look, once all is quiet."""
        self.house.wait_until_quiet()
        seen = self.sees()
        new, self.read = seen[self.read :], len(seen)
        return new

    def can_tap(self) -> list[str]:
        return list(self.screen()["taps"])

    def payload_of(self, title: str) -> str:
        """What a quick reply or button carries, the newest first."""
        for each in reversed(self.messages()):
            for option in _options_of(each):
                if option.get("title") == title:
                    return str(option["payload"])
        offered = {each["title"]: each["payload"] for each in self.screen()["quick_replies"]}
        return str(offered[title])


def text_of(entry: Mapping[str, Any]) -> str:
    """A message's words; those of a button template stand in its payload, cards are named by their titles."""
    if entry["text"]:
        return str(entry["text"])
    for attachment in entry["attachments"]:
        payload = attachment.get("payload") or {}
        if payload.get("template_type") == "generic":
            return f"[{', '.join(each['title'] for each in payload['elements'])}]"
        return str(payload.get("text") or f"[{attachment['type']}]")
    return ""


def _options_of(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for attachment in entry["attachments"]:
        payload = attachment.get("payload") or {}
        for holder in (payload, *(payload.get("elements") or ())):
            yield from holder.get("buttons") or ()


def wait_until(
    is_so: Callable[[], bool], tell: Callable[[], str] = str, seconds_max: float = QUIET_SECONDS_MAX
) -> None:
    """Until it is so; a test that waits in vain fails here."""
    end = time.monotonic() + seconds_max
    while not is_so():
        assert time.monotonic() < end, f"waited in vain: {tell()}"
        time.sleep(POLL_SECONDS)


async def _fetch(url: str, query: str) -> list[tuple[Any, ...]]:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


@contextmanager
def running(plan: Plan) -> Iterator[House]:
    """A house in which the bot is ready and the handshake is done."""
    house = House(plan)
    try:
        house.start_bot()
        with messenger(house):
            yield house
            stopped = house.bot.stop() if house.bot.is_running else 0
            assert stopped == 0, house.bot.printed()[-3000:]
    finally:
        if house.bot.is_running:
            house.bot.kill()
        house.http.close()


@contextmanager
def messenger(house: House) -> Iterator[None]:
    """The local Messenger of this house; it knows the example's profile."""
    profile = render_profile(read_flow(house.plan.shop))
    pages = house.plan.pages or {PAGE: PageAccount("Harbour & Pine", TOKENS[PAGE], profile)}
    settings = SimulatorSettings(
        house.bot_url, APP_ID, APP_SECRET, VERIFY_TOKEN, pages, retry_seconds_first=0.1, retry_seconds_max=0.5
    )
    app = create_simulator(replace(settings, items_per_webhook=house.plan.items_per_webhook), Clock(), Chance())
    with Background(app, HOST, house.messenger_port):
        wait_until(lambda: house.report(customers=False)["handshake"] == "done")
        yield
