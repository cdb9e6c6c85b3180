"""The commands about a bot's folder, for its owner. Like `cli.py`, they call one room each and say how it went."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import AppError

if TYPE_CHECKING:
    from app.engine.flow import Flow
    from app.flowfile.check import Checked
    from app.flowfile.problems import Problem
    from app.flowfile.rehearsal.report import Played
    from app.flowfile.rehearsal.script import Conversation
    from app.flowfile.talk import Talk

EXIT_NO = 1
"""The answer is no."""

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The bot's folder, with bot.yaml.")]

commands = typer.Typer()


# ---- flows -------------------------------------------------------------------------------------------------


@commands.command(epilog="Example: frontdesk check flows")
def check(
    folder: Folder = Path("flows"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Advice counts as a problem.")] = False,
) -> None:
    """List every problem in a bot's folder. One a line, as file:line:column: CODE message; exits with 1 if there is any."""
    from app.flowfile.check import check as check_folder

    checked = check_folder(existing(folder))
    passed = not any(strict or not problem.advice for problem in checked.problems)
    if as_json:
        typer.echo(json.dumps(_as_json(folder, checked, passed), ensure_ascii=False, indent=2))
    else:
        print_problems(folder, checked.problems)
    leave(0 if passed else EXIT_NO)


@commands.command(epilog='Example: frontdesk talk flows --at "2026-12-01 10:00"')
def talk(
    folder: Folder = Path("flows"),
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d %H:%M"], help="When the talk begins, in the bot's time zone.")
    ] = None,
    keep: Annotated[
        str | None, typer.Option(metavar="NAME", help="At the end add the talk to the bot's tests, under this name.")
    ] = None,
) -> None:
    """Chat with a bot in the terminal. Nothing is sent; --keep writes what was said as a test."""
    from app.clock import Clock
    from app.flowfile.check import check as check_folder
    from app.flowfile.problems import raise_for
    from app.flowfile.talk import Talk
    from app.flowfile.writing.keep import refuse_doubled
    from app.readiness import read_like

    folder = existing(folder)
    checked = check_folder(folder)
    raise_for(checked.problems)
    assert checked.flow is not None
    if keep is not None:
        refuse_doubled(checked.tests, keep)
    zone = checked.flow.timezone
    # To the minute, as a test names its moment.
    begun = (at.replace(tzinfo=zone) if at else Clock().now().astimezone(zone)).replace(second=0, microsecond=0)
    running = Talk(_stocked(read_like(checked.flow)), begun.astimezone(UTC))
    _chat(running)
    if keep is not None:
        _keep(folder, checked, keep, running, begun)


def _chat(running: Talk) -> None:
    """Until nothing more is typed; in colours where a terminal shows them."""
    from rich.console import Console
    from rich.text import Text

    from app.flowfile.colours import style_of

    console = Console(highlight=False, soft_wrap=True)

    def show(lines: Sequence[str]) -> None:
        for line in lines:
            console.print(Text(line, style=style_of(line, running.flow.name)))

    show(running.begin())
    for line in _typed(running):
        show(running.enter(line))
        if running.is_over:
            break


def _keep(folder: Path, checked: Checked, name: str, talk: Talk, begun: datetime) -> None:
    """Show the talk as a test and add it to the folder, if the bot would hold it."""
    from app.flowfile.writing.keep import plan_addition

    kept = talk.kept
    if kept.obstacle or not kept.steps:
        typer.echo(f"Nothing was kept: {kept.obstacle or 'nobody said anything'}.", err=True)
        leave(EXIT_NO)
        return
    lines = kept.lines(name, begun, talk.stored.get("state", ""))
    print_lines(lines)
    addition = plan_addition(folder, checked, name, lines)
    addition.carry_out()
    typer.echo(f'Kept in {addition.path.as_posix()}. Hold it with: frontdesk test {folder.as_posix()} -k "{name}"')


def _typed(running: Talk) -> Iterator[str]:
    """What is typed, line by line: with history and completion in a terminal, plain from a pipe or file."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter

    prompt: PromptSession[str] = PromptSession()
    while True:
        titles = WordCompleter([each.title for each in running.shown], sentence=True, ignore_case=True)
        try:
            yield prompt.prompt("you: ", completer=titles)
        except (EOFError, KeyboardInterrupt):
            return


@commands.command(epilog="Example: frontdesk plan flows")
def plan(folder: Folder = Path("flows")) -> None:
    """Say what a change means before it goes live. States, questions and slots against what is live; exits with 1 if customers wait
    in a state that it removes."""
    from app import changes
    from app.flowfile.check import check as check_folder
    from app.flowfile.plan import plan_lines
    from app.settings import read_settings

    checked = check_folder(existing(folder))
    if checked.flow is None:
        print_problems(folder, checked.problems)
        leave(EXIT_NO)
        return
    made = changes.make_plan(read_settings(), existing(folder), checked.flow)
    print_lines(plan_lines(made) if made else [f"Nothing is live yet: all {len(checked.flow.states)} states are new."])
    leave(EXIT_NO if made and made.stranded else 0)


@commands.command(epilog="Example: frontdesk revisions flows --back 3f9a0c")
def revisions(
    folder: Folder = Path("flows"),
    back: Annotated[
        str | None, typer.Option(metavar="REVISION", help="Make this one live again, until the folder changes.")
    ] = None,
) -> None:
    """List every flow that went live. The newest first, with when it was live; --back returns to one."""
    from app import changes
    from app.settings import read_settings

    settings = read_settings()
    if back is None:
        print_lines(changes.list_lines(settings, existing(folder)))
    else:
        print_lines([changes.go_back(settings, existing(folder), back)])


@commands.command("test", epilog="Example: frontdesk test flows -k order")
def run_tests(
    folder: Folder = Path("flows"),
    words: Annotated[str, typer.Option("-k", metavar="WORDS", help="Only tests whose names hold these words.")] = "",
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the outcome as JUnit XML.")] = None,
    trouble: Annotated[
        bool, typer.Option("--trouble", help="Also replay each in trouble: doubled, unanswered, restarted, translated.")
    ] = False,
) -> None:
    """Hold the conversations that the bot's tests list. Exits with 1 if one of them goes another way."""
    from app.flowfile.check import check as check_folder
    from app.flowfile.rehearsal.report import played_lines, summary, to_junit
    from app.readiness import read_like

    checked = check_folder(existing(folder))
    if checked.flow is None:
        print_problems(folder, checked.problems)
        leave(EXIT_NO)
        return
    wanted = [each for each in checked.tests if words.casefold() in each.name.casefold()]
    if not wanted:
        print_lines([f"No test of {folder.as_posix()} has {words} in its name." if checked.tests else NO_TESTS])
        leave(EXIT_NO if checked.tests else 0)
        return
    played = list(_play(_stocked(read_like(checked.flow)), wanted, trouble=trouble))
    for each in played:
        print_lines(played_lines(folder.as_posix(), each))
    if junit is not None:
        _write(junit, to_junit(folder.as_posix(), played))
    typer.echo(summary(played))
    leave(0 if all(each.is_held for each in played) else EXIT_NO)


def _stocked(flow: Flow) -> Flow:
    """The flow with the products of its feed, as far as they are known here; where they come from elsewhere, that is told."""
    if not flow.shop.is_stored:
        return flow
    from app.importing import with_stock

    filled, told = with_stock(flow)
    typer.echo(told, err=True)
    return filled


HTTP_REFUSED = 400
"""The status with which Messenger tells its errors; their codes say what they mean."""

NO_TESTS = (
    "This bot has no tests yet. Write one: tests: [{name: a first visit, talk: [{tap: Get Started}, {bot: Hello!}]}]"
)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AppError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error


def _play(flow: Flow, conversations: Sequence[Conversation], *, trouble: bool) -> Iterator[Played]:
    """One after the other; those that were held then once in each kind of trouble."""
    from app.flowfile.rehearsal.play import play
    from app.flowfile.rehearsal.report import Played

    plain = (Played(each, tuple(play(flow, each))) for each in conversations)
    held: list[Conversation] = []
    for played in _watched(plain, len(conversations)):
        yield played
        held += [played.conversation] if played.is_held else []
    if trouble:
        yield from _watched(*_replay(flow, held))


def _watched(plays: Iterator[Played], total: int) -> Iterator[Played]:
    """The same, with a bar where somebody watches."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(plays, "Talking", total, console=console, transient=True, disable=not console.is_terminal)


def _replay(flow: Flow, conversations: Sequence[Conversation]) -> tuple[Iterator[Played], int]:
    """Each conversation in every kind of trouble, and how many replays that are."""
    from app.flowfile.rehearsal.report import Played
    from app.trouble.replays import Replays, kinds_of
    from webhooks.messenger.failures import read_failure

    todo = [(each, kind) for each in conversations for kind in kinds_of(flow, each)]

    def played() -> Iterator[Played]:
        with Replays(flow, lambda code: read_failure(HTTP_REFUSED, {"error": {"code": code}})) as replays:
            for each, kind in todo:
                yield Played(each, tuple(replays.play(each, kind)), kind.name)

    return played(), len(todo)


class DrawingFormat(StrEnum):
    """What a drawing is written as."""

    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"


@commands.command(epilog="Example: frontdesk graph flows --format svg > bot.svg")
def graph(
    folder: Folder = Path("flows"),
    drawing: Annotated[DrawingFormat, typer.Option("--format", help="How the drawing is written.")] = DrawingFormat.SVG,
) -> None:
    """Draw a bot: its states and the ways between them. A folder with problems is drawn as far as it can be read."""
    from app.flowfile.check import check as check_folder
    from app.flowfile.drawing.draw import draw

    checked = check_folder(existing(folder))
    if checked.as_read is None:
        print_problems(folder, checked.problems)
        leave(EXIT_NO)
        return
    if checked.flow is None:
        typer.echo(
            f"{folder.as_posix()} has problems (frontdesk check lists them): drawn as far as it can be read.", err=True
        )
    typer.echo(draw(checked.as_read, drawing), nl=False)


# ---- saying it ---------------------------------------------------------------------------------------------


def existing(folder: Path) -> Path:
    if folder.name == "bot.yaml" and folder.is_file():
        return folder.parent
    if not folder.is_dir():
        raise AppError(f"There is no folder {folder.as_posix()} here.", "Name the folder that holds bot.yaml.")
    return folder


def leave(code: int) -> None:
    raise typer.Exit(code)


def print_problems(folder: Path, problems: Sequence[Problem]) -> None:
    for problem in problems:
        place = typer.style(f"{(folder / problem.file).as_posix()}:{problem.line}:{problem.column}:", bold=True)
        code = typer.style(problem.code, fg=typer.colors.YELLOW if problem.advice else typer.colors.RED)
        typer.echo(f"{place} {code} {problem.message}{' (advice)' if problem.advice else ''}")
        if problem.hint:
            typer.echo(f"    {problem.hint}")
    typer.echo(_summary(folder, problems))


def _summary(folder: Path, problems: Sequence[Problem]) -> str:
    advice = sum(problem.advice for problem in problems)
    blocking = len(problems) - advice
    if not problems:
        return typer.style(f"No problems in {folder.as_posix()}.", fg=typer.colors.GREEN)
    return f"{_count(blocking, 'problem')}, {advice} advice."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _as_json(folder: Path, checked: Checked, passed: bool) -> dict[str, Any]:
    names = ("file", "line", "column", "code", "message", "hint", "advice")
    problems = [{name: getattr(problem, name) for name in names} for problem in checked.problems]
    return {"folder": folder.as_posix(), "revision": checked.revision, "passed": passed, "problems": problems}


def print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)
