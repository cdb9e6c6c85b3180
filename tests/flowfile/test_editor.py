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
from tests.flowfile.bots import TOP, write
from tests.needs import only_when_all_run, skip_without

SERVER = "yaml-language-server"
HEADER = "# yaml-language-server: $schema=bot.schema.json\n"
STATES = (
    "teams: {care: [anna]}\nstates:\n  welcome:\n    say: Hello!\n    goto: farewell\n  farewell: {say: Goodbye!}\n"
)
SHOP = Path(__file__).parents[2] / "flows"
MESSAGES_MAX = 100
"""So many messages a server says at most before the one that is waited for."""
SECONDS_MAX = 60
"""After so long a server that says nothing is ended, so that the test fails instead of waiting for ever."""


class Editor:
    """One editor with one server, speaking the language server protocol over pipes."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self._in, self._out = cast(IO[bytes], server.stdin), cast(IO[bytes], server.stdout)
        self._asked = 0
        self._folder = folder
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self._tell("initialized", {})

    def opens(self, text: str, file: str = "bot.yaml") -> list[dict[str, Any]]:
        """What is marked in a file that holds this text."""
        uri = (self._folder / file).as_uri()
        self._tell(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}
        )
        told = self._until(lambda message: message.get("method") == "textDocument/publishDiagnostics")["params"]
        assert told["uri"] == uri
        return list(told["diagnostics"])

    def completes(self, file: str, line: int, character: int) -> list[str]:
        """What is offered there; lines and characters count from 0."""
        return [each["label"] for each in self._at("completion", file, line, character)["items"]]

    def explains(self, file: str, line: int, character: int) -> str:
        """What is told of the key there."""
        return str(self._at("hover", file, line, character)["contents"]["value"])

    def _at(self, what: str, file: str, line: int, character: int) -> Any:
        place = {
            "textDocument": {"uri": (self._folder / file).as_uri()},
            "position": {"line": line, "character": character},
        }
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


def test_a_wrong_target_is_marked_and_the_right_ones_are_offered(editor: Editor) -> None:
    assert editor.opens(f"{HEADER}{TOP}{STATES}") == []
    (marked,) = editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'goto: farewel')}", "wrong.yaml")
    assert marked["range"]["start"] == {"line": 8, "character": 10}
    assert '"welcome", "farewell"' in marked["message"]
    editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'goto: ')}", "later.yaml")
    assert editor.completes("later.yaml", 8, 10) == ["welcome", "farewell", "end", "back", "more"]
    editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'choices: {Next: }')}", "choices.yaml")
    assert editor.completes("choices.yaml", 8, 20) == ["welcome", "farewell", "end", "back", "more"]


def test_keys_are_offered_and_explained(editor: Editor) -> None:
    editor.opens(f"{HEADER}{TOP}{STATES}")
    assert "Where to go next" in editor.explains("bot.yaml", 8, 5)
    editor.opens(f"{HEADER}{TOP}{STATES.replace('goto: farewell', 'ha')}", "later.yaml")
    assert "handoff" in editor.completes("later.yaml", 8, 6)


def test_nothing_is_marked_in_the_shop(editor: Editor, tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    assert main(["schema", str(tmp_path), "--write"]) == 0
    for file in ("bot.yaml", "faq.yaml", "tests.yaml"):
        assert editor.opens(HEADER + (SHOP / file).read_text("utf-8"), file) == []
    header = HEADER.replace("bot.schema", "../bot.schema")
    assert editor.opens(header + (SHOP / "lang/fr.yaml").read_text("utf-8"), "lang/fr.yaml") == []
