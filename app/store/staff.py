"""The accounts of people who sign in. Decides nothing about rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, delete, func, insert, select, update

from app.store.staff_tables import staff, staff_links, staff_pages, staff_recovery, staff_sessions

Role = Literal["staff", "owner"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person. `page_ids` counts only where `all_pages` is false. Without a password nobody came through the invitation yet."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    page_ids: frozenset[str] = frozenset()
    all_pages: bool = False
    password: str | None = None
    second_salt: bytes | None = None
    disabled_at: datetime | None = None
    shows_name: bool = False

    @property
    def may_sign_in(self) -> bool:
        return self.password is not None and self.disabled_at is None


_s = staff.c
_columns = (
    _s.id, _s.email, _s.name, _s.role, _s.created_at, _s.all_pages, _s.password, _s.second_salt, _s.disabled_at,
    _s.shows_name,
)  # fmt: skip


def add(connection: Connection, account: Account) -> bool:
    """Keep a new account; False when the e-mail address has one already."""
    if find_by_email(connection, account.email) is not None:
        return False
    connection.execute(
        insert(staff).values(
            id=account.id, email=account.email, name=account.name, role=account.role, all_pages=account.all_pages,
            password=account.password, second_step=0, created_at=account.created_at,
        )
    )  # fmt: skip
    _set_pages(connection, account.id, account.page_ids)
    return True


def find(connection: Connection, staff_id: str) -> Account | None:
    return _one(connection, _s.id == staff_id)


def find_by_email(connection: Connection, email: str) -> Account | None:
    return _one(connection, _s.email == email)


def list_all(connection: Connection) -> list[Account]:
    """Everybody, by name."""
    pages: dict[str, set[str]] = {}
    for staff_id, page_id in connection.execute(select(staff_pages.c.staff_id, staff_pages.c.page_id)):
        pages.setdefault(staff_id, set()).add(page_id)
    found = connection.execute(select(*_columns).order_by(func.lower(_s.name), _s.email))
    return [_account(row, pages.get(row.id, ())) for row in found]


def has_owner(connection: Connection, but_not: str = "") -> bool:
    """Whether somebody can sign in as the owner of all Pages, besides `but_not`, who is to lose that in this transaction."""
    able = select(_s.id).where(_s.role == "owner", _s.all_pages, _s.password.is_not(None), _s.disabled_at.is_(None))
    if but_not:
        # Locked, so that two owners who disable each other at once do not both find the other one there.
        able = able.where(_s.id != but_not).with_for_update()
    return connection.execute(able).first() is not None


def change_rights(connection: Connection, account: Account) -> None:
    """Take over name, role and Pages."""
    _change(connection, account.id, name=account.name, role=account.role, all_pages=account.all_pages)
    connection.execute(delete(staff_pages).where(staff_pages.c.staff_id == account.id))
    _set_pages(connection, account.id, account.page_ids)


def set_password(connection: Connection, staff_id: str, password: str) -> None:
    _change(connection, staff_id, password=password)


def set_disabled(connection: Connection, staff_id: str, at: datetime | None) -> None:
    """From now on nobody signs in with this account, or (None) they do again. Sessions and links end."""
    _change(connection, staff_id, disabled_at=at)
    connection.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))
    connection.execute(delete(staff_links).where(staff_links.c.staff_id == staff_id))


# ---- the second factor -------------------------------------------------------------------------------------


def set_second(connection: Connection, staff_id: str, salt: bytes | None, step: int, codes: Iterable[bytes]) -> None:
    """A new second factor with its recovery codes, or none."""
    _change(connection, staff_id, second_salt=salt, second_step=step)
    connection.execute(delete(staff_recovery).where(staff_recovery.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "code": code} for code in codes]
    if rows:
        connection.execute(insert(staff_recovery), rows)


def use_step(connection: Connection, staff_id: str, step: int) -> bool:
    """Use up the code of this step and of all before it; False if it was used already."""
    used = update(staff).where(_s.id == staff_id, _s.second_step < step).values(second_step=step)
    return connection.execute(used).rowcount == 1


def use_code(connection: Connection, staff_id: str, code: bytes) -> bool:
    """Use a recovery code up; False if there is none."""
    used = delete(staff_recovery).where(staff_recovery.c.staff_id == staff_id, staff_recovery.c.code == code)
    return connection.execute(used).rowcount == 1


def count_codes(connection: Connection, staff_id: str) -> int:
    """How many recovery codes are left."""
    left = select(func.count()).select_from(staff_recovery).where(staff_recovery.c.staff_id == staff_id)
    return int(connection.execute(left).scalar_one())


# ---- rows --------------------------------------------------------------------------------------------------


def _change(connection: Connection, staff_id: str, **values: Any) -> None:
    connection.execute(update(staff).where(_s.id == staff_id).values(**values))


def _set_pages(connection: Connection, staff_id: str, page_ids: Iterable[str]) -> None:
    rows = [{"staff_id": staff_id, "page_id": page_id} for page_id in sorted(page_ids)]
    if rows:
        connection.execute(insert(staff_pages), rows)


def _one(connection: Connection, condition: Any) -> Account | None:
    row = connection.execute(select(*_columns).where(condition)).one_or_none()
    if row is None:
        return None
    pages = select(staff_pages.c.page_id).where(staff_pages.c.staff_id == row.id)
    return _account(row, connection.execute(pages).scalars())


def _account(row: Any, page_ids: Iterable[str]) -> Account:
    return Account(
        row.id, row.email, row.name, cast(Role, row.role), row.created_at, frozenset(page_ids), row.all_pages,
        row.password, row.second_salt, row.disabled_at, row.shows_name,
    )  # fmt: skip
