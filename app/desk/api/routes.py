"""The API: each reads a body, does one deed of the desk, and answers as JSON; nothing is decided here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from app.desk import blocking, callbacks, deeds, writing
from app.desk.access.identity import Staff
from app.desk.api import shapes
from app.desk.api.reading import (
    ROOT,
    conversation_of,
    read_behind,
    read_place,
    whole_of,
    write_place,
)
from app.desk.api.who import api_of, by_key, by_owner_key
from app.desk.routes import ID_CHARS_MAX
from app.desk.routes_live import answer_file
from app.desk.service import LINES_SHOWN, Desk
from app.desk.writing import Draftsman
from app.errors import ConflictError, NotFoundError
from app.store import queue
from app.store.keys import Key
from app.store.queue import Row
from app.store.queue_pages import Part, list_part
from app.store.taking import Seen

SAID: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.Failure, "description": text}
    for status, text in (
        (400, "The request is not as it must be."),
        (401, "The key is missing, or opens nothing."),
        (403, "The key may not do this."),
        (404, "It is not there, or not for this key."),
        (409, "It is not possible now; `code` and `message` say why."),
        (429, "Too many requests; `Retry-After` says when to come again."),
    )
}
router = APIRouter(prefix=ROOT, responses=SAID)
Who = Annotated[Staff, Depends(by_key)]
Owner = Annotated[Staff, Depends(by_owner_key)]
Number = Annotated[int, Path(ge=0, lt=2**53)]
Cursor = Annotated[str, Query(max_length=shapes.CURSOR_CHARS_MAX)]
Idempotency = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern=r"^[\w-]+$",
        description="Fresh for each text. The same again, after an answer that got lost, writes nothing twice; other words get 409.",
    ),
]


def _desk(request: Request) -> Desk:
    return api_of(request).desk


async def _key(page: str, customer: str, staff: Who) -> Key:
    staff.check_page(page)
    return page, customer[:ID_CHARS_MAX]


Of = Annotated[Key, Depends(_key)]


# ---- lists -------------------------------------------------------------------------------------------------


@router.get("/conversations", tags=["Conversations"])
async def list_conversations(
    request: Request,
    staff: Who,
    wanted: Annotated[shapes.Wanted, Query()],
) -> shapes.Conversations:
    """List conversations. Who waits longest comes first; in `all` and `resolved` the latest do."""
    desk = _desk(request)
    if wanted.page:
        staff.check_page(wanted.page)
    people = await desk.people()
    teams = desk.teams_of(people.find(staff.id))
    pages = [wanted.page] if wanted.page else desk.pages_of(staff)
    part = Part(wanted.view, pages, staff.id, teams, wanted.limit, read_place(wanted.cursor))
    found = await desk.database.read(lambda connection: list_part(connection, part))
    last = found[-1][1] if len(found) == wanted.limit else None
    return shapes.Conversations(
        conversations=[shapes.Conversation(**conversation_of(row, people)) for row, _ in found],
        next_cursor=write_place(last) if last else "",
    )


@router.get("/conversations/{page}/{customer}", tags=["Conversations"])
async def get_conversation(request: Request, staff: Who, key: Of, cursor: Cursor = "") -> shapes.Whole:
    """One conversation with its transcript, what the bot knows of the customer, and whether an answer may be sent now.

    What is private is ••• as long as the key does not have the conversation.
    """
    opened = await _desk(request).open(staff, key, read_behind(cursor))
    return whole_of(opened, LINES_SHOWN, staff)


@router.get(
    "/conversations/{page}/{customer}/files/{line_id}/{number}", tags=["Conversations"], response_class=Response
)
async def get_file(request: Request, staff: Who, key: Of, line_id: str, number: Number) -> Response:
    """A file of a transcript. `Range` is understood."""
    return await answer_file(request, staff, key, line_id, number)


@router.get("/people", tags=["People and Pages"])
async def list_people(request: Request, staff: Owner) -> list[shapes.Person]:
    """Who works for these Pages, and who is there. For keys of owners."""
    desk = _desk(request)
    people, now, pages = await desk.people(), desk.clock.now(), desk.pages_of(staff)
    mine = {each.id: each for page_id in pages for each in people.of_page(page_id)}
    return [
        shapes.Person(
            id=each.id, name=each.name, email=each.email, role=each.role,
            pages=[] if each.all_pages else sorted(each.page_ids.intersection(pages)),
            is_there=people.is_there(each.id, now), is_away=people.is_away(each.id),
        )
        for each in mine.values()
    ]  # fmt: skip


@router.get("/pages", tags=["People and Pages"])
async def list_pages(request: Request, staff: Owner) -> list[shapes.Page]:
    """The Pages with their teams, and the states to which a conversation can be handed back. For keys of owners."""
    desk = _desk(request)
    flows = {page_id: desk.flow_of(page_id) for page_id in desk.pages_of(staff)}
    return [
        shapes.Page(
            id=page_id, name=desk.name_of(page_id), teams=list(flow.teams) if flow else [],
            states=list(flow.states) if flow else [],
        )
        for page_id, flow in flows.items()
    ]  # fmt: skip


@router.get("/callbacks", tags=["Callbacks"])
async def list_callbacks(request: Request, staff: Who) -> list[shapes.Callback]:
    """Customers who left a number or an address while the team was closed, and nobody has called back; the longest first.

    What is private is ••• as long as the key does not have the conversation.
    """
    found = await callbacks.list_open(_desk(request), staff)
    return [
        shapes.Callback(
            id=each.id, page=each.page_id, customer=each.customer_id, name=each.name or "", team=each.team,
            contacts=dict(each.contacts), asked_at=each.asked_at,
        )
        for each in found
    ]  # fmt: skip


@router.post("/callbacks/{callback_id}/done", status_code=204, tags=["Callbacks"])
async def tick_off(request: Request, staff: Who, callback_id: Number) -> None:
    """Tick one off."""
    await callbacks.tick_off(_desk(request), staff, callback_id)


# ---- deeds -------------------------------------------------------------------------------------------------


@router.post("/conversations/{page}/{customer}/take", tags=["Deeds"])
async def take(request: Request, staff: Who, key: Of, body: shapes.Deed) -> shapes.Conversation:
    """Take a conversation: the key has it, and may answer. Of two who want it the first gets it."""
    await deeds.take(_desk(request), staff, await _seen(request, key, body))
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/assign", tags=["Deeds"])
async def assign(request: Request, staff: Who, key: Of, body: shapes.Assign) -> shapes.Conversation:
    """Give it to a person or a team. To a team only what the key has."""
    await deeds.give(_desk(request), staff, await _seen(request, key, body), body.to)
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/hand-back", status_code=202, tags=["Deeds"])
async def hand_back(request: Request, staff: Who, key: Of, body: shapes.HandBack) -> shapes.Conversation:
    """Let the bot go on. It does within a second or so: the answer shows the conversation as it still is."""
    await deeds.hand_back(_desk(request), staff, await _seen(request, key, body), body.state)
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/resolve", status_code=202, tags=["Deeds"])
async def resolve(request: Request, staff: Who, key: Of, body: shapes.Deed) -> shapes.Conversation:
    """It is done; the bot answers the customer's next message."""
    await deeds.resolve(_desk(request), staff, await _seen(request, key, body))
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/reopen", tags=["Deeds"])
async def reopen(request: Request, staff: Who, key: Of, body: shapes.Deed) -> shapes.Conversation:
    """Take up again what the bot answers now; 409 where staff are wanted or at it already."""
    if (await _row(request, key)).answered_by != "bot":
        raise ConflictError("This conversation is open already.", "Take it instead.")
    await deeds.take(_desk(request), staff, await _seen(request, key, body))
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/replies", status_code=202, tags=["Deeds"])
async def reply(
    request: Request, staff: Who, key: Of, body: shapes.Text, idempotency_key: Idempotency
) -> shapes.Written:
    """Send the customer a text; only who has the conversation may. It leaves after the seconds in which it can be taken back."""
    by = Draftsman(staff, key, f"{staff.id}/{idempotency_key}")
    return shapes.Written(seq=await writing.write_text(_desk(request), by, body.text))


@router.delete("/conversations/{page}/{customer}/replies/{seq}", status_code=204, tags=["Deeds"])
async def take_back(request: Request, staff: Who, key: Of, seq: Number) -> None:
    """Take a text back that has not left; 409 when it is too late."""
    await writing.take_back(_desk(request), staff, key, seq)


@router.post("/conversations/{page}/{customer}/notes", status_code=204, tags=["Deeds"])
async def add_note(request: Request, staff: Who, key: Of, body: shapes.Note, idempotency_key: Idempotency) -> None:
    """Write a note for colleagues; the customer never sees it."""
    await _row(request, key)
    by = Draftsman(staff, key, f"{staff.id}/{idempotency_key}")
    await writing.add_note(_desk(request), by, body.text)


@router.post("/conversations/{page}/{customer}/block", tags=["Deeds"])
async def block(request: Request, staff: Who, key: Of) -> shapes.Conversation:
    """Answer this customer no more. What they write is kept."""
    await blocking.set_blocked(_desk(request), staff, key, blocked=True)
    return await _now(request, key)


@router.post("/conversations/{page}/{customer}/unblock", tags=["Deeds"])
async def unblock(request: Request, staff: Who, key: Of) -> shapes.Conversation:
    """Answer this customer again, from the next message on."""
    await blocking.set_blocked(_desk(request), staff, key, blocked=False)
    return await _now(request, key)


async def _row(request: Request, key: Key) -> Row:
    rows = await _desk(request).database.read(lambda connection: queue.find_rows(connection, [key]))
    if not rows:
        raise NotFoundError("There is no such customer.")
    return rows[0]


async def _seen(request: Request, key: Key, body: shapes.Deed) -> Seen:
    """As the caller knows it; without that as it is."""
    row = await _row(request, key)
    return Seen(key, row.epoch if body.epoch is None else body.epoch)


async def _now(request: Request, key: Key) -> shapes.Conversation:
    return shapes.Conversation(**conversation_of(await _row(request, key), await _desk(request).people()))
