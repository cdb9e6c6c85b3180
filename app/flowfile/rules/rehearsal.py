"""F219 and F220: tests that cannot be told apart, and steps that are two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.flowfile.problems import Place, Problem, problem_at, quoted
from app.flowfile.source.nodes import Scalar


def same_test_twice(name: Scalar, first: Place) -> Iterator[Problem]:
    """F219: two tests with one name: a report could not say which of them failed."""
    yield problem_at(
        name.place,
        "F219",
        f"There are two tests with the name {quoted(name.text)}; the first is in {first.file}, line {first.line}.",
        "Give each a name of its own.",
    )


def two_steps_in_one(keys: Sequence[Scalar]) -> Iterator[Problem]:
    """F220: a line of a talk in which two things happen; their order would be anybody's guess."""
    for key in keys[1:]:
        yield problem_at(
            key.place,
            "F220",
            f"A step is one thing, and this one has {keys[0].text} and {key.text}.",
            f"Put {key.text} on a line of its own, with - before it.",
        )
