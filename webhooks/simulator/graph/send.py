"""The Send API: checks a send, lets the weather at it, shows it on the customer's screen. Never answers HTTP itself."""

from __future__ import annotations

from typing import Any

from webhooks.simulator import items
from webhooks.simulator.faults import SENDING, Fault
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call, check_rate, refuse
from webhooks.simulator.graph.check import check_message
from webhooks.simulator.graph.failures import GraphError
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import SENDS_PER_SECOND_MAX, TAG_WINDOW_MS, TYPING_MS, WINDOW_MS
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Entry, Thread

TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
TAGS = ("HUMAN_AGENT", "CUSTOMER_FEEDBACK")
REMOVED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
ACTIONS = ("typing_on", "typing_off", "mark_seen")


async def send(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`POST /{page}/messages`."""
    try:
        thread = _find_thread(sim, page_id, call)
        if call.values.get("sender_action") is not None:
            return _act(sim, thread, call)
        message = _check(sim, page_id, call)
    except GraphError as error:
        sim.sends.refused += 1
        return refuse(error)
    thread.overlaps += thread.under_way > 0
    thread.under_way += 1
    try:
        return await _send_in_weather(sim, thread, call, message)
    except GraphError as error:
        sim.sends.refused += 1
        return refuse(error)
    finally:
        thread.under_way -= 1


def _find_thread(sim: Simulator, page_id: str, call: Call) -> Thread:
    recipient = call.values.get("recipient")
    if not isinstance(recipient, dict) or not isinstance(recipient.get("id"), str | int):
        raise failures.bad_parameter("Param recipient must hold an id.")
    thread = sim.world.find_thread((page_id, str(recipient["id"])))
    if thread is None:
        raise failures.unknown_customer()
    return thread


def _check(sim: Simulator, page_id: str, call: Call) -> dict[str, Any]:
    check_rate(sim, page_id, "sends", SENDS_PER_SECOND_MAX)
    kind, tag = call.values.get("messaging_type"), call.values.get("tag")
    if kind is not None and kind not in TYPES:
        raise failures.bad_parameter("Param messaging_type is not one of RESPONSE, UPDATE, MESSAGE_TAG, UTILITY.")
    if tag in REMOVED_TAGS:
        raise failures.removed_tag()
    if (tag is not None and tag not in TAGS) or (kind == "MESSAGE_TAG" and tag is None):
        raise failures.bad_parameter("Param tag is missing or not supported.")
    persona_id = call.values.get("persona_id")
    if persona_id is not None and str(persona_id) not in sim.world.standings[page_id].personas:
        raise failures.bad_parameter("Param persona_id is not a persona of this Page.")
    return check_message(call.values.get("message"), sim.world.attachments)


def _act(sim: Simulator, thread: Thread, call: Call) -> Answer:
    """Typing or seen: shown, never kept."""
    if call.values.get("message") is not None:
        raise failures.bad_parameter("A message and a sender_action must be sent apart.", 2018014)
    action = call.values["sender_action"]
    if action not in ACTIONS:
        raise failures.bad_parameter("Param sender_action is not supported.")
    _check_reachable(sim, thread, call)
    thread.seen_ms = sim.meta_clock.now_ms()
    if action != "mark_seen":
        thread.typing_until_ms = sim.meta_clock.now_ms() + TYPING_MS if action == "typing_on" else 0
    sim.changed(thread)
    return Answer(200, {"recipient_id": thread.customer_id})


def _check_reachable(sim: Simulator, thread: Thread, call: Call) -> None:
    """The window, the owner, and whether the customer blocked the Page."""
    if thread.blocked:
        raise failures.unavailable_person()
    now_ms = sim.meta_clock.now_ms()
    if call.values.get("messaging_type") != "UTILITY":
        reach_ms = TAG_WINDOW_MS if call.values.get("tag") in TAGS else WINDOW_MS
        if thread.customer_at_ms is None or now_ms - thread.customer_at_ms > reach_ms:
            raise failures.closed_window()
    if thread.owner(now_ms) not in ("", sim.settings.app_id):
        raise failures.foreign_thread()


async def _send_in_weather(sim: Simulator, thread: Thread, call: Call, message: dict[str, Any]) -> Answer:
    hits = sim.faults.strike(SENDING, thread.key)
    refusal = _refuse_by_weather(hits)
    if refusal is not None:
        sim.sends.refused += 1
        return refusal
    _check_reachable(sim, thread, call)
    entry = accept(sim, thread, message)
    entry.persona = _persona_name(sim, thread, call)
    after = await _echo(sim, thread, entry, hits)
    if "slow" in hits:
        _queue_all(sim, after)
        after = ()
        await sim.clock.sleep(hits["slow"].seconds)
    return _answer(sim, thread, entry, hits, after)


def _refuse_by_weather(hits: dict[str, Fault]) -> Answer | None:
    """What comes instead of a delivery, if anything does."""
    if "reset" in hits and not hits["reset"].delivered:
        return Answer(0, None, drop="reset")
    if "http_500" in hits and not hits["http_500"].delivered:
        return refuse(failures.service_trouble())
    if "rate_limit" in hits:
        return refuse(failures.app_limit())
    if "token_expired" in hits:
        return refuse(failures.dead_token(460))
    if "window_closed" in hits:
        return refuse(failures.closed_window())
    if "error" in hits and not hits["error"].delivered:
        return refuse(_ordered_error(hits["error"]))
    return None


def _ordered_error(fault: Fault) -> GraphError:
    return GraphError(fault.code, "Ordered by the fault panel.", fault.subcode, fault.status)


def _persona_name(sim: Simulator, thread: Thread, call: Call) -> str:
    persona = sim.world.standings[thread.page_id].personas.get(str(call.values.get("persona_id")))
    return persona["name"] if persona else ""


def accept(sim: Simulator, thread: Thread, message: dict[str, Any]) -> Entry:
    """The message is on the customer's screen from now on."""
    metadata = message.get("metadata") or ""
    entry = Entry(sim.world.new_mid(), "bot", sim.meta_clock.stamp_ms(), message, metadata)
    thread.entries.append(entry)
    thread.typing_until_ms = 0
    thread.seen_ms = entry.at_ms
    thread.got += 1
    sim.sends.accepted += 1
    if metadata and thread.count_copy(metadata):
        sim.sends.copies += 1
    sim.changed(thread)
    return entry


async def _echo(sim: Simulator, thread: Thread, entry: Entry, hits: dict[str, Fault]) -> tuple[Webhook, ...]:
    """The webhooks that follow this message; with `echo_first` its echo is delivered before anything is answered."""
    follow: list[Webhook] = []
    if "no_echo" not in hits:
        follow.append(items.echo(thread, entry, sim.settings.app_id, "messaging"))
    if sim.settings.receipts:
        follow.extend(items.receipts(thread, entry))
        thread.delivered_ms = thread.read_ms = entry.at_ms
    if "echo_late" in hits:
        sim.postman.queue_later(
            tuple(each for each in follow if sim.world.wants(each.page_id, each.field)), hits["echo_late"].seconds
        )
        return ()
    if "echo_first" in hits and follow and follow[0].field == "message_echoes":
        await sim.postman.post_now(follow.pop(0))
    return tuple(follow)


def _answer(sim: Simulator, thread: Thread, entry: Entry, hits: dict[str, Fault], after: tuple[Webhook, ...]) -> Answer:
    """Delivered; now say so, or not."""
    if "lost_answer" in hits or "reset" in hits:
        _queue_all(sim, after)
        return Answer(0, None, drop="reset" if "reset" in hits else "silent")
    if "http_500" in hits or "error" in hits:
        _queue_all(sim, after)
        return refuse(failures.unknown_outcome() if "http_500" in hits else _ordered_error(hits["error"]))
    return Answer(200, {"recipient_id": thread.customer_id, "message_id": entry.mid}, after=after)


def _queue_all(sim: Simulator, webhooks: tuple[Webhook, ...]) -> None:
    for webhook in webhooks:
        sim.queue(webhook)
