"""Keys for programs: made, listed, revoked. Every deed is written into the audit with who did it. A key is shown once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.desk.access.access import Access, Denied, hash_token
from app.desk.access.links import check_name
from app.desk.access.team import By, Rights, reaches
from app.store import api_keys, audit
from app.store.api_keys import ApiKey

MARK = "fd_"
"""What every key begins with, so that whoever finds one in the wrong place knows what it is."""
KEYS_MAX = 100
"""That open something, of an installation."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new key. `token` is what the program sends; it is kept nowhere."""

    key: ApiKey
    token: str


async def make(access: Access, who: By, name: str, rights: Rights) -> Made | Denied:
    """A new key, which reaches no further than whoever makes it."""
    checked = check_name(name)
    if isinstance(checked, Denied):
        return checked
    if not rights.all_pages and not rights.page_ids:
        return Denied("no_pages")
    if rights.page_ids - set(access.terms.pages) or not reaches(who, rights):
        return Denied("pages")
    token = MARK + access.new_token()
    key = ApiKey(
        access.chance.new_id(), checked, rights.role, who.who, access.clock.now(), rights.page_ids, rights.all_pages
    )

    def work(connection: Connection) -> Made | Denied:
        if sum(each.revoked_at is None for each in api_keys.list_all(connection)) >= KEYS_MAX:
            return Denied("too_many_keys")
        api_keys.add(connection, key, hash_token(token))
        _note(access, connection, "api_key_made", who, key)
        return Made(key, token)

    return await access.database.transaction(work)


def list_keys(connection: Connection, who: By) -> list[ApiKey]:
    """Those that this person may revoke."""
    return [each for each in api_keys.list_all(connection) if reaches_key(who, each)]


def reaches_key(who: By, key: ApiKey) -> bool:
    return key.is_within(who.page_ids is None, who.page_ids or ())


async def revoke(access: Access, who: By, key: ApiKey) -> bool:
    """It opens nothing from the next request on; False if it did not before."""

    def work(connection: Connection) -> bool:
        if not api_keys.revoke(connection, key.id, access.clock.now()):
            return False
        _note(access, connection, "api_key_revoked", who, key)
        return True

    return await access.database.transaction(work)


def _note(access: Access, connection: Connection, what: audit.What, who: By, key: ApiKey) -> None:
    audit.add(connection, what, access.clock.now(), who=who.who, details=key.details)
