"""The way of one event, from its delivery to the sends that answer it, under one id: told to whoever listens. Off until somebody does.

Each part is told when it is over, so that nothing is carried along while it is under way. Holds no text, no name, no customer's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Span:
    """One part of the way. `trace`: `log.trace_of` the event's key, 32 hexadecimal digits; empty where nobody knows it any more.

    `also`: traces of other events that went along. `says`: Page, customer's tag, kinds, counts.
    """

    part: Literal["webhook", "turn", "send"]
    trace: str
    began_at: datetime
    seconds: float
    says: Mapping[str, str | int]
    also: tuple[str, ...] = ()


Listener = Callable[[Span], None]


@dataclass(slots=True)
class _Listeners:
    all: tuple[Listener, ...] = field(default=())


_listeners = _Listeners()


def listen(*listeners: Listener) -> None:
    """From now on these are told of every part, and nobody else. Called by composition roots."""
    _listeners.all = listeners


def is_on() -> bool:
    """Whether anybody listens: else spans need not even be made."""
    return bool(_listeners.all)


def tell(span: Span) -> None:
    """This is over."""
    for each in _listeners.all:
        each(span)


def write_to_log(span: Span) -> None:
    """A listener: one line for each part."""
    log.info(
        "way",
        part=span.part,
        trace=span.trace,
        seconds=round(span.seconds, 6),
        about=dict(span.says),
        also=list(span.also),
    )
