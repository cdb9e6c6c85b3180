"""F318, F319: commands as Messenger takes them, and that the bot knows what to do with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.flowfile.problems import Problem, problem_at, quoted
from app.flowfile.source.nodes import Scalar


def command_with_blanks(name: Scalar) -> Iterator[Problem]:
    """F318: a command is one word."""
    text = name.text.strip()
    if any(each.isspace() for each in text) or text.startswith("/"):
        better = "_".join(text.strip("/ ").split())
        yield problem_at(
            name.place, "F318", f"A command is one word, without /: {quoted(text)} is not.", f"Write {better}."
        )


def command_unheard(name: Scalar) -> Iterator[Problem]:
    """F319: a command that no `hear` waits for. Advice: the FAQ or an open question may understand it."""
    what = f"Nothing under anywhere hears the command {quoted(name.text.strip())}: it is read like any other text."
    hint = f"Add an entry, as in - {{hear: [{name.text.strip()}], goto: …}}."
    yield replace(problem_at(name.place, "F319", what, hint), advice=True)
