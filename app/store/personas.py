"""What the channel calls people who answer under their own names: wanted when they write, made and removed by a worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from app.store.staff_tables import staff, staff_personas
from app.store.upsert import insert_new

_p, _s = staff_personas.c, staff.c


@dataclass(frozen=True, slots=True)
class Persona:
    """One person before the customers of one Page, made with `name`; `persona_id` is empty until it is. `wanted` is the name that
    customers are to see now, empty when this person does not want to be seen any more."""

    page_id: str
    staff_id: str
    name: str
    persona_id: str
    wanted: str
    next_at: datetime


def set_shown(connection: Connection, staff_id: str, shown: bool) -> None:
    """Whether customers see who answers them."""
    connection.execute(update(staff).where(_s.id == staff_id).values(shows_name=shown))


def want(connection: Connection, staff_id: str, page_ids: Collection[str], now: datetime) -> bool:
    """Have this person known to these Pages, if they want to be seen; whether they do. A program is nobody."""
    shown = select(_s.name).where(_s.id == staff_id, _s.shows_name, _s.disabled_at.is_(None))
    name = connection.execute(shown).scalar_one_or_none()
    if name is None:
        return False
    rows = [
        {"page_id": each, "staff_id": staff_id, "name": name, "persona_id": "", "next_at": now}
        for each in sorted(page_ids)
    ]
    insert_new(connection, staff_personas, rows, ("page_id", "staff_id"))
    return True


def list_all(connection: Connection, page_ids: Collection[str]) -> list[Persona]:
    """Those of these Pages."""
    joined = staff_personas.outerjoin(staff, _s.id == _p.staff_id)
    columns = (_p.page_id, _p.staff_id, _p.name, _p.persona_id, _p.next_at, _s.name, _s.shows_name, _s.disabled_at)
    chosen = select(*columns).select_from(joined).where(_p.page_id.in_(page_ids))
    rows = connection.execute(chosen.order_by(_p.page_id, _p.staff_id))
    return [Persona(*row[:4], row[5] if row[6] and row[7] is None else "", row[4]) for row in rows]


def claim(connection: Connection, persona: Persona, now: datetime, until: datetime) -> bool:
    """Make or remove it now; False when somebody else does, or tried a moment ago."""
    due = _this(persona) & (_p.next_at <= now) & (_p.persona_id == persona.persona_id)
    return connection.execute(update(staff_personas).where(due).values(next_at=until)).rowcount == 1


def keep(connection: Connection, persona: Persona, persona_id: str, now: datetime) -> None:
    """The channel calls it so, under the name that is wanted; empty: it has to be made anew."""
    values = {"name": persona.wanted, "persona_id": persona_id, "next_at": now}
    connection.execute(update(staff_personas).where(_this(persona)).values(**values))


def put_off(connection: Connection, persona: Persona, until: datetime) -> None:
    """Tried again at that moment; what the channel called it counts no more."""
    connection.execute(update(staff_personas).where(_this(persona)).values(persona_id="", next_at=until))


def remove(connection: Connection, persona: Persona) -> None:
    connection.execute(delete(staff_personas).where(_this(persona)))


def _this(persona: Persona) -> ColumnElement[bool]:
    return (_p.page_id == persona.page_id) & (_p.staff_id == persona.staff_id)
