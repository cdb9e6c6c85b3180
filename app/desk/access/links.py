"""One-time links: for the first owner, for whoever is invited, for whoever forgot the password. What opening one shows and does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection

from app.desk.access.access import Access, Denied, hash_token
from app.desk.access.passwords import find_weakness
from app.desk.access.signing_in import Entered, count_try, name_of, plain_email
from app.desk.access.visits import Visitor, network_of
from app.store import audit, staff, staff_links, staff_sessions
from app.store.staff import Account
from app.store.staff_links import Kind, Link
from app.store.staff_sessions import Stage

LASTS: dict[Kind, timedelta] = {
    "setup": timedelta(hours=24),
    "invitation": timedelta(hours=72),
    "reset": timedelta(minutes=30),
}
NAME_CHARS_MAX = 80


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that works. `account` is None for the first owner, who types name and address."""

    link: Link
    account: Account | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What was typed behind a link. `name` and `email` count only for the first owner."""

    password: str
    name: str = ""
    email: str = ""


def make_link(access: Access, connection: Connection, kind: Kind, staff_id: str | None) -> str:
    """A new link of that kind: its path. It is kept nowhere, so it can be shown only now."""
    now, token = access.clock.now(), access.new_token()
    staff_links.add(connection, hash_token(token), Link(kind, staff_id, now, now + LASTS[kind]))
    return f"/join/{token}"


async def make_setup_link(access: Access) -> str | None:
    """A link for the first owner; None when there is one who can sign in."""

    def work(connection: Connection) -> str | None:
        return None if staff.has_owner(connection) else make_link(access, connection, "setup", None)

    return await access.database.transaction(work)


async def open_link(access: Access, token: str, visitor: Visitor) -> Opened | Denied:
    """What stands behind a link. Looking at it uses nothing up: programs that read letters open links too."""
    now = access.clock.now()

    def work(connection: Connection) -> Opened | Denied:
        link = staff_links.find(connection, hash_token(token), now)
        if link is None or (link.kind == "setup" and staff.has_owner(connection)):
            return Denied("link")
        account = staff.find(connection, link.staff_id) if link.staff_id else None
        if link.kind != "setup" and (account is None or account.disabled_at):
            return Denied("link")
        return Opened(link, account)

    opened = await access.database.read(work)
    if isinstance(opened, Denied):
        subject = access.subject("link", network_of(visitor.address))
        return await count_try(access, [subject]) or opened
    return opened


async def use_link(access: Access, token: str, answers: Answers, visitor: Visitor) -> Entered | Denied:
    """Set the password and sign in. All earlier sessions of the account end; the second factor stays."""
    opened = await open_link(access, token, visitor)
    if isinstance(opened, Denied):
        return opened
    account = opened.account or _first_owner(access, answers)
    if isinstance(account, Denied):
        return account
    if weakness := find_weakness(answers.password, context_of(access, account)):
        return Denied(f"password_{weakness}")
    hashed = await access.passwords.hash(answers.password)
    account = replace(account, password=hashed)

    def work(connection: Connection) -> Entered | Denied:
        if not staff_links.use(connection, hash_token(token)):
            return Denied("link")
        if opened.account is None:
            if staff.has_owner(connection) or not staff.add(connection, account):
                return Denied("link")
            staff_links.void_setup(connection)
        staff.set_password(connection, account.id, hashed)
        staff_sessions.end_all(connection, account.id)
        stage: Stage = "whole" if account.second_salt is None else "password"
        entered = Entered(
            access.begin_session(connection, account, stage, visitor), stage, access.new_device(account.email)
        )
        _note(access, connection, opened, account)
        return entered

    return await access.database.transaction(work)


def _note(access: Access, connection: Connection, opened: Opened, account: Account) -> None:
    details = {"by": f"{opened.link.kind} link"}
    audit.add(connection, "password_changed", access.clock.now(), who=name_of(account), details=details)


def context_of(access: Access, account: Account) -> list[str]:
    """What others would try first as this person's password."""
    return ["frontdesk", account.name, account.email.partition("@")[0], *access.terms.pages.values()]


def check_email(written: str) -> str | Denied:
    """The address as accounts keep it."""
    email = plain_email(written)
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return Denied("email")
    return email


def check_name(written: str) -> str | Denied:
    """A person's name, without what cannot be seen."""
    name = " ".join("".join(each for each in written if each.isprintable()).split())
    return name if 0 < len(name) <= NAME_CHARS_MAX else Denied("name")


def _first_owner(access: Access, answers: Answers) -> Account | Denied:
    name, email = check_name(answers.name), check_email(answers.email)
    if isinstance(name, Denied):
        return name
    if isinstance(email, Denied):
        return email
    return Account(access.chance.new_id(), email, name, "owner", access.clock.now(), all_pages=True)
