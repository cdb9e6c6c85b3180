"""A talk as it happened, written down as a test in YAML. Talks to nobody and writes no file."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ruamel.yaml import YAML

from app.engine.effects import Message
from app.flowfile.rehearsal.scene import words_of

STATUS_OF = {"ok": "200", "not_found": "404", "failed": "500", "slow": "slow"}
"""What `given` says of a call that ended so."""
LINE_CHARS = 4_000
"""No text of a bot is cut in two lines: the longest message is shorter."""


@dataclass(slots=True)
class Kept:
    """Steps in order, each a kind and its words or list, and the answers of calls. `obstacle`: why this talk cannot be a test."""

    steps: list[tuple[str, str | list[str]]] = field(default_factory=list)
    http: dict[str, dict[str, Any]] = field(default_factory=dict)
    obstacle: str = ""

    def note(self, kind: str, words: str = "") -> None:
        self.steps.append((kind, words))

    def note_message(self, message: Message) -> None:
        """What the bot said; cards by what they show."""
        if message.cards:
            self.steps.append(("shows", [each.product or each.title for each in message.cards]))
        else:
            self.note("bot", words_of(message))

    def note_answer(self, call: str, result: str, body: Any) -> None:
        """How a call ended. A test can give one answer to each address."""
        answer: dict[str, Any] = {"status": STATUS_OF[result]}
        if result == "ok":
            answer["body"] = body
        if self.http.setdefault(call, answer) != answer:
            self.refuse(f"{call} was answered in two ways, and a test gives one answer to each address")

    def refuse(self, why: str) -> None:
        """This talk cannot be a test; the first reason is told."""
        self.obstacle = self.obstacle or why

    def lines(self, name: str, begun: datetime, state: str) -> list[str]:
        """The test as lines of YAML, from its dash on. `begun` on the bot's clock; `state` is where the talk ended."""
        given: dict[str, Any] = {"now": f"{begun:%Y-%m-%d %H:%M}"}
        if self.http:
            given["http"] = self.http
        steps = [kind if kind == "photo" else {kind: words} for kind, words in self.steps]
        return _dumped([{"name": name, "given": given, "talk": [*steps, {"state": state or "end"}]}])


def _dumped(test: list[Any]) -> list[str]:
    writer = YAML()
    writer.width = LINE_CHARS
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    into = io.StringIO()
    writer.dump(test, into)
    return [line.removeprefix("  ") for line in into.getvalue().splitlines()]
