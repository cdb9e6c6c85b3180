"""The commands about Pages at Meta: their profile, their subscriptions, what keeps a bot from working. They call one room each."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, existing, leave, print_lines
from app.errors import AppError
from app.findings import Finding

commands = typer.Typer()
profile = typer.Typer(
    help="Greeting, menu and starters of a Page, from the flow. `diff` shows what differs, `push` sends it.",
    epilog="Example: frontdesk profile diff",
    no_args_is_help=True,
)
commands.add_typer(profile, name="profile")

TOKEN_CHARS_MAX = 4_096
"""Meta's have about 200 characters."""
COLOURS = {"ok": typer.colors.GREEN, "advice": typer.colors.YELLOW, "problem": typer.colors.RED}

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


@commands.command(epilog="Example: frontdesk doctor")
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    fleet: Annotated[
        bool, typer.Option("--fleet", help="Look at the live database instead: whether all that must hold does.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="With --fleet: look at every row, not at the newest alone.")
    ] = False,
) -> None:
    """Say what would keep the bot from working or from passing review, with what to do. Exits with 1 if there is any problem."""
    from app.doctor import examine, examine_fleet

    findings = examine_fleet(everything=everything) if fleet else examine()
    passed = not any(each.verdict == "problem" for each in findings)
    if as_json:
        told = {"passed": passed, "findings": [asdict(each) for each in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print_findings(findings)
    leave(0 if passed else EXIT_NO)


def _print_findings(findings: Sequence[Finding]) -> None:
    several = len({each.page_id for each in findings if each.page_id}) > 1
    for each in findings:
        verdict = typer.style(f"{each.verdict:8}", fg=COLOURS[each.verdict])
        page = f"Page {each.page_id}, " if several and each.page_id else ""
        typer.echo(f"{verdict}{page}{each.check}: {each.says}")
        if each.todo:
            typer.echo(f"        {each.todo}")
    problems = sum(each.verdict == "problem" for each in findings)
    counted = "1 problem" if problems == 1 else f"{problems} problems"
    typer.echo(f"{counted}, {sum(each.verdict == 'advice' for each in findings)} advice.")


@commands.command(epilog="Example: frontdesk connect --new-token")
def connect(
    page: PageId = None,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Ask for a new token of the Page, and keep it if Meta takes it.")
    ] = False,
) -> None:
    """Subscribe the app and its Pages to what the bot has to hear of. Can be run again; start the server first."""
    from app.connecting import connect_anew_lines, connect_lines
    from app.settings import read_settings

    settings = read_settings()
    print_lines(connect_anew_lines(settings, page, _ask_token()) if new_token else connect_lines(settings, page))


def _ask_token() -> str:
    """Typed unseen, or the first line of what is piped in: a token on the command line would stand in the list of processes."""
    if sys.stdin.isatty():
        given = str(typer.prompt("The Page's new token", hide_input=True))
    else:
        given = sys.stdin.readline(TOKEN_CHARS_MAX + 1)
    token = given.strip()
    if not token.isascii() or not token.isprintable() or " " in token or not 0 < len(token) <= TOKEN_CHARS_MAX:
        raise AppError(
            "That is no token.", "Copy the Page's token from the Messenger settings of the app, in one line."
        )
    return token
