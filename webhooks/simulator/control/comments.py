"""Comments under the Page's posts, and posts on its wall: `feed` tells of them, a private reply may answer each once."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError
from webhooks.simulator import items
from webhooks.simulator.control.deeds import Deed
from webhooks.simulator.control.orders import BadOrderError, CommentOrder
from webhooks.simulator.things import Comment, keep

POST_ID = "1"
"""The post that is there from the start, after the Page's id."""


def first_post(page_id: str) -> str:
    return f"{page_id}_{POST_ID}"


def comment(deed: Deed) -> dict[str, Any]:
    """A new comment or post, or one that is changed or removed."""
    given = deed.order.comment
    if given is None:
        raise BadOrderError("Say what the comment is.")
    found = _add(deed, given) if given.verb == "add" else _change(deed, given)
    name = deed.sim.settings.pages[found.page_id].name if found.by_page else deed.thread.name
    sender = {"id": found.page_id if found.by_page else found.customer_id, "name": name}
    value: dict[str, Any] = {"item": "comment", "verb": given.verb, "post_id": found.post_id, "from": sender,
                             "created_time": found.at_ms // 1000}  # fmt: skip
    if found.parent_id:
        value |= {"comment_id": found.comment_id, "parent_id": found.parent_id}
    else:
        value["item"] = "post"
    if given.verb != "remove":
        value["message"] = found.text
    deed.sim.queue(items.change(*deed.thread.key, "feed", found.at_ms, value))
    return {"comment_id": found.comment_id, "post_id": found.post_id}


def _add(deed: Deed, given: CommentOrder) -> Comment:
    page_id, customer_id = deed.thread.key
    number = deed.sim.world.new_id()
    if given.post_id is None:
        own_id = f"{page_id}_{number}"
        made = Comment(own_id, page_id, customer_id, own_id, "", given.text, deed.at_ms(), given.by_page)
    else:
        own_id = f"{given.post_id.rpartition('_')[2]}_{number}"
        parent_id = given.parent_id or given.post_id
        made = Comment(own_id, page_id, customer_id, given.post_id, parent_id, given.text, deed.at_ms(), given.by_page)
    keep(deed.sim.world.things.comments, own_id, made)
    return made


def _change(deed: Deed, given: CommentOrder) -> Comment:
    found = deed.sim.world.things.comments.get(given.comment_id or "")
    if found is None or found.gone or (found.page_id, found.customer_id) != deed.thread.key:
        raise ConflictError("This customer wrote no such comment.")
    found.gone = given.verb == "remove"
    found.text = found.text if found.gone else given.text
    return found
