"""The bad weather: faults that were ordered, and which of them strike now. Never carries one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.chance import Chance
from app.errors import ConflictError
from webhooks.simulator.limits import FAULTS_MAX
from webhooks.simulator.world import Key

REFUSING = (
    "reset", "http_500", "rate_limit", "token_expired", "window_closed", "page_restricted", "person_blocked", "graph_error",
    "error",
)  # fmt: skip
"""What may become of a send instead of the usual answer; `http_500` with `delivered` and `lost_answer` deliver it first."""
SENDING = (*REFUSING, "lost_answer", "slow", "echo_first", "echo_with", "no_echo", "echo_late")
POSTING = ("duplicate", "reorder")
LOOKING_UP = ("lookup_failed", "lookup_empty", "lookup_slow")
USAGE = ("usage",)
"""Meta's headers say how much of the limits is used up; on every call of the Page."""
KINDS = (*SENDING, *POSTING, *LOOKING_UP, *USAGE)
SECONDS = {"slow": 20.0, "reorder": 0.5, "lookup_slow": 12.0, "echo_late": 5.0}
"""How long each lasts where nothing else is said."""


@dataclass(slots=True)
class Fault:
    """One kind of trouble.

    It strikes with probability `rate`, after the first `after` occasions, `times` times (None: until cleared).
    `percent`, `minutes`: what the headers of `usage` say.
    """

    kind: str
    rate: float = 1.0
    after: int = 0
    times: int | None = None
    seconds: float = 0.0
    delivered: bool = False
    code: int = 100
    subcode: int | None = None
    status: int = 400
    percent: int = 90
    minutes: int = 0
    page: str | None = None
    customer: str | None = None
    struck: int = 0


class Faults:
    """Every fault that is set, in the order they were set."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.active: list[Fault] = []
        self.struck: dict[str, int] = {}

    def add(self, fault: Fault) -> None:
        if len(self.active) >= FAULTS_MAX:
            raise ConflictError("Too many faults are set.", "Clear some first: kind clear.")
        fault.seconds = fault.seconds or SECONDS.get(fault.kind, 0.0)
        self.active.append(fault)

    def clear(self, kind: str | None = None) -> None:
        self.active = [fault for fault in self.active if kind is not None and fault.kind != kind]

    def reset(self) -> None:
        self.active = []
        self.struck = {}

    def strike(self, kinds: Sequence[str], key: Key) -> dict[str, Fault]:
        """The faults of these kinds that strike this occasion, by kind; each occasion counts against `after` and `times`."""
        if not self.active:
            return {}
        hits = {fault.kind: fault for fault in self.active if fault.kind in kinds and self._hits(fault, key)}
        self.active = [fault for fault in self.active if fault.times is None or fault.times > 0]
        return hits

    def _hits(self, fault: Fault, key: Key) -> bool:
        if fault.page not in (None, key[0]) or fault.customer not in (None, key[1]):
            return False
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.rate < 1.0 and self._chance.uniform(0.0, 1.0) >= fault.rate:
            return False
        if fault.times is not None:
            fault.times -= 1
        fault.struck += 1
        self.struck[fault.kind] = self.struck.get(fault.kind, 0) + 1
        return True

    def describe(self) -> list[dict[str, Any]]:
        """Every active fault as JSON."""
        return [
            {"kind": each.kind, "rate": each.rate, "after": each.after, "times": each.times, "seconds": each.seconds,
             "delivered": each.delivered, "struck": each.struck, "code": each.code, "subcode": each.subcode,
             "percent": each.percent, "minutes": each.minutes, "page": each.page, "customer": each.customer}
            for each in self.active
        ]  # fmt: skip
