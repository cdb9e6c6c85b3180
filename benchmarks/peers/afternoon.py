"""The script that somebody writes in an afternoon: FastAPI, httpx, a dict. No database, no order, no retries, no second process.

    fastapi==0.165.0  httpx==0.28.1  uvicorn==0.54.0 (uvloop, httptools)

A crash forgets every customer and every message that was acknowledged and not yet answered.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
from typing import Any

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request

REPEAT = "Say something back"


def create_app(graph_url: str, page_id: str, token: str, secret: bytes) -> FastAPI:
    """The bot: menu, choice, echoed text."""
    app = FastAPI()
    waiting_for_text: dict[str, bool] = {}
    client = httpx.AsyncClient()

    async def send(customer: str, message: dict[str, Any]) -> None:
        response = await client.post(
            f"{graph_url}/{page_id}/messages",
            params={"access_token": token},
            json={"recipient": {"id": customer}, "messaging_type": "RESPONSE", "message": message},
        )
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
    chosen = parser.parse_args()
    bot = create_app(chosen.graph_url, chosen.page_id, chosen.token, chosen.secret.encode())
    uvicorn.run(bot, port=chosen.port, log_level="warning", access_log=False)
