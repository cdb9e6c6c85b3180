"""Pages about other programs: keys for the API, and addresses that are told what happens. Only for owners, only within their Pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.desk.access import api_keys
from app.desk.access.access import Denied
from app.desk.access.forms import Nothing
from app.desk.access.identity import Staff, owner_confirmed, owner_only
from app.desk.access.routes import access_of, denied
from app.desk.access.team import Rights, by
from app.errors import NotFoundError
from app.owner import hooking
from app.pages.forms import Form, read_form
from app.pages.frame import render
from app.service.post import Poster
from app.store import api_keys as kept_keys
from app.store import hooks
from app.store.hooks import Hook

router = APIRouter(include_in_schema=False)
Owner = Annotated[Staff, Depends(owner_only)]
Confirmed = Annotated[Staff, Depends(owner_confirmed)]
Number = Annotated[int, Path(ge=1, lt=2**53)]
TOOLS = "/owner/tools"
DELIVERIES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Tools:
    """The application keeps it as `app.state.tools`. `key`: what the secrets of webhooks are made of."""

    key: bytes = field(repr=False)
    poster: Poster = field(default_factory=Poster)


class KeyForm(Form):
    """`pages` counts only with `reach` some."""

    name: str
    role: Literal["staff", "owner"]
    reach: Literal["all", "some"]
    pages: tuple[str, ...] = ()


class HookForm(Form):
    url: str
    kinds: tuple[str, ...] = ()
    reach: Literal["all", "some"]
    pages: tuple[str, ...] = ()


def tools_of(request: Request) -> Tools:
    tools: Tools = request.app.state.tools
    return tools


@router.get(TOOLS)
async def get_tools(request: Request, owner: Owner) -> Response:
    who = by(owner)

    def work(connection: Connection) -> tuple[list[kept_keys.ApiKey], list[Hook]]:
        listening = [each for each in hooks.list_hooks(connection) if each.is_within(owner.all_pages, owner.page_ids)]
        return api_keys.list_keys(connection, who), listening

    keys, listening = await access_of(request).database.read(work)
    return render(
        request, "owner/tools.html", keys=keys, hooks=listening, page_names=access_of(request).terms.pages,
        host_of=lambda url: urlsplit(url).netloc,
    )  # fmt: skip


# ---- keys --------------------------------------------------------------------------------------------------


@router.get("/owner/tools/keys/new")
async def get_new_key(request: Request, owner: Confirmed) -> Response:
    form = KeyForm(name="", role="staff", reach="all" if owner.all_pages else "some")
    return _show_key_form(request, owner, form, denial=None)


@router.post("/owner/tools/keys/new")
async def post_new_key(request: Request, owner: Confirmed) -> Response:
    form = await read_form(request, KeyForm)
    outcome = await api_keys.make(access_of(request), by(owner), form.name, _rights(form))
    if isinstance(outcome, Denied):
        return denied(outcome, partial(_show_key_form, request, owner, form), 400)
    return render(request, "owner/shown_once.html", kind="key", called=outcome.key.name, secret=outcome.token)


@router.post("/owner/tools/keys/{key_id}/revoke")
async def post_revoke(request: Request, owner: Confirmed, key_id: str) -> Response:
    found = await access_of(request).database.read(partial(kept_keys.find, key_id=key_id))
    if found is None or not api_keys.reaches_key(by(owner), found):
        raise NotFoundError("There is no such key, or it is not one of yours.")
    await read_form(request, Nothing)
    await api_keys.revoke(access_of(request), by(owner), found)
    return RedirectResponse(TOOLS, 303)


def _show_key_form(
    request: Request, owner: Staff, form: KeyForm, *, denial: Denied | None, status: int = 200
) -> Response:
    values = {"form": form, "denial": denial, "page_names": _pages(request, owner)}
    return render(request, "owner/new_key.html", status=status, **values)


def _rights(form: KeyForm | HookForm) -> Rights:
    everywhere = form.reach == "all"
    role = form.role if isinstance(form, KeyForm) else "owner"
    return Rights(role, frozenset() if everywhere else frozenset(form.pages), everywhere)


def _pages(request: Request, owner: Staff) -> dict[str, str]:
    return {page_id: name for page_id, name in access_of(request).terms.pages.items() if owner.may_see(page_id)}


# ---- webhooks ----------------------------------------------------------------------------------------------


@router.get("/owner/tools/webhooks/new")
async def get_new_hook(request: Request, owner: Confirmed) -> Response:
    form = HookForm(url="", kinds=hooks.KINDS, reach="all" if owner.all_pages else "some")
    return _show_hook_form(request, owner, form, denial=None)


@router.post("/owner/tools/webhooks/new")
async def post_new_hook(request: Request, owner: Confirmed) -> Response:
    form = await read_form(request, HookForm)
    tools = tools_of(request)
    wanted = hooking.Wanted(form.url.strip(), frozenset(form.kinds), _rights(form))
    outcome = await hooking.add(access_of(request), by(owner), wanted, tools.poster)
    if isinstance(outcome, Denied):
        return denied(outcome, partial(_show_hook_form, request, owner, form), 400)
    return _show_secret(request, outcome)


@router.get("/owner/tools/webhooks/{hook_id}")
async def get_hook(
    request: Request, owner: Owner, hook_id: str, before: Annotated[int | None, Query(ge=0, lt=2**53)] = None
) -> Response:
    """One address, and what it was told."""
    hook = await _find(request, owner, hook_id)
    told = await access_of(request).database.read(
        lambda connection: hooks.list_deliveries(connection, hook.id, DELIVERIES_SHOWN + 1, before)
    )
    more = told[DELIVERIES_SHOWN - 1].id if len(told) > DELIVERIES_SHOWN else None
    return render(
        request, "owner/hook.html", hook=hook, deliveries=told[:DELIVERIES_SHOWN], more=more,
        page_names=access_of(request).terms.pages, now=access_of(request).clock.now(),
    )  # fmt: skip


@router.post("/owner/tools/webhooks/{hook_id}/rotate")
async def post_rotate(request: Request, owner: Confirmed, hook_id: str) -> Response:
    hook = await _find(request, owner, hook_id)
    await read_form(request, Nothing)
    return _show_secret(request, await hooking.rotate(access_of(request), by(owner), hook))


@router.post("/owner/tools/webhooks/{hook_id}/on")
async def post_on(request: Request, owner: Confirmed, hook_id: str) -> Response:
    return await _switch(request, owner, hook_id, on=True)


@router.post("/owner/tools/webhooks/{hook_id}/off")
async def post_off(request: Request, owner: Confirmed, hook_id: str) -> Response:
    return await _switch(request, owner, hook_id, on=False)


async def _switch(request: Request, owner: Staff, hook_id: str, *, on: bool) -> Response:
    hook = await _find(request, owner, hook_id)
    await read_form(request, Nothing)
    await hooking.switch(access_of(request), by(owner), hook, on=on)
    return _back_to(hook)


@router.post("/owner/tools/webhooks/{hook_id}/remove")
async def post_remove(request: Request, owner: Confirmed, hook_id: str) -> Response:
    hook = await _find(request, owner, hook_id)
    await read_form(request, Nothing)
    await hooking.remove(access_of(request), by(owner), hook)
    return RedirectResponse(TOOLS, 303)


@router.post("/owner/tools/webhooks/{hook_id}/deliveries/{delivery_id}/again")
async def post_again(request: Request, owner: Owner, hook_id: str, delivery_id: Number) -> Response:
    """Tell it once more what did not reach it."""
    hook = await _find(request, owner, hook_id)
    await read_form(request, Nothing)
    now = access_of(request).clock.now()
    await access_of(request).database.transaction(
        lambda connection: hooks.try_again(connection, hook.id, delivery_id, now)
    )
    return _back_to(hook)


async def _find(request: Request, owner: Staff, hook_id: str) -> Hook:
    found = await access_of(request).database.read(partial(hooks.find, hook_id=hook_id))
    if found is None or not found.is_within(owner.all_pages, owner.page_ids):
        raise NotFoundError("There is no such webhook, or it is not one of yours.")
    return found


def _back_to(hook: Hook) -> Response:
    return RedirectResponse(f"{TOOLS}/webhooks/{hook.id}", 303)


def _show_secret(request: Request, hook: Hook) -> Response:
    """The secret, once: it can only be changed later."""
    secret = hooking.secret(tools_of(request).key, hook)
    return render(request, "owner/shown_once.html", kind="hook", called=hook.url, secret=secret)


def _show_hook_form(
    request: Request, owner: Staff, form: HookForm, *, denial: Denied | None, status: int = 200
) -> Response:
    values = {"form": form, "denial": denial, "page_names": _pages(request, owner), "kinds": hooks.KINDS}
    return render(request, "owner/new_hook.html", status=status, **values)
