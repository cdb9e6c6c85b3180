"""Pages of the team: invite, change rights, disable, help somebody back in. Only for owners, and only within their Pages."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import forms, team
from app.desk.access.access import Denied
from app.desk.access.identity import Staff, owner_confirmed, owner_only
from app.desk.access.letters import send_invitation
from app.desk.access.routes import access_of, denied
from app.desk.access.team import Invited, Rights, by
from app.desk.access.visits import own_address
from app.errors import NotFoundError
from app.pages.forms import read_form
from app.pages.frame import render, words
from app.store import staff_sessions
from app.store.staff import Account

router = APIRouter(include_in_schema=False)
Owner = Annotated[Staff, Depends(owner_only)]
Confirmed = Annotated[Staff, Depends(owner_confirmed)]
TEAM = "/owner/team"


@router.get("/owner")
async def get_owner(_: Owner) -> Response:
    return RedirectResponse(TEAM, 303)


@router.get("/owner/team")
async def get_team(request: Request, owner: Owner) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        return {"team": team.list_team(connection, by(owner)), "seen": staff_sessions.last_seen(connection)}

    found = await access_of(request).database.read(work)
    return render(request, "owner/team.html", page_names=access_of(request).terms.pages, **found)


@router.get("/owner/team/invite")
async def get_invite(request: Request, owner: Confirmed) -> Response:
    form = forms.Invitation(name="", email="", role="staff", reach="some" if not owner.all_pages else "all")
    return _show_form(request, owner, form, None, denial=None)


@router.post("/owner/team/invite")
async def post_invite(request: Request, owner: Confirmed) -> Response:
    form = await read_form(request, forms.Invitation)
    outcome = await team.invite(access_of(request), by(owner), form.email, form.name, _rights(form))
    if isinstance(outcome, Denied):
        return denied(outcome, partial(_show_form, request, owner, form, None), 400)
    return await _show_link(request, outcome)


@router.get("/owner/team/{staff_id}")
async def get_member(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    return _show_form(request, owner, _form_of(member), member, denial=None)


@router.post("/owner/team/{staff_id}")
async def post_member(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    form = await read_form(request, forms.Rights)
    outcome = await team.change(access_of(request), by(owner), member, form.name, _rights(form))
    if outcome is not None:
        return denied(outcome, partial(_show_form, request, owner, form, member), 400)
    return RedirectResponse(TEAM, 303)


@router.post("/owner/team/{staff_id}/disable")
async def post_disable(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    await read_form(request, forms.Nothing)
    outcome = await team.disable(access_of(request), by(owner), member)
    if outcome is not None:
        return denied(outcome, partial(_show_form, request, owner, _form_of(member), member), 400)
    return RedirectResponse(TEAM, 303)


@router.post("/owner/team/{staff_id}/enable")
async def post_enable(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    await read_form(request, forms.Nothing)
    await team.enable(access_of(request), by(owner), member)
    return RedirectResponse(TEAM, 303)


@router.post("/owner/team/{staff_id}/link")
async def post_link(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    await read_form(request, forms.Nothing)
    if member.disabled_at:
        raise NotFoundError("This account is disabled.")
    return await _show_link(request, await team.make_new_link(access_of(request), by(owner), member))


@router.post("/owner/team/{staff_id}/second-factor-off")
async def post_drop_second(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    await read_form(request, forms.Nothing)
    await team.drop_second(access_of(request), by(owner), member)
    return RedirectResponse(f"{TEAM}/{staff_id}", 303)


@router.post("/owner/team/{staff_id}/end-sessions")
async def post_end_sessions(request: Request, owner: Confirmed, staff_id: str) -> Response:
    member = await _find(request, owner, staff_id)
    await read_form(request, forms.Nothing)
    await team.end_sessions(access_of(request), by(owner), member)
    return RedirectResponse(f"{TEAM}/{staff_id}", 303)


async def _find(request: Request, owner: Staff, staff_id: str) -> Account:
    """Raises NotFoundError for people of other Pages too."""
    found = await access_of(request).database.read(lambda connection: team.find_member(connection, by(owner), staff_id))
    if found is None:
        raise NotFoundError("There is nobody of that name here, or they are not in your team.")
    return found


def _rights(form: forms.Rights) -> Rights:
    everywhere = form.reach == "all"
    return Rights(form.role, frozenset() if everywhere else frozenset(form.pages), everywhere)


def _form_of(member: Account) -> forms.Rights:
    return forms.Rights(
        name=member.name,
        role=member.role,
        reach="all" if member.all_pages else "some",
        pages=tuple(sorted(member.page_ids)),
    )


def _show_form(
    request: Request,
    owner: Staff,
    form: forms.Rights,
    member: Account | None,
    *,
    denial: Denied | None,
    status: int = 200,
) -> Response:
    pages = {page_id: name for page_id, name in access_of(request).terms.pages.items() if owner.may_see(page_id)}
    values = {"form": form, "member": member, "page_names": pages, "denial": denial}
    return render(request, "owner/member.html", status=status, **values)


async def _show_link(request: Request, invited: Invited) -> Response:
    """The link, once: it is kept nowhere."""
    access = access_of(request)
    sent = await send_invitation(access, invited, words(request))
    link = f"{own_address(request, access.terms.public_url)}{invited.path}"
    return render(request, "owner/link.html", account=invited.account, link=link, sent=sent)
