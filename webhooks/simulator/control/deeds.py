"""What every deed of a customer needs: the thread, the time, the way to the bot. Decides nothing about messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.errors import ConflictError, NotFoundError
from webhooks.simulator import items
from webhooks.simulator.control.orders import ForCustomer, Say
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Entry, Thread


def page_of(sim: Simulator, page: str) -> str:
    """The Page that is meant: the only one where none is named."""
    page_id = page or (next(iter(sim.settings.pages)) if len(sim.settings.pages) == 1 else "")
    if page_id not in sim.settings.pages:
        raise NotFoundError("There is no such Page.", f"Pages: {', '.join(sim.settings.pages)}.")
    return page_id


def open_thread(sim: Simulator, order: ForCustomer) -> Thread:
    """The customer's thread; a new customer if there is none of this id, or none was given."""
    key = page_of(sim, order.page), order.customer or sim.world.new_customer_id()
    thread = sim.world.open_thread(key, order.name)
    thread.name = order.name or thread.name
    return thread


@dataclass(frozen=True, slots=True)
class Deed:
    """One order of one customer."""

    sim: Simulator
    thread: Thread
    order: Say

    def at_ms(self) -> int:
        return self.order.timestamp if self.order.timestamp is not None else self.sim.meta_clock.stamp_ms()

    def foreign_owner(self) -> str:
        """The app that has the thread, unless it is the bot's."""
        owner = self.thread.owner(self.sim.meta_clock.now_ms())
        return "" if owner == self.sim.settings.app_id else owner

    def post(self, field: str, values: dict[str, Any], *, opens: bool) -> None:
        """Queue what the customer did; `opens`: it opens the window."""
        at_ms = self.at_ms()
        if opens:
            self.thread.open_window(at_ms, self.sim.meta_clock.now_ms())
        self.sim.queue(items.from_customer(self.thread, field, at_ms, values, self.foreign_owner()))

    def post_shown(self, field: str, values: dict[str, Any]) -> dict[str, Any]:
        """Queue a message or a tap and show it in the thread; gives its id."""
        thread, at_ms = self.thread, self.at_ms()
        said: dict[str, Any] = next(iter(values.values()))
        shown = {"text": said.get("text", said.get("title", "")), "attachments": said.get("attachments", [])}
        if said.get("is_unsupported"):
            shown["is_unsupported"] = True
        entry = Entry(said["mid"], "customer", at_ms, shown, reply_to=(said.get("reply_to") or {}).get("mid", ""))
        owner = self.foreign_owner()
        thread.started = True
        if thread.refuses == "stopped":
            thread.refuses = ""  # who writes wants to hear again
        thread.said += 1
        thread.entries.append(entry)
        thread.open_window(at_ms, self.sim.meta_clock.now_ms())
        self.sim.queue(items.from_customer(thread, field, at_ms, values, owner, entry=entry))
        return {"mid": said["mid"]}

    def find_entry(self, mid: str | None, written_by: str) -> Entry:
        """The message of this id, or the last one of that writer."""
        for entry in reversed(self.thread.entries):
            if entry.mid == mid or (mid is None and entry.written_by == written_by):
                return entry
        raise ConflictError("There is no such message in this thread.")

    def find_form(self, mid: str | None, template_type: str) -> tuple[Entry, dict[str, Any]]:
        """The last message that holds such a template, or the one of this id; with the template."""
        for entry in reversed(self.thread.entries):
            payload = (entry.message.get("attachment") or {}).get("payload") or {}
            if payload.get("template_type") == template_type and mid in (None, entry.mid):
                return entry, payload
        raise ConflictError("There is no such form in this thread.")
