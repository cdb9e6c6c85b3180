"""What `frontdesk products` does: a feed brought in, a search tried. A composition root: joins flowfile, service and store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.aside import in_transaction
from app.clock import Clock
from app.engine.flow import Flow
from app.engine.goods import IMPORTED
from app.errors import AppError
from app.flowfile.feeds.store import PackedFeed, pack_feed, pictures_in
from app.settings import Settings, read_settings
from app.stocking import Stock, feed_name
from app.store import catalogues, suggestions
from app.store.catalogues import Imported
from app.wares import price_now

if TYPE_CHECKING:
    from app.catalogue.ask import Asked
    from app.catalogue.item import Item

ROWS_TOLD_MAX = 100
"""Rows that a summary lists; it says how many more there are."""
PICTURES_AT_ONCE = 16
"""Pictures that are looked at together: no shop minds as many."""
PRODUCTS_TOLD_MAX = 50
"""Lines of a report."""

Told = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


# ---- a feed ------------------------------------------------------------------------------------------------


def look_at_flow(flow: Flow, feed: Path, *, dry: bool) -> None:
    """Raises AppError where the bot would not sell what is imported."""
    if not dry and flow.shop.feed != IMPORTED:
        hint = "Write products: imported in bot.yaml, or try the file with --dry-run."
        named = (
            f"takes its products from {flow.shop.feed}" if flow.shop.feed else "has its products written in its files"
        )
        raise AppError(f"{flow.name} {named}, so that {feed.name} would go nowhere.", hint)


def find_bad_pictures(feed: Path, told: Told) -> Mapping[str, str]:
    """The pictures of a feed that cards cannot show, with the reason."""
    from app.service.download import IMAGE_SECONDS_MAX, Downloads

    with feed.open("rb") as stream:
        addresses = pictures_in(stream)
    return asyncio.run(_look_at(Downloads(seconds_max=IMAGE_SECONDS_MAX).look_at_picture, addresses, told))


async def _look_at(look: Callable[[str], object], addresses: Sequence[str], told: Told) -> Mapping[str, str]:
    """So many at once, each a task of one group; what is wrong by address."""
    bad: dict[str, str] = {}
    waiting = iter(addresses)
    done = 0

    async def work() -> None:
        nonlocal done
        for address in waiting:
            why = await look(address)  # type: ignore[misc]
            done += 1
            told(done, len(addresses))
            if why:
                bad[address] = str(why)

    async with asyncio.TaskGroup() as group:
        for _ in range(PICTURES_AT_ONCE):
            group.create_task(work())
    return bad


def read_file(feed: Path, bad_pictures: Mapping[str, str], told: Told) -> PackedFeed:
    """What can be sold of a feed. Raises FeedError, and AppError for a file that changes under way."""
    before = feed.stat()
    with feed.open("rb") as stream:
        read = pack_feed(stream, lambda done: told(done, before.st_size), bad_pictures)
    after = feed.stat()
    if (before.st_mtime_ns, before.st_size, before.st_ino) != (after.st_mtime_ns, after.st_size, after.st_ino):
        raise AppError(f"{feed.name} changed while it was read; nothing was taken.", "Try again when it is whole.")
    return read


def summary_lines(read: PackedFeed, bad_pictures: Mapping[str, str]) -> list[str]:
    """What a person wants to know of an import."""
    return list(_summary(read, bad_pictures))


def _summary(read: PackedFeed, bad_pictures: Mapping[str, str]) -> Iterator[str]:
    """Rows with something wrong, then how many there are of everything."""
    summary = read.summary
    for number, what in summary.told[:ROWS_TOLD_MAX]:
        yield f"row {number}: {what}"
    if (more := summary.broken + summary.mended - ROWS_TOLD_MAX) > 0:
        yield f"and {more:,} more rows like these"
    for address, why in list(bad_pictures.items())[:ROWS_TOLD_MAX]:
        yield f"picture {address}: {why}"
    yield (
        f"{summary.rows:,} rows: {summary.products:,} products in {summary.groups:,} groups of variants,"
        f" {summary.broken:,} left out, {summary.mended:,} mended,"
        f" {summary.without_image + len(bad_pictures):,} without a picture."
    )
    yield f"Fields: {', '.join(sorted(summary.kinds))}."


def save(settings: Settings, flow: Flow, read: PackedFeed) -> str:
    """Make it what the bot sells; what to tell. Raises AppError without a migrated database."""
    now, summary = Clock().now(), read.summary
    imported = Imported(read.content, summary.products, read.packed, read.kinds)
    work = partial(catalogues.save, name=feed_name(flow), imported=imported, now=now, next_at=now)
    asyncio.run(in_transaction(settings, work))
    return f"{summary.products:,} products are live within 5 seconds wherever {flow.name} runs."


# ---- a search ----------------------------------------------------------------------------------------------


def search_lines(settings: Settings, flow: Flow, words: str, most: int) -> list[str]:
    """What was read, then a line for each product. Raises AppError for a bot without products."""
    from app.catalogue.ask import ask
    from app.catalogue.sales import at
    from app.flowfile.choosing import query_of
    from app.flowfile.shelves import shelf

    filled = _filled(settings, flow)
    if not filled.products:
        raise AppError(f"{flow.name} has no products.", "Write some under products, or import a feed.")
    made = shelf(filled)
    now = Clock().now()
    made = at(made, now)
    asked = ask(made, words, flow.languages, query_of(made, {}, most), by_name=True)
    return [_read_line(asked), *(_line(made.item(row), now) for row in asked.hits.rows)]


def with_stock(flow: Flow) -> tuple[Flow, str]:
    """The flow with what its feed brought last to the database of this machine's settings; and what a person should know of it."""
    if not flow.shop.is_stored:
        return flow, ""
    whence = "an import" if flow.shop.feed == IMPORTED else flow.shop.feed
    try:
        settings, name = read_settings(), feed_name(flow)
        imported = asyncio.run(in_transaction(settings, partial(catalogues.find, name=name)))
        _, taken_at, _ = asyncio.run(in_transaction(settings, partial(catalogues.find_state, name=name)))
    except AppError as error:
        imported, taken_at, why = None, None, f" {error}"
    else:
        why = ""
    if imported is None:
        return (
            flow,
            f"The products of {flow.name} come from {whence} and are not known here: it suggests none of them.{why}",
        )
    since = f", as they came in on {taken_at:%Y-%m-%d %H:%M} UTC" if taken_at else ""
    return Stock({name: imported}).fill(flow), f"With the {imported.products:,} products from {whence}{since}."


def _filled(settings: Settings, flow: Flow) -> Flow:
    if not flow.shop.is_stored:
        return flow
    name = feed_name(flow)
    imported = asyncio.run(in_transaction(settings, partial(catalogues.find, name=name)))
    if imported is None:
        _, _, trouble = asyncio.run(in_transaction(settings, partial(catalogues.find_state, name=name)))
        raise AppError(
            f"Nothing came in yet for {name}. {trouble}".strip(), "A running server asks an address by itself."
        )
    return Stock({name: imported}).fill(flow)


def _read_line(asked: Asked) -> str:
    """What was read out of the words."""
    wishes = asked.wishes
    price = f"{wishes.low:g} to {wishes.high:g}" if wishes.low and wishes.high else ""
    price = price or (f"up to {wishes.high:g}" if wishes.high else f"from {wishes.low:g}" if wishes.low else "")
    parts = {
        "price": price, "colour": wishes.colour_word, "size": ", ".join(wishes.sizes), "for": wishes.gender or wishes.age,
        "cheapest first": "yes" if wishes.cheap else "", "on sale": "yes" if wishes.sale else "",
        "without": ", ".join(wishes.without),
        "words": " ".join(wishes.words), "nothing fits": ", ".join(each.kind for each in asked.hits.dropped),
    }  # fmt: skip
    told = "; ".join(f"{name}: {value}" for name, value in parts.items() if value) or "nothing"
    if asked.vain:
        return f"Read: {told}. Sure, and nothing here is near that."
    return f"Read: {told}. {'Sure.' if asked.is_sure else 'Not sure that products are meant.'}"


def _line(item: Item, now: datetime) -> str:
    price = price_now(item.fields, now)
    amount = f"{price:.2f} {item.fields.get('currency', '')}".strip() if isinstance(price, float) else "-"
    return f"{item.id}  {amount}  {item.name}"


# ---- a report ----------------------------------------------------------------------------------------------


def report_lines(settings: Settings, page_id: str, days: int) -> list[str]:
    """A line for each product that was shown lately."""
    since = Clock().now() - timedelta(days=days)
    work = partial(suggestions.list_totals, page_id=page_id, since=since, most=PRODUCTS_TOLD_MAX)
    totals = asyncio.run(in_transaction(settings, work))
    if not totals:
        return ["Nothing was suggested."]
    rows = (
        f"{each.shown:>9} {each.clicked:>7} {each.liked:>5} {each.disliked:>5}  {each.product_id}" for each in totals
    )
    return [f"{'shown to':>9} {'opened':>7} {'like':>5} {'not':>5}  product", *rows]
