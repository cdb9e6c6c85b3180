"""The command line: each command calls one room and says how it went. Never does a room's work, never shows a traceback.

Exit codes: 0 fine, 1 the answer is no, 2 used wrongly or cannot run. Rooms are imported inside the commands, so that
`frontdesk check` does not wait for a database library.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import __version__
from app.errors import AppError

if TYPE_CHECKING:
    from app.flowfile.check import Checked
    from app.flowfile.problems import Problem
    from app.flowfile.talk import Talk

EXIT_NO, EXIT_CANNOT, EXIT_STOPPED = 1, 2, 130
"""The answer is no; used wrongly or cannot run; stopped by Ctrl+C (128 and the signal's number, as shells count)."""
PORT_MAX = 65_535
DEMO_PORT_MAX = PORT_MAX - 100
"""The demo's local Messenger listens on the port that is 100 further."""

app = typer.Typer(
    help="A Messenger customer-service bot that a shop owner writes in YAML.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The bot's folder, with bot.yaml.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=PORT_MAX)]


class Role(StrEnum):
    """What a server does: answer Messenger, do the work, or both."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. The last border: our errors become one line, all else is a bug and is told as one."""
    _speak_utf8()
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="frontdesk")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_CANNOT
    except AppError as error:
        typer.echo(f"frontdesk: {error}", err=True)
        return EXIT_CANNOT
    except KeyboardInterrupt:
        return EXIT_STOPPED
    except Exception as error:
        # What the error says may quote a customer or a secret: only its kind and place are told.
        typer.echo(f"frontdesk: {bug_line(error)}", err=True)
        return EXIT_CANNOT
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"frontdesk {__version__}")
        raise typer.Exit


@app.callback()
def _frontdesk(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """A Messenger customer-service bot that a shop owner writes in YAML."""


# ---- servers -----------------------------------------------------------------------------------------------


@app.command(epilog="Example: frontdesk demo --port 8080")
def demo(
    port: Annotated[
        int, typer.Option(help="Port of the bot; the chat page's is 100 more.", min=1, max=DEMO_PORT_MAX)
    ] = 8000,
    data: Annotated[Path | None, typer.Option(help="Keep the database in this folder.", metavar="DIR")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the chat page in a browser.")] = True,
) -> None:
    """Try everything on this machine, without an account. Example shop, local Messenger, chat page."""
    from app.demo import demo as run

    _leave(run(port, data, browser))


@app.command(epilog="Example: frontdesk serve --host 0.0.0.0 --port 8000 --role all")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    role: Annotated[Role, typer.Option(help="web answers Messenger, worker does the work.")] = Role.ALL,
) -> None:
    """Run the bot for the Page that the settings name. Brings the database up to date first."""
    from app.settings import load_settings

    settings = load_settings()
    from app.main import serve as run

    _leave(run(settings, host, port, role.value))


@app.command(epilog="Example: frontdesk simulator --port 8100 --bot http://127.0.0.1:8000")
def simulator(
    port: Port = 8100,
    bot: Annotated[str, typer.Option(help="Where the bot is.", metavar="ADDRESS")] = "http://127.0.0.1:8000",
) -> None:
    """Run the local Messenger alone. A chat page, the Graph API and a control API for tests."""
    if not bot.startswith(("http://", "https://")):
        raise typer.BadParameter("write an address, for example http://127.0.0.1:8000", param_hint="--bot")
    from app.demo import simulate

    _leave(simulate(port, bot))


@app.command(epilog="Example: frontdesk migrate")
def migrate() -> None:
    """Bring the database to this program's schema. `serve` does so by itself."""
    from app.settings import read_settings

    settings = read_settings()
    from app import log
    from app.main import migrate as run

    log.set_up(settings.log_format)
    _leave(run(settings))


@app.command(epilog="Example: frontdesk quarantine --replay 1042")
def quarantine(
    replay: Annotated[
        int | None, typer.Option(help="Give the event of this number one more chance.", metavar="ID")
    ] = None,
) -> None:
    """List events that were set aside. Nobody could read them, or their turn failed three times; each has its reason."""
    from app.settings import read_settings

    settings = read_settings()
    from app import aside

    if replay is None:
        _print_lines(aside.list_lines(settings))
    else:
        _print_lines([aside.replay(settings, replay)])


# ---- flows -------------------------------------------------------------------------------------------------


@app.command(epilog="Example: frontdesk check flows")
def check(
    folder: Folder = Path("flows"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Advice counts as a problem.")] = False,
) -> None:
    """List every problem in a bot's folder. One a line, as file:line:column: CODE message; exits with 1 if there is any."""
    from app.flowfile.check import check as check_folder

    checked = check_folder(_existing(folder))
    passed = not any(strict or not problem.advice for problem in checked.problems)
    if as_json:
        typer.echo(json.dumps(_as_json(folder, checked, passed), ensure_ascii=False, indent=2))
    else:
        _print_problems(folder, checked.problems)
    _leave(0 if passed else EXIT_NO)


@app.command(epilog='Example: frontdesk talk flows --at "2026-12-01 10:00"')
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

    flow = read_flow(_existing(folder))
    running = Talk(flow, at.replace(tzinfo=flow.timezone).astimezone(UTC) if at else Clock().now())
    _print_lines(running.begin())
    for line in _typed(running):
        _print_lines(running.enter(line))
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


def _existing(folder: Path) -> Path:
    if folder.name == "bot.yaml" and folder.is_file():
        return folder.parent
    if not folder.is_dir():
        raise AppError(f"There is no folder {folder.as_posix()} here.", "Name the folder that holds bot.yaml.")
    return folder


def _leave(code: int) -> None:
    raise typer.Exit(code)


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)


def _print_problems(folder: Path, problems: Sequence[Problem]) -> None:
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


def bug_line(error: Exception) -> str:
    """What is said about an error that is not ours: its kind and place, for a report."""
    from app.log import tell_exception

    told = tell_exception(None, "", {"exc_info": error})
    where = told["places"][0] if told["places"] else "an unknown place"
    return f"a bug of ours, {told['error'][0]} at {where}. Please report it with the command that you ran."


def _speak_utf8() -> None:
    """Windows terminals and pipes may speak an old code page, which cannot say what customers write."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
