"""The list of customers to be called back, and blocking one: pages and forms that do one deed each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk import blocking, callbacks
from app.desk.access.forms import Nothing
from app.desk.private import HIDDEN
from app.desk.routes import Of, Who, desk_of
from app.desk.shown import path_of
from app.pages.forms import Form, read_form
from app.pages.frame import render
from app.store.callbacks import Callback

router = APIRouter(include_in_schema=False)


class BlockForm(Form):
    blocked: bool


@router.get("/desk/callbacks")
async def get_callbacks(request: Request, staff: Who) -> Response:
    desk = desk_of(request)
    found = await callbacks.list_open(desk, staff)
    names = {page_id: desk.name_of(page_id) for page_id in desk.pages_of(staff)}
    return render(request, "desk/callbacks.html", callbacks=found, page_names=names, hides=_hides(found))


def _hides(found: Sequence[Callback]) -> bool:
    return any(HIDDEN in each.contacts.values() for each in found)


@router.post("/desk/callbacks/{callback_id}/done")
async def post_done(request: Request, staff: Who, callback_id: Annotated[int, Path(ge=1, lt=2**53)]) -> Response:
    await read_form(request, Nothing)
    await callbacks.tick_off(desk_of(request), staff, callback_id)
    return RedirectResponse("/desk/callbacks", 303)


@router.post("/desk/c/{page}/{customer}/block")
async def post_block(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, BlockForm)
    await blocking.set_blocked(desk_of(request), staff, key, blocked=form.blocked)
    return RedirectResponse(path_of(key), 303)
