"""How well and how fast products are found: 200 written queries against made-up shops of 10,000 and 100,000 products.

    python -m benchmarks.products [--products 100000] [--show]

There are also 50 messages of people who want to buy nothing, to whom no product should be shown.

Every query says what it wants: a kind of thing, a price, a colour, a size, for whom, what it is made of. Filters are right when all of
them are read and no other; a product is right when it is all that was asked for, where the shop has such a one, and else of the kind.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.catalogue.ask import ask, sizes_of
from app.catalogue.colours import bits_of
from app.catalogue.shelf import Builder, Shelf
from app.catalogue.wishes import Wishes, read_wishes
from app.flowfile.choosing import query_of
from app.flowfile.feeds.kinds import kinds_of, typed
from app.flowfile.feeds.read import Summary, read_feed
from app.flowfile.finders import UNSURE_SHARE
from benchmarks.shop.feed import HERE, Thing, things, write_feed

LANGUAGES = ("en", "fr")
SHOWN = 3
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One query and what it wants; empty for what it does not say."""

    language: str
    text: str
    kinds: tuple[str, ...]
    low: float
    high: float
    colour: str
    size: str
    gender: str
    age: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Figures:
    """What came of one shop."""

    shop: str
    products: int
    import_seconds: float
    index_seconds: float
    megabytes: float
    filters_right: float
    right_in_three: float
    precision_of_three: float
    others: int
    others_shown: int
    median_ms: float
    p95_ms: float


def read_cases(language: str) -> list[Case]:
    with (HERE / "queries.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["language"] == language]
    return [
        Case(
            language, row["text"], tuple(row["types"].split("|")) if row["types"] else (), float(row["low"] or 0),
            float(row["high"] or 0), row["colour"], row["size"], row["gender"], row["age"], tuple(row["words"].split()),
        )
        for row in rows
    ]  # fmt: skip


def stock(path: Path, language: str) -> tuple[Shelf, float, float]:
    """The shelf of a feed, the seconds to read it, and those to make it findable; all times are the processor's."""
    summary, began = Summary(), time.process_time()
    with path.open("rb") as stream:
        items = list(read_feed(stream, summary))
    read, builder = time.process_time(), Builder((language,))
    kinds = kinds_of(summary.kinds)
    while items:
        builder.add(typed(items.pop(), kinds))
    shelf = builder.finish()
    return shelf, read - began, time.process_time() - read


def filters_right(case: Case, wishes: Wishes) -> bool:
    colours = bits_of(case.colour) if case.colour else 0
    read = (wishes.low, wishes.high, wishes.colours, {each.upper() for each in wishes.sizes}, wishes.gender, wishes.age)
    return read == (case.low, case.high, colours, {case.size} - {""}, case.gender, case.age)


def is_right(case: Case, thing: Thing) -> bool:
    row = thing.row
    return (
        (not case.kinds or thing.kind in case.kinds)
        and all(each in thing.words for each in case.words)
        and case.low <= thing.price <= (case.high or float("inf"))
        and case.colour in ("", thing.colour)
        and case.size in ("", row["size"])
        and (not case.gender or row["gender"] in (case.gender, "unisex", ""))
        and (not case.age or row["age_group"] in ("", case.age))
        and row["availability"] == "in stock"
    )


def judge(case: Case, found: Iterable[Thing], shop: dict[str, Thing]) -> list[bool]:
    """For each product that was shown whether it is right."""
    if any(is_right(case, each) for each in shop.values()):
        return [is_right(case, each) for each in found]
    return [each.kind in case.kinds for each in found]


def read_others(language: str) -> list[str]:
    """Messages of people who want to buy nothing."""
    with (HERE / "others.tsv").open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file, delimiter="\t") if row["language"] == language]


def shows_products(shelf: Shelf, text: str) -> bool:
    """Whether the bot would answer with products."""
    asked = ask(shelf, text, LANGUAGES, query_of(shelf, {}, SHOWN), by_name=True)
    return bool(asked.hits.rows) and (asked.is_sure or (bool(asked.wishes.words) and asked.hits.share >= UNSURE_SHARE))


def measure(count: int, language: str, *, show: bool) -> Figures:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feed.csv"
        write_feed(path, count, language)
        shelf, import_seconds, index_seconds = stock(path, language)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cases, spent = read_cases(language), []
    answers: dict[str, tuple[str, ...]] = {}
    for _ in range(ROUNDS):
        for case in cases:
            began = time.process_time()
            asked = ask(shelf, case.text, LANGUAGES, query_of(shelf, {}, SHOWN), by_name=True)
            spent.append((time.process_time() - began) * 1_000)
            answers[case.text] = tuple(shelf.ids[row] for row in asked.hits.rows)
    read = [filters_right(case, read_wishes(case.text, LANGUAGES, sizes_of(shelf))) for case in cases]
    shop = {each.row["id"]: each for each in things(count, language)}
    judged = [judge(case, (shop[each] for each in answers[case.text]), shop) for case in cases]
    wrongly = [each for each in read_others(language) if shows_products(shelf, each)]
    for line in (
        [*misses(cases, read, judged, answers, shop), *(f"shown    {each}" for each in wrongly)] if show else ()
    ):
        print(line, file=sys.stderr)
    return Figures(
        shop=language,
        products=count,
        import_seconds=round(import_seconds, 1),
        index_seconds=round(index_seconds, 1),
        megabytes=round(memory),
        filters_right=round(float(np.mean(read)), 3),
        right_in_three=round(float(np.mean([any(each) for each in judged])), 3),
        precision_of_three=round(float(np.mean([truth for each in judged for truth in each])), 3),
        others=len(read_others(language)),
        others_shown=len(wrongly),
        median_ms=round(float(np.median(spent)), 2),
        p95_ms=round(float(np.percentile(spent, 95)), 2),
    )


def misses(
    cases: list[Case],
    read: list[bool],
    judged: list[list[bool]],
    answers: dict[str, tuple[str, ...]],
    shop: dict[str, Thing],
) -> Iterator[str]:
    """What went wrong, one a line."""
    for case, filters, right in zip(cases, read, judged, strict=True):
        if not filters:
            yield f"filters  {case.text}"
        if not any(right):
            yield f"products {case.text}: {[shop[each].row['title'] for each in answers[case.text]]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    given = parser.parse_args()
    for language in given.language or LANGUAGES:
        figures = measure(given.products, language, show=given.show)
        print(json.dumps({name: getattr(figures, name) for name in Figures.__slots__}))


if __name__ == "__main__":
    main()
