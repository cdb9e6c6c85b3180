"""Push notes of one's own browsers: asked for and given up at `/account`, and the script that shows them."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import forms
from app.desk.access.access import Access
from app.desk.access.account_routes import ACCOUNT, Me
from app.desk.access.routes import access_of
from app.desk.access.visits import read_visitor
from app.errors import BrokenPayloadError, NotFoundError
from app.pages.forms import read_form
from app.pages.frame import words
from app.pages.statics import statics
from app.service.post import Poster
from app.service.push import new_sealed, push_key, read_browser, unseal
from app.store import pushes
from app.store.pushes import Target

router = APIRouter(include_in_schema=False)
SHOWER = "desk/access/push-worker.js"


@router.get("/push-worker.js")
async def get_worker(request: Request) -> Response:  # noqa: ARG001 - a route
    """At the root, for a browser lets a script of this kind see nothing above its own address."""
    script = statics()[SHOWER]
    return Response(script.content, media_type=script.media_type, headers={"Cache-Control": "no-cache"})


@router.get("/account/push")
async def get_key(request: Request, me: Me) -> Response:  # noqa: ARG001 - who is signed in
    """The key that a browser is to subscribe with."""
    return Response(await public_key(access_of(request)), media_type="text/plain")


@router.post("/account/push")
async def post_push(request: Request, me: Me) -> Response:
    """Tell this browser, too. Raises BrokenPayloadError for an address that is not everybody's, or keys that are none."""
    form = await read_form(request, forms.PushTarget)
    access, browser = access_of(request), read_browser(form.endpoint, form.p256dh, form.auth)
    if browser is None or not Poster().is_fit(form.endpoint):
        raise BrokenPayloadError("This browser cannot be told: its address or its key is not what it must be.")
    target = Target(
        access.chance.new_id(), me.id, me.session_id, browser.endpoint, browser.public, browser.auth,
        read_visitor(request).device, words(request).language, access.clock.now(),
    )  # fmt: skip
    await access.database.transaction(lambda connection: pushes.add(connection, target))
    return Response(status_code=204)


@router.post("/account/push/{target_id}/remove")
async def post_remove(request: Request, me: Me, target_id: str) -> Response:
    await read_form(request, forms.Nothing)
    if not await access_of(request).database.transaction(
        lambda connection: pushes.remove(connection, target_id, me.id)
    ):
        raise NotFoundError("There is no such browser.")
    return RedirectResponse(f"{ACCOUNT}?done=push", 303)


async def public_key(access: Access) -> str:
    """The installation's, made at the first need."""
    key = push_key(access.key)
    fresh = new_sealed(key)

    def work(connection: Connection) -> str:
        return pushes.hold_key(connection, fresh, lambda kept: unseal(key, kept) is not None)

    vapid = unseal(key, await access.database.transaction(work))
    assert vapid is not None
    return vapid.public
