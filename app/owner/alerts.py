"""Pages about alerts: who waits longer than so many minutes has a letter written to the team. Only for owners, within their Pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access.access import Denied
from app.desk.access.forms import Nothing
from app.desk.access.identity import Staff, owner_only
from app.desk.access.routes import access_of, denied
from app.errors import NotFoundError
from app.pages.forms import Form, read_form
from app.pages.frame import render
from app.store import alarms, audit
from app.store.alarms import HOURS, Alarm, Hours

router = APIRouter(include_in_schema=False)
Owner = Annotated[Staff, Depends(owner_only)]
ALERTS = "/owner/alerts"
MINUTES_MAX = 24 * 60

TeamsOf = Callable[[str], tuple[str, ...]]
"""The teams of a Page. The application keeps it as `app.state.teams_of`."""


class AlarmForm(Form):
    """`page` and `team` are empty for all of them."""

    page: str = Field(max_length=100)
    team: str = Field(max_length=100)
    minutes: int = Field(ge=1, le=MINUTES_MAX)
    hours: Hours


@router.get(ALERTS)
async def get_alerts(request: Request, owner: Owner) -> Response:
    return await _show(request, owner, denial=None)


@router.post(ALERTS)
async def post_alert(request: Request, owner: Owner) -> Response:
    form = await read_form(request, AlarmForm)
    access = access_of(request)
    if form.page:
        owner.check_page(form.page)
    if (not form.page and not owner.all_pages) or (form.team and form.team not in _teams(request, owner, form.page)):
        return denied(
            Denied("alert_team" if form.team else "pages"), _shower(request, await _values(request, owner)), 400
        )
    rule = Alarm(access.chance.new_id(), form.page, form.team, form.minutes, form.hours, owner.who, access.clock.now())

    def work(connection: Connection) -> bool:
        if not alarms.add(connection, rule):
            return False
        _note(connection, "alarm_made", rule, owner, request)
        return True

    if not await access.database.transaction(work):
        return denied(Denied("too_many_alerts"), _shower(request, await _values(request, owner)), 400)
    return RedirectResponse(ALERTS, 303)


@router.post("/owner/alerts/{alarm_id}/remove")
async def post_remove(request: Request, owner: Owner, alarm_id: str) -> Response:
    access = access_of(request)
    found = [each for each in await access.database.read(alarms.list_alarms) if each.id == alarm_id]
    if not found or not _is_theirs(owner, found[0]):
        raise NotFoundError("There is no such alert, or it is not one of yours.")
    await read_form(request, Nothing)

    def work(connection: Connection) -> None:
        alarms.remove(connection, alarm_id)
        _note(connection, "alarm_removed", found[0], owner, request)

    await access.database.transaction(work)
    return RedirectResponse(ALERTS, 303)


def _is_theirs(owner: Staff, rule: Alarm) -> bool:
    return owner.may_see(rule.page_id) if rule.page_id else owner.all_pages


def _note(connection: Connection, what: audit.What, rule: Alarm, owner: Staff, request: Request) -> None:
    details = {"minutes": rule.minutes, "hours": rule.hours}
    now = access_of(request).clock.now()
    audit.add(connection, what, now, who=owner.who, page_id=rule.page_id or None, details=details)


def _teams(request: Request, owner: Staff, page_id: str = "") -> list[str]:
    teams_of: TeamsOf = request.app.state.teams_of
    pages = [page_id] if page_id else [each for each in access_of(request).terms.pages if owner.may_see(each)]
    return sorted({team for each in pages for team in teams_of(each)})


async def _values(request: Request, owner: Staff) -> dict[str, object]:
    access = access_of(request)
    rules = [each for each in await access.database.read(alarms.list_alarms) if _is_theirs(owner, each)]
    pages = {page_id: name for page_id, name in access.terms.pages.items() if owner.may_see(page_id)}
    return {
        "rules": rules, "page_names": pages, "teams": _teams(request, owner), "hours": HOURS,
        "has_mail": access.mailer is not None, "minutes_max": MINUTES_MAX,
    }  # fmt: skip


def _shower(request: Request, values: dict[str, object]) -> Callable[..., Response]:
    def show(*, denial: Denied | None, status: int = 200) -> Response:
        return render(request, "owner/alerts.html", status=status, denial=denial, **values)

    return show


async def _show(request: Request, owner: Staff, *, denial: Denied | None) -> Response:
    return _shower(request, await _values(request, owner))(denial=denial)
