"""What was said with a Page's customers as a table, for owners. Every export is written into the audit; few are allowed at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.desk.access.access import Access, Denied
from app.desk.access.identity import Staff, owner_confirmed
from app.desk.access.routes import access_of, denied
from app.desk.access.signing_in import count_try
from app.pages import sheets
from app.pages.forms import Form, read_form
from app.pages.frame import render
from app.store import audit, export, history
from app.store.export import Period

router = APIRouter(include_in_schema=False)
Confirmed = Annotated[Staff, Depends(owner_confirmed)]
AT_ONCE = 20
"""Customers read at once: about a thousand lines in memory."""
HEAD = ("page", "customer", "at", "who", "kind", "text", "status")
USUAL_DAYS = 31


class Export(Form):
    """Days in UTC, both of them whole."""

    page: str
    first: date
    last: date


@router.get("/owner/export")
async def get_export(request: Request, owner: Confirmed) -> Response:
    return _show(request, owner, denial=None)


@router.post("/owner/export")
async def post_export(request: Request, owner: Confirmed) -> Response:
    form = await read_form(request, Export)
    owner.check_page(form.page)
    access = access_of(request)
    if form.last < form.first or form.last.year >= date.max.year:
        return denied(Denied("days"), partial(_show, request, owner), 400)
    if outcome := await count_try(access, [access.subject("export", owner.id)]):
        return denied(outcome, partial(_show, request, owner), 429)
    await access.database.transaction(
        partial(
            audit.add,
            what="conversations_exported",
            at=access.clock.now(),
            who=owner.who,
            page_id=form.page,
            details={"first": form.first.isoformat(), "last": form.last.isoformat()},
        )
    )
    name = f"conversations-{form.first}-{form.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_write(access, form.page, _period(form)), media_type=sheets.MEDIA_TYPE, headers=headers)


async def _write(access: Access, page_id: str, period: Period) -> AsyncIterator[str]:
    """The table in pieces: no more than AT_ONCE customers are in memory."""
    yield sheets.MARK + sheets.write_rows([HEAD])
    after = ""
    while True:
        customers, rows = await access.database.read(partial(_read, page_id=page_id, period=period, after=after))
        if rows:
            yield sheets.write_rows(rows)
        if len(customers) < AT_ONCE:
            return
        after = customers[-1]


def _read(connection: Connection, page_id: str, period: Period, after: str) -> tuple[list[str], list[tuple[str, ...]]]:
    customers = export.list_customers(connection, page_id, period, after=after, most=AT_ONCE)
    rows: list[tuple[str, ...]] = [
        (page_id, customer, line.at.isoformat(timespec="seconds"), line.who, line.kind, line.text, line.status)
        for customer in customers
        for line in history.transcript(connection, (page_id, customer), export.LINES_MAX)
        if period.since <= line.at < period.until
    ]
    return customers, rows


def _period(form: Export) -> Period:
    return Period(
        datetime.combine(form.first, time.min, UTC), datetime.combine(form.last + timedelta(days=1), time.min, UTC)
    )


def _show(request: Request, owner: Staff, *, denial: Denied | None, status: int = 200) -> Response:
    access = access_of(request)
    today = access.clock.now().date()
    return render(
        request,
        "owner/export.html",
        status=status,
        page_names={page_id: name for page_id, name in access.terms.pages.items() if owner.may_see(page_id)},
        first=today - timedelta(days=USUAL_DAYS),
        last=today,
        denial=denial,
    )
