"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from sqlalchemy import Connection

from app.desk.access.access import Access, Denied
from app.desk.access.identity import Staff
from app.desk.access.links import context_of
from app.desk.access.passwords import find_weakness
from app.desk.access.second_factor import new_codes
from app.desk.access.signing_in import confirm, count_try
from app.desk.access.visits import Visitor
from app.store import audit, personas, staff, staff_links, staff_sessions, tries
from app.store.staff import Account

SALT_CHARS = 22
"""Of a second factor, 128 random bits. It comes back from the page that showed the picture."""


async def find_own(access: Access, person: Staff) -> Account:
    account = await access.database.read(lambda connection: staff.find(connection, person.id))
    assert account is not None
    return account


async def change_password(access: Access, person: Staff, old: str, new: str, visitor: Visitor) -> Denied | None:
    """All other sessions of this person end, and no link to another password works any more."""
    if denied := await confirm(access, person, old, visitor):
        return denied
    account = await find_own(access, person)
    if weakness := find_weakness(new, context_of(access, account)):
        return Denied(f"password_{weakness}")
    hashed = await access.passwords.hash(new)

    def work(connection: Connection) -> None:
        staff.set_password(connection, person.id, hashed)
        staff_links.void(connection, person.id)
        staff_sessions.end_all(connection, person.id, but_not=person.session_id)
        audit.add(connection, "password_changed", access.clock.now(), who=person.who, details={"by": "the account"})

    await access.database.transaction(work)
    return None


async def set_second(access: Access, person: Staff, salt: bytes, code: str) -> list[str] | Denied:
    """Take the second factor of this salt into use once its code is right; the recovery codes, to be shown this once."""
    subject = access.subject("second", person.id)
    if denied := await count_try(access, [subject]):
        return denied
    step = access.second.find_step(person.id, salt, "".join(code.split()), access.clock.now())
    if step is None:
        return Denied("wrong_code")
    codes = new_codes(access.chance)
    hashed = [access.second.hash_code(person.id, each) for each in codes]

    def work(connection: Connection) -> None:
        tries.forget(connection, subject)
        staff.set_second(connection, person.id, salt, step, hashed)
        staff_sessions.end_all(connection, person.id, but_not=person.session_id)
        audit.add(connection, "second_factor_on", access.clock.now(), who=person.who)

    await access.database.transaction(work)
    return codes


async def drop_second(access: Access, person: Staff) -> Denied | None:
    """Owners who must have one can only take another."""
    if person.is_owner and access.terms.owners_need_second:
        return Denied("second_needed")

    def work(connection: Connection) -> None:
        staff.set_second(connection, person.id, None, 0, ())
        audit.add(connection, "second_factor_off", access.clock.now(), who=person.who)

    await access.database.transaction(work)
    return None


async def set_shows_name(access: Access, person: Staff, *, shown: bool) -> None:
    """Whether customers see who answers them. Needs an address where the channel finds a picture."""
    pages = [page_id for page_id in access.terms.pages if person.may_see(page_id)]

    def work(connection: Connection) -> None:
        personas.set_shown(connection, person.id, shown)
        personas.want(connection, person.id, pages, access.clock.now())

    await access.database.transaction(work)


async def end_session(access: Access, person: Staff, session_id: str) -> bool:
    """End one of one's own sessions; False if there is no such one."""

    def work(connection: Connection) -> bool:
        ended = staff_sessions.end(connection, person.id, session_id)
        if ended:
            audit.add(connection, "sessions_ended", access.clock.now(), who=person.who, details={"sessions": 1})
        return ended

    return await access.database.transaction(work)


async def end_others(access: Access, person: Staff) -> None:
    """End all of one's own sessions but this one."""

    def work(connection: Connection) -> None:
        ended = staff_sessions.end_all(connection, person.id, but_not=person.session_id)
        audit.add(connection, "sessions_ended", access.clock.now(), who=person.who, details={"sessions": ended})

    await access.database.transaction(work)
