"""People who sign in, for the command line: invited, listed, kept out. A composition root: joins settings and the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from app import rooms
from app.aside import on_database
from app.desk.access import team
from app.desk.access.access import Access, Denied
from app.desk.access.team import BY_COMMAND, Invited, Rights
from app.errors import NotFoundError
from app.pages.languages import LANGUAGES, words_of
from app.settings import Settings, read_settings
from app.store import staff
from app.store.database import Database
from app.store.staff import Account, Role

Told = tuple[bool, str]
"""Whether it was done, and a line that says so."""
Deed = Callable[[Access], Awaitable[Told]]
NO_ADDRESS = "http://127.0.0.1:8000"
"""Where `serve` listens unless it is told otherwise."""


def invite(email: str, name: str, role: Role, page_ids: Sequence[str]) -> Told:
    """A new account and its link."""
    rights = Rights(role, frozenset(page_ids), not page_ids)

    async def run(access: Access) -> Told:
        return _tell_link(access, await team.invite(access, BY_COMMAND, email, name, rights))

    return _with_access(run)


def link(email: str, *, without_second: bool) -> Told:
    """A new link, the second factor removed if wished. Raises NotFoundError for an address without an account."""

    async def run(access: Access) -> Told:
        account = await _find(access, email)
        if account.disabled_at:
            return False, f"{account.email} is disabled: frontdesk staff enable {account.email}"
        if without_second:
            await team.drop_second(access, BY_COMMAND, account)
        return _tell_link(access, await team.make_new_link(access, BY_COMMAND, account))

    return _with_access(run)


def disable(email: str) -> Told:
    async def run(access: Access) -> Told:
        account = await _find(access, email)
        denied = await team.disable(access, BY_COMMAND, account)
        return (False, _say(denied)) if denied else (True, f"{account.email} is signed out and cannot sign in.")

    return _with_access(run)


def enable(email: str) -> Told:
    async def run(access: Access) -> Told:
        account = await _find(access, email)
        await team.enable(access, BY_COMMAND, account)
        return True, f"{account.email} may sign in again."

    return _with_access(run)


def list_lines() -> list[str]:
    """A line for each person."""

    async def run(database: Database) -> list[str]:
        return [_line(each) for each in await database.read(staff.list_all)]

    return asyncio.run(on_database(read_settings(), run))


async def make_demo_login(access: Access, email: str, name: str, role: Role, password: str) -> None:
    """An account whose password is known; one that is there already gets this password."""
    await team.invite(access, BY_COMMAND, email, name, Rights(role, all_pages=True))
    account = await _find(access, email)
    hashed = await access.passwords.hash(password)
    await access.database.transaction(partial(staff.set_password, staff_id=account.id, password=hashed))


def use_access(settings: Settings, use: Callable[[Access], Awaitable[Told]]) -> Told:
    """What `use` gives, with the accounts of a server's database."""

    async def run(database: Database) -> Told:
        access = rooms.create_access(settings, database, rooms.all_page_names(settings))
        try:
            return await use(access)
        finally:
            access.passwords.close()

    return asyncio.run(on_database(settings, run))


def _with_access(deed: Deed) -> Told:
    return use_access(read_settings(), deed)


async def _find(access: Access, email: str) -> Account:
    found = await access.database.read(partial(staff.find_by_email, email=email.strip().lower()))
    if found is None:
        raise NotFoundError("Nobody with this address has an account.", "frontdesk staff list shows who has.")
    return found


def _tell_link(access: Access, outcome: Invited | Denied) -> Told:
    if isinstance(outcome, Denied):
        return False, _say(outcome)
    address = f"{access.terms.public_url or NO_ADDRESS}{outcome.path}"
    lasts = "three days" if outcome.account.password is None else "30 minutes"
    return True, f"Give {outcome.account.name} this link. It works once, for {lasts}:\n  {address}"


def _say(denied: Denied) -> str:
    return words_of(LANGUAGES[0])(f"denied.{denied.key}")


def _line(account: Account) -> str:
    pages = "all Pages" if account.all_pages else f"Pages {', '.join(sorted(account.page_ids))}"
    state = "disabled" if account.disabled_at else "invited" if account.password is None else "active"
    second = ", second factor" if account.second_salt else ""
    return f"{account.email}  {account.name}  {account.role}, {pages}, {state}{second}"
