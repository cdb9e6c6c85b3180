"""Signing in, in two steps where there is a second factor; proving it again; signing out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from app.desk.access.access import Access, Denied
from app.desk.access.identity import Staff
from app.desk.access.visits import Visitor
from app.store import audit, pushes, staff, staff_sessions, tries
from app.store.staff import Account
from app.store.staff_sessions import Session, Stage

EMAIL_CHARS_MAX = 254


@dataclass(frozen=True, slots=True)
class Entered:
    """A session has begun. `token` goes into the cookie, `device` into that of the browser."""

    token: str
    stage: Stage
    device: str = ""


def plain_email(written: str) -> str:
    """An address as accounts keep it."""
    return written.strip().lower()[: EMAIL_CHARS_MAX + 1]


async def sign_in(access: Access, email: str, password: str, visitor: Visitor) -> Entered | Denied:
    """A new session for the right password. Wrong ones look and take the same, whether there is an account or not."""
    email = plain_email(email)
    subjects = access.subjects(email, visitor)
    if denied := await count_try(access, subjects):
        return denied
    account = await access.database.read(lambda connection: staff.find_by_email(connection, email))
    kept = account.password if account and account.may_sign_in else None
    right, new_hash = await access.passwords.check(password, kept)
    if account is None or not right:
        if account is not None:
            await note(access, "sign_in_failed", name_of(account), visitor)
        return Denied("wrong")
    stage: Stage = "whole" if account.second_salt is None else "password"

    def work(connection: Connection) -> Entered:
        if new_hash:
            staff.set_password(connection, account.id, new_hash)
        _succeed(connection, subjects, stage, access.clock.now())
        token = access.begin_session(connection, account, stage, visitor)
        if stage == "whole":
            audit.add(connection, "signed_in", access.clock.now(), who=name_of(account), details=_where(visitor))
        return Entered(token, stage, access.new_device(email))

    return await access.database.transaction(work)


async def sign_in_vouched(access: Access, email: str, visitor: Visitor) -> Entered | Denied:
    """A new session for whoever a provider vouches for, if there is an account; a second factor of ours is asked for all the same."""
    account = await access.database.read(lambda connection: staff.find_by_email(connection, email))
    if account is None or account.disabled_at is not None:
        return Denied("openid_unknown")
    stage: Stage = "whole" if account.second_salt is None else "password"

    def work(connection: Connection) -> Entered:
        if account.password is None:
            # Came through the invitation in this way: no password fits, and none is needed.
            staff.set_password(connection, account.id, "")
        token = access.begin_session(connection, account, stage, visitor)
        if stage == "whole":
            audit.add(connection, "signed_in", access.clock.now(), who=name_of(account), details=_where(visitor))
        return Entered(token, stage)

    return await access.database.transaction(work)


async def prove_second(access: Access, half: tuple[Session, Account], code: str, visitor: Visitor) -> Entered | Denied:
    """A whole session in place of the half one, for the right code or a recovery code."""
    session, account = half
    subjects = [access.subject("second", account.id)]
    if denied := await count_try(access, subjects):
        return denied

    def work(connection: Connection) -> Entered | Denied:
        how = use_second(access, connection, account, code)
        if how is None:
            return Denied("wrong_code")
        tries.forget(connection, subjects[0])
        staff_sessions.end(connection, account.id, session.id)
        token = access.begin_session(connection, account, "whole", visitor)
        now = access.clock.now()
        if how == "recovery":
            audit.add(connection, "recovery_code_used", now, who=name_of(account))
        audit.add(connection, "signed_in", now, who=name_of(account), details=_where(visitor))
        return Entered(token, "whole")

    outcome = await access.database.transaction(work)
    if isinstance(outcome, Denied):
        await note(access, "sign_in_failed", name_of(account), visitor)
    return outcome


def use_second(access: Access, connection: Connection, account: Account, code: str) -> str | None:
    """How this code is right (`phone`, `recovery`), which uses it up; None if it is not."""
    plain = "".join(code.split())
    if account.second_salt is None:
        return None
    step = access.second.find_step(account.id, account.second_salt, plain, access.clock.now())
    if step is not None:
        return "phone" if staff.use_step(connection, account.id, step) else None
    used = staff.use_code(connection, account.id, access.second.hash_code(account.id, code))
    return "recovery" if used else None


async def confirm(access: Access, person: Staff, password: str, visitor: Visitor) -> Denied | None:
    """The password once more; from now on this session is fresh. None when it was right."""
    subjects = access.subjects(person.email, visitor)
    if denied := await count_try(access, subjects):
        return denied
    account = await access.database.read(lambda connection: staff.find(connection, person.id))
    right, _ = await access.passwords.check(password, account.password if account else None)
    if not right:
        return Denied("wrong_password")

    def work(connection: Connection) -> None:
        tries.forget(connection, subjects[0])
        tries.take_back(connection, subjects)
        staff_sessions.prove(connection, person.session_id, access.clock.now())

    await access.database.transaction(work)
    return None


async def sign_out(access: Access, person: Staff) -> None:
    def work(connection: Connection) -> None:
        pushes.end_session(connection, person.session_id)
        if staff_sessions.end(connection, person.id, person.session_id):
            audit.add(connection, "signed_out", access.clock.now(), who=person.who)

    await access.database.transaction(work)


async def count_try(access: Access, subjects: Sequence[bytes]) -> Denied | None:
    """Count it before it is made; what to say when it may not be."""
    now = access.clock.now()
    wait = await access.database.transaction(lambda connection: tries.count(connection, subjects, now))
    return Denied("too_many", math.ceil(wait)) if wait else None


async def note(access: Access, what: audit.What, who: str, visitor: Visitor) -> None:
    now = access.clock.now()
    await access.database.transaction(partial(audit.add, what=what, at=now, who=who, details=_where(visitor)))


def name_of(account: Account) -> str:
    """How the audit names this person."""
    return f"{account.role}:{account.email}"


def _where(visitor: Visitor) -> dict[str, str]:
    return {"address": visitor.address, "device": visitor.device}


def _succeed(connection: Connection, subjects: Sequence[bytes], stage: Stage, now: datetime) -> None:
    """The address keeps its other failures: signing in with one's own account buys no tries at others'."""
    tries.delete_old(connection, now)
    if stage == "whole":
        tries.forget(connection, subjects[0])
    tries.take_back(connection, subjects)
