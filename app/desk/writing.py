"""What staff write: answers, cards of products, files, notes, answers that are kept ready. What is refused is refused before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from app.desk import noted
from app.desk.access.identity import Staff
from app.desk.deeds import RefusedDeedError
from app.desk.kinds import kind_of
from app.desk.noted import Deed
from app.desk.service import Desk, People, to_send, trouble_of
from app.engine.cards import card_of
from app.engine.draft import Draft
from app.engine.effects import Message, message_from_dict, message_to_dict
from app.engine.flow import Flow, Slot
from app.engine.session import Session, from_dict
from app.engine.slots import value_text
from app.errors import NotFoundError
from app.mask import mask
from app.store import beside, canned, conversations, files, lines, personas, replies, sessions
from app.store.beside import NewNote
from app.store.canned import Canned
from app.store.files import StoredFile
from app.store.keys import Key
from app.store.replies import WRITTEN_AS, Reply, Written

TEXT_CHARS_MAX = 6_000
"""What the channel does not take as one message is sent as several."""
NOTE_CHARS_MAX = 5_000
CANNED_CHARS_MAX = 2_000
NAME_CHARS_MAX = 60
PRODUCTS_MAX = 10
"""Cards side by side."""
FILE_BYTES_MAX = 8 * 1024 * 1024
"""Messenger's limit for a picture; larger things are better sent as a link."""


@dataclass(frozen=True, slots=True)
class Draftsman:
    """Who writes to whom, and the form it came by."""

    staff: Staff
    key: Key
    form_key: str


async def write_text(desk: Desk, by: Draftsman, text: str, answers: str = "") -> int:
    """Send an answer; its place in the customer's line. The same form again is the same message.

    `answers`: the line of the transcript that it answers, one of this customer's own.
    """
    if not text.strip():
        raise RefusedDeedError("empty")
    if len(text) > TEXT_CHARS_MAX:
        raise RefusedDeedError("too_long", most=TEXT_CHARS_MAX)
    return await _write(desk, by, Message(text.strip(), reply_to=await _mid_of(desk, by, answers) if answers else ""))


async def _mid_of(desk: Desk, by: Draftsman, line_id: str) -> str:
    by.staff.check_page(by.key[0])
    line = await desk.database.read(lambda connection: lines.find_line(connection, by.key, line_id))
    if line is None or not line.mid or not line.can_be_answered:
        raise RefusedDeedError("no_line")
    return line.mid


async def send_products(desk: Desk, by: Draftsman, product_ids: list[str]) -> int:
    """Send products as cards, as the bot shows them."""
    flow = desk.flow_of(by.key[0])
    if flow is None or not product_ids or not all(each in flow.products for each in product_ids):
        raise RefusedDeedError("no_product")
    stored = await desk.database.read(lambda connection: sessions.find(connection, by.key))
    draft = Draft(flow, from_dict(stored or {}), desk.clock.now())
    cards = tuple(card_of(draft, flow.products[each], ()) for each in product_ids[:PRODUCTS_MAX])
    return await _write(desk, by, Message(cards=cards))


async def send_file(desk: Desk, by: Draftsman, name: str, data: bytes) -> int:
    """Send a picture, a video, a sound or a document. What it is tells its content, not its name."""
    if not desk.public_url:
        raise RefusedDeedError("no_public_url")
    if len(data) > FILE_BYTES_MAX:
        raise RefusedDeedError("file_too_large", most=FILE_BYTES_MAX // 1024 // 1024)
    kind = kind_of(data)
    if kind is None:
        raise RefusedDeedError("bad_file")
    stored = StoredFile(desk.chance.new_id(), kind.kind, kind.mime, _plain_name(name, kind.ending), data)
    address = f"{desk.public_url.rstrip('/')}/files/{stored.id}{kind.ending}"
    return await _write(desk, by, Message(media=(kind.kind, address), content=sha256(data).hexdigest()), stored)


async def send_again(desk: Desk, staff: Staff, key: Key, seq: int) -> int:
    """Send a message once more that failed. It stays where it is; the new one comes behind it, and pressing twice sends once."""
    staff.check_page(key[0])
    body = await desk.database.read(lambda connection: replies.find_failed(connection, key, seq))
    if not body:
        raise RefusedDeedError("nothing_failed")
    return await _write(desk, Draftsman(staff, key, f"again/{seq}"), message_from_dict(body))


async def take_back(desk: Desk, staff: Staff, key: Key, seq: int) -> None:
    """Undo a message that has not left."""
    staff.check_page(key[0])
    now = desk.clock.now()

    def work(connection: Connection) -> bool:
        if not replies.take_back(connection, key, seq, staff.id, now):
            return False
        noted.note(connection, staff, key, Deed("message_taken_back", {"message": seq}), now)
        return True

    done = await desk.database.transaction(work)
    desk.changed()
    if not done:
        raise RefusedDeedError("too_late")


async def _write(desk: Desk, by: Draftsman, message: Message, file: StoredFile | None = None) -> int:
    by.staff.check_page(by.key[0])
    now = desk.clock.now()

    def check(connection: Connection) -> None:
        found = conversations.find(connection, by.key)
        send = to_send(
            by.key, message, found.last_customer_at if found else None, trouble_of(connection, by.key[0], now)
        )
        if refusal := desk.policy(send, now):
            raise RefusedDeedError("policy", sentence=refusal.sentence, refusal=refusal.code, until=refusal.until)

    await desk.database.read(check)
    pieces = [message_to_dict(each) for each in desk.pieces(message)]

    def work(connection: Connection) -> Written:
        written, new = Written(refused="nothing"), []
        as_person = personas.want(connection, by.staff.id, [by.key[0]], now)
        for place, body in enumerate(pieces):
            form_key = f"{by.form_key}/{place}" if place else by.form_key
            stored = {**body, WRITTEN_AS: by.staff.id} if as_person else body
            written = replies.write(connection, Reply(by.key, by.staff.id, stored, form_key), now, desk.hold)
            if written.refused:
                return written
            new += [written.seq] if written.is_new else []
        if file is not None and written.is_new:
            files.add(connection, by.key, by.staff.id, file, now)
        for seq in new:
            noted.note(connection, by.staff, by.key, Deed("message_sent", {"message": seq}), now)
        return written

    written = await desk.database.transaction(work)
    desk.changed()
    if written.refused:
        raise await _refused(desk, written)
    return written.seq


async def _refused(desk: Desk, written: Written) -> RefusedDeedError:
    if written.refused in ("blocked", "nothing", "other_words"):
        return RefusedDeedError("empty" if written.refused == "nothing" else written.refused)
    if written.refused == "somebody" and written.staff_id:
        return RefusedDeedError("taken", name=(await desk.people()).name(written.staff_id))
    return RefusedDeedError("not_yours")


def _plain_name(name: str, ending: str) -> str:
    """A name that no system reads as anything else, with the ending of what it is."""
    stem = "".join(each for each in name.rpartition(".")[0] or name if each.isalnum() or each in " -_")
    return (stem.strip()[:NAME_CHARS_MAX] or "file") + ending


# ---- notes -------------------------------------------------------------------------------------------------

_MENTION = re.compile(r"@([\w.\-]{1,60})")


async def add_note(desk: Desk, by: Draftsman, text: str) -> None:
    """A note to colleagues; `@anna` tells Anna of it."""
    by.staff.check_page(by.key[0])
    if not text.strip():
        raise RefusedDeedError("empty")
    if len(text) > NOTE_CHARS_MAX:
        raise RefusedDeedError("too_long", most=NOTE_CHARS_MAX)
    people = await desk.people()
    note = NewNote(by.key, by.staff.id, mask(text.strip()), by.form_key, mentioned(people, by.key[0], text))
    now = desk.clock.now()
    kept = await desk.database.transaction(lambda connection: beside.add_note(connection, note, now))
    if kept is None:
        raise NotFoundError("There is no such customer.")
    if kept != note.text:
        raise RefusedDeedError("other_words")
    desk.changed()


def mentioned(people: People, page_id: str, text: str) -> list[str]:
    """The ids of those who are named by their first name, whole name without blanks, or the first part of their address."""
    said = {each.casefold() for each in _MENTION.findall(text)}
    return [
        each.id
        for each in people.of_page(page_id)
        if said.intersection(
            (
                each.name.casefold().partition(" ")[0],
                each.name.casefold().replace(" ", ""),
                each.email.casefold().partition("@")[0],
            )
        )
    ]


# ---- answers that are kept ready ---------------------------------------------------------------------------

_PLACE = re.compile(r"<(\w{1,60})>")


async def keep_canned(desk: Desk, staff: Staff, page_id: str, answer: Canned) -> None:
    """Keep an answer: an owner for the whole Page (`staff_id` empty), anybody for themselves."""
    staff.check_page(page_id)
    name, text = answer.name.strip()[:NAME_CHARS_MAX], answer.text.strip()
    if not name or not text:
        raise RefusedDeedError("empty")
    if len(text) > CANNED_CHARS_MAX:
        raise RefusedDeedError("too_long", most=CANNED_CHARS_MAX)
    owner = "" if staff.is_owner and not answer.staff_id else staff.id
    now = desk.clock.now()
    await desk.database.transaction(
        lambda connection: canned.keep(connection, page_id, Canned(0, owner, name, text), now)
    )


async def forget_canned(desk: Desk, staff: Staff, page_id: str, canned_id: int) -> None:
    """Delete one of one's own; an owner also one of the Page."""
    staff.check_page(page_id)
    owners = [staff.id, *([""] if staff.is_owner else [])]
    await desk.database.transaction(lambda connection: canned.forget(connection, page_id, canned_id, owners))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a name without one stays as it is, for whoever sends it to see."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def values_of(flow: Flow | None, session: Session, staff: Staff) -> dict[str, str]:
    """What `<name>` can stand for: what the bot learnt of the customer, and the person's own name."""
    language = session.language or (flow.languages[0] if flow else "en")
    known: dict[str, str] = {
        name: value_text((flow.slots.get(name) if flow else None) or Slot(name, "text"), value, language)
        for name, value in session.slots.items()
        if _is_plain(value)
    }
    return {**known, "staff_name": staff.name}


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | list | tuple | Mapping)
