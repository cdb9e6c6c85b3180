"""The Send API: checks a send, lets the weather at it, shows it on the customer's screen. Never answers HTTP itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webhooks.simulator import items
from webhooks.simulator.faults import SENDING, Fault
from webhooks.simulator.graph import failures, routing, uploads, utility
from webhooks.simulator.graph.calls import Answer, Call, check_rate, refuse
from webhooks.simulator.graph.check import check_message
from webhooks.simulator.graph.failures import GraphError
from webhooks.simulator.graph.policy import check_fitting, check_kind, check_reachable
from webhooks.simulator.graph.recipients import Recipient, find_recipient
from webhooks.simulator.graph.weather import answer_by_weather, refuse_by_weather
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import MEDIA_SENDS_PER_SECOND_MAX, SENDS_PER_SECOND_MAX, TYPING_MS
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Entry, Thread

ACTIONS = ("typing_on", "typing_off", "mark_seen")


@dataclass(frozen=True, slots=True)
class Order:
    """One send whose form is good. `words`: what a utility message reads like."""

    recipient: Recipient
    call: Call
    message: dict[str, Any]
    words: str = ""

    @property
    def thread(self) -> Thread:
        return self.recipient.thread


async def send(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`POST /{page}/messages`."""
    try:
        recipient = find_recipient(sim, page_id, call)
        if call.values.get("sender_action") is not None:
            return _act(sim, recipient, call)
        order = _check(sim, recipient, call)
    except GraphError as error:
        sim.sends.refused += 1
        return refuse(error)
    thread = order.thread
    thread.overlaps += thread.under_way > 0
    thread.under_way += 1
    try:
        return await _send_in_weather(sim, order)
    except GraphError as error:
        sim.sends.refused += 1
        return refuse(error)
    finally:
        thread.under_way -= 1


def _check(sim: Simulator, recipient: Recipient, call: Call) -> Order:
    page_id = recipient.thread.page_id
    check_rate(sim, page_id, "sends", SENDS_PER_SECOND_MAX)
    check_kind(call)
    message = check_message(call.values.get("message"), sim.world.things.uploads)
    if (message.get("attachment") or {}).get("type") in ("audio", "video"):
        check_rate(sim, page_id, "media", MEDIA_SENDS_PER_SECOND_MAX)
    check_fitting(call, message)
    _check_persona(sim, page_id, call.values.get("persona_id"))
    routing.check_inline(call.values.get("thread_control"))
    _check_reply_to(recipient.thread, call.values.get("reply_to"))
    words = utility.fill(sim, page_id, message["template"]) if "template" in message else ""
    return Order(recipient, call, message, words)


def _check_reply_to(thread: Thread, reply_to: Any) -> None:
    if reply_to is None:
        return
    mid = reply_to.get("mid") if isinstance(reply_to, dict) else None
    if not isinstance(mid, str) or thread.find(mid) is None:
        raise failures.bad_parameter("Param reply_to must hold the mid of a message of this thread.")


def _check_persona(sim: Simulator, page_id: str, persona_id: Any) -> None:
    if persona_id is not None and str(persona_id) not in sim.world.standings[page_id].personas:
        raise failures.bad_parameter("Param persona_id is not a persona of this Page.")


def _act(sim: Simulator, recipient: Recipient, call: Call) -> Answer:
    """Typing or seen: shown, never kept."""
    if call.values.get("message") is not None:
        raise failures.known(100, 2018014)
    action = call.values["sender_action"]
    if action not in ACTIONS:
        raise failures.bad_parameter("Param sender_action is not supported.")
    check_reachable(sim, recipient, call)
    thread = recipient.thread
    thread.seen_ms = sim.meta_clock.now_ms()
    if action != "mark_seen":
        thread.typing_until_ms = sim.meta_clock.now_ms() + TYPING_MS if action == "typing_on" else 0
    sim.changed(thread)
    return Answer(200, {"recipient_id": thread.customer_id})


async def _send_in_weather(sim: Simulator, order: Order) -> Answer:
    hits = sim.faults.strike(SENDING, order.thread.key)
    refusal = refuse_by_weather(hits)
    if refusal is not None:
        sim.sends.refused += 1
        return refusal
    check_reachable(sim, order.recipient, order.call)
    entry = _accept(sim, order)
    body = _body(sim, order, entry)
    after = await _echo(sim, order, entry, hits)
    if "slow" in hits:
        _queue_all(sim, after)
        after = ()
        await sim.clock.sleep(hits["slow"].seconds)
    bad = answer_by_weather(hits)
    if bad is None:
        return Answer(200, body, after=after)
    _queue_all(sim, after)
    return bad


def _accept(sim: Simulator, order: Order) -> Entry:
    """The message is on the customer's screen from now on."""
    thread, values = order.thread, order.call.values
    metadata = order.message.get("metadata") or ""
    shown = uploads.show(sim, order.message)
    if order.words:
        shown = {**shown, "text": order.words}
    entry = Entry(sim.world.new_mid(), "bot", sim.meta_clock.stamp_ms(), shown, metadata)
    entry.reply_to = str((values.get("reply_to") or {}).get("mid") or "")
    persona = sim.world.standings[thread.page_id].personas.get(str(values.get("persona_id")))
    entry.persona = persona["name"] if persona else ""
    thread.entries.append(entry)
    thread.typing_until_ms = 0
    thread.seen_ms = entry.at_ms
    thread.got += 1
    sim.sends.accepted += 1
    if metadata and thread.count_copy(metadata):
        sim.sends.copies += 1
    if order.recipient.comment is not None:
        order.recipient.comment.replied = True
    routing.apply_inline(thread, values.get("thread_control"))
    sim.changed(thread)
    return entry


def _body(sim: Simulator, order: Order, entry: Entry) -> dict[str, Any]:
    """Meta does not tell who stands behind a `user_ref`."""
    body = {} if order.recipient.way == "user_ref" else {"recipient_id": order.thread.customer_id}
    body["message_id"] = entry.mid
    attachment_id = uploads.reusable(sim, order.message)
    return {**body, "attachment_id": attachment_id} if attachment_id else body


async def _echo(sim: Simulator, order: Order, entry: Entry, hits: dict[str, Fault]) -> tuple[Webhook, ...]:
    """The webhooks that follow this message; with `echo_first` its echo is delivered before anything is answered."""
    if order.recipient.way == "user_ref":
        return ()
    follow = _following(sim, order.thread, entry, has_echo="no_echo" not in hits)
    if "echo_late" in hits:
        wanted = tuple(each for each in follow if sim.world.wants(each.page_id, each.field))
        sim.postman.queue_later(wanted, hits["echo_late"].seconds)
        return ()
    if "echo_first" in hits and follow and follow[0].field == "message_echoes":
        await sim.postman.post_now(follow.pop(0))
    if "echo_with" in hits:
        _queue_all(sim, tuple(follow))
        return ()
    return tuple(follow)


def _following(sim: Simulator, thread: Thread, entry: Entry, *, has_echo: bool) -> list[Webhook]:
    follow: list[Webhook] = []
    if has_echo:
        follow.append(items.echo(thread, entry, sim.settings.app_id, "messaging"))
    if sim.settings.receipts:
        follow.extend(items.receipts(thread, entry))
        thread.delivered_ms = thread.read_ms = entry.at_ms
    return follow


def _queue_all(sim: Simulator, webhooks: tuple[Webhook, ...]) -> None:
    for webhook in webhooks:
        sim.queue(webhook)
