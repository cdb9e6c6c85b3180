"""The commands about how a bot finds its answers, for its owner. They call one room each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_flows import Folder, existing, print_lines

if TYPE_CHECKING:
    from app.engine.flow import Flow

commands = typer.Typer()
answers = typer.Typer(
    help="How the bot finds its answers: try a question, look for entries that are taken for each other.",
    epilog='Example: frontdesk answers try "where is my parcel" flows',
)
commands.add_typer(answers, name="answers")

ByLetters = Annotated[bool, typer.Option("--by-letters", help="As with ANSWERS_BY_MEANING=false.")]


@answers.command("try", epilog='Example: frontdesk answers try "where is my parcel" flows')
def try_question(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A question, as a customer would write it.")],
    folder: Folder = Path("flows"),
    topic: Annotated[str, typer.Option(help="Look among the entries of this topic only.")] = "all",
    by_letters: ByLetters = False,
) -> None:
    """Ask the bot's FAQ one question. Shows what it would do, and how well the best entries fit and why."""
    from app.flowfile.answering import book
    from app.flowfile.asking import ranking
    from app.readiness import shown_progress

    flow = _flow_of(folder, by_letters=by_letters)
    with shown_progress() as told:
        book(flow, topic, told)
    print_lines(ranking(flow, text, topic))


@answers.command(epilog="Example: frontdesk answers report flows")
def report(folder: Folder = Path("flows"), by_letters: ByLetters = False) -> None:
    """List what customers may get the wrong answer by. Entries that are alike, and phrases that two entries share."""
    from app.flowfile.asking import report as report_lines
    from app.readiness import shown_progress

    flow = _flow_of(folder, by_letters=by_letters)
    with shown_progress() as told:
        lines = report_lines(flow, told)
    print_lines(lines)


def _flow_of(folder: Path, *, by_letters: bool) -> Flow:
    from app.flowfile.check import check
    from app.flowfile.problems import raise_for
    from app.readiness import read_like

    checked = check(existing(folder))
    raise_for(checked.problems)
    assert checked.flow is not None
    return read_like(checked.flow, by_letters=by_letters)
