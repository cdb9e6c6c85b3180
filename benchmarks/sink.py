"""A Graph API that swallows messages: its own process, raw sockets. Checks no token and no limit of Meta's.

It notes the moment each message arrives (`time.monotonic_ns`, one clock for all processes of a Linux machine), answers after
a settable delay, and tells whoever opened `GET /_watch` one JSON line a message: [customer, nanoseconds, text, {title: payload}].
`POST /webhooks/messenger` is the mirror: it acknowledges a webhook and counts as its own reply, which shows what generator and
sink can do together with no bot between them.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import signal
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import orjson
import uvloop

from benchmarks import wire

REMEMBERED_MESSAGES_MAX = 20
"""Kept per customer for look-ups: what one page of the Conversations API lists."""

ECHO_CONNECTIONS = 8
"""Enough that echoes never wait for a connection at the rates seen here."""

ECHO_RETRY_SECONDS = 0.2

TEMPORARY = (
    b'{"error":{"message":"(#1200) Temporary send message failure. Please try again later.","type":"OAuthException",'
    b'"is_transient":true,"code":1200,"fbtrace_id":"bench"}}'
)
"""What Graph says now and then of a message that did not go out."""

WEBHOOK_PATH = "/webhooks/messenger"


@dataclass(slots=True)
class EchoTo:
    """Where echoes go and how they are signed; port 0: no echoes."""

    port: int = 0
    app_id: str = ""
    secret: bytes = b""


@dataclass(slots=True)
class Sink:
    """What arrived, and who wants to know."""

    delay_seconds: float = 0.0
    echo_to: EchoTo = field(default_factory=EchoTo)
    sends: int = 0
    requests: int = 0
    batches: int = 0
    echoes_refused: int = 0
    watchers: list[wire.ServerSide] = field(default_factory=list)
    remembered: dict[str, deque[tuple[str, str, str]]] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    pool: wire.Pool | None = None
    failing: bool = False
    failed: set[str] = field(default_factory=set)

    def take(self, side: wire.ServerSide, target: bytes, body: bytes) -> None:
        """Answer one request, now or after the delay."""
        now = time.monotonic_ns()
        path = target.split(b"?", 1)[0]
        if path.endswith(b"/messages"):
            self.requests += 1
            send = orjson.loads(body)
            if self._fails(send):
                self._later(side, wire.answer(TEMPORARY, b"500 Internal Server Error"))
            else:
                self._later(side, wire.answer(self._accept(path.split(b"/")[-2].decode(), send, now)))
        elif path.startswith(b"POST /v"):
            self.requests += 1
            self.batches += 1
            self._later(side, wire.answer(self._accept_batch(body, now)))
        elif target == b"POST /webhooks/messenger":
            side.write(wire.answer(b"{}"))
            self._mirror(orjson.loads(body), now)
        else:
            side.write(self._control(side, target))

    def _later(self, side: wire.ServerSide, data: bytes) -> None:
        if self.delay_seconds:
            asyncio.get_running_loop().call_later(self.delay_seconds, side.write, data)
        else:
            side.write(data)

    def _accept(self, page_id: str, send: dict[str, Any], now: int) -> bytes:
        customer = str(send["recipient"]["id"])
        if "message" not in send:
            return orjson.dumps({"recipient_id": customer})
        message = send["message"]
        self.sends += 1
        mid = f"m_s{self.sends}"
        text, options = readable(message)
        self._remember(customer, mid, text)
        self._tell(customer, now, text, options)
        if self.echo_to.port:
            self._echo(page_id, customer, mid, message)
        return b'{"recipient_id":"%b","message_id":"%b"}' % (customer.encode(), mid.encode())

    def _accept_batch(self, body: bytes, now: int) -> bytes:
        form = parse_qs(body.decode())
        answers = []
        for item in orjson.loads(form["batch"][0]):
            page_id = item["relative_url"].split("/")[0]
            fields = (part.split("=", 1) for part in item["body"].split("&"))
            send = {name: _value(unquote_plus(value)) for name, value in fields}
            if self._fails(send):
                answers.append({"code": 500, "body": TEMPORARY.decode()})
            else:
                answers.append({"code": 200, "body": self._accept(page_id, send, now).decode()})
        return orjson.dumps(answers)

    def _fails(self, send: dict[str, Any]) -> bool:
        """Whether this is a customer's first message since every customer's first one fails."""
        customer = str(send["recipient"]["id"])
        if not self.failing or "message" not in send or customer in self.failed:
            return False
        self.failed.add(customer)
        return True

    def _mirror(self, payload: dict[str, Any], now: int) -> None:
        for entry in payload["entry"]:
            for item in entry["messaging"]:
                self._tell(item["sender"]["id"], now, "*", {})

    def _remember(self, customer: str, mid: str, text: str) -> None:
        kept = self.remembered.get(customer)
        if kept is None:
            kept = self.remembered[customer] = deque(maxlen=REMEMBERED_MESSAGES_MAX)
        kept.append((mid, text, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")))

    def _tell(self, customer: str, now: int, text: str, options: dict[str, str]) -> None:
        if not self.watchers:
            return
        if not self.lines:
            asyncio.get_running_loop().call_soon(self._flush)
        self.lines.append(orjson.dumps((customer, now, text, options)))

    def _flush(self) -> None:
        data = b"\n".join(self.lines) + b"\n"
        self.lines.clear()
        for watcher in self.watchers:
            watcher.write(data)

    def _echo(self, page_id: str, customer: str, mid: str, message: dict[str, Any]) -> None:
        now_ms = time.time_ns() // 1_000_000
        echo = {"is_echo": True, "app_id": int(self.echo_to.app_id), "mid": mid}
        echo |= {name: message[name] for name in ("text", "metadata") if name in message}
        item = {"sender": {"id": page_id}, "recipient": {"id": customer}, "timestamp": now_ms, "message": echo}
        body = orjson.dumps({"object": "page", "entry": [{"id": page_id, "time": now_ms, "messaging": [item]}]})
        self._post_echo(signed(body, self.echo_to.secret))

    def _post_echo(self, request: bytes) -> None:
        def done(status: int) -> None:
            if status != 200:
                self.echoes_refused += 1
                asyncio.get_running_loop().call_later(ECHO_RETRY_SECONDS, self._post_echo, request)

        if self.pool is None:
            self.pool = wire.Pool(self.echo_to.port, ECHO_CONNECTIONS)
        self.pool.request(request, done)

    def _control(self, side: wire.ServerSide, target: bytes) -> bytes:
        path = target.split(b" ")[1].decode()
        if path.startswith("/_watch"):
            self.watchers.append(side)
            return b""
        if path.startswith("/_set?"):
            self._set(parse_qs(path.split("?", 1)[1]))
            return wire.answer(b"{}")
        if "/conversations" in path:
            customer = parse_qs(path.split("?", 1)[1])["user_id"][0]
            return wire.answer(orjson.dumps(self._conversations(path.split("/")[2], customer)))
        report = {name: getattr(self, name) for name in ("sends", "requests", "batches", "echoes_refused")}
        return wire.answer(orjson.dumps(report))

    def _set(self, query: dict[str, list[str]]) -> None:
        if "delay_ms" in query:
            self.delay_seconds = float(query["delay_ms"][0]) / 1000
        if "failing" in query:
            self.failing = query["failing"][0] == "1"
        if "echo_port" in query:
            self.echo_to.port = int(query["echo_port"][0])
            self.pool = None

    def _conversations(self, page_id: str, customer: str) -> dict[str, Any]:
        messages = [
            {"id": mid, "message": text, "created_time": created, "from": {"id": page_id}}
            for mid, text, created in reversed(self.remembered.get(customer, ()))
        ]
        return {"data": [{"id": f"t_{customer}", "messages": {"data": messages}}] if messages else []}


def readable(message: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The text of a Send API message, and what may be tapped: title -> payload."""
    payload = message.get("attachment", {}).get("payload", {})
    options = [*message.get("quick_replies", ()), *payload.get("buttons", ())]
    return message.get("text") or payload.get("text", ""), {
        each["title"]: each["payload"] for each in options if "payload" in each
    }


def signed(body: bytes, secret: bytes, path: str = WEBHOOK_PATH) -> bytes:
    """The bytes of one webhook POST, signed as Meta signs: also by SHA-1, which older servers ask for."""
    old, new = (hmac.digest(secret, body, name).hex().encode() for name in ("sha1", "sha256"))
    return (
        b"POST %b HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-hub-signature: sha1=%b\r\n"
        b"x-hub-signature-256: sha256=%b\r\ncontent-length: %d\r\n\r\n%b" % (path.encode(), old, new, len(body), body)
    )


def _value(text: str) -> Any:
    return orjson.loads(text) if text[:1] in "{[" else text


async def _keep_echo_connections(sink: Sink) -> None:
    while True:
        if sink.pool is not None and sink.pool.missing:
            try:
                await sink.pool.fill()
            except OSError:
                sink.echoes_refused += 1
        await asyncio.sleep(0.05)


async def serve(port: int, sink: Sink) -> None:
    """Serve until SIGTERM."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: wire.ServerSide(sink.take), "127.0.0.1", port, backlog=1024)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    echoing = loop.create_task(_keep_echo_connections(sink))
    await stop.wait()
    echoing.cancel()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A Graph API that swallows messages.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--app-id", default="4242")
    parser.add_argument("--secret", default="bench-app-secret")
    chosen = parser.parse_args()
    uvloop.run(serve(chosen.port, Sink(echo_to=EchoTo(0, chosen.app_id, chosen.secret.encode()))))


if __name__ == "__main__":
    main()
