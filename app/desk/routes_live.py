"""The stream of events for screens, and files: those that customers sent, through us, and those that staff send."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.clock import within_calendar
from app.desk import writing
from app.desk.access.identity import Staff
from app.desk.access.visits import read_session
from app.desk.kinds import FileKind, kind_of
from app.desk.live import Cookie, Hub
from app.desk.routes import Of, Who, _done, desk_of
from app.desk.shown import addresses_of
from app.desk.writing import FILE_BYTES_MAX, Draftsman
from app.errors import NotFoundError
from app.pages.forms import read_body
from app.service.files import Files, NoFileError
from app.store import files, lines
from app.store.keys import Key

router = APIRouter(include_in_schema=False)
ALONE = "sandbox; default-src 'none'"
"""A file is no page: nothing in it runs, whatever a browser takes it for."""
UNKNOWN = FileKind("file", "application/octet-stream", "", may_be_shown=False)
_RANGE = re.compile(r"bytes=(?:(\d{1,12})-(\d{0,12})|-(\d{1,12}))")


@router.get("/desk/events")
async def get_events(request: Request, staff: Who, since: AwareDatetime | None = None) -> Response:
    """What changes, until the screen goes away. `Last-Event-ID` is the moment that the screen knows of."""
    hub: Hub = request.app.state.hub
    access = request.app.state.access
    hub.check_room(staff)
    known = _moment(request.headers.get("last-event-id", "")) or (within_calendar(since) if since else None)
    cookie = Cookie(read_session(request), lambda: access.find_staff(request))
    events = hub.events(staff, cookie, known)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return within_calendar(moment) if moment.tzinfo else None


@router.get("/desk/c/{page}/{customer}/file/{line_id}/{number}")
async def get_file(request: Request, staff: Who, key: Of, line_id: str, number: int) -> Response:
    """A file of a transcript."""
    return await answer_file(request, staff, key, line_id, number)


async def answer_file(request: Request, staff: Staff, key: Key, line_id: str, number: int) -> Response:
    """The file, fetched by us: the sender learns nothing of who looks, and its host nothing at all. Raises NotFoundError."""
    desk = desk_of(request)
    line = await desk.database.read(lambda connection: lines.find_line(connection, key, line_id))
    addresses = addresses_of(line) if line else []
    if not 0 <= number < len(addresses) or not addresses[number]:
        raise NotFoundError("There is no such file.")
    await desk.saw(staff, key)
    fetcher: Files = request.app.state.files
    try:
        data = await fetcher.fetch(addresses[number])
    except NoFileError:
        raise NotFoundError("This file is no longer to be had.") from None
    return _file(request, data, "file")


@router.post("/desk/c/{page}/{customer}/file")
async def post_file(
    request: Request,
    staff: Who,
    key: Of,
    form_key: Annotated[str, Query(min_length=8, max_length=64, pattern=r"^[\w-]+$")],
    name: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Send a file: its bytes are the body."""
    data = await read_body(request, FILE_BYTES_MAX + 1)
    by = Draftsman(staff, key, form_key)
    return await _done(request, key, writing.send_file(desk_of(request), by, name, data))


@router.get("/files/{name}")
async def get_sent_file(request: Request, name: str) -> Response:
    """A file that staff sent, for the channel and the customer: whoever knows its name may have it."""
    file_id = name.partition(".")[0]
    found = await desk_of(request).database.read(lambda connection: files.find(connection, file_id))
    if found is None:
        return PlainTextResponse("not found", 404)
    response = _file(request, found.data, found.name)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(request: Request, data: bytes, name: str) -> Response:
    """The bytes as what they are: shown only where that is harmless, else to be saved."""
    kind = kind_of(data) or UNKNOWN
    how = "inline" if kind.may_be_shown else "attachment"
    stem = "".join(
        each for each in name.rpartition(".")[0] or name if each.isascii() and (each.isalnum() or each in "-_")
    )
    headers = {
        "Content-Security-Policy": ALONE,
        "Content-Disposition": f'{how}; filename="{stem or "file"}{kind.ending}"',
        "Cache-Control": "private, max-age=600",
        "Accept-Ranges": "bytes",
    }
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None:
        return Response(data, media_type=kind.mime, headers=headers)
    # `-500` are the last 500 bytes: players look for what stands at the end of a video.
    first = max(len(data) - int(wanted[3]), 0) if wanted[3] else int(wanted[1])
    last = min(int(wanted[2] or len(data) - 1), len(data) - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, media_type=kind.mime, headers=headers)
