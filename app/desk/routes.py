"""The desk's pages and forms. Each reads a form, does one deed of this room, and answers; nothing is decided here."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.desk import callbacks, deeds, finding, forms, writing
from app.desk.access.identity import Staff, signed_in
from app.desk.api.reading import read_place, write_place
from app.desk.api.shapes import CURSOR_CHARS_MAX
from app.desk.deeds import RefusedDeedError
from app.desk.live import counts_of, row_values
from app.desk.opened import NUMBER_MAX, talk_values
from app.desk.service import VIEWS, Desk
from app.desk.shown import linked, path_of, visible
from app.desk.writing import Draftsman
from app.errors import ConflictError, NotFoundError
from app.pages.forms import read_form
from app.pages.frame import environment, render, words
from app.store import canned, lines, search
from app.store.canned import Canned
from app.store.keys import Key
from app.store.lines import Behind
from app.store.queue import LIST_MOST, Row
from app.store.queue_pages import LATEST, place_of
from app.store.search import Hit
from app.store.taking import Seen

router = APIRouter(include_in_schema=False)
environment().filters.update(linked=linked, visible=visible)
environment().globals["path_of"] = path_of
Who = Annotated[Staff, Depends(signed_in)]
View = Literal["waiting", "mine", "team", "taken", "all", "resolved", "mentions"]
QUERY_CHARS_MAX = 200
ID_CHARS_MAX = 200


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _key(page: str, customer: str, staff: Who) -> Key:
    """The conversation in the address; one of others is not there."""
    staff.check_page(page)
    return page, customer[:ID_CHARS_MAX]


Of = Annotated[Key, Depends(_key)]


# ---- pages -------------------------------------------------------------------------------------------------


@router.get("/desk")
async def get_desk(
    request: Request,
    staff: Who,
    view: View = "waiting",
    behind: Annotated[str, Query(max_length=CURSOR_CHARS_MAX)] = "",
) -> Response:
    """The lists, with no conversation open."""
    return render(request, "desk/desk.html", talk=None, **await _list_values(request, staff, view, behind))


@router.get("/desk/c/{page}/{customer}")
async def get_conversation(request: Request, staff: Who, key: Of, view: View = "waiting") -> Response:
    """One conversation, beside the list that it was chosen from."""
    desk = desk_of(request)
    opened = await desk.open(staff, key)
    listed = await _list_values(request, staff, view)
    return render(request, "desk/desk.html", talk=talk_values(desk, staff, opened), **listed)


@router.get("/desk/c/{page}/{customer}/parts")
async def get_parts(request: Request, staff: Who, key: Of, view: View = "waiting") -> Response:
    """The conversation alone, for a screen that follows it."""
    desk = desk_of(request)
    talk = talk_values(desk, staff, await desk.open(staff, key))
    return render(request, "desk/talk.html", talk=talk, view=view)


@router.get("/desk/c/{page}/{customer}/earlier")
async def get_earlier(
    request: Request,
    staff: Who,
    key: Of,
    h: Annotated[int, Query(ge=0, lt=2**53)] = NUMBER_MAX,
    o: Annotated[int, Query(ge=0, lt=2**53)] = NUMBER_MAX,
) -> Response:
    """What was said before."""
    desk = desk_of(request)
    talk = talk_values(desk, staff, await desk.open(staff, key, Behind(h, o)))
    return render(request, "desk/earlier.html", talk=talk)


@router.get("/desk/c/{page}/{customer}/line/{line_id}")
async def get_line(request: Request, staff: Who, key: Of, line_id: str) -> Response:
    """One text that was too long for the transcript."""
    desk = desk_of(request)
    line = await desk.database.read(lambda connection: lines.find_line(connection, key, line_id))
    if line is None:
        raise NotFoundError("There is no such message.")
    await desk.saw(staff, key)
    return render(request, "desk/line.html", text=line.text, path=path_of(key))


async def _list_values(request: Request, staff: Staff, view: View, behind: str = "") -> dict[str, Any]:
    desk = desk_of(request)
    now = desk.clock.now()
    rows = await desk.list_rows(staff, view, read_place(behind))
    people = await desk.people()
    loads = await desk.list_loads(desk.pages_of(staff))
    seen = await desk.list_seen(staff, [row.key for row in rows])
    teams = desk.teams_of(people.find(staff.id))
    listed = [
        {**row_values(row, people, desk), "new": _is_new(row.last_customer_at, seen.get(row.key))} for row in rows
    ]
    counts = counts_of(loads, staff, teams) | {"mentions": await desk.count_mentions(staff)}
    return {
        "view": view, "views": VIEWS, "rows": listed, "counts": counts, "since": now.isoformat(), "teams": teams,
        "several_pages": len(desk.pages_of(staff)) > 1, "is_away": people.is_away(staff.id),
        "is_full": len(rows) >= LIST_MOST, "older": _older(view, rows), "callbacks": await callbacks.count_open(desk, staff),
    }  # fmt: skip


def _older(view: View, rows: Sequence[Row]) -> str:
    """Where a list of everything goes on; empty where it does not."""
    return write_place(place_of(view, rows[-1])) if view in LATEST and len(rows) >= LIST_MOST else ""


def _is_new(last: datetime | None, seen: datetime | None) -> bool:
    return last is not None and (seen is None or last > seen)


@router.get("/desk/search")
async def get_search(
    request: Request,
    staff: Who,
    q: Annotated[str, Query(max_length=QUERY_CHARS_MAX)] = "",
    behind: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """Customers and what was written, newest first."""
    desk = desk_of(request)
    pages, sought = desk.pages_of(staff), q.strip()
    customers: list[Hit] = []
    texts = search.Hits([])
    if len(sought) >= 2:
        texts = await finding.find_texts(desk, pages, sought, behind)
        if not behind:
            customers, replies = await desk.database.read(
                lambda connection: (
                    search.find_customers(connection, pages, sought),
                    search.find_replies(connection, pages, sought),
                )
            )
            texts = search.Hits(sorted((*texts.found, *replies), key=_newest_first), texts.go_on_behind)
    return render(
        request, "desk/search.html", q=q, customers=customers, texts=texts, behind=behind,
        is_short=0 < len(sought) < 2,
    )  # fmt: skip


def _newest_first(hit: Hit) -> float:
    return -hit.at.timestamp() if hit.at else 0.0


# ---- deeds -------------------------------------------------------------------------------------------------


@router.post("/desk/c/{page}/{customer}/deed")
async def post_deed(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.DeedForm)
    desk, seen = desk_of(request), Seen(key, form.epoch)
    match form.deed:
        case "take":
            deed = deeds.take(desk, staff, seen)
        case "assign":
            deed = deeds.give(desk, staff, seen, form.to)
        case "put_back":
            deed = deeds.put_back(desk, staff, seen, form.to)
        case "hand_back":
            deed = deeds.hand_back(desk, staff, seen, form.to)
        case "resolve":
            deed = deeds.resolve(desk, staff, seen)
    return await _done(request, key, deed)


@router.post("/desk/c/{page}/{customer}/text")
async def post_text(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.AnswerForm)
    by = Draftsman(staff, key, form.form_key)
    return await _done(request, key, writing.write_text(desk_of(request), by, form.text, form.answers))


@router.post("/desk/c/{page}/{customer}/products")
async def post_products(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.ProductsForm)
    by = Draftsman(staff, key, form.form_key)
    return await _done(request, key, writing.send_products(desk_of(request), by, list(form.product)))


@router.post("/desk/c/{page}/{customer}/note")
async def post_note(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.TextForm)
    return await _done(
        request, key, writing.add_note(desk_of(request), Draftsman(staff, key, form.form_key), form.text)
    )


@router.post("/desk/c/{page}/{customer}/undo")
async def post_undo(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.SeqForm)
    return await _done(request, key, writing.take_back(desk_of(request), staff, key, form.seq))


@router.post("/desk/c/{page}/{customer}/again")
async def post_again(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.SeqForm)
    return await _done(request, key, writing.send_again(desk_of(request), staff, key, form.seq))


@router.post("/desk/c/{page}/{customer}/look")
async def post_look(request: Request, staff: Who, key: Of) -> Response:
    form = await read_form(request, forms.LookForm)
    desk = desk_of(request)
    shown = await deeds.look(desk, staff, key, types=form.types)
    return Response(status_code=204, background=BackgroundTask(deeds.tell_customer, desk, key, shown))


@router.post("/desk/c/{page}/{customer}/leave")
async def post_leave(request: Request, staff: Who, key: Of) -> Response:
    await deeds.leave(desk_of(request), staff, key)
    return Response(status_code=204)


@router.post("/desk/away")
async def post_away(request: Request, staff: Who) -> Response:
    form = await read_form(request, forms.AwayForm)
    await deeds.set_away(desk_of(request), staff, away=form.away)
    return RedirectResponse("/desk", 303)


async def _done(request: Request, key: Key, deed: Awaitable[Any]) -> Response:
    """Do it; a script gets the outcome, a browser goes back to the conversation. Raises ConflictError in the reader's language."""
    try:
        outcome = await deed
    except RefusedDeedError as error:
        raise ConflictError(refusal_words(request, error)) from error
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"seq": outcome if isinstance(outcome, int) else 0})
    return RedirectResponse(path_of(key), 303)


def refusal_words(request: Request, error: RefusedDeedError) -> str:
    """Why not, for the person who wanted it."""
    t = words(request)
    if error.code != "policy":
        return t(f"desk.refused.{error.code}", **error.values)
    return t(f"desk.policy.{error.values['refusal']}", sentence=error.values["sentence"])


# ---- answers that are kept ready ---------------------------------------------------------------------------


@router.get("/desk/c/{page}/{customer}/answers")
async def get_answers(
    request: Request, staff: Who, key: Of, q: Annotated[str, Query(max_length=finding.QUERY_CHARS_MAX)] = ""
) -> Response:
    """What could be answered, for the box."""
    found = await finding.find_answers(desk_of(request), staff, key, q)
    return JSONResponse(
        [
            {"kind": each.kind, "id": each.id, "title": each.title, "text": each.text, "detail": each.detail}
            for each in found
        ]
    )


@router.get("/desk/canned")
async def get_canned(request: Request, staff: Who) -> Response:
    desk = desk_of(request)
    kept = {
        page_id: await desk.database.read(lambda connection: canned.list_canned(connection, page_id, staff.id))  # noqa: B023
        for page_id in desk.pages_of(staff)
    }
    names = {page_id: desk.name_of(page_id) for page_id in kept}
    return render(request, "desk/canned.html", kept=kept, names=names)


@router.post("/desk/canned")
async def post_canned(request: Request, staff: Who) -> Response:
    form = await read_form(request, forms.CannedForm)
    new = Canned(0, staff.id if form.own else "", form.name, form.text)
    try:
        await writing.keep_canned(desk_of(request), staff, form.page, new)
    except RefusedDeedError as error:
        raise ConflictError(refusal_words(request, error)) from error
    return RedirectResponse("/desk/canned", 303)


@router.post("/desk/canned/forget")
async def post_forget(request: Request, staff: Who) -> Response:
    form = await read_form(request, forms.ForgetForm)
    await writing.forget_canned(desk_of(request), staff, form.page, form.id)
    return RedirectResponse("/desk/canned", 303)
