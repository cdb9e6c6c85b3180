"""The entries of a flow's FAQ, ready to be asked: made once for a flow, before it goes live where a server does so."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from app.engine.flow import ALL_TOPICS, FaqEntry, Flow

if TYPE_CHECKING:
    from app.answers.book import Book
    from app.answers.entries import Answer, Encoder, Entry
    from app.answers.index import Progress

ASKED_KEPT_MAX = 1_000
"""Questions whose answers are kept in memory: the same is asked again and again. About 2 MB."""

KEPT_IN = Path("~/.cache/frontdesk")
"""Where vectors are kept unless a setting says otherwise."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How questions are read: by meaning too, or by letters alone; and the folder in which vectors are kept, None for nowhere.

    `encoder` stands in for the process's own: one that remembers, for whoever asks many flows that are nearly the same.
    """

    by_meaning: bool = True
    folder: Path | None = KEPT_IN
    encoder: Encoder | None = None


def read_as(flow: Flow, reading: Reading) -> Flow:
    """The flow, with its questions read like this from now on. For a flow that nobody has asked yet."""
    flow.searches["faq reading"] = reading
    return flow


def prepare(flow: Flow, progress: Progress | None = None) -> None:
    """Make everything that this flow's questions need, so that no customer waits for it. Nothing for a flow without FAQ."""
    for scope in scopes(flow):
        book(flow, scope, progress)
    if flow.faq and (encoder := encoder_for(flow)):
        encoder.encode(["ready"])


def scopes(flow: Flow) -> tuple[str, ...]:
    """The topics in which the flow looks for answers, where there is an entry at all."""
    asked = (*(each.faq for each in flow.anywhere), *(state.faq for state in flow.states.values()))
    return tuple(dict.fromkeys(topic for topic in asked if topic)) if flow.faq else ()


def answer(flow: Flow, text: str, scope: str) -> Answer:
    """What a text means among the entries of a topic."""
    name = f"faq asked/{scope}"
    if name not in flow.searches:
        flow.searches.setdefault(name, _Asked(book(flow, scope)))
    asked: _Asked = flow.searches[name]
    return asked(text)


class _Asked:
    """Asks a book, and remembers what came of it: by hashes, so that no word of a customer who is erased stays in memory."""

    def __init__(self, made: Book) -> None:
        self._book = made
        self._lock = Lock()
        self._known: OrderedDict[bytes, Answer] = OrderedDict()

    def __call__(self, text: str) -> Answer:
        from app.answers.book import look_up

        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = look_up(self._book, text)
        with self._lock:
            self._known[key] = found
            if len(self._known) > ASKED_KEPT_MAX:
                self._known.popitem(last=False)
        return found


def book(flow: Flow, scope: str, progress: Progress | None = None) -> Book:
    """The entries of a topic. Two threads may make it at the same time; one of the two is kept."""
    from app.answers.book import book_of
    from app.answers.index import tidied_phrases, vectors_of
    from app.flowfile.encoder import kept

    name = f"faq/{scope}"
    if name not in flow.searches:
        entries = list(_entries(flow, scope))
        encoder = encoder_for(flow)
        vectors = None
        if encoder is not None:
            texts = [phrase for _, phrase in tidied_phrases(entries)]
            folder = _folder(_reading(flow))
            vectors = kept(folder, encoder.name, texts, lambda: vectors_of(encoder, texts, progress))
        flow.searches.setdefault(name, book_of(entries, encoder, vectors))
    made: Book = flow.searches[name]
    return made


def _entries(flow: Flow, scope: str) -> Iterator[Entry]:
    from app.answers.entries import Entry

    for each in flow.faq.values():
        if scope in (ALL_TOPICS, each.topic):
            yield Entry(each.id, phrases(each))


def phrases(entry: FaqEntry) -> tuple[str, ...]:
    """How customers put it, in every language."""
    written = ("".join(map(str, template)) for each in entry.ask for template in each.by_language.values())
    return tuple(dict.fromkeys(written))


def encoder_for(flow: Flow) -> Encoder | None:
    """The encoder of this process, None where letters alone count. Loads nothing yet."""
    from app.flowfile.encoder import encoder_of

    reading = _reading(flow)
    if reading.encoder is not None:
        return reading.encoder
    return encoder_of(_folder(reading)) if reading.by_meaning else None


def _folder(reading: Reading) -> Path | None:
    return reading.folder.expanduser() if reading.folder is not None else None


def _reading(flow: Flow) -> Reading:
    reading: Reading = flow.searches.get("faq reading", _AS_SHIPPED)
    return reading


_AS_SHIPPED = Reading(folder=None)
