"""What could be answered: kept answers, the FAQ, products, by what is being typed. Nothing here sends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.desk.access.identity import Staff
from app.desk.private import HIDDEN, has_it, hide_slots
from app.desk.service import Desk
from app.desk.writing import fill_in, values_of
from app.engine.cards import price_line
from app.engine.draft import Draft
from app.engine.effects import Search
from app.engine.flow import ALL_TOPICS, Flow, Text
from app.engine.products import wish_of
from app.engine.session import Session, from_dict
from app.errors import EngineError
from app.store import canned, queue, search, sessions
from app.store.canned import Canned
from app.store.keys import Key
from app.store.search import HITS_MOST, Hit, Hits

QUERY_CHARS_MAX = 300
SEARCH_SECONDS = 0.5
"""How long one search goes back; behind it there is a link to go on."""
FOUND_MOST = 6
"""Of each kind: as many as fit beside the box."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be put into the answer. `kind`: canned, faq, product; `detail`: a price, or whose it is."""

    kind: str
    id: str
    title: str
    text: str
    detail: str = ""


async def find_answers(desk: Desk, staff: Staff, key: Key, query: str) -> list[Offered]:
    """What fits the words; without words the answers that are kept ready."""
    staff.check_page(key[0])
    words = query.strip()[:QUERY_CHARS_MAX]
    kept, stored, rows = await desk.database.read(
        lambda connection: (
            canned.list_canned(connection, key[0], staff.id),
            sessions.find(connection, key),
            queue.find_rows(connection, [key]),
        )
    )
    session, flow = from_dict(stored or {}), desk.flow_of(key[0])
    is_mine = has_it(rows[0] if rows else None, staff)
    hidden = {} if is_mine else hide_slots(flow, session.slots)
    values = {name: text for name, text in values_of(flow, session, staff).items() if hidden.get(name) != HIDDEN}
    found = [
        Offered("canned", str(each.id), each.name, fill_in(each.text, values), "own" if each.staff_id else "")
        for each in kept
        if _has(each, words)
    ][: FOUND_MOST if words else 2 * FOUND_MOST]
    if flow is None or not words:
        return found
    draft = Draft(flow, session, desk.clock.now())
    # In a thread: the loop that takes webhooks must not wait for a search.
    return [*found, *await asyncio.to_thread(_of_the_bot, desk, flow, draft, words)]


def _of_the_bot(desk: Desk, flow: Flow, draft: Draft, words: str) -> list[Offered]:
    return [*_faq(desk, flow, draft, words), *_products(desk, flow, draft, words)]


def _has(answer: Canned, words: str) -> bool:
    return all(word in f"{answer.name} {answer.text}".casefold() for word in words.casefold().split())


def _faq(desk: Desk, flow: Flow, draft: Draft, words: str) -> list[Offered]:
    if not flow.faq:
        return []
    try:
        found = desk.search(flow, Search("faq", words, ALL_TOPICS))
    except EngineError:
        return []
    ids = [found.sure] if found.sure else list(found.unsure)
    return [offered for each in ids[:FOUND_MOST] if (offered := _entry(flow, draft, each))]


def _entry(flow: Flow, draft: Draft, entry_id: str) -> Offered | None:
    entry = flow.faq[entry_id]
    texts = [draft.text(each) for each in entry.say if isinstance(each, Text)]
    title = draft.text(entry.ask[0]) if entry.ask else entry_id
    return Offered("faq", entry_id, title, "\n".join(texts)) if any(texts) else None


def _products(desk: Desk, flow: Flow, draft: Draft, words: str) -> list[Offered]:
    if not flow.products:
        return []
    found = desk.search(flow, Search("products", wish_of(words, draft.now)))
    fitting = [flow.products[each] for each in found.unsure[:FOUND_MOST] if each in flow.products]
    named = [(each, draft.text(each.name)) for each in fitting]
    return [Offered("product", each.id, name, each.url or name, price_line(draft, each)) for each, name in named]


async def find_texts(desk: Desk, pages: list[str], words: str, behind: int) -> Hits:
    """What was written, from number `behind` back: as far as a person waits, or until a page is full."""
    until = desk.clock.monotonic() + SEARCH_SECONDS
    found: list[Hit] = []
    while True:
        hits = await desk.database.read(lambda connection: search.find_texts(connection, pages, words, behind))  # noqa: B023
        found, behind = [*found, *hits.found], hits.go_on_behind
        if not behind or len(found) >= HITS_MOST or desk.clock.monotonic() > until:
            return Hits(found, behind)


def names_of(flow: Flow | None, session: Session, product_ids: tuple[str, ...]) -> list[str]:
    """What these products are called, in the language that the customer speaks."""
    if flow is None:
        return list(product_ids)
    language = session.language or flow.languages[0]
    known = (flow.products.get(each) for each in product_ids)
    return [_plain(each.name, language, flow) for each in known if each]


def _plain(text: Text, language: str, flow: Flow) -> str:
    template = text.by_language.get(language) or text.by_language[flow.languages[0]]
    return "".join(map(str, template))
