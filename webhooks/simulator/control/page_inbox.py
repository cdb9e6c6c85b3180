"""The person in the Page's own inbox: answers in the thread, which silences the bot, and gives it back."""

from __future__ import annotations

from typing import Any

from webhooks.simulator import items
from webhooks.simulator.control.deeds import open_thread
from webhooks.simulator.control.orders import ForCustomer, StaffReply
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import INBOX_APP_ID, Entry, Thread


def reply(sim: Simulator, order: StaffReply) -> dict[str, Any]:
    """A person answers: the inbox takes the thread if it has not got it, then the answer is echoed, in standby where we lost it.

    With an app's id another app answers.
    """
    thread = open_thread(sim, order)
    app_id = order.app_id or INBOX_APP_ID
    now_ms = sim.meta_clock.stamp_ms()
    thread.customer_at_ms = thread.customer_at_ms or now_ms
    if order.control and thread.owner(now_ms) != app_id:
        _take(sim, thread, now_ms, app_id)
    entry = Entry(sim.world.new_mid(), "person", sim.meta_clock.stamp_ms(), {"text": order.text})
    if app_id != INBOX_APP_ID:
        entry.written_by = "app"
    thread.entries.append(entry)
    thread.delivered_ms = thread.read_ms = entry.at_ms
    channel: items.Channel = "messaging" if thread.owner(now_ms) in ("", sim.settings.app_id) else "standby"
    sim.queue(items.echo(thread, entry, app_id, channel))
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id, "mid": entry.mid}


def _take(sim: Simulator, thread: Thread, now_ms: int, app_id: str) -> None:
    thread.give_to(app_id)
    apps: dict[str, str | None] = {"previous_owner_app_id": sim.settings.app_id, "new_owner_app_id": app_id}
    sim.queue(items.control_changed(thread, now_ms, "take_thread_control", apps))


def give_back(sim: Simulator, order: ForCustomer) -> dict[str, Any]:
    """The person gives the thread to the bot, also when the bot itself had asked for a person."""
    thread = open_thread(sim, order)
    thread.give_to(sim.settings.app_id)
    sim.queue(items.thread_passed(thread, sim.meta_clock.stamp_ms(), sim.settings.app_id))
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id}
