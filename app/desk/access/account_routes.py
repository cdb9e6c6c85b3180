"""Pages of one's own account: password, second factor, where one is signed in."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import forms, own
from app.desk.access.access import Denied
from app.desk.access.identity import CONFIRM, SECOND_FACTOR, Staff, signed_in_partly
from app.desk.access.routes import access_of, denied
from app.desk.access.second_factor import address_of, picture_of, written
from app.desk.access.visits import read_visitor
from app.errors import BrokenPayloadError, ElsewhereFirstError, NotFoundError
from app.pages.forms import read_form
from app.pages.frame import render
from app.store import pushes, staff_sessions
from app.store import staff as accounts

router = APIRouter(include_in_schema=False)
Me = Annotated[Staff, Depends(signed_in_partly)]
ACCOUNT = "/account"


async def me_confirmed(staff: Me) -> Staff:
    """Raises ElsewhereFirstError when the password was typed too long ago."""
    if not staff.is_fresh:
        raise ElsewhereFirstError("Type your password once more.", CONFIRM)
    return staff


MeConfirmed = Annotated[Staff, Depends(me_confirmed)]


@router.get("/account")
async def get_account(request: Request, me: Me) -> Response:
    return await _show(request, me, done=request.query_params.get("done", ""))


@router.post("/account/password")
async def post_password(request: Request, me: Me) -> Response:
    form = await read_form(request, forms.ChangePassword)
    outcome = await own.change_password(access_of(request), me, form.old, form.new, read_visitor(request))
    if outcome is not None:
        values = await _values(request, me)
        return denied(outcome, partial(render, request, "desk/access/account.html", done="", **values), 400)
    return RedirectResponse(f"{ACCOUNT}?done=password", 303)


@router.post("/account/name")
async def post_name(request: Request, me: Me) -> Response:
    form = await read_form(request, forms.ShowName)
    await own.set_shows_name(access_of(request), me, shown=form.shown)
    return RedirectResponse(f"{ACCOUNT}?done=name", 303)


@router.post("/account/sessions/end-others")
async def post_end_others(request: Request, me: Me) -> Response:
    await read_form(request, forms.Nothing)
    await own.end_others(access_of(request), me)
    return RedirectResponse(f"{ACCOUNT}?done=sessions", 303)


@router.post("/account/sessions/{session_id}/end")
async def post_end_session(request: Request, me: Me, session_id: str) -> Response:
    await read_form(request, forms.Nothing)
    if not await own.end_session(access_of(request), me, session_id):
        raise NotFoundError("There is no such session.")
    return RedirectResponse(f"{ACCOUNT}?done=sessions", 303)


@router.get("/account/second-factor")
async def get_second_factor(request: Request, me: MeConfirmed) -> Response:
    salt = access_of(request).chance.new_id()[: own.SALT_CHARS]
    return _show_second(request, me, salt, denial=None)


@router.post("/account/second-factor")
async def post_second_factor(request: Request, me: MeConfirmed) -> Response:
    form = await read_form(request, forms.SecondFactor)
    outcome = await own.set_second(access_of(request), me, _read_salt(form.salt), form.code)
    if isinstance(outcome, Denied):
        return denied(outcome, partial(_show_second, request, me, form.salt), 400)
    return render(request, "desk/access/codes.html", codes=outcome)


@router.post("/account/second-factor/off")
async def post_second_factor_off(request: Request, me: MeConfirmed) -> Response:
    await read_form(request, forms.Nothing)
    outcome = await own.drop_second(access_of(request), me)
    return RedirectResponse(SECOND_FACTOR if outcome else f"{ACCOUNT}?done=second", 303)


def _show_second(request: Request, me: Staff, salt: str, *, denial: Denied | None, status: int = 200) -> Response:
    secret = access_of(request).second.secret(me.id, _read_salt(salt))
    address = address_of(me.email, secret)
    return render(
        request,
        "desk/access/second_factor.html",
        status=status,
        salt=salt,
        secret=written(secret),
        address=address,
        picture=picture_of(address),
        needed=me.lacks_second,
        denial=denial,
    )


def _read_salt(text: str) -> bytes:
    if len(text) != own.SALT_CHARS or not text.isascii():
        raise BrokenPayloadError("This form is not one of ours.")
    return text.encode()


async def _show(request: Request, me: Staff, *, done: str) -> Response:
    return render(request, "desk/access/account.html", denial=None, done=done, **await _values(request, me))


async def _values(request: Request, me: Staff) -> dict[str, Any]:
    access = access_of(request)

    def work(connection: Connection) -> dict[str, Any]:
        account = accounts.find(connection, me.id)
        return {
            "account": account,
            "sessions": staff_sessions.list_of(connection, me.id),
            "codes_left": accounts.count_codes(connection, me.id),
            "browsers": pushes.list_of(connection, [me.id]),
        }

    needed = me.is_owner and access.terms.owners_need_second
    return {
        **await access.database.read(work), "second_needed": needed, "page_names": access.terms.pages,
        "has_address": bool(access.terms.public_url),
    }  # fmt: skip
