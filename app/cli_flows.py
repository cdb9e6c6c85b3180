"""The commands about a bot's folder, for its owner. Like `cli.py`, they call one room each and say how it went."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import AppError

if TYPE_CHECKING:
    from app.flowfile.check import Checked
    from app.flowfile.problems import Problem
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
) -> None:
    """Chat with a bot in the terminal. Nothing is sent or kept."""
    from app.clock import Clock
    from app.flowfile.check import read_flow
    from app.flowfile.talk import Talk

    flow = read_flow(existing(folder))
    running = Talk(flow, at.replace(tzinfo=flow.timezone).astimezone(UTC) if at else Clock().now())
    print_lines(running.begin())
    for line in _typed(running):
        print_lines(running.enter(line))
        if running.is_over:
            break


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
