"""Who a customer is, as far as Messenger tells. Never raises; a Page that may not ask is not asked for again for a while.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile (2026-03-18)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.channel import Person
from app.clock import Clock
from webhooks.messenger.account import Account
from webhooks.messenger.graph_api import Graph, Refused, Told, caller_of
from webhooks.messenger.limits import NAME_CHARS_MAX, NAMES_AGAIN_SECONDS
from webhooks.messenger.parse.fields import to_text

NAMES, WITH_LOCALE = "first_name,last_name", "first_name,last_name,locale"
"""`locale` needs a permission of its own (D), and one field too many fails the whole request (D)."""
NOTHING_TO_TELL = frozenset({2018218, 33})
"""Subcodes about this customer alone: an account by telephone number, or no access to him. Others are about the Page."""


class Names:
    """Asks for every Page of an account."""

    def __init__(self, account: Account, graph: Graph, clock: Clock) -> None:
        self._account, self._graph, self._clock = account, graph, clock
        self._not_before: dict[tuple[str, str], float] = {}

    async def find(self, page_id: str, customer_id: str) -> Person | None:
        """What Messenger tells; nobody when it has nothing to tell; None when it did not answer or the Page may not ask now."""
        if page_id not in self._account.pages:
            return None
        for fields in (WITH_LOCALE, NAMES):
            if self._clock.monotonic() < self._not_before.get((page_id, fields), 0.0):
                continue
            answer = await self._graph.ask(caller_of(self._account, page_id), customer_id, fields=fields)
            if isinstance(answer, Told):
                return read_person(answer.values)
            if not isinstance(answer, Refused):
                return None
            if answer.subcode in NOTHING_TO_TELL or answer.code in NOTHING_TO_TELL:
                return Person()
            self._not_before[page_id, fields] = self._clock.monotonic() + NAMES_AGAIN_SECONDS
        return None


def read_person(values: Mapping[str, Any]) -> Person:
    """The names and the language in a profile; what is no text or too long is left out."""
    first, last, locale = (to_text(values.get(name), NAME_CHARS_MAX) for name in ("first_name", "last_name", "locale"))
    return Person(first.strip(), last.strip(), locale.strip())
