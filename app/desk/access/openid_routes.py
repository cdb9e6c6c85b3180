"""Pages of signing in with the company's account: there, and back."""

from __future__ import annotations

import hmac

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import signing_in
from app.desk.access.access import Denied
from app.desk.access.openid import Begun, OpenId, pack, unpack
from app.desk.access.routes import access_of, end_former, enter, show_sign_in
from app.desk.access.visits import give_begun, read_begun, read_visitor, take_begun
from app.errors import NotFoundError
from app.pages.failures import safe_next

router = APIRouter(include_in_schema=False)


def _openid(request: Request) -> OpenId:
    openid = access_of(request).openid
    if openid is None:
        raise NotFoundError("Signing in with a company's account is not set up here.")
    return openid


@router.get("/sign-in/openid")
async def get_openid(request: Request) -> Response:
    openid, access = _openid(request), access_of(request)
    begun = Begun(
        access.new_token(), access.new_token(), access.new_token(), safe_next(request.query_params.get("next", ""))
    )
    address = await openid.find_address(begun, again=await access.find_staff(request) is not None)
    if address is None:
        return show_sign_in(request, begun.next, denial=Denied("openid_away"), status=503)
    response = RedirectResponse(address, 303)
    give_begun(request, response, pack(begun, access.key))
    return response


@router.get("/sign-in/openid/back")
async def get_openid_back(request: Request) -> Response:
    openid, access = _openid(request), access_of(request)
    begun = unpack(read_begun(request), access.key)
    given, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    if begun is None or not code or not hmac.compare_digest(begun.state.encode(), given.encode()):
        return show_sign_in(request, "", denial=Denied("openid"), status=401)
    email = await openid.find_email(begun, code, access.clock.now())
    outcome = await signing_in.sign_in_vouched(access, email, read_visitor(request)) if email else Denied("openid")
    if isinstance(outcome, Denied):
        response: Response = show_sign_in(request, begun.next, denial=outcome, status=401)
    else:
        await end_former(request)
        response = enter(request, outcome, begun.next)
    take_begun(request, response)
    return response
