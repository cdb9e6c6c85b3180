"""One customer and a flow, with nobody else there: turns are taken, time passes, staff come and go. Never reads a clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import events, session
from app.engine.effects import Effect, HandOff, Search, StartTimer, StopTimers, WithdrawHandOff
from app.engine.events import Event, StaffHandedBack, WaitTimedOut
from app.engine.flow import Flow
from app.engine.session import AnsweredBy, Session
from app.engine.turn import Turn, take_turn
from app.flowfile.finders import run_search
from app.mask import masked

SEARCHES_MAX = 100
"""Searches one turn may ask for, as in the worker: one for each topic; a turn that asks for more is shown as it stands."""
TIMERS_AT_ONCE_MAX = 100
"""Timers that may run out while time passes once; a flow whose timers start each other would never end."""


@dataclass(slots=True)
class Stage:
    """`stored` is the session as a database would keep it between two turns; `handed_to` the team that the customer waits for."""

    flow: Flow
    now: datetime
    stored: dict[str, Any] = field(default_factory=dict)
    answered_by: AnsweredBy = "bot"
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    handed_to: str = ""

    def happens(self, event: Event) -> tuple[Effect, ...]:
        """One turn. Event and session go through their stored forms, as they do in a database."""
        kind, fields = type(event).__name__, json.dumps(masked(events.to_dict(event)))
        before = session.from_dict(json.loads(json.dumps(self.stored)), self.answered_by)
        turn = self._take(before, events.from_dict(kind, json.loads(fields)))
        self.stored, self.answered_by = session.to_dict(turn.session), turn.session.answered_by
        self.why = turn.why
        for effect in turn.effects:
            self._carry_out(effect)
        return turn.effects

    def _take(self, before: Session, event: Event) -> Turn:
        """The turn, and once more when it had to wait for a search; `SEARCHES_MAX` bounds a turn that asks for ever."""
        found: dict[Search, Any] = {}
        for _ in range(SEARCHES_MAX):
            turn = take_turn(self.flow, before, event, self.now, found)
            if not (turn.effects and isinstance(turn.effects[0], Search)):
                break
            found[turn.effects[0]] = run_search(self.flow, turn.effects[0])
        return turn

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case StartTimer(state, name, due_at):
                self.timers[state, name] = due_at
            case StopTimers():
                self.timers.clear()
            case HandOff(team):
                self.handed_to = team
            case WithdrawHandOff():
                self.handed_to = ""

    def wait_until(self, moment: datetime) -> Iterator[tuple[Effect, ...]]:
        """Let time pass; what falls due happens at its own moment, one turn after the other."""
        for _ in range(TIMERS_AT_ONCE_MAX):
            due = min(((at, key) for key, at in self.timers.items() if at <= moment), default=None)
            if due is None:
                break
            self.now = max(self.now, due[0])
            del self.timers[due[1]]
            yield self.happens(WaitTimedOut(*due[1]))
        self.now = moment

    def staff_come(self) -> None:
        """Staff answer from now on, and nobody is reminded of anything."""
        self.answered_by = "staff"
        self.timers.clear()
        self.stored.pop("timers", None)

    def meet(self, kind: str, words: str) -> tuple[Effect, ...]:  # noqa: ARG002 - for scenes that have a Messenger
        """Trouble on the way: here is no way on which any could be met."""
        return ()

    def staff_end(self, to: str = "") -> tuple[Effect, ...]:
        """Staff hand back."""
        self.handed_to = ""
        return self.happens(StaffHandedBack(to))
