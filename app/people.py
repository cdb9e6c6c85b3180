"""What is kept of one customer, for whoever may ask: shown, erased. A composition root: joins settings and store."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from app.aside import on_database
from app.chance import Chance
from app.clock import Clock
from app.errors import AppError
from app.log import customer_tag, key_tags
from app.settings import Settings, secret_key
from app.store import audit, conversations, deletions
from app.store.comments import erase_comments, find_comments
from app.store.database import Database
from app.store.erase import Erased, erase_whole, find_pages
from app.store.export import export
from app.store.keys import Key

log = structlog.get_logger()

CODE_BYTES = 10
"""80 bits: nobody guesses another one's code, and 16 letters and digits can still be read out."""


# ---- wishes that come through the channel ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wishes:
    """Carries wishes out. `key` turns ids into what can be kept of them."""

    database: Database
    clock: Clock
    chance: Chance
    key: bytes

    async def forget(self, user_id: str, pages: frozenset[str]) -> str:
        """Erase whoever has this id on these Pages; the code of the wish. Raises UnavailableError: nothing was done then."""
        now, code = self.clock.now(), _new_code(self.chance)
        person = hmac.digest(self.key, user_id.encode(), "sha256")
        comments = await self.database.read(lambda connection: find_comments(connection, user_id, sorted(pages)))

        def work(connection: Connection) -> tuple[str, int]:
            known = find_pages(connection, user_id, sorted(pages))
            for page_id in known:
                erase_whole(connection, (page_id, user_id), now)
            erase_comments(connection, comments, now)
            was_known = bool(known or comments)
            given = deletions.note(connection, person, code, was_known=was_known, now=now)
            told = {"code": given, "conversations": len(known), "comments": len(comments)}
            audit.add(connection, "deletion_asked", now, who="messenger", details=told)
            return given, len(known)

        told, erased = await self.database.transaction(work)
        await self.database.let_go()
        log.info(
            "data deletion asked for", customer=customer_tag(user_id), conversations=erased, comments=len(comments)
        )
        return told

    async def find_state(self, code: str) -> str | None:
        """received, done or nothing; None for a code that nobody was given."""
        return await self.database.read(lambda connection: deletions.find_state(connection, code))


def _new_code(chance: Chance) -> str:
    digest = hashlib.blake2b(chance.new_id().encode(), digest_size=CODE_BYTES).digest()
    return b32encode(digest).decode()


# ---- for the command line ----------------------------------------------------------------------------------


def pages_of(settings: Settings, customer_id: str, page_id: str | None) -> list[str]:
    """The Pages that know this customer, of all or of that one."""

    async def run(database: Database) -> list[str]:
        only = None if page_id is None else [page_id]
        comments = await database.read(lambda connection: find_comments(connection, customer_id, only))
        pages = await database.read(lambda connection: find_pages(connection, customer_id, only))
        return sorted({*pages, *(comment.key[0] for comment in comments)})

    return asyncio.run(on_database(settings, run))


def erase(settings: Settings, customer_id: str, pages: Sequence[str]) -> list[str]:
    """Erase the customer on these Pages; a line for each about what was removed."""

    key_tags(secret_key(settings))

    async def run(database: Database) -> list[str]:
        lines = [await _erase_on(database, (page_id, customer_id)) for page_id in pages]
        await database.let_go()
        return lines

    return asyncio.run(on_database(settings, run))


async def _erase_on(database: Database, key: Key) -> str:
    now = Clock().now()
    comments = await database.read(lambda connection: find_comments(connection, key[1], [key[0]]))

    def work(connection: Connection) -> Erased:
        erase_comments(connection, comments, now)
        erased = erase_whole(connection, key, now)
        _note(connection, "customer_erased", key, now)
        return erased

    return _told(key[0], await database.transaction(work), len(comments))


def _told(page_id: str, erased: Erased, comments: int) -> str:
    return (
        f"Page {page_id}: erased {erased.said} lines of the customer's side, {erased.sent} of ours, {erased.events} events that "
        f"waited or were set aside, {comments} comments, {erased.sessions} session with all its slots."
    )


def block(settings: Settings, customer_id: str, pages: Sequence[str]) -> list[str]:
    """Answer this customer no more on these Pages; a line for each."""
    now = Clock().now()
    key_tags(secret_key(settings))

    def work(connection: Connection) -> None:
        for page_id in pages:
            conversations.block(connection, (page_id, customer_id), now)
        for page_id in pages:
            _note(connection, "customer_blocked", (page_id, customer_id), now)

    async def run(database: Database) -> list[str]:
        await database.transaction(work)
        return [
            f"Page {page_id}: {customer_id} is blocked. What they write is kept and not answered." for page_id in pages
        ]

    return asyncio.run(on_database(settings, run))


def unblock(settings: Settings, customer_id: str) -> list[str]:
    """Answer this customer again on every Page; a line for each on which they were blocked."""

    now = Clock().now()
    key_tags(secret_key(settings))

    def work(connection: Connection) -> list[str]:
        blocked = conversations.list_blocked(connection)
        pages = [page_id for page_id, customer, _ in blocked if customer == customer_id]
        for page_id in pages:
            conversations.unblock(connection, (page_id, customer_id))
        for page_id in pages:
            _note(connection, "customer_unblocked", (page_id, customer_id), now)
        return pages

    async def run(database: Database) -> list[str]:
        pages = await database.transaction(work)
        return [f"Page {page_id}: the bot answers {customer_id} again." for page_id in pages]

    return asyncio.run(on_database(settings, run))


def list_blocked(settings: Settings) -> list[str]:
    """A line for each customer who is blocked."""

    async def run(database: Database) -> list[str]:
        blocked = await database.read(conversations.list_blocked)
        return [f"Page {page_id}: {customer}, since {since:%Y-%m-%d %H:%M} UTC" for page_id, customer, since in blocked]

    return asyncio.run(on_database(settings, run))


def export_text(settings: Settings, customer_id: str, pages: Sequence[str]) -> str:
    """Everything that is kept of the customer on these Pages, as JSON: one object for each Page."""

    now = Clock().now()
    key_tags(secret_key(settings))

    def note(connection: Connection) -> None:
        for page_id in pages:
            _note(connection, "customer_exported", (page_id, customer_id), now)

    async def run(database: Database) -> list[dict[str, Any]]:
        await database.transaction(note)
        return [await database.read(partial(_kept_of, key=(page_id, customer_id))) for page_id in pages]

    return json.dumps(asyncio.run(on_database(settings, run)), ensure_ascii=False, indent=2) + "\n"


def _kept_of(connection: Connection, key: Key) -> dict[str, Any]:
    comments = [{"text": each.text, **each.body} for each in find_comments(connection, key[1], [key[0]])]
    return {**export(connection, key), "comments": comments}


def _note(connection: Connection, what: audit.What, key: Key, now: datetime) -> None:
    """Into the audit, by the customer's tag: the id itself would outlive an erasure."""
    details = {"customer": customer_tag("/".join(key))}
    audit.add(connection, what, now, who=audit.COMMAND_LINE, page_id=key[0], details=details)


def save_for_owner(path: Path, written: str) -> None:
    """Write a new file that only its owner may read. Raises AppError when it cannot be made, or is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(written)
    except OSError as error:
        raise AppError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None
