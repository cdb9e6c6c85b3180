"""What is wrong in a flow file and where: `Place`, `Problem`, and the `Report` that gathers them. Knows no rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from app.errors import FlowError

PROBLEMS_MAX = 1_000
"""A report is for a person. A hostile file could hold a problem a byte; the rest would only cost time and memory."""

QUOTE_CHARS_MAX = 60
"""How much of an owner's words a message repeats: enough to find them, short enough for one line."""

NEAR_NAMES_MAX = 2_000
"""How many names are compared for "did you mean": more would let a hostile file cost seconds."""

NEAR_SCORE_MIN = 70
"""From this likeness (0 to 100) on a name is worth suggesting: one or two letters apart in a short word."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands. `line` and `column` count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def moved(self, columns: int) -> Place:
        """The place so many characters to the right."""
        return Place(self.file, self.line, self.column + columns)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a flow file. `hint` says what to write instead; `advice` does not keep the flow from going live."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    advice: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message} {self.hint}".rstrip()


def problem_at(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """A problem that stands at `place`."""
    return Problem(place.file, place.line, place.column, code, message, hint)


class Report:
    """Gathers problems while a folder is read; takes PROBLEMS_MAX of them."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def take(self, problems: Iterable[Problem]) -> bool:
        """Keep these; whether there were any. A full report no longer runs the rule behind a lazy `problems`."""
        if self.is_full():
            return True
        took = False
        for problem in problems:
            took = True
            self._problems.append(problem)
            if self.is_full():
                break
        return took

    def is_full(self) -> bool:
        """Whether no more problems are taken."""
        return len(self._problems) >= PROBLEMS_MAX

    def has(self, *codes: str) -> bool:
        """Whether a problem with one of these codes was found."""
        return any(problem.code in codes for problem in self._problems)

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem once, by place, then code. The last of a full report says that there may be more."""
        unique = dict.fromkeys(self._problems)
        told = sorted(unique, key=lambda each: (each.file, each.line, each.column, each.code, each.message))
        if self.is_full():
            last = told.pop()
            what = f"There are more than {PROBLEMS_MAX - 1:,} problems; these are the first that were found."
            told.append(problem_at(Place(last.file, last.line, last.column), "F109", what, "Mend these first."))
        return tuple(told)


def raise_for(problems: Iterable[Problem]) -> None:
    """Raise FlowError if one of them keeps the flow from going live."""
    blocking = [problem for problem in problems if not problem.advice]
    if blocking:
        listed = "\n".join(str(problem) for problem in blocking)
        count = "1 problem" if len(blocking) == 1 else f"{len(blocking)} problems"
        raise FlowError(f"The flow files have {count}:\n{listed}", blocking)


def quoted(words: str) -> str:
    """An owner's words for a message: on one line, not too long."""
    return f'"{shortened(" ".join(words.split()))}"'


def shortened(words: str) -> str:
    """The beginning of what is too long for a line."""
    return words if len(words) <= QUOTE_CHARS_MAX else f"{words[: QUOTE_CHARS_MAX - 1]}…"


def with_article(what: str) -> str:
    """`a text`, `an id`; "yes or no" stands without."""
    if what == "yes or no":
        return what
    return f"{'an' if what[:1].lower() in tuple('aeio') else 'a'} {what}"


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """`Did you mean "outfits"?` for the nearest of `names`, or nothing."""
    nearest = nearest_name(word, names)
    return f"Did you mean {quoted(nearest)}?" if nearest else ""


def nearest_name(word: str, names: Iterable[str]) -> str:
    """The nearest of `names`, if it is near enough to be meant; else nothing."""
    from rapidfuzz import fuzz, process

    nearest = process.extractOne(
        word[:QUOTE_CHARS_MAX], list(islice(names, NEAR_NAMES_MAX)), scorer=fuzz.ratio, score_cutoff=NEAR_SCORE_MIN
    )
    return str(nearest[0]) if nearest else ""


def any_of(names: Iterable[str], names_max: int = 12) -> str:
    """`a, b, c …` for a hint."""
    listed = list(names)
    return ", ".join(shortened(name) for name in listed[:names_max]) + (" …" if len(listed) > names_max else "")
