"""The team: who is invited, what each may see, who leaves. Every deed is written into the audit with who did it.

Owners of some Pages see and change only those whose Pages are all among theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.desk.access.access import Access, Denied
from app.desk.access.identity import Staff
from app.desk.access.links import check_email, check_name, make_link
from app.store import api_keys, audit, staff, staff_sessions
from app.store.staff import Account, Role


@dataclass(frozen=True, slots=True)
class By:
    """Who does it: an owner, or the command line. `page_ids` is None for whoever may do it everywhere."""

    who: str
    page_ids: frozenset[str] | None = None
    staff_id: str = ""


def by(person: Staff) -> By:
    return By(person.who, None if person.all_pages else person.page_ids, person.id)


BY_COMMAND = By(audit.COMMAND_LINE)


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody is and may see."""

    role: Role
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False


@dataclass(frozen=True, slots=True)
class Invited:
    """`path`: of the link, to be shown or sent once."""

    account: Account
    path: str


def reaches(who: By, of: Account | Rights) -> bool:
    """Whether the Pages of one are all among those of the other."""
    return who.page_ids is None or (not of.all_pages and of.page_ids <= who.page_ids)


def list_team(connection: Connection, who: By) -> list[Account]:
    """Everybody whom this person may change."""
    return [each for each in staff.list_all(connection) if reaches(who, each)]


def find_member(connection: Connection, who: By, staff_id: str) -> Account | None:
    """One of them; None for anybody else too."""
    account = staff.find(connection, staff_id)
    return account if account and reaches(who, account) else None


async def invite(access: Access, who: By, email: str, name: str, rights: Rights) -> Invited | Denied:
    """A new account and its invitation."""
    checked_email, checked_name = check_email(email), check_name(name)
    if isinstance(checked_email, Denied):
        return checked_email
    if isinstance(checked_name, Denied):
        return checked_name
    if denied := _check_rights(access, who, rights):
        return denied
    account = Account(
        access.chance.new_id(), checked_email, checked_name, rights.role, access.clock.now(), rights.page_ids,
        rights.all_pages,
    )  # fmt: skip

    def work(connection: Connection) -> Invited | Denied:
        if not staff.add(connection, account):
            return Denied("known_email")
        path = make_link(access, connection, "invitation", account.id)
        _note(access, connection, "staff_invited", who, account)
        return Invited(account, path)

    return await access.database.transaction(work)


async def make_new_link(access: Access, who: By, account: Account) -> Invited:
    """A fresh link for somebody who lost theirs, or forgot the password. It voids the one before."""

    def work(connection: Connection) -> Invited:
        path = make_link(access, connection, "invitation" if account.password is None else "reset", account.id)
        _note(access, connection, "staff_link_made", who, account)
        return Invited(account, path)

    return await access.database.transaction(work)


async def change(access: Access, who: By, account: Account, name: str, rights: Rights) -> Denied | None:
    """Another name, role or other Pages; from the next request on."""
    checked = check_name(name)
    if isinstance(checked, Denied):
        return checked
    if denied := _check_rights(access, who, rights):
        return denied
    changed = replace(account, name=checked, role=rights.role, page_ids=rights.page_ids, all_pages=rights.all_pages)

    def work(connection: Connection) -> Denied | None:
        if _is_last_owner(connection, account) and not (rights.role == "owner" and rights.all_pages):
            return Denied("last_owner")
        staff.change_rights(connection, changed)
        if rights.role != "owner":
            _end_keys(access, connection, who, account)
        _note(access, connection, "staff_changed", who, changed)
        return None

    return await access.database.transaction(work)


async def disable(access: Access, who: By, account: Account) -> Denied | None:
    """Nobody signs in with this account any more; sessions, links and the keys that they made for programs end now."""

    def work(connection: Connection) -> Denied | None:
        if _is_last_owner(connection, account):
            return Denied("last_owner")
        staff.set_disabled(connection, account.id, access.clock.now())
        _end_keys(access, connection, who, account)
        _note(access, connection, "staff_disabled", who, account)
        return None

    return await access.database.transaction(work)


async def enable(access: Access, who: By, account: Account) -> None:
    def work(connection: Connection) -> None:
        staff.set_disabled(connection, account.id, None)
        _note(access, connection, "staff_enabled", who, account)

    await access.database.transaction(work)


async def drop_second(access: Access, who: By, account: Account) -> None:
    """For somebody who lost phone and codes: the next sign-in needs the password alone, owners then set it up anew."""

    def work(connection: Connection) -> None:
        staff.set_second(connection, account.id, None, 0, ())
        staff_sessions.end_all(connection, account.id)
        _note(access, connection, "second_factor_off", who, account)

    await access.database.transaction(work)


async def end_sessions(access: Access, who: By, account: Account) -> None:
    def work(connection: Connection) -> None:
        staff_sessions.end_all(connection, account.id)
        _note(access, connection, "sessions_ended", who, account)

    await access.database.transaction(work)


def _check_rights(access: Access, who: By, rights: Rights) -> Denied | None:
    if not rights.all_pages and not rights.page_ids:
        return Denied("no_pages")
    unknown = rights.page_ids - set(access.terms.pages)
    return Denied("pages") if unknown or not reaches(who, rights) else None


def _is_last_owner(connection: Connection, account: Account) -> bool:
    """Without an owner of all Pages nobody could give rights any more."""
    is_one = account.role == "owner" and account.all_pages and account.may_sign_in
    return is_one and not staff.has_owner(connection, account.id)


def _end_keys(access: Access, connection: Connection, who: By, account: Account) -> None:
    """Whoever made a key has seen it, and could go on with it from elsewhere."""
    now = access.clock.now()
    for key in api_keys.revoke_made_by(connection, f"owner:{account.email}", now):
        audit.add(connection, "api_key_revoked", now, who=who.who, details=key.details)


def _note(access: Access, connection: Connection, what: audit.What, who: By, account: Account) -> None:
    details = {"account": account.email, "role": account.role, "pages": list(_pages(account))}
    audit.add(connection, what, access.clock.now(), who=who.who, details=details)


def _pages(account: Account) -> Iterable[str]:
    return ("all",) if account.all_pages else sorted(account.page_ids)
