"""What owners do with addresses that are told what happens. Every deed is written into the audit with who did it. No HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from app.desk.access.access import Access, Denied
from app.desk.access.team import By, Rights, reaches
from app.service.post import Poster
from app.service.signing import secret_of
from app.store import audit, hooks
from app.store.hooks import Hook

OLD_SIGNS_FOR = timedelta(hours=24)
"""How long the secret before signs too, so that a receiver can be changed without losing anything."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new address. Of `rights` only the Pages count."""

    url: str
    kinds: frozenset[str]
    rights: Rights


async def add(access: Access, who: By, wanted: Wanted, poster: Poster) -> Hook | Denied:
    """A new one, with a secret of its own."""
    if not poster.is_fit(wanted.url):
        return Denied("hook_url")
    kinds = tuple(kind for kind in hooks.KINDS if kind in wanted.kinds)
    if not kinds or wanted.kinds - set(hooks.KINDS):
        return Denied("hook_kinds")
    rights = wanted.rights
    if not rights.all_pages and not rights.page_ids:
        return Denied("no_pages")
    if rights.page_ids - set(access.terms.pages) or not reaches(who, rights):
        return Denied("pages")
    hook = Hook(
        access.chance.new_id(), wanted.url, kinds, access.chance.new_id(), who.who, access.clock.now(), rights.page_ids,
        rights.all_pages,
    )  # fmt: skip

    def work(connection: Connection) -> Hook | Denied:
        if not hooks.add(connection, hook):
            return Denied("too_many_hooks")
        _note(access, connection, "webhook_made", who, hook)
        return hook

    return await access.database.transaction(work)


def secret(key: bytes, hook: Hook) -> str:
    """What its receiver checks signatures with."""
    return secret_of(key, hook.id, hook.salt)


async def rotate(access: Access, who: By, hook: Hook) -> Hook:
    """Another secret; the one before signs besides it for a day."""
    salt, until = access.chance.new_id(), access.clock.now() + OLD_SIGNS_FOR

    def work(connection: Connection) -> None:
        hooks.change_salt(connection, hook, salt, until)
        _note(access, connection, "webhook_changed", who, hook, code="secret")

    await access.database.transaction(work)
    return replace(hook, salt=salt, old_salt=hook.salt, old_until=until)


async def switch(access: Access, who: By, hook: Hook, *, on: bool) -> None:
    """It is told again, or nothing any more. Nothing happens where it is so already."""

    def work(connection: Connection) -> None:
        if on and hook.off_at is not None:
            hooks.switch_on(connection, hook.id)
        elif on or not hooks.switch_off(connection, hook.id, "owner", access.clock.now()):
            return
        _note(access, connection, "webhook_changed", who, hook, code="on" if on else "off")

    await access.database.transaction(work)


async def remove(access: Access, who: By, hook: Hook) -> None:
    """Forget it, and what it was told."""

    def work(connection: Connection) -> None:
        hooks.remove(connection, hook.id)
        _note(access, connection, "webhook_removed", who, hook)

    await access.database.transaction(work)


def _note(access: Access, connection: Connection, what: audit.What, who: By, hook: Hook, *, code: str = "") -> None:
    pages = ["all"] if hook.all_pages else sorted(hook.page_ids)
    details = {"webhook": hook.id, "pages": pages} | ({"code": code} if code else {})
    audit.add(connection, what, access.clock.now(), who=who.who, details=details)
