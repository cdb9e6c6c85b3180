"""Under which personas people of the staff answer who want to be seen: made once, kept in the database, removed when they no longer
want it. Works beside the sends and never holds one up: what leaves before its persona is there leaves under the Page's name.

https://developers.facebook.com/documentation/business-messaging/messenger-platform (personas, 2026-03-18)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from app.clock import Clock
from app.errors import UnavailableError
from app.store import personas
from app.store.database import Database
from app.store.personas import Persona
from webhooks.messenger.cut import shorten
from webhooks.messenger.graph_api import BAD_PARAMETER, Caller, Graph, Refused, Told, Unanswered, find_personas
from webhooks.messenger.limits import PERSONA_NAME_CHARS_MAX

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""O: shorter than the time in which an answer can be taken back, so that a first answer leaves under its name."""
AGAIN = timedelta(seconds=60)
"""O: after Messenger did not do it."""
_Who = tuple[str, str]


@dataclass(slots=True)
class StaffPersonas:
    """`picture`: an address where Messenger finds what stands beside the name; without it no persona can be made.
    `name_of`: the name that a Page's flow writes under, which is never somebody's."""

    graph: Graph
    callers: dict[str, Caller]
    database: Database
    clock: Clock
    name_of: Callable[[str], str]
    picture: str = ""
    _known: Mapping[_Who, str] = field(default_factory=dict)
    _gone: set[tuple[str, str]] = field(default_factory=set)

    def id_of(self, page_id: str, staff_id: str) -> str:
        """The persona's id, empty as long as none is known."""
        return self._known.get((page_id, staff_id), "") if staff_id else ""

    def renew(self, page_id: str, caller: Caller) -> None:
        """The Page has another token."""
        self.callers[page_id] = caller

    def forget(self, page_id: str, persona_id: str) -> bool:
        """Messenger refused a message that named it: not used until it was made anew. False when it is nobody's of the staff."""
        of = [who for who, known in self._known.items() if who[0] == page_id and known == persona_id]
        self._known = {who: known for who, known in self._known.items() if who not in of}
        self._gone.update((page_id, persona_id) for _ in of)
        return bool(of)

    async def watch(self) -> None:
        """Keep up with what people want until cancelled."""
        while True:
            with suppress(UnavailableError):  # the next look will do
                await self.look()
            await self.clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Make what is wanted, remove what is not. Raises UnavailableError."""
        kept = await self.database.read(lambda connection: personas.list_all(connection, self.callers.keys()))
        self._known = {
            (each.page_id, each.staff_id): each.persona_id
            for each in kept
            if each.wanted and each.persona_id and (each.page_id, each.persona_id) not in self._gone
        }
        for each in kept:
            is_gone = (each.page_id, each.persona_id) in self._gone
            if (is_gone or each.wanted != each.name or not each.persona_id) and await self._claim(each):
                await self._put_right(each, kept, is_gone=is_gone)

    async def _claim(self, persona: Persona) -> bool:
        now = self.clock.now()
        if persona.next_at > now or (persona.wanted and not self.picture):
            return False
        return await self.database.transaction(lambda connection: personas.claim(connection, persona, now, now + AGAIN))

    async def _put_right(self, persona: Persona, kept: list[Persona], *, is_gone: bool) -> None:
        if persona.persona_id and not is_gone and not await self._remove(persona):
            return  # tried again after AGAIN
        self._gone.discard((persona.page_id, persona.persona_id))
        made = await self._make(persona, kept) if persona.wanted else ""
        now = self.clock.now()

        def work(connection: Connection) -> None:
            if not persona.wanted:
                personas.remove(connection, persona)
            elif made:
                personas.keep(connection, persona, made, now)
            else:
                personas.put_off(connection, persona, now + AGAIN)

        await self.database.transaction(work)
        if made:
            self._known = {**self._known, (persona.page_id, persona.staff_id): made}

    async def _make(self, persona: Persona, kept: list[Persona]) -> str:
        """Its id; empty when Messenger did not make it. One of that name that nobody uses is of a try whose answer got lost."""
        page_id, caller = persona.page_id, self.callers[persona.page_id]
        name = shorten(persona.wanted, PERSONA_NAME_CHARS_MAX)
        found = await find_personas(self.graph, caller, page_id)
        if isinstance(found, Refused | Unanswered):
            return self._failed("asked", page_id, found)
        used = {each.persona_id for each in kept}
        if (known := found.get(name)) and known not in used and name != self.name_of(page_id):
            return known
        answer = await self.graph.order(caller, f"{page_id}/personas", name=name, profile_picture_url=self.picture)
        if not isinstance(answer, Told):
            return self._failed("made", page_id, answer)
        return str(answer.values.get("id") or "")

    async def _remove(self, persona: Persona) -> bool:
        answer = await self.graph.delete(self.callers[persona.page_id], persona.persona_id)
        # One that is not there is as good as removed.
        if isinstance(answer, Told) or (isinstance(answer, Refused) and answer.code == BAD_PARAMETER):
            return True
        self._failed("removed", persona.page_id, answer)
        return False

    def _failed(self, what: str, page_id: str, answer: Refused | Unanswered) -> str:
        log.warning("persona of staff not there", step=what, page=page_id, code=getattr(answer, "code", "no answer"))
        return ""
