"""From stored lines to what a transcript shows: texts, files by their places, cards, how far each message got. No HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from app.store.keys import Key
from app.store.lines import Line

TEXT_CHARS_SHOWN = 3_000
"""Of one line; the rest is behind a link. Messenger's own limit is 2,000."""
QUOTE_CHARS_SHOWN = 120
"""Of a message that another one answers."""
BYTES_SHOWN = 60_000
"""Of a whole transcript as it stands in a page: none is larger than a phone takes in a second."""
ADDRESS = re.compile(r"https?://[^\s<>\"'\u202a-\u202e\u2066-\u2069]{1,1900}")
HIDDEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Signs that nobody sees and that turn what stands beside them round."""
WAITING_STATUSES = ("pending", "in_flight", "unknown")
SHOWN_INLINE = ("image", "video", "audio", "sticker")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a line. `address` is ours; `title` what its sender called it."""

    kind: str
    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ShownCard:
    title: str
    subtitle: str = ""
    image: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a line answers. `id`: that line, where it is one; `kind` what it was, when there are no words in it."""

    id: str = ""
    text: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a transcript. `side`: them, bot, staff, inbox (a person elsewhere), deed (something done, no words).

    `about`: the channel's id of the product that they asked about.
    `state` of ours: undo (it can be taken back until `undo_until`), waits, sending, sent, delivered, read, failed, unclear
    (nobody can say whether it arrived), unknown (somebody still looks), cancelled.
    """

    id: str
    at: datetime
    side: str
    kind: str
    text: str = ""
    is_cut: bool = False
    author: str = ""
    files: tuple[File, ...] = ()
    places: tuple[tuple[str, float, float], ...] = ()
    cards: tuple[ShownCard, ...] = ()
    options: tuple[str, ...] = ()
    state: str = ""
    reason_code: str = ""
    reason: str = ""
    undo_until: datetime | None = None
    values: tuple[tuple[str, str], ...] = ()
    quote: Quote | None = None
    may_be_answered: bool = False
    about: str = ""

    @property
    def seq(self) -> int:
        return int(self.id[1:])

    @property
    def mark(self) -> str:
        """Changes when the line would look different."""
        return f"{self.state}{self.reason_code}{len(self.text)}"


@dataclass(frozen=True, slots=True)
class Around:
    """What lines are shown with: whose they are, how far ours got, what people are called, where our own files are.

    `answered`: the lines that others answer, by their ids at the channel.
    """

    key: Key
    delivered_until: datetime | None
    read_until: datetime | None
    names: Mapping[str, str]
    public_url: str
    now: datetime
    answered: Mapping[str, Line] = field(default_factory=dict)


def show_lines(lines: Sequence[Line], around: Around) -> list[Shown]:
    """The lines, oldest first; of very long transcripts only as many of the latest as fit a page."""
    shown: list[Shown] = []
    room = BYTES_SHOWN
    for line in reversed(lines):
        each = show(line, around)
        room -= size_of(each.text)
        if room < 0 and shown:
            break
        shown.append(each)
    return shown[::-1]


def size_of(text: str) -> int:
    """What a text takes in a page, in bytes."""
    return len(escape(text).encode())


def show(line: Line, around: Around) -> Shown:
    """One line."""
    if line.id[0] == "o":
        return _ours(line, around)
    if line.who == "staff":
        return Shown(line.id, line.at, "deed", line.kind, values=tuple(_deed_values(line.body or {}, around)))
    side = {"customer": "them", "page_inbox": "inbox", "other_app": "inbox"}.get(line.who, "deed")
    is_words = line.kind in ("TextReceived", "TapReceived", "AttachmentReceived", "CommentReceived", "person_replied")
    if not is_words and not line.text:
        side = "deed"
    attached = (line.body or {}).get("attachments") or ()
    return Shown(
        line.id, line.at, side, line.kind, *_cut(line.text),
        files=tuple(_files(attached, line.id, around.key)), places=tuple(_places(attached)),
        values=tuple((name, str(value)) for name, value in (line.body or {}).items() if isinstance(value, str)),
        quote=_quote(line, around), may_be_answered=line.can_be_answered, about=str((line.body or {}).get("product") or ""),
    )  # fmt: skip


def _quote(line: Line, around: Around) -> Quote | None:
    """The beginning of what it answers, as it stands now: nothing is left of what was taken back."""
    if not (mid := line.answers):
        return None
    answered = around.answered.get(mid)
    if answered is None:
        return Quote()
    attached = (answered.body or {}).get("attachments") or ()
    kind = str(attached[0].get("kind")) if attached else ""
    return Quote(answered.id, " ".join(answered.text.split())[:QUOTE_CHARS_SHOWN], kind if kind in SHOWN_INLINE else "")


def visible(name: str | None) -> str:
    """A name in which nothing hides: signs that cannot be seen, or turn text round, become one that can."""
    return HIDDEN.sub("\ufffd", name or "")


def linked(text: str) -> list[tuple[str, str]]:
    """The text in parts: (words, address), the address empty for what is no link."""
    parts: list[tuple[str, str]] = []
    last = 0
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?)]}")
        if not _has_host(address):
            continue
        parts += [(text[last : found.start()], ""), (address, address)]
        last = found.start() + len(address)
    return [each for each in (*parts, (text[last:], "")) if each[0]]


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _cut(text: str) -> tuple[str, bool]:
    return (text, False) if len(text) <= TEXT_CHARS_SHOWN else (text[:TEXT_CHARS_SHOWN] + "…", True)


def _deed_values(body: Mapping[str, Any], around: Around) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        yield name, around.names.get(str(value), str(value)) if name in ("staff", "to") else str(value)


def _files(attached: Sequence[Mapping[str, Any]], line_id: str, key: Key) -> Iterator[File]:
    for number, each in enumerate(attached):
        if each.get("kind") == "place" or not each.get("url"):
            continue
        kind = str(each.get("kind"))
        yield File(
            kind if kind in SHOWN_INLINE else "file", file_path(key, line_id, number), visible(each.get("title", ""))
        )


def _places(attached: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float, float]]:
    for each in attached:
        latitude, longitude = each.get("latitude"), each.get("longitude")
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            yield str(each.get("title", "")), float(latitude), float(longitude)


def path_of(key: Key) -> str:
    """Where the conversation is at the desk."""
    return f"/desk/c/{quote(key[0], safe='')}/{quote(key[1], safe='')}"


def file_path(key: Key, line_id: str, number: int) -> str:
    """Where we show a file of theirs: never at the address that it came with."""
    return f"{path_of(key)}/file/{line_id}/{number}"


def addresses_of(line: Line) -> list[str]:
    """The outside addresses in a line, by the numbers of `file_path`."""
    body = line.body or {}
    if line.id[0] == "h":
        return [str(each.get("url") or "") for each in body.get("attachments") or ()]
    media = [str(body["media"][1])] if body.get("media") else []
    return media + [str(card.get("image") or "") for card in body.get("cards") or ()]


def _ours(line: Line, around: Around) -> Shown:
    body = line.body or {}
    files: tuple[File, ...] = ()
    if media := body.get("media"):
        kind = media[0] if media[0] in SHOWN_INLINE else "file"
        files = (File(kind, _own_address(media[1], around) or file_path(around.key, line.id, 0)),)
    first = len(files)
    cards = tuple(
        ShownCard(
            card.get("title", ""), card.get("subtitle", ""),
            file_path(around.key, line.id, first + number) if card.get("image") else "", card.get("url", ""),
        )
        for number, card in enumerate(body.get("cards") or ())
    )  # fmt: skip
    state = _state(line, around)
    options = tuple(str(each.get("title", "")) for name in ("choices", "buttons") for each in body.get(name) or ())
    return Shown(
        line.id, line.at, "staff" if line.who == "staff" else "bot", _kind(body), *_cut(line.text),
        author=around.names.get(line.staff_id, ""), files=files, cards=cards, options=options, state=state,
        reason_code=line.reason_code if state in ("failed", "unclear", "cancelled", "waits") else "", reason=line.reason,
        undo_until=line.not_before if state == "undo" else None, quote=_quote(line, around),
    )  # fmt: skip


def _kind(body: Mapping[str, Any]) -> str:
    if body.get("hands_over"):
        return "hands_over"
    return "form" if body.get("form") else "message"


def _own_address(address: str, around: Around) -> str:
    """The path of a file that staff sent: it is here."""
    ours = f"{around.public_url.rstrip('/')}/files/"
    return f"/files/{address[len(ours) :]}" if around.public_url and address.startswith(ours) else ""


def _state(line: Line, around: Around) -> str:
    if line.status == "pending":
        return "undo" if line.not_before and line.not_before > around.now and not line.reason_code else "waits"
    if line.status == "failed" and line.reason_code == "unknown":
        return "unclear"
    if line.status != "sent":
        return {"in_flight": "sending"}.get(line.status, line.status)
    if around.read_until and line.at <= around.read_until:
        return "read"
    return "delivered" if around.delivered_until and line.at <= around.delivered_until else "sent"
