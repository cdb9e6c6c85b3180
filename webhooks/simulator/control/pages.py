"""What Meta and other apps do, and the Page's posts, over HTTP. Each route reads an order, calls one function, answers JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from webhooks.simulator.answers import AsciiJSON, read_object
from webhooks.simulator.control import meta
from webhooks.simulator.control.comments import first_post
from webhooks.simulator.control.deeds import page_of
from webhooks.simulator.control.guard import check_caller
from webhooks.simulator.control.orders import ControlOrder, PolicyOrder, RolesOrder, TemplateOrder, TestOrder
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.things import Comment

POST_TEXT = "The new collection is here. Which one would you wear first?"
"""The post that is there from the start."""
COMMENTS_LISTED_MAX = 50
"""O: the newest; a person does not read more."""
router = APIRouter(prefix="/_control", dependencies=[Depends(check_caller)])


def _sim(request: Request) -> Simulator:
    sim: Simulator = request.app.state.simulator
    return sim


@router.post("/thread_control")
async def post_thread_control(request: Request) -> Response:
    """Another app takes, passes, asks for or releases a thread."""
    return AsciiJSON(meta.control_thread(_sim(request), ControlOrder.read(await read_object(request))))


@router.post("/policy")
async def post_policy(request: Request) -> Response:
    """Meta warns or blocks the Page, or ends that."""
    return AsciiJSON(meta.enforce_policy(_sim(request), PolicyOrder.read(await read_object(request))))


@router.post("/app_roles")
async def post_roles(request: Request) -> Response:
    """Roles of the old protocol."""
    return AsciiJSON(meta.change_roles(_sim(request), RolesOrder.read(await read_object(request))))


@router.post("/template_status")
async def post_template_status(request: Request) -> Response:
    """Meta reviews a utility template."""
    return AsciiJSON(meta.review_template(_sim(request), TemplateOrder.read(await read_object(request))))


@router.post("/dashboard_test")
async def post_dashboard_test(request: Request) -> Response:
    """The test button of Meta's dashboard."""
    return AsciiJSON(meta.post_test(_sim(request), TestOrder.read(await read_object(request))))


@router.get("/posts")
async def get_posts(request: Request, page: str = "") -> Response:
    """The Page's post and what was written under it and on the wall, the oldest first."""
    sim = _sim(request)
    page_id = page_of(sim, page)
    listed = [each for each in sim.world.things.comments.values() if each.page_id == page_id and not each.gone]
    return AsciiJSON({
        "page": page_id,
        "post_id": first_post(page_id),
        "text": POST_TEXT,
        "policy": sim.world.things.policy.get(page_id, ""),
        "comments": [_describe(sim, each) for each in listed[-COMMENTS_LISTED_MAX:]],
    })  # fmt: skip


def _describe(sim: Simulator, comment: Comment) -> dict[str, Any]:
    thread = sim.world.find_thread((comment.page_id, comment.customer_id))
    name = sim.settings.pages[comment.page_id].name if comment.by_page else thread.name if thread else ""
    return {
        "comment_id": comment.comment_id,
        "post_id": comment.post_id,
        "customer": comment.customer_id,
        "name": name,
        "text": comment.text,
        "at": comment.at_ms,
        "is_post": not comment.parent_id,
        "by_page": comment.by_page,
        "replied": comment.replied,
    }
