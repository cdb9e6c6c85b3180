"""Files that Messenger has already: sent again by the id that it gave them, so that it need not fetch them from the shop each time.

What a process knows stands in its memory, and in the database for the others and for the time after a restart. A database that is
away costs nothing but that: the file goes by its address.

https://developers.facebook.com/documentation/business-messaging/messenger-platform (attachment upload, 2026-03-18)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from app.errors import UnavailableError
from app.store import uploads
from app.store.database import Database
from app.store.uploads import Upload
from webhooks.messenger.limits import (
    UPLOAD_CONTENT_REUSE_SECONDS,
    UPLOAD_ID_CHARS_MAX,
    UPLOAD_REUSE_SECONDS,
    UPLOADS_MAX,
)


@dataclass(frozen=True, slots=True)
class Name:
    """One file of one Page. `name` is a hash of its content (`is_content`), else of its address, where another may stand tomorrow.
    `by_id`: it left by an id."""

    page_id: str
    kind: str
    name: str
    is_content: bool = False
    by_id: bool = field(default=False, compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.page_id, self.kind, self.name

    @property
    def trusted(self) -> timedelta:
        """How long its id is used."""
        return timedelta(seconds=UPLOAD_CONTENT_REUSE_SECONDS if self.is_content else UPLOAD_REUSE_SECONDS)


@dataclass(slots=True)
class Uploads:
    """The ids that are known, those used last at the end."""

    database: Database | None = None
    _known: OrderedDict[tuple[str, str, str], tuple[str, datetime]] = field(default_factory=OrderedDict)

    async def fill_in(self, page_id: str, rendered: dict[str, Any], now: datetime, content: str = "") -> Name | None:
        """Put the id in the place of an address that is known, else ask to be given one. The file's name; None where there is none.

        `content`: a hash of what the file holds, where it is known.
        """
        if (attachment := _attachment_of(rendered)) is None:
            return None
        address = attachment["payload"]["url"]
        hashed = f"content:{content}" if content else f"address:{sha256(address.encode()).hexdigest()}"
        name = Name(page_id, attachment["type"], hashed, bool(content))
        known = self._known.get(name.key) or await self._look_up(name)
        if known and now < known[1] + name.trusted:
            self._remember(name, *known)
            attachment["payload"] = {"attachment_id": known[0]}
            return Name(*name.key, name.is_content, by_id=True)
        self._known.pop(name.key, None)
        attachment["payload"] = {"url": address, "is_reusable": True}
        return name

    async def note(self, name: Name, answer: Mapping[str, Any], now: datetime) -> None:
        """What Messenger called the file; nothing new about one that left by its id."""
        given = answer.get("attachment_id")
        if name.by_id or type(given) is not str or not 0 < len(given) <= UPLOAD_ID_CHARS_MAX:
            return
        self._remember(name, given, now)
        if self.database:
            upload = Upload(*name.key, given, now)
            with suppress(UnavailableError):
                await self.database.transaction(lambda connection: uploads.keep(connection, upload))

    async def forget(self, name: Name) -> bool:
        """Messenger does not know the id any more; whether the file left by one."""
        self._known.pop(name.key, None)
        if name.by_id and self.database:
            with suppress(UnavailableError):
                await self.database.transaction(lambda connection: uploads.forget(connection, *name.key))
        return name.by_id

    async def _look_up(self, name: Name) -> tuple[str, datetime] | None:
        if self.database is None:
            return None
        with suppress(UnavailableError):
            found = await self.database.read(lambda connection: uploads.find(connection, *name.key))
            return (found.attachment_id, found.since) if found else None
        return None

    def _remember(self, name: Name, attachment_id: str, since: datetime) -> None:
        self._known[name.key] = attachment_id, since
        self._known.move_to_end(name.key)
        while len(self._known) > UPLOADS_MAX:
            self._known.popitem(last=False)


def _attachment_of(rendered: Mapping[str, Any]) -> dict[str, Any] | None:
    """The attachment of a message that is a file at an address."""
    attachment = rendered["message"].get("attachment")
    is_file = (
        isinstance(attachment, dict) and "url" in attachment.get("payload", {}) and attachment["type"] != "template"
    )
    return attachment if is_file else None
