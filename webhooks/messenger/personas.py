"""Under which of a Page's personas the bot writes. Asks Messenger beside the turns, and never holds a message up for the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.clock import Clock
from webhooks.messenger.graph_api import Caller, Graph, Refused, Unanswered, find_personas

LOOK_SECONDS = 2.0
"""O: how soon a change of the flow is seen; nothing is asked as long as nothing changed."""
AGAIN_SECONDS = 600.0
"""O: a persona that was deleted or made at Messenger is noticed within this."""
SOON_SECONDS = 60.0
"""O: the same when there was no answer, or no such persona."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The answer about one name; `persona_id` is empty where there is none."""

    name: str
    persona_id: str
    again_at: float


class Personas:
    """The persona of each Page. `name_of` gives the name that the Page's flow writes under now, or nothing."""

    def __init__(
        self, graph: Graph, callers: Mapping[str, Caller], name_of: Callable[[str], str], clock: Clock
    ) -> None:
        self._graph = graph
        self._callers = dict(callers)
        self._name_of = name_of
        self._clock = clock
        self._asked: dict[str, _Asked] = {}

    def id_of(self, page_id: str) -> str:
        """The persona's id, empty as long as none is known: then the Page writes under its own name."""
        asked = self._asked.get(page_id)
        return asked.persona_id if asked and asked.name == self._name_of(page_id) else ""

    def renew(self, page_id: str, caller: Caller) -> None:
        """The Page has another token."""
        self._callers[page_id] = caller
        self._asked.pop(page_id, None)

    def forget(self, page_id: str) -> None:
        """Messenger refused a message that named it: it may be gone. Asked about again soon, and not used until then."""
        asked = self._asked.get(page_id)
        if asked is not None:
            self._asked[page_id] = _Asked(asked.name, "", self._clock.monotonic() + SOON_SECONDS)

    async def watch(self) -> None:
        """Keep up with flows and Messenger until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Ask about each Page whose flow has another name than was asked about, or whose answer is old."""
        for page_id, caller in list(self._callers.items()):
            name, asked = self._name_of(page_id), self._asked.get(page_id)
            if not name:
                self._asked.pop(page_id, None)
            elif asked is None or asked.name != name or asked.again_at <= self._clock.monotonic():
                await self._ask(page_id, caller, name)

    async def _ask(self, page_id: str, caller: Caller, name: str) -> None:
        found = await find_personas(self._graph, caller, page_id)
        if isinstance(found, Refused | Unanswered):
            before = self._asked.get(page_id)
            persona_id = before.persona_id if before and before.name == name else ""
        else:
            persona_id = found.get(name, "")
        wait_seconds = AGAIN_SECONDS if persona_id and not isinstance(found, Refused | Unanswered) else SOON_SECONDS
        self._asked[page_id] = _Asked(name, persona_id, self._clock.monotonic() + wait_seconds)
