"""Pages for whoever is not signed in, or not quite: signing in, the second factor, links, a forgotten password."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import forms, links, signing_in
from app.desk.access.access import Access, Denied
from app.desk.access.identity import Staff, signed_in_partly
from app.desk.access.letters import send_forgotten
from app.desk.access.signing_in import Entered
from app.desk.access.visits import give_device, give_session, network_of, read_session, read_visitor, take_session
from app.pages.failures import SIGN_IN, safe_next
from app.pages.forms import read_form
from app.pages.frame import render, words
from app.store.staff import Account
from app.store.staff_sessions import Session

HOME = "/desk"
SECOND = "/sign-in/second"
router = APIRouter(include_in_schema=False)


def access_of(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


@router.get("/")
async def get_home(request: Request) -> Response:
    found = await access_of(request).find_staff(request)
    return RedirectResponse(HOME if found else SIGN_IN, 303)


@router.get("/sign-in")
async def get_sign_in(request: Request) -> Response:
    wanted = safe_next(request.query_params.get("next", ""))
    if await access_of(request).find_staff(request):
        return RedirectResponse(wanted or HOME, 303)
    return show_sign_in(request, wanted)


@router.post("/sign-in")
async def post_sign_in(request: Request) -> Response:
    form = await read_form(request, forms.SignIn)
    wanted, access, visitor = safe_next(form.next), access_of(request), read_visitor(request)
    outcome = await signing_in.sign_in(access, form.email, form.password, visitor)
    if isinstance(outcome, Denied):
        return denied(outcome, partial(show_sign_in, request, wanted, email=form.email), 401)
    await end_former(request)
    return enter(request, outcome, wanted)


@router.get("/sign-in/second")
async def get_second(request: Request) -> Response:
    if await _half(request) is None:
        return RedirectResponse(SIGN_IN, 303)
    return render(request, "desk/access/second.html", next=safe_next(request.query_params.get("next", "")), denial=None)


@router.post("/sign-in/second")
async def post_second(request: Request) -> Response:
    form = await read_form(request, forms.Code)
    wanted, half = safe_next(form.next), await _half(request)
    if half is None:
        return RedirectResponse(SIGN_IN, 303)
    outcome = await signing_in.prove_second(access_of(request), half, form.code, read_visitor(request))
    if isinstance(outcome, Denied):
        return denied(outcome, partial(render, request, "desk/access/second.html", next=wanted), 401)
    return enter(request, outcome, wanted)


@router.post("/sign-out")
async def post_sign_out(request: Request, staff: Annotated[Staff, Depends(signed_in_partly)]) -> Response:
    await read_form(request, forms.Nothing)
    await signing_in.sign_out(access_of(request), staff)
    response = RedirectResponse(SIGN_IN, 303)
    take_session(request, response)
    # What was shown goes; what this person was writing stays in their tab (talk.js), and goes when somebody else signs in there.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/confirm")
async def get_confirm(request: Request, staff: Annotated[Staff, Depends(signed_in_partly)]) -> Response:
    wanted = safe_next(request.query_params.get("next", ""))
    return _show_confirm(request, staff, wanted)


@router.post("/confirm")
async def post_confirm(request: Request, staff: Annotated[Staff, Depends(signed_in_partly)]) -> Response:
    form = await read_form(request, forms.Confirm)
    wanted = safe_next(form.next)
    outcome = await signing_in.confirm(access_of(request), staff, form.password, read_visitor(request))
    if outcome is not None:
        return denied(outcome, partial(_show_confirm, request, staff, wanted), 401)
    return RedirectResponse(wanted or HOME, 303)


@router.get("/join/{token}")
async def get_join(request: Request, token: str) -> Response:
    opened = await links.open_link(access_of(request), token, read_visitor(request))
    if isinstance(opened, Denied):
        return denied(opened, partial(render, request, "desk/access/void.html"), 404)
    return _show_join(request, opened, forms.Join(password=""))


@router.post("/join/{token}")
async def post_join(request: Request, token: str) -> Response:
    form = await read_form(request, forms.Join)
    access, visitor = access_of(request), read_visitor(request)
    opened = await links.open_link(access, token, visitor)
    if isinstance(opened, Denied):
        return denied(opened, partial(render, request, "desk/access/void.html"), 404)
    outcome = await links.use_link(access, token, links.Answers(form.password, form.name, form.email), visitor)
    if outcome == Denied("link"):  # another one was faster
        return denied(Denied("link"), partial(render, request, "desk/access/void.html"), 404)
    if isinstance(outcome, Denied):
        return denied(outcome, partial(_show_join, request, opened, form), 400)
    return enter(request, outcome, "")


@router.get("/forgotten")
async def get_forgotten(request: Request) -> Response:
    letters = access_of(request).mailer is not None
    return render(request, "desk/access/forgotten.html", letters=letters, sent=False, denial=None)


@router.post("/forgotten")
async def post_forgotten(request: Request) -> Response:
    """The same answer whether there is such an account or not, and after the same time: the letter is written afterwards."""
    form = await read_form(request, forms.Forgotten)
    access, visitor = access_of(request), read_visitor(request)
    email = signing_in.plain_email(form.email)
    page = partial(render, request, "desk/access/forgotten.html", letters=access.mailer is not None)
    subjects = [access.subject("forgotten", email), access.subject("forgotten from", network_of(visitor.address))]
    if outcome := await signing_in.count_try(access, subjects):
        return denied(outcome, partial(page, sent=False), 429)
    response = page(sent=True, denial=None)
    response.background = BackgroundTask(send_forgotten, access, email, words(request))
    return response


def denied(outcome: Denied, show: Callable[..., Response], status: int) -> Response:
    """The same page again, with the reason."""
    response = show(denial=outcome, status=429 if outcome.wait_seconds else status)
    if outcome.wait_seconds:
        response.headers["Retry-After"] = str(outcome.wait_seconds)
    return response


def show_sign_in(
    request: Request, wanted: str, *, email: str = "", denial: Denied | None = None, status: int = 200
) -> Response:
    return render(
        request,
        "desk/access/sign_in.html",
        status=status,
        next=wanted,
        email=email,
        denial=denial,
        openid=access_of(request).openid,
    )


def _show_confirm(
    request: Request, staff: Staff, wanted: str, *, denial: Denied | None = None, status: int = 200
) -> Response:
    values = {"next": wanted, "email": staff.email, "openid": access_of(request).openid, "denial": denial}
    return render(request, "desk/access/confirm.html", status=status, **values)


def _show_join(
    request: Request, opened: links.Opened, form: forms.Join, *, denial: Denied | None = None, status: int = 200
) -> Response:
    return render(
        request,
        "desk/access/join.html",
        status=status,
        kind=opened.link.kind,
        account=opened.account,
        form=form,
        denial=denial,
    )


async def _half(request: Request) -> tuple[Session, Account] | None:
    """The session that still lacks its second factor, with its account."""
    found = await access_of(request).find_session(request)
    return found if found and found[0].stage == "password" else None


async def end_former(request: Request) -> None:
    """Who signs in anew is not signed in twice in one browser."""
    if read_session(request) and (former := await access_of(request).find_staff(request)):
        await signing_in.sign_out(access_of(request), former)


def enter(request: Request, entered: Entered, wanted: str) -> Response:
    ahead = wanted or HOME
    if entered.stage == "password":
        # A path alone: behind a proxy we do not know how this browser reaches us.
        ahead = f"{SECOND}?{urlencode({'next': wanted})}" if wanted else SECOND
    response = RedirectResponse(ahead, 303)
    whole = access_of(request).terms.whole
    give_session(request, response, entered.token, int(whole.total_seconds()))
    if entered.device:
        give_device(request, response, entered.device)
    return response
