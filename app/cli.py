"""The command line: each command calls one room and says how it went. Never does a room's work, never shows a traceback.

Exit codes: 0 fine, 1 the answer is no, 2 used wrongly or cannot run. Rooms are imported inside the commands, so that
`frontdesk check` does not wait for a database library.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app import (
    __version__,
    cli_answers,
    cli_keys,
    cli_operations,
    cli_pages,
    cli_people,
    cli_products,
    cli_staff,
    cli_writing,
)
from app.cli_flows import EXIT_NO, commands, leave, print_lines
from app.errors import AppError

EXIT_CANNOT, EXIT_STOPPED = 2, 130
"""Used wrongly or cannot run; stopped by Ctrl+C (128 and the signal's number, as shells count)."""
PORT_MAX = 65_535
AUDIT_MAX = 10_000
"""Lines of a listing."""
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
app.add_typer(commands)
app.add_typer(cli_writing.commands)
app.add_typer(cli_answers.commands)
app.add_typer(cli_products.commands)
app.add_typer(cli_people.commands)
app.add_typer(cli_pages.commands)
app.add_typer(cli_staff.commands, name="staff")
app.add_typer(cli_operations.commands)
app.add_typer(cli_keys.commands, name="api-key")

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

    leave(run(port, data, browser))


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

    leave(run(settings, host, port, role.value))


@app.command(epilog="Example: frontdesk simulator --port 8100 --bot http://127.0.0.1:8000")
def simulator(
    port: Port = 8100,
    bot: Annotated[str, typer.Option(help="Where the bot is.", metavar="ADDRESS")] = "http://127.0.0.1:8000",
) -> None:
    """Run the local Messenger alone. A chat page, the Graph API and a control API for tests."""
    if not bot.startswith(("http://", "https://")):
        raise typer.BadParameter("write an address, for example http://127.0.0.1:8000", param_hint="--bot")
    from app.demo import simulate

    leave(simulate(port, bot))


@app.command(epilog="Example: frontdesk migrate")
def migrate() -> None:
    """Bring the database to this program's schema. `serve` does so by itself."""
    from app.settings import read_settings

    settings = read_settings()
    from app import log
    from app.main import migrate as run

    log.set_up(settings.log_format)
    leave(run(settings))


@app.command(epilog="Example: frontdesk audit --most 200")
def audit(
    most: Annotated[int, typer.Option(help="How many of the newest entries.", min=1, max=AUDIT_MAX)] = 50,
    page: Annotated[str | None, typer.Option(help="Only what concerns this Page.", metavar="ID")] = None,
    holds: Annotated[
        str | None, typer.Option(help="Whether the entry with this hash is still there.", metavar="HASH")
    ] = None,
) -> None:
    """List who did what that matters for safety, and check that nothing of it was changed. Note the newest hash elsewhere."""
    from app.settings import read_settings

    settings = read_settings()
    from app import auditing

    if holds is None:
        lines, is_whole = auditing.list_lines(settings, most, page)
    else:
        line, is_whole = auditing.find_line(settings, holds)
        lines = [line]
    print_lines(lines)
    if not is_whole:
        leave(EXIT_NO)


# ---- saying it ---------------------------------------------------------------------------------------------


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
