"""A language model's endpoint for tests, over a real socket: says what it is told to say, late, broken or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ports import free_port

Says = Callable[[dict[str, Any]], str]
"""From the customer's question and the entries, as the model is shown them, to what it writes."""


class Endpoint(ThreadingHTTPServer):
    """`asked` are the bodies that came, `keys` their authorizations. `gate` is shut while it thinks."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), _Completions)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.says: Says = lambda data: json.dumps({"entry": None})
        self.status = 200
        self.raw: bytes | None = None
        self.gate = threading.Event()
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, body: dict[str, Any]) -> bytes:
        if self.raw is not None:
            return self.raw
        text = self.says(json.loads(body["messages"][1]["content"]))
        usage = {"prompt_tokens": 120, "completion_tokens": 9}
        return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}).encode()


class _Completions(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append(body)
        server.keys.append(self.headers.get("Authorization", ""))
        server.gate.wait(30)
        answer = server.answer(body) if self.path == "/v1/chat/completions" else b""
        try:
            self.send_response(server.status if self.path == "/v1/chat/completions" else 404)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        """Nothing to be printed."""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """One that answers until the block ends."""
    with Endpoint() as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield served
        finally:
            served.gate.set()
            served.shutdown()
            thread.join()
