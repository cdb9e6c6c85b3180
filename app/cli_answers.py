"""The commands about how a bot finds its answers and learns new ones, for its owner. They call one room each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_flows import EXIT_NO, Folder, existing, leave, print_lines
from app.errors import AppError

if TYPE_CHECKING:
    from app.engine.flow import Flow

CUSTOMERS_MIN = 2
"""What one customer says teaches nothing: it may be a slip, or somebody who wants to teach the bot nonsense."""

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
    """List what customers may get the wrong answer by. Entries that are alike, phrases that two share; and where a server's database
    is at hand, entries that were never told and what was missed most."""
    from app.flowfile.asking import report as report_lines
    from app.readiness import shown_progress
    from app.settings import read_settings

    flow = _flow_of(folder, by_letters=by_letters)
    with shown_progress() as told:
        lines = report_lines(flow, told)
    print_lines(lines)
    from app import learning

    try:
        use = learning.read_use(read_settings(), existing(folder))
    except AppError as error:
        typer.echo(f"How the FAQ is used is not known here: {error.message}", err=True)
    else:
        print_lines(learning.use_lines(use, flow))


@answers.command(epilog="Example: frontdesk answers why 24870012345678901")
def why(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id at Messenger (PSID).")],
) -> None:
    """Say why the bot answered a customer as it did. Each question with what was told, how well it fitted, and what came near."""
    from app import learning
    from app.settings import read_settings

    lines = learning.why_lines(read_settings(), customer)
    print_lines(lines or [f"No question of customer {customer} is kept."])
    leave(0 if lines else EXIT_NO)


@commands.command(epilog="Example: frontdesk learn flows --days 7")
def learn(
    folder: Folder = Path("flows"),
    write: Annotated[bool, typer.Option("--write", help="Take every proposal without asking.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Look at the questions of so many days.")] = 30,
    customers: Annotated[
        int, typer.Option(min=1, help="Propose only what so many different customers asked.")
    ] = CUSTOMERS_MIN,
    *,
    again: Annotated[bool, typer.Option("--again", help="Propose what you declined before, too.")] = False,
    by_letters: ByLetters = False,
) -> None:
    """Learn from questions that were not answered well. Proposes phrases and entries for the FAQ, each with a test, and asks about
    each; what you decline is not proposed again. Without a terminal it only shows what would change, and --write takes all."""
    from app import learning
    from app.readiness import shown_progress
    from app.settings import read_settings

    settings, folder = read_settings(), existing(folder)
    asked = learning.read_asked(settings, folder, days)
    with shown_progress() as told:
        lesson = learning.begin(folder, asked, customers, told, by_letters=by_letters, again=again)
    print_lines([f"Questions of the last {days} d: {len(asked)}. Proposals: {len(lesson.lessons.proposals)}."])
    asks = not write and sys.stdin.isatty() and sys.stdout.isatty()
    for lines in lesson.tell():
        print_lines(lines)
        if lesson.is_possible:
            lesson.decide(take=not asks or typer.confirm("   Take it?", default=False))
    print_lines(lesson.left())
    if write or asks:
        print_lines([*(lesson.carry_out() if lesson.taken else []), *lesson.keep_declined()])
    elif lesson.taken:
        print_lines([*lesson.diff(), "Nothing was written: --write takes all of it."])


def _flow_of(folder: Path, *, by_letters: bool) -> Flow:
    from app.flowfile.check import check
    from app.flowfile.problems import raise_for
    from app.readiness import read_like

    checked = check(existing(folder))
    raise_for(checked.problems)
    assert checked.flow is not None
    return read_like(checked.flow, by_letters=by_letters)
