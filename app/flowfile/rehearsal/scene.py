"""What a conversation is played on, in which manner, and what comes of each of its steps. Plays nothing."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.engine.effects import Effect, Message
from app.engine.events import Event
from app.engine.flow import Flow
from app.engine.session import AnsweredBy


class Scene(Protocol):
    """One customer and a bot: `app.flowfile.stage` is the bot alone, `app.trouble` a whole house with a Messenger."""

    @property
    def flow(self) -> Flow: ...
    @property
    def now(self) -> datetime: ...
    @property
    def stored(self) -> Mapping[str, Any]: ...
    @property
    def answered_by(self) -> AnsweredBy: ...
    @property
    def handed_to(self) -> str: ...
    @property
    def why(self) -> tuple[str, ...]: ...

    def happens(self, event: Event) -> tuple[Effect, ...]:
        """What comes of one event."""
        ...

    def wait_until(self, moment: datetime) -> Iterator[tuple[Effect, ...]]:
        """What comes of time that passes."""
        ...

    def staff_come(self) -> None: ...
    def staff_end(self, to: str = "") -> tuple[Effect, ...]: ...

    def meet(self, kind: str, words: str) -> tuple[Effect, ...]:
        """What comes of trouble on the way: `deliver` or `meta`, with the words of its step."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is after something happened. `taps` are the ways on the screen."""

    said: tuple[str, ...]
    taps: tuple[tuple[str, str], ...]
    state: str
    slots: Mapping[str, Any]
    handed_to: str


Same = Callable[[str, str], bool]
"""Whether the second text is what the first one wants."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a conversation is played. `typed`: taps on what is shown are typed. `wanted`: what must come of each step in turn."""

    typed: bool = False
    same: Same = operator.eq
    wanted: tuple[Outcome, ...] | None = None


PLAIN = Manner()


def words_of(message: Message) -> str:
    """A message as a test says it."""
    if message.cards:
        return f"[{', '.join(each.product or each.title for each in message.cards)}]"
    if message.form:
        return f"[{message.form.kind}]"
    return f"[{message.media[0]} {message.media[1]}]" if message.media else message.text


def difference(wanted: Outcome, got: Outcome, same: Same) -> tuple[str, str] | None:
    """What was wanted and what came, of the first thing in which the two differ; None if they do not."""
    said_alike = len(wanted.said) == len(got.said) and all(map(same, wanted.said, got.said))
    if not said_alike:
        return _listed(wanted.said), _listed(got.said)
    if wanted.taps != got.taps:
        return f"to tap: {_keys(wanted)}", f"to tap: {_keys(got)}"
    if wanted.state != got.state:
        return f"the state {wanted.state or 'end'}", f"the state {got.state or 'end'}"
    if wanted.slots != got.slots:
        return _differing(wanted.slots, got.slots), _differing(got.slots, wanted.slots)
    if wanted.handed_to != got.handed_to:
        return f"handed to {wanted.handed_to or 'nobody'}", f"handed to {got.handed_to or 'nobody'}"
    return None


def _listed(said: tuple[str, ...]) -> str:
    return " / ".join(said) or "no message"


def _keys(outcome: Outcome) -> str:
    return ", ".join(key for _, key in outcome.taps) or "nothing"


def _differing(slots: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    pairs = [f"{name}: {value}" for name, value in sorted(slots.items()) if others.get(name) != value]
    return ", ".join(pairs) or "nothing else remembered"
