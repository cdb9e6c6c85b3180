"""A local Messenger and a recording bot on real sockets. The bot keeps every byte it was sent and answers what the test asks for."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from app.clock import Clock
from webhooks.simulator import PageAccount, SimulatorSettings, create_simulator

APP_ID, APP_SECRET, VERIFY_TOKEN = "4242", "demo-app-secret", "verify-me"
PAGE, OTHER_PAGE = "10001", "10002"
TOKEN, OTHER_TOKEN = "token-of-10001", "token-of-10002"
PROFILE = {
    "get_started": {"payload": "START"},
    "greeting": [{"locale": "default", "text": "Hello {{user_first_name}}!"}],
    "persistent_menu": [
        {"locale": "default", "call_to_actions": [{"type": "postback", "title": "Start over", "payload": "OVER"}]}
    ],
}
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"
PATIENCE_SECONDS = 20.0


@dataclass
class RecordingBot:
    """Answers each POST with the next of `statuses`, then with 200."""

    statuses: deque[int] = field(default_factory=deque)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    challenge_status: int = 200
    verify_token: str = ""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/webhooks/messenger")
        async def shake_hands(request: Request) -> Response:
            self.asked.append(dict(request.query_params))
            if self.verify_token and request.query_params["hub.verify_token"] != self.verify_token:
                return Response("forbidden", 403)
            return Response(request.query_params["hub.challenge"], self.challenge_status)

        @app.post("/webhooks/messenger")
        async def take(request: Request) -> Response:
            body = await request.body()
            self.posts.append((dict(request.headers), body))
            return Response(status_code=self.statuses.popleft() if self.statuses else 200)

        return app

    def entries(self) -> list[dict[str, Any]]:
        return [entry for _, body in self.posts for entry in json.loads(body)["entry"]]

    def items(self, kind: str = "") -> list[dict[str, Any]]:
        """Every item that arrived, of one kind if given, `messaging` and `standby` alike."""
        items = [item for entry in self.entries() for item in entry.get("messaging", entry.get("standby", []))]
        return [item for item in items if not kind or kind in item]

    def said(self) -> list[str]:
        """The customers' texts in the order in which they arrived."""
        messages = [item["message"] for item in self.items("message") if not item["message"].get("is_echo")]
        return [message.get("text", "") for message in messages]

    def echoes(self) -> list[dict[str, Any]]:
        return [item["message"] for item in self.items("message") if item["message"].get("is_echo")]


@dataclass
class Table:
    """Bot and Messenger in front of the test."""

    bot: RecordingBot
    http: httpx.AsyncClient
    url: str
    bot_url: str = ""

    async def control(self, path: str, **order: Any) -> dict[str, Any]:
        answer = await self.http.post(f"{self.url}/_control/{path}", content=json.dumps(order))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def say(self, customer: str = "c1", **deed: Any) -> dict[str, Any]:
        return await self.control("say", page=PAGE, customer=customer, **deed)

    async def send(
        self, message: Any = None, customer: str = "c1", *, token: str = TOKEN, **values: Any
    ) -> httpx.Response:
        body = {"recipient": {"id": customer}, "messaging_type": "RESPONSE", **values}
        if message is not None:
            body["message"] = {"text": message} if isinstance(message, str) else message
        return await self.http.post(
            f"{self.url}/v26.0/me/messages", json=body, headers={"Authorization": f"Bearer {token}"}
        )

    async def thread(self, customer: str = "c1") -> dict[str, Any]:
        answer = await self.http.get(f"{self.url}/_control/thread/{PAGE}/{customer}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def report(self) -> dict[str, Any]:
        return dict((await self.http.get(f"{self.url}/_control/report")).json())

    async def graph(self, method: str, path: str, *, token: str = TOKEN, **values: Any) -> httpx.Response:
        """Any other call, with the Page's token where none is given."""
        given = {"params": values} if method == "GET" else {"json": values}
        return await self.http.request(
            method, f"{self.url}/v26.0/{path}", headers={"Authorization": f"Bearer {token}"}, **given
        )  # type: ignore[arg-type]


def error_of(answer: httpx.Response) -> tuple[int, int | None]:
    """(code, subcode) of Meta's error body."""
    error = answer.json()["error"]
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode")


async def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until it is so; a test that waits in vain fails here."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110  # what is waited for lies in another task that knows no test
            await asyncio.sleep(0.005)


@asynccontextmanager
async def served(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """The application on this port of the machine, a free one by default."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        # The protocol is named because asyncio switches Nagle's algorithm off only then: 40 ms a request.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        server = uvicorn.Server(_config(app))
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listening]))
            await eventually(lambda: server.started)
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True


def _config(app: FastAPI) -> uvicorn.Config:
    """As app/serving.py serves it: the time in an answer is the application's."""
    return uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=1, date_header=False)


def settings_for(bot_url: str, **changes: Any) -> SimulatorSettings:
    pages = {PAGE: PageAccount("Nordlicht Shoes", TOKEN, PROFILE), OTHER_PAGE: PageAccount("Second Shop", OTHER_TOKEN)}
    usual = SimulatorSettings(
        bot_url, APP_ID, APP_SECRET, VERIFY_TOKEN, pages, retry_seconds_first=0.02, retry_seconds_max=0.04
    )
    return replace(usual, **changes)


@asynccontextmanager
async def laid_table(bot: RecordingBot | None = None, **changes: Any) -> AsyncIterator[Table]:
    """A bot, a Messenger that knows it, and a client for the test; `changes` are settings of the Messenger."""
    bot = bot or RecordingBot()
    async with (
        served(bot.app()) as bot_url,
        served(create_simulator(settings_for(bot_url, **changes), Clock())) as url,
        httpx.AsyncClient(trust_env=False, timeout=10) as http,
    ):
        yield Table(bot, http, url, bot_url)
