"""Fits the decision model of app/answers on public questions: `python -m benchmarks.calibrate_answers [DATA] [--write]`.

Without DATA it fits again from what is kept in data/answers.npz: for each question what the search made of it (the facts of
`app/answers/decide.py`) and what was true, as numbers; no text. With DATA, the folder of the files that score.py reads, it asks anew;
`--keep` writes that file. Do so when the search has changed. Only their example pools and `dev` parts are used, never `test`; of the
cross-language file, which has no other part, a third. What is asked is an example left out of the index; what no entry answers is a
`oos_dev` message, or a question whose entry was left out. Prints how well a model decides that was fitted on the other files alone,
then writes the one that was fitted on all to app/answers/calibrated.py.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.answers.book import words_of
from app.answers.decide import ANSWER_MIN, OFFER_MIN, OUTSIDE_MAX, facts
from app.answers.entries import Encoder, Entry
from app.answers.index import Index, fit
from app.answers.phrases import telling_words
from app.answers.search import question, rank
from app.answers.tidy import bare
from app.flowfile.encoder import encoder_of

Numbers = NDArray[np.float64]
CLASSES = 4
PLANS = (
    *((1, 0, 0.0, 0.0), (2, 40, 0.3, 0.0), (3, 15, 0.4, 0.3), (5, 0, 0.0, 0.0), (5, 0, 0.25, 0.0), (5, 60, 0.3, 0.2)),
    *((8, 25, 0.5, 0.0), (5, 0, 0.1, 0.0), (3, 30, 0.3, 0.6)),
    *((3, 2, 0.5, 0.3), (2, 4, 0.5, 0.5), (4, 6, 0.5, 0.3), (3, 10, 0.4, 0.5), (1, 8, 0.5, 0.3)) * 4,
)
"""Indexes made of each file: examples an entry, entries at most (0: all), share of entries left out, share of examples cut to words."""

CUT_WORDS_MAX = 3
"""Owners write `refund` or `opening hours` where the collections have whole sentences."""

QUESTIONS_MAX = 350
SHRINK = 3e-3
KEPT = Path(__file__).parent / "data" / "answers.npz"
TARGET = Path(__file__).parent.parent / "app" / "answers" / "calibrated.py"


@dataclass
class Sample:
    """Facts of questions, what was true of each, and how much each counts."""

    facts: Numbers
    truth: NDArray[np.int64]
    weight: Numbers


class Remembering:
    """An encoder that encodes each text once."""

    def __init__(self, real: Encoder) -> None:
        self._real, self._known, self.name = real, dict[str, Any](), real.name

    def encode(self, texts: Any) -> Any:
        new = [each for each in dict.fromkeys(texts) if each not in self._known]
        if new:
            self._known.update(zip(new, self._real.encode(new), strict=True))
        return np.stack([self._known[each] for each in texts])

    def is_known(self, word: str) -> bool:
        return self._real.is_known(word)

    def familiarity(self, word: str) -> float:
        return self._real.familiarity(word)


def samples(data: dict[str, Any], encoder: Encoder | None, seed: int) -> Iterator[Sample]:
    for number, plan in enumerate(PLANS):
        chance = random.Random(f"{seed}|{data['name']}|{number}")
        index, asked = _plan(data, plan, chance, encoder)
        chance.shuffle(asked)
        yield _look(index, asked[: QUESTIONS_MAX * 2])


def _plan(
    data: dict[str, Any], plan: tuple[int, int, float, float], chance: random.Random, encoder: Any
) -> tuple[Index, list[tuple[str, str]]]:
    """An index, and questions with the entry that answers each; empty where none does."""
    examples, entries_max, left_out, cut = plan
    names = sorted(data["pool"])
    chance.shuffle(names)
    names = names[: entries_max or None]
    outside = set(names[: int(left_out * len(names))])
    entries, inside, others = [], list[tuple[str, str]](), [(each, "") for each in data["oos_dev"]]
    for name in names:
        phrases = list(data["pool"][name])
        chance.shuffle(phrases)
        used = min(examples, len(phrases) - 1)
        if name in outside:
            others += [(each, "") for each in phrases[:4]]
            continue
        entries.append(Entry(name, tuple(_cut(each) if chance.random() < cut else each for each in phrases[:used])))
        inside += [(each, name) for each in phrases[used:]]
    kept = {each.id for each in entries}
    inside += [(text, name) for text, name in data["dev"] if name in kept]
    for rows in (data["extra"] or {}).values():
        inside += [(text, name) for text, name in rows if name in kept and chance.random() < 0.3]
        others += [(text, "") for text, name in rows if name in outside]
    chance.shuffle(inside)
    chance.shuffle(others)
    return fit(entries, encoder), inside[:QUESTIONS_MAX] + others[:QUESTIONS_MAX]


def _cut(phrase: str) -> str:
    """The first telling words of a phrase; the phrase where there is none."""
    return " ".join(telling_words(words_of(phrase))[:CUT_WORDS_MAX]) or phrase


def _look(index: Index, asked: list[tuple[str, str]]) -> Sample:
    rows, truth = [], []
    for text, name in asked:
        each = question(index, text)
        ranked = rank(index, each)
        rows.append(facts(ranked, len(bare(each.mended).split()), len(index.ids)))
        ids = [found.id for found in ranked]
        truth.append(3 if not name else 0 if ids[0] == name else 1 if name in ids[1:3] else 2)
    outside = max(1, sum(each == 3 for each in truth))
    inside = max(1, len(truth) - outside)
    # A small index asks few questions, and each counts less.
    share = min(1.0, len(truth) / 100)
    weight = [0.5 / outside if each == 3 else 0.5 / inside for each in truth]
    return Sample(np.array(rows), np.array(truth), share * np.array(weight))


Found = dict[str, dict[str, Sample]]
"""Samples by the model's name and the file's."""


def asked_anew(folder: Path) -> Found:
    files = [json.loads(each.read_text(encoding="utf-8")) for each in sorted(folder.glob("*.json"))]
    models = (("BY_MEANING", Remembering(encoder_of(None))), ("BY_LETTERS", None))
    return {model: {each["name"]: joined(list(samples(each, used, 1))) for each in files} for model, used in models}


def keep(found: Found) -> None:
    """Half precision is enough: the third digit of a likeness decides nothing."""
    arrays: dict[str, Any] = {}
    for model, parts in found.items():
        for name, part in parts.items():
            place = f"{model}/{name}"
            arrays[f"{place}/facts"] = part.facts.astype(np.float16)
            arrays[f"{place}/truth"], arrays[f"{place}/weight"] = (
                part.truth.astype(np.int8),
                part.weight.astype(np.float32),
            )
    KEPT.parent.mkdir(exist_ok=True)
    np.savez_compressed(KEPT, **arrays)


def kept() -> Found:
    found: Found = {}
    with np.load(KEPT, allow_pickle=False) as arrays:
        for place in sorted({each.rpartition("/")[0] for each in arrays.files}):
            model, _, name = place.partition("/")
            part = (arrays[f"{place}/{each}"] for each in ("facts", "truth", "weight"))
            facts, truth, weight = part
            found.setdefault(model, {})[name] = Sample(
                facts.astype(np.float64), truth.astype(np.int64), weight.astype(np.float64)
            )
    return found


def joined(parts: list[Sample]) -> Sample:
    return Sample(
        np.concatenate([each.facts for each in parts]),
        np.concatenate([each.truth for each in parts]),
        np.concatenate([each.weight for each in parts]),
    )


def fitted(sample: Sample) -> Numbers:
    """The weights of a multinomial logistic regression, a row for each class with its bias first; by Newton's method."""
    middle, spread = sample.facts.mean(0), sample.facts.std(0) + 1e-9
    known = np.hstack([np.ones((len(sample.facts), 1)), (sample.facts - middle) / spread])
    wide, weight = known.shape[1], sample.weight / sample.weight.sum()
    rows = np.zeros((CLASSES, wide))
    target = np.eye(CLASSES)[sample.truth]
    for _ in range(25):
        chances = softmax(known @ rows.T)
        slope = ((chances - target) * weight[:, None]).T @ known + SHRINK * rows
        curve = np.zeros((CLASSES * wide, CLASSES * wide))
        for a in range(CLASSES):
            for b in range(CLASSES):
                share = weight * chances[:, a] * ((a == b) - chances[:, b])
                curve[a * wide : (a + 1) * wide, b * wide : (b + 1) * wide] = (known * share[:, None]).T @ known
        curve += SHRINK * np.eye(CLASSES * wide)
        rows -= np.linalg.solve(curve, slope.ravel()).reshape(CLASSES, wide)
    plain = rows[:, 1:] / spread
    return np.hstack([rows[:, :1] - (plain @ middle)[:, None], plain])


def softmax(sums: Numbers) -> Numbers:
    powers = np.exp(sums - sums.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def judged(rows: Numbers, sample: Sample) -> str:
    """What the model decides about questions that it has not seen."""
    chances = softmax(rows[:, :1].T + sample.facts @ rows[:, 1:].T)
    answers = (chances[:, 0] >= ANSWER_MIN) & (chances[:, 3] <= OUTSIDE_MAX)
    asks = ~answers & (chances[:, 0] + chances[:, 1] >= OFFER_MIN)
    inside = sample.truth < 3
    right = sample.truth == 0
    loss = -np.mean(np.log(chances[np.arange(len(chances)), sample.truth] + 1e-9))
    share = lambda which, among: 100 * float(np.mean(which[among]))  # noqa: E731
    return (
        f"loss {loss:.3f}; inside: right {share(answers & right, inside):5.1f} wrong {share(answers & ~right, inside):4.1f} "
        f"asked {share(asks, inside):5.1f} (of these useful {share(sample.truth < 2, inside & asks):5.1f}); "
        f"outside: answered {share(answers, ~inside):4.1f} asked {share(asks, ~inside):5.1f}"
    )


def written(name: str, rows: Numbers) -> str:
    lines = []
    for row in rows:
        told = [f"{value:.4f}" for value in row]
        lines += ["    (", *(f"        {', '.join(told[at : at + 12])}," for at in range(0, len(told), 12)), "    ),"]
    return "\n".join([f"# fmt: off\n{name}: tuple[tuple[float, ...], ...] = (", *lines, ")", "# fmt: on"])


HEAD = '''"""The numbers of the decision model, made by benchmarks/calibrate_answers.py. Change them there.

Fitted on the example pools and development parts, never the tests, of public collections of questions: BANKING77 (PolyAI, CC BY 4.0),
CLINC150 (clinc/oos-eval, CC BY 3.0), the near out-of-scope split of BANKING77 (arXiv 2106.04564), and the corpora of nlp.js (axa-group,
MIT). No text of them is in these numbers. A row for each of: right, among the next two, missed, outside; each begins with its bias.
"""

from __future__ import annotations

'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="folder of the files that score.py reads")
    parser.add_argument("--keep", action="store_true", help="write what was found in DATA to data/answers.npz")
    parser.add_argument("--write", action="store_true", help="write the model to app/answers/calibrated.py")
    arguments = parser.parse_args()
    found = asked_anew(arguments.data) if arguments.data else kept()
    if arguments.data and arguments.keep:
        keep(found)
    tables = []
    for name, parts in found.items():
        for left, part in parts.items():
            others = [each for other, each in parts.items() if other[:8] != left[:8]]
            print(f"{name} {left:20s}", judged(fitted(joined(others)), part), flush=True)
        tables.append(written(name, fitted(joined(list(parts.values())))))
    if arguments.write:
        TARGET.write_text(HEAD + "\n\n".join(tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
