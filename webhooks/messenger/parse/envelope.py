"""A body as a whole: its entries, their lists of items, and the order in which things happened. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from app.channel import Ignored, Item
from app.errors import BrokenPayloadError
from app.values import value
from webhooks.messenger.parse import facts, messages
from webhooks.messenger.parse.changes import read_change
from webhooks.messenger.parse.fields import STANDBY, Place, not_ahead, to_dict, to_id, to_list, to_moment, to_text
from webhooks.messenger.payload import TooDeep
from webhooks.messenger.payload import read as payload_of

DASHBOARD_PAGE_ID = "0"
"""What the dashboard's Test button calls the Page."""
_DEAD_KINDS = (
    "game_play",
    "payment",
    "checkout_update",
    "pre_checkout",
    "message_request",
    "messaging_customer_information",
)
_ENVELOPE_FIELDS = frozenset(("id", "time", "uid", "messaging", "standby", "changes", "changed_fields"))
_MESSAGING_FIELDS = frozenset(
    (
        "messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries", "message_reads",
        "messaging_postbacks", "messaging_referrals", "messaging_optins", "messaging_optouts", "messaging_handovers",
        "messaging_account_linking", "messaging_feedback", "response_feedback", "messaging_policy_enforcement",
        "messaging_game_plays", "messaging_customer_information", "standby",
    )
)  # fmt: skip
"""Fields whose `value` is an item like those of `messaging`: so the dashboard sends them."""

_Dated = tuple[datetime, Item]


@value
class _Body:
    """What holds for the whole body. `pages`: whose events we take; None for every Page's."""

    received_at: datetime
    app_id: str
    pages: Container[str] | None

    def takes(self, page_id: str) -> bool:
        return self.pages is None or page_id in self.pages


@value
class _Entry:
    """What holds for one entry: its Page (empty when it names none), its time, and that time as it came."""

    body: _Body
    page_id: str
    at: datetime
    stamp: str

    def place(self, item: Mapping[str, Any], at: datetime) -> Place:
        """The place of something that belongs to no customer."""
        return Place(self.page_id, "", not_ahead(at, self.body.received_at), self.stamp, self.body.app_id, False, item)


def parse(payload: Any, received_at: datetime, app_id: str, pages: Container[str] | None = None) -> list[Item]:
    """Every item of a webhook body, in the order in which they happened.

    Items of Pages that are not in `pages` come out unreadable. Whatever cannot be understood does too; nothing raises.
    """
    body = _Body(received_at, app_id, pages)
    if type(payload) is not dict:
        return [_unreadable_whole(body, payload)]
    product = payload.get("object")
    if type(product) is str and product != "page":
        return [Ignored("an event of another product")]
    entries = payload.get("entry")
    if product is None or (type(entries) is not list and type(entries) is not dict):
        return [_unreadable_whole(body, payload)]
    dated: list[_Dated] = []
    for entry in to_list(entries):
        _read_entry(body, entry, dated)
    if len(dated) > 1:
        dated.sort(key=itemgetter(0))
    return [item for _, item in dated]


def _unreadable_whole(body: _Body, payload: Any) -> Item:
    entry = _Entry(body, "", body.received_at, "")
    if isinstance(payload, TooDeep):
        return entry.place({"text": payload.raw}, body.received_at).unreadable("it nests too deep")
    whole = payload if type(payload) is dict else {"payload": payload}
    return entry.place(whole, body.received_at).unreadable("no object with entries of a Page")


def _read_entry(body: _Body, whole: Any, dated: list[_Dated]) -> None:
    fields = to_dict(whole)
    time = fields.get("time")
    entry = _Entry(body, to_id(fields.get("id")), to_moment(time) or body.received_at, to_text(time))
    if entry.page_id == DASHBOARD_PAGE_ID:
        dated.append((entry.at, Ignored("a test from the dashboard")))
        return
    for item in to_list(fields.get("messaging")):
        _read_item(entry, item, False, dated)
    for item in to_list(fields.get("standby")):
        _read_item(entry, item, True, dated)
    for change in to_list(fields.get("changes")):
        _read_change(entry, to_dict(change) or {"change": change}, dated)
    if not _is_known(fields):
        dated.append(
            (
                entry.at,
                entry.place(fields or {"entry": whole}, entry.at).unreadable("an entry in which nothing is known"),
            )
        )


def _is_known(entry: Mapping[str, Any]) -> bool:
    """Whether an entry holds lists that we read, or nothing but its id and time. Fields beside the lists may be new."""
    lists = [entry[name] for name in ("messaging", "standby", "changes") if entry.get(name) is not None]
    if lists:
        return all(type(each) in (list, dict) for each in lists)
    return bool(entry) and _ENVELOPE_FIELDS.issuperset(entry)


def _read_change(entry: _Entry, change: Mapping[str, Any], dated: list[_Dated]) -> None:
    name, value = to_text(change.get("field")), change.get("value")
    if type(value) is not dict:
        dated.append((entry.at, entry.place(change, entry.at).unreadable("a change without a value")))
        return
    if name in _MESSAGING_FIELDS:
        _read_item(entry, value, name == "standby", dated)
        return
    at = to_moment(value.get("created_time")) or entry.at
    place = entry.place(change, at)
    items = read_change(place, name, value) if entry.body.takes(place.page_id) else [_not_connected(place)]
    dated.extend((at, item) for item in items)


def _read_item(entry: _Entry, item: Any, is_standby: bool, dated: list[_Dated]) -> None:
    """One element of `messaging` or `standby`."""
    fields = to_dict(item)
    timestamp = fields.get("timestamp")
    moment = to_moment(timestamp)
    at = moment or entry.at
    stamp = (to_text(timestamp) if moment else "") or entry.stamp
    sender, recipient = (
        to_id(to_dict(fields.get("sender")).get("id")),
        to_id(to_dict(fields.get("recipient")).get("id")),
    )
    page_id = entry.page_id or (sender if to_dict(fields.get("message")).get("is_echo") else recipient)
    customer_id = recipient if sender == page_id else sender
    happened_at = not_ahead(at, entry.body.received_at)
    place = Place(page_id, customer_id, happened_at, stamp, entry.body.app_id, is_standby, fields or {"item": item})
    if not page_id or page_id not in (sender, recipient):
        dated.append((at, place.unreadable("sender and recipient do not fit the Page")))
    elif not entry.body.takes(page_id):
        dated.append((at, _not_connected(place)))
    else:
        dated.extend((at, each) for each in _read_kind(place, fields))


def _not_connected(place: Place) -> Item:
    return place.unreadable("its Page is not connected, or its app may not speak for it")


def _read_kind(place: Place, item: Mapping[str, Any]) -> list[Item]:
    """The reader is chosen by the one field that names the kind."""
    match item:
        case {"message": dict(message)}:
            return messages.read_message(place, message)
        case {"postback": dict(postback)}:
            return [messages.read_postback(place, postback)]
        case {"delivery": dict(receipt)}:
            return [facts.read_receipt(place, receipt, is_read=False)]
        case {"read": dict(receipt)}:
            return [facts.read_receipt(place, receipt, is_read=True)]
        case {"reaction": dict(reaction)}:
            return [facts.read_reaction(place, reaction)]
        case {"referral": dict(referral)}:
            return [messages.read_referral(place, referral)]
        case {"message_edit": dict(edit)}:
            return [facts.read_edit(place, edit)]
        case {"optin": dict(opt_in)}:
            return [facts.read_opt_in(place, opt_in)]
        case _:
            return [_read_rare_kind(place, item)]


def _read_rare_kind(place: Place, item: Mapping[str, Any]) -> Item:
    match item:
        case {"pass_thread_control": dict(control)}:
            return facts.read_pass(place, control)
        case {"take_thread_control": dict(control)}:
            return facts.read_take(place, control)
        case {"request_thread_control": dict(control)}:
            return facts.read_request(place, control)
        case {"app_roles": dict(roles)}:
            return facts.read_roles(place, roles)
        case {"policy_enforcement": dict(policy)} | {"policy-enforcement": dict(policy)}:
            return facts.read_policy(place, policy)
        case {"account_linking": dict(linking)}:
            return facts.read_account_linking(place, linking)
        case {"messaging_feedback": {"feedback_screens": screens}}:
            return facts.read_feedback(place, screens)
        case {"response_feedback": dict(feedback)}:
            return facts.read_thumb(place, feedback)
        case {"template": dict(template)}:
            return facts.read_coupon(place, template)
        case _:
            return _read_useless_kind(place, item)


def _read_useless_kind(place: Place, item: Mapping[str, Any]) -> Item:
    for name in _DEAD_KINDS:
        if name in item:
            return Ignored(f"the kind {name}")
    if place.is_standby and item.keys() <= {"sender", "recipient", "timestamp"}:
        return Ignored("a standby item with nothing in it")
    return place.unreadable("an item of an unknown kind")


def parse_again(
    raw: str, page_id: str, received_at: datetime, app_id: str, pages: Container[str] | None = None
) -> Item | None:
    """What this program makes of an item that was set aside as unreadable, from its JSON text; None if that is no JSON object."""
    try:
        item = payload_of(raw.encode("utf-8", "replace"))
    except BrokenPayloadError:
        return None
    if type(item) is not dict:
        return None
    if type(item.get(STANDBY)) is dict:
        name, item = STANDBY, item[STANDBY]
    else:
        name = "changes" if item.keys() >= {"field", "value"} else "messaging"
    entry: dict[str, Any] = {"id": page_id, "time": int(received_at.timestamp() * 1000), name: [item]}
    found = parse({"object": "page", "entry": [entry]}, received_at, app_id, pages)
    return found[0] if found else None
