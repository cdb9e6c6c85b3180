"""What a customer does. Every deed is a webhook to the bot; which one, the modules beside this one know."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.control import comments, consents, marks, writing
from webhooks.simulator.control.deeds import Deed, open_thread
from webhooks.simulator.control.orders import BadOrderError, Say
from webhooks.simulator.simulator import Simulator

WRITTEN = ("text", "attachment", "attachments", "message")
"""Parts of one message; a referral may come with them."""
DEEDS = (
    *WRITTEN, "tap", "unsupported", "referral", "reaction", "edit", "unsend", "seen", "optin", "feedback", "rating",
    "account_linking", "coupon", "comment", "block", "item",
)  # fmt: skip


def say(sim: Simulator, order: Say) -> dict[str, Any]:
    """Carry out one deed; what became of it: `mid`, `opened` for a web address, `page` and `customer`."""
    deeds = [name for name in DEEDS if getattr(order, name) is not None]
    if not deeds:
        raise BadOrderError(f"Say what: {', '.join(DEEDS)}.")
    thread = open_thread(sim, order)
    sim.postman.check_room(thread.key)
    done = _do(Deed(sim, thread, order), deeds)
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id, **done}


def _do(deed: Deed, deeds: list[str]) -> dict[str, Any]:
    match deeds:
        case ["tap"]:
            return writing.tap(deed)
        case ["unsupported"]:
            return writing.send_unsupported(deed)
        case ["referral"]:
            return writing.come_by_link(deed)
        case ["reaction"]:
            return marks.react(deed)
        case ["edit"]:
            return marks.edit(deed)
        case ["unsend"]:
            return marks.unsend(deed)
        case ["seen"]:
            return marks.see(deed)
        case _ if set(deeds) <= {*WRITTEN, "referral"}:
            return writing.write(deed)
        case [one]:
            return _do_other(deed, one)
        case _:
            raise BadOrderError(f"These do not go together: {', '.join(deeds)}.")


def _do_other(deed: Deed, name: str) -> dict[str, Any]:
    """What is no message and no mark on one."""
    match name:
        case "comment":
            return comments.comment(deed)
        case "block":
            return marks.block(deed)
        case "item":
            deed.post(deed.order.field, deed.order.item or {}, opens=True)
            return {}
        case "optin":
            return consents.opt_in(deed)
        case "feedback":
            return consents.fill_in(deed)
        case "rating":
            return consents.rate(deed)
        case "coupon":
            return consents.uncover(deed)
        case _:
            return consents.link_account(deed)
