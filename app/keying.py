"""Keys for programs, for the command line: made, listed, revoked. A composition root: joins settings and the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from app.aside import on_database
from app.desk.access import api_keys
from app.desk.access.access import Access, Denied
from app.desk.access.team import BY_COMMAND, Rights
from app.errors import NotFoundError
from app.pages.languages import LANGUAGES, words_of
from app.settings import read_settings
from app.staffing import Told, use_access
from app.store import api_keys as kept
from app.store.api_keys import ApiKey
from app.store.database import Database
from app.store.staff import Role


def add(name: str, role: Role, page_ids: Sequence[str]) -> Told:
    """A new key, shown once."""
    rights = Rights(role, frozenset(page_ids), not page_ids)

    async def run(access: Access) -> Told:
        outcome = await api_keys.make(access, BY_COMMAND, name, rights)
        if isinstance(outcome, Denied):
            return False, words_of(LANGUAGES[0])(f"denied.{outcome.key}")
        return True, f"The key of {outcome.key.name}, shown only now:\n  {outcome.token}"

    return use_access(read_settings(), run)


def revoke(key_id: str) -> Told:
    """It opens nothing any more. Raises NotFoundError."""

    async def run(access: Access) -> Told:
        found = await access.database.read(partial(kept.find, key_id=key_id))
        if found is None:
            raise NotFoundError("There is no such key.", "frontdesk api-key list shows them.")
        done = await api_keys.revoke(access, BY_COMMAND, found)
        return True, f"The key of {found.name} opens nothing any more{'' if done else ', as before'}."

    return use_access(read_settings(), run)


def list_lines() -> list[str]:
    """A line for each key."""

    async def run(database: Database) -> list[str]:
        return [_line(each) for each in await database.read(kept.list_all)]

    return asyncio.run(on_database(read_settings(), run))


def _line(key: ApiKey) -> str:
    pages = "all Pages" if key.all_pages else f"Pages {', '.join(sorted(key.page_ids))}"
    state = "revoked" if key.revoked_at else "active"
    used = f"used {key.used_at:%Y-%m-%d %H:%M}Z" if key.used_at else "never used"
    return f"{key.id}  {key.name}  {key.role}, {pages}, {state}, {used}"
