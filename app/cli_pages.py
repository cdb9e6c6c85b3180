"""The commands about Pages at Meta: their profile, their subscriptions, what keeps a bot from working. They call one room each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, existing, leave, print_lines

commands = typer.Typer()
profile = typer.Typer(
    help="Greeting, menu and starters of a Page, from the flow. `diff` shows what differs, `push` sends it.",
    epilog="Example: frontdesk profile diff",
    no_args_is_help=True,
)
commands.add_typer(profile, name="profile")

Folder = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="The bot's folder; without it the folders of the settings.")
]
PageId = Annotated[str | None, typer.Option("--page", metavar="ID", help="Only this Page of the settings.")]


@profile.command("diff", epilog="Example: frontdesk profile diff flows")
def diff(folder: Folder = None, page: PageId = None) -> None:
    """Show what a push would change at Meta. Sends nothing; exits with 1 if anything differs."""
    from app.connecting import diff_lines
    from app.settings import read_settings

    lines, is_same = diff_lines(read_settings(), folder and existing(folder), page)
    print_lines(lines)
    leave(0 if is_same else EXIT_NO)


@profile.command("push", epilog="Example: frontdesk profile push flows")
def push(folder: Folder = None, page: PageId = None) -> None:
    """Send what differs, and nothing else. A second push sends nothing; what no flow decides stays as it is."""
    from app.connecting import push_lines
    from app.settings import read_settings

    print_lines(push_lines(read_settings(), folder and existing(folder), page))


@commands.command(epilog="Example: frontdesk connect")
def connect(page: PageId = None) -> None:
    """Subscribe the app and its Pages to what the bot has to hear of. Can be run again; start the server first."""
    from app.connecting import connect_lines
    from app.settings import read_settings

    print_lines(connect_lines(read_settings(), page))
