"""A conversation that a flow must hold: its steps in order, each with its place in the file. Plays nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.flowfile.problems import Place

ACTIONS = ("tap", "you", "photo", "wait", "staff")
TROUBLES = ("deliver", "meta")
"""Trouble on the way, which must change nothing: without a Messenger there is none."""
EXPECTATIONS = ("bot", "shows", "state", "saved", "handed_to")
STEPS = (*ACTIONS, *TROUBLES, *EXPECTATIONS)
"""What a step may be: something that happens, or something that must be so."""

ANY_MESSAGE = "*"
"""`bot: "*"`: one message, whatever it says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a talk. `words` is its value as written; `listed` its parts where it is a list, `pairs` where it has keys."""

    kind: str
    place: Place
    words: str = ""
    listed: tuple[str, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a service says in a test: a status, or `slow` for none in time, and a body."""

    status: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One test. `now` is the moment at which it begins, None for the usual one; `slots` are known from the start.

    `http` has the answers of calls by `METHOD address`.
    """

    name: str
    place: Place
    steps: tuple[Step, ...]
    now: datetime | None = None
    language: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    http: Mapping[str, HttpAnswer] = field(default_factory=dict)
