"""The script that somebody writes in an afternoon: FastAPI, httpx, a dict. No database, no order, no retries, no second process.

    fastapi==0.165.0  httpx==0.28.1  uvicorn==0.54.0 (uvloop, httptools)

A crash forgets every customer and every message that was acknowledged and not yet answered.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
from collections.abc import Coroutine
from typing import Any

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request

REPEAT = "Say something back"


TASKS: set[asyncio.Task[None]] = set()


def start(work: Coroutine[Any, Any, None]) -> None:
    """An asyncio task that is kept until it ends."""
    task = asyncio.create_task(work)
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)


def create_app(graph_url: str, page_id: str, token: str, secret: bytes, *, in_tasks: bool) -> FastAPI:
    """The bot: menu, choice, echoed text. `in_tasks`: asyncio's tasks in the place of FastAPI's background tasks."""
    app = FastAPI()
    waiting_for_text: dict[str, bool] = {}
    client = httpx.AsyncClient()

    async def send(customer: str, message: dict[str, Any]) -> None:
        body = {"recipient": {"id": customer}, "messaging_type": "RESPONSE", "message": message}
        response = await client.post(f"{graph_url}/{page_id}/messages", params={"access_token": token}, json=body)
        response.raise_for_status()

    async def answer(customer: str, text: str, payload: str) -> None:
        if payload == "REPEAT" or text == REPEAT:
            waiting_for_text[customer] = True
            await send(customer, {"text": "What shall I say back?"})
        elif waiting_for_text.pop(customer, False):
            await send(customer, {"text": f"You wrote: {text}"})
        else:
            choices = [{"content_type": "text", "title": REPEAT, "payload": "REPEAT"}]
            await send(customer, {"text": "What can I do for you?", "quick_replies": choices})

    @app.post("/webhooks/messenger")
    async def receive(request: Request, background: BackgroundTasks) -> dict[str, str]:
        body = await request.body()
        expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
            raise HTTPException(403)
        payload = await request.json()
        for entry in payload["entry"]:
            for item in entry.get("messaging", []):
                message = item.get("message")
                if message and not message.get("is_echo") and "text" in message:
                    tapped = message.get("quick_reply", {}).get("payload", "")
                    if in_tasks:
                        start(answer(item["sender"]["id"], message["text"], tapped))
                    else:
                        background.add_task(answer, item["sender"]["id"], message["text"], tapped)
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--graph-url", required=True)
    parser.add_argument("--page-id", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--in-tasks", action="store_true")
    chosen = parser.parse_args()
    secret = chosen.secret.encode()
    bot = create_app(chosen.graph_url, chosen.page_id, chosen.token, secret, in_tasks=chosen.in_tasks)
    uvicorn.run(bot, port=chosen.port, log_level="warning", access_log=False)
