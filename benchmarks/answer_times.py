"""How long a question takes in FAQs of 100, 1,000 and 10,000 entries, by the clock and of the processor.

`python -m benchmarks.answer_times [ENTRIES ...]`. Entries are made of words, two phrases each; no question is asked twice. Prints the
machine's load before and after, without which a clock says little.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator

from app.answers.book import book_of, look_up
from app.answers.entries import Entry
from app.flowfile.encoder import encoder_of

SIZES = (100, 1_000, 10_000)
QUESTIONS = 120
ASKS = (
    "how can I",
    "where do I",
    "can you",
    "do you",
    "why did you",
    "when will you",
    "what if I",
    "is it possible to",
)
DOES = (
    *(
        "return",
        "exchange",
        "pay for",
        "order",
        "send",
        "mend",
        "wash",
        "wrap",
        "reserve",
        "collect",
        "insure",
        "measure",
    ),
    *("cancel", "track", "store", "hire", "compare", "clean", "test", "sell", "paint", "lend"),
)
THINGS = (
    *(
        "a coat",
        "two chairs",
        "the red lamp",
        "my parcel",
        "a gift card",
        "winter tyres",
        "a used phone",
        "the invoice",
    ),
    *("a wedding dress", "garden tools", "an old clock", "the keys", "a bicycle", "fresh fish", "a passport", "music"),
)
WHEN = (
    "today",
    "on Sunday",
    "from abroad",
    "without an account",
    "for a friend",
    "by post",
    "in the shop",
    "next year",
)


def texts(chance: random.Random) -> Iterator[str]:
    """Sentences, each another one."""
    number = 0
    while True:
        number += 1
        words = [chance.choice(part) for part in (ASKS, DOES, THINGS, WHEN)]
        yield f"{' '.join(words)} {number}"


def main() -> None:
    chance = random.Random(1)
    made, encoder = texts(chance), encoder_of(None)
    encoder.encode(["ready"])
    for size in [int(each) for each in sys.argv[1:]] or SIZES:
        began, used = time.perf_counter(), time.process_time()
        book = book_of([Entry(f"e{each}", (next(made), next(made))) for each in range(size)], encoder)
        index = time.perf_counter() - began, time.process_time() - used
        clock, processor = [], []
        before = os.getloadavg()[0]
        for _ in range(QUESTIONS):
            asked = next(made)
            began, used = time.perf_counter(), time.process_time()
            look_up(book, asked)
            clock.append(1_000 * (time.perf_counter() - began))
            processor.append(1_000 * (time.process_time() - used))
        print(
            f"{size:6} entries: median {statistics.median(clock):5.1f} ms by the clock, {statistics.median(processor):5.1f} ms of CPU; "
            f"index {index[0]:5.1f} s, {index[1]:5.1f} s of CPU; load {before:.1f} to {os.getloadavg()[0]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
