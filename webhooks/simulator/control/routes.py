"""The control API and the chat page over HTTP. Each route reads an order, calls one function, answers JSON."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from app.errors import NotFoundError, TooLargeError
from webhooks.simulator.answers import AsciiJSON, read_body, read_object
from webhooks.simulator.control import page_inbox, standing, stream
from webhooks.simulator.control.deeds import open_thread
from webhooks.simulator.control.guard import check_caller
from webhooks.simulator.control.orders import (
    AppOrder,
    BadOrderError,
    ClockOrder,
    FaultOrder,
    ForCustomer,
    PageOrder,
    Raw,
    Say,
    StaffReply,
)
from webhooks.simulator.control.report import report
from webhooks.simulator.control.say import say
from webhooks.simulator.faults import KINDS, Fault
from webhooks.simulator.items import escape
from webhooks.simulator.limits import MEDIA_BYTES_MAX, WAIT_SECONDS_MAX
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.views import clock_json, summary_json, thread_json
from webhooks.simulator.world import Key, Thread

IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
THREADS_LISTED_MAX = 200
"""O: a person does not look through more; the newest come first."""
router = APIRouter(prefix="/_control", dependencies=[Depends(check_caller)])


def _sim(request: Request) -> Simulator:
    sim: Simulator = request.app.state.simulator
    return sim


@router.post("/say")
async def post_say(request: Request) -> Response:
    """A customer does something."""
    return AsciiJSON(say(_sim(request), Say.read(await read_object(request))))


@router.post("/customer")
async def post_customer(request: Request) -> Response:
    """A new customer opens the Page's thread and says nothing yet."""
    sim = _sim(request)
    thread = open_thread(sim, ForCustomer.read(await read_object(request)))
    sim.changed(thread)
    return AsciiJSON(summary_json(sim, thread))


@router.get("/threads")
async def get_threads(request: Request) -> Response:
    """The Pages, and the customers, the one with the newest event first."""
    sim = _sim(request)
    newest = list(reversed(sim.world.threads.values()))[:THREADS_LISTED_MAX]
    return AsciiJSON({
        "pages": [{"page": page_id, "name": page.name} for page_id, page in sim.settings.pages.items()],
        "handshake": sim.postman.handshake,
        "clock": clock_json(sim),
        "threads": [summary_json(sim, thread) for thread in newest],
    })  # fmt: skip


@router.get("/thread/{page}/{customer}")
async def get_thread(request: Request, page: str, customer: str, got: int = 0, wait_seconds: float = 10.0) -> Response:
    """What the customer's screen shows; with `got`, once the bot sent so many messages or the wait is over."""
    sim = _sim(request)
    if got > 0:
        await _wait_for(sim, (page, customer), got, min(wait_seconds, WAIT_SECONDS_MAX))
    return AsciiJSON(thread_json(sim, _find(sim, page, customer)))


def _find(sim: Simulator, page: str, customer: str) -> Thread:
    thread = sim.world.find_thread((page, customer))
    if thread is None:
        raise NotFoundError("This customer never opened this Page's thread.")
    return thread


async def _wait_for(sim: Simulator, key: Key, got: int, wait_seconds: float) -> None:
    end = sim.clock.monotonic() + wait_seconds
    with sim.streams.listen() as changes:
        while sim.clock.monotonic() < end:
            thread = sim.world.find_thread(key)
            if thread is not None and thread.got >= got:
                return
            await changes.wait(max(end - sim.clock.monotonic(), 0.001))


@router.post("/fault")
async def post_fault(request: Request) -> Response:
    """Order trouble; kind `clear` ends all of it."""
    faults = _sim(request).faults
    order = FaultOrder.read(await read_object(request))
    if order.kind == "clear":
        faults.clear(order.which)
    elif order.kind in KINDS:
        faults.add(Fault(**order.model_dump(exclude={"which"})))
    else:
        raise BadOrderError("There is no such fault.", f"Kinds: {', '.join(KINDS)}, clear.")
    return AsciiJSON({"active": faults.describe(), "struck": faults.struck, "kinds": KINDS})


@router.post("/clock")
async def post_clock(request: Request) -> Response:
    """Move Meta's clock: its time stamps and its windows."""
    sim = _sim(request)
    order = ClockOrder.read(await read_object(request))
    if order.now is not None:
        if order.now.tzinfo is None:
            raise BadOrderError("The time has no zone.", "Write it as 2026-11-25T10:00:00Z.")
        sim.meta_clock.move_to(order.now)
    if order.shift is not None:
        sim.meta_clock.shift_to(order.shift)
    if order.advance is not None:
        sim.meta_clock.advance(order.advance)
    for key in list(sim.world.threads)[:THREADS_LISTED_MAX]:
        sim.streams.tell(key)
    return AsciiJSON(clock_json(sim))


@router.post("/page")
async def post_page(request: Request) -> Response:
    """Change how Meta has a Page: published, its token's rights and life, how much of its calls is used up."""
    return AsciiJSON(standing.change_page(_sim(request), PageOrder.read(await read_object(request))))


@router.post("/app")
async def post_app(request: Request) -> Response:
    """Change how Meta has the app: its addresses, its subscription."""
    return AsciiJSON(standing.change_app(_sim(request), AppOrder.read(await read_object(request))))


@router.post("/staff_reply_in_page_inbox")
async def post_staff_reply(request: Request) -> Response:
    """A person answers from the Page's own inbox."""
    return AsciiJSON(page_inbox.reply(_sim(request), StaffReply.read(await read_object(request))))


@router.post("/give_back")
async def post_give_back(request: Request) -> Response:
    """The person gives the thread back to the bot."""
    return AsciiJSON(page_inbox.give_back(_sim(request), ForCustomer.read(await read_object(request))))


@router.get("/report")
async def get_report(request: Request, customers: bool = True) -> Response:
    """What happened so far; without `customers` the counts alone."""
    return AsciiJSON(report(_sim(request), with_customers=customers))


@router.post("/reset")
async def post_reset(request: Request) -> Response:
    """Forget every thread, fault and count."""
    _sim(request).reset()
    return AsciiJSON({"reset": True})


@router.post("/raw")
async def post_raw(request: Request) -> Response:
    """Post any body to the bot once and tell what it answered."""
    order = Raw.read(await read_object(request))
    body = order.body.encode("utf-8", "surrogatepass") if isinstance(order.body, str) else escape(order.body)
    status, text = await _sim(request).postman.post_raw(body, order.signature)
    return AsciiJSON({"status": status, "body": text})


@router.get("/stream")
async def get_stream(request: Request) -> Response:
    """Changes as they happen."""
    return StreamingResponse(
        stream.events(_sim(request)), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@router.post("/media")
async def post_media(request: Request) -> Response:
    """Keep a photo of the chat page in memory; its address is what the customer sends."""
    sim = _sim(request)
    media_type = request.headers.get("content-type", "")
    if media_type not in IMAGE_TYPES:
        raise BadOrderError("This is not a photo.", f"Types: {', '.join(IMAGE_TYPES)}.")
    try:
        photo = await read_body(request, MEDIA_BYTES_MAX)
    except TooLargeError as error:
        raise TooLargeError("The photo is too large.", f"At most {MEDIA_BYTES_MAX // 1024 // 1024} MiB.") from error
    media_id = sim.keep_media(media_type, photo)
    return AsciiJSON({"url": f"{request.url.scheme}://{request.headers['host']}/media/{media_id}"})
