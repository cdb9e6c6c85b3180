"""The person in the Page's own inbox: answers in the thread, which silences the bot, and gives it back."""

from __future__ import annotations

from typing import Any

from webhooks.simulator import items
from webhooks.simulator.control.orders import ForCustomer, StaffReply
from webhooks.simulator.control.say import open_thread
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import INBOX_APP_ID, Entry


def reply(sim: Simulator, order: StaffReply) -> dict[str, Any]:
    """A person answers: the inbox takes the thread if it has not got it, then the answer is echoed in standby."""
    thread = open_thread(sim, order)
    now_ms = sim.meta_clock.stamp_ms()
    thread.customer_at_ms = thread.customer_at_ms or now_ms
    if thread.owner(now_ms) != INBOX_APP_ID:
        thread.owner_app_id = INBOX_APP_ID
        sim.queue(items.thread_taken(thread, now_ms, sim.settings.app_id))
    entry = Entry(sim.world.new_mid(), "person", sim.meta_clock.stamp_ms(), {"text": order.text})
    thread.entries.append(entry)
    thread.delivered_ms = thread.read_ms = entry.at_ms
    sim.queue(items.echo(thread, entry, INBOX_APP_ID, "standby"))
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id, "mid": entry.mid}


def give_back(sim: Simulator, order: ForCustomer) -> dict[str, Any]:
    """The person gives the thread to the bot, also when the bot itself had asked for a person."""
    thread = open_thread(sim, order)
    thread.owner_app_id = sim.settings.app_id
    sim.queue(items.thread_passed(thread, sim.meta_clock.stamp_ms(), sim.settings.app_id))
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id}
