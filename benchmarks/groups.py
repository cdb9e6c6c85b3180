"""How well questions are grouped by meaning (`app/answers/groups.py`): python -m benchmarks.groups FILE... of the development data.

For each threshold: how many questions came into a group with others, and how many of these belong to their group's main entry.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

from app.answers.entries import Encoder
from app.answers.groups import likeness_of, merged
from app.answers.tidy import tidy
from app.flowfile.encoder import encoder_of

THRESHOLDS = (0.3, 0.35, 0.4, 0.48, 0.52, 0.56, 0.6, 0.65)
ENTRIES, EACH, SEED = 60, 6, 1
"""So many entries of a file, with so many questions of customers each."""


def main(files: list[str]) -> None:
    for file in files:
        asked = _sample(json.loads(Path(file).read_text(encoding="utf-8"))["test"])
        for name, encoder in (("meaning", encoder_of(None)), ("letters", None)):
            print(f"{Path(file).stem}, by {name}, {len(asked)} questions")
            _print_table(asked, encoder)


def _sample(test: list[list[str]]) -> list[tuple[str, str]]:
    entries = sorted({entry for _, entry in test if entry})
    random.Random(SEED).shuffle(entries)
    by_entry = {entry: [text for text, each in test if each == entry][:EACH] for entry in entries[:ENTRIES]}
    return [(text, entry) for entry, texts in by_entry.items() for text in texts]


def _print_table(asked: list[tuple[str, str]], encoder: Encoder | None) -> None:
    alike = likeness_of([tidy(text) for text, _ in asked], encoder)
    for enough in THRESHOLDS:
        groups = [each for each in merged(alike, enough) if len(each) > 1]
        grouped = sum(map(len, groups))
        right = sum(Counter(asked[place][1] for place in each).most_common(1)[0][1] for each in groups)
        print(f"  {enough:.2f}  grouped {grouped / len(asked):.0%}  right {right / max(grouped, 1):.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
