"""A real YAML language server with the schema of a bot: it completes names, explains keys and marks wrong ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from app.cli import main
from tests.conftest import only_when_all_run, skip_without
from tests.flowfile.bots import TOP, write

SERVER = "yaml-language-server"
HEADER = "# yaml-language-server: $schema=bot.schema.json\n"
STATES = (
    "teams: {care: [anna]}\nstates:\n  welcome:\n    say: Hello!\n    goto: farewell\n  farewell: {say: Goodbye!}\n"
)
LATER = STATES.replace("goto: farewell", "goto: ")
MESSAGES_MAX = 100
"""So many messages a server says at most before the one that is waited for."""
SECONDS_MAX = 60
"""After so long a server that says nothing is ended, so that the test fails instead of waiting for ever."""


class Editor:
    """One editor with one server, speaking the language server protocol over pipes."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self._in, self._out = cast(IO[bytes], server.stdin), cast(IO[bytes], server.stdout)
        self._asked = 0
        self._version = 0
        self.uri = (folder / "bot.yaml").as_uri()
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self._tell("initialized", {})

    def opens(self, text: str) -> list[dict[str, Any]]:
        """What is marked in this text."""
        self._version += 1
        document = {"uri": self.uri, "languageId": "yaml", "version": self._version, "text": text}
        if self._version > 1:
            self._tell("textDocument/didClose", {"textDocument": {"uri": self.uri}})
            self._until(lambda message: _marks(message, []))
        self._tell("textDocument/didOpen", {"textDocument": document})
        return self._until(lambda message: _marks(message, None))["params"]["diagnostics"]

    def completes(self, line: int, character: int) -> list[str]:
        """What is offered there; lines and characters count from 0."""
        return [each["label"] for each in self._at("completion", line, character)["items"]]

    def explains(self, line: int, character: int) -> str:
        """What is told of the key there."""
        return str(self._at("hover", line, character)["contents"]["value"])

    def _at(self, what: str, line: int, character: int) -> Any:
        place = {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}}
        return self._ask(f"textDocument/{what}", place)

    def _ask(self, method: str, params: Any) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == self._asked and "method" not in message)["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        raw = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        self._in.flush()

    def _until(self, is_it: Any) -> dict[str, Any]:
        for _ in range(MESSAGES_MAX):
            message = self._read()
            if "method" in message and "id" in message:
                nothing = [None for _ in message["params"].get("items", ())]
                self._send({"id": message["id"], "result": nothing})
            if is_it(message):
                return message
        raise AssertionError("the server did not say what was waited for")

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._out.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the server has ended"
        return dict(json.loads(self._out.read(length)))


def _marks(message: dict[str, Any], those: list[Any] | None) -> bool:
    told = message.get("method") == "textDocument/publishDiagnostics"
    return told and those in (None, message["params"]["diagnostics"])


@pytest.fixture(name="editor")
def started_editor(tmp_path: Path) -> Iterator[Editor]:
    """An editor in a bot's folder with its schema."""
    only_when_all_run()
    program = shutil.which(SERVER)
    if program is None:
        skip_without(f"{SERVER} (npm package)")
    assert main(["schema", str(write(tmp_path, f"{HEADER}{TOP}{STATES}")), "--write"]) == 0
    with subprocess.Popen([str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        patience = threading.Timer(SECONDS_MAX, server.kill)
        patience.start()
        yield Editor(tmp_path, server)
        patience.cancel()
        server.kill()


def test_an_editor_completes_explains_and_marks(editor: Editor) -> None:
    """One server for all: it takes a second to start."""
    assert editor.opens(f"{HEADER}{TOP}{STATES}") == []
    (marked,) = editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'goto: farewel')}")
    assert marked["range"]["start"] == {"line": 8, "character": 10}
    assert '"welcome", "farewell"' in marked["message"]
    editor.opens(f"{HEADER}{TOP}{LATER}")
    assert editor.completes(8, 10) == ["welcome", "farewell", "end", "back", "more"]
    assert "Where to go next" in editor.explains(8, 5)
    editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'ha')}")
    assert "handoff" in editor.completes(8, 6)
