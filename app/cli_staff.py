"""The commands about people who sign in: each calls one deed of the desk and says how it went. Shows no traceback."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, leave, print_lines

commands = typer.Typer(
    help="People who sign in: invited, listed, kept out.", epilog="Example: frontdesk staff list", no_args_is_help=True
)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's e-mail address.")]


@commands.command(epilog="Example: frontdesk staff add ada@shop.example --name Ada --page 104857600123456")
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="What colleagues call the person.", metavar="NAME")],
    owner: Annotated[bool, typer.Option("--owner", help="May change team and settings too.")] = False,
    page: Annotated[
        list[str] | None, typer.Option(help="Only for this Page; may be given several times.", metavar="ID")
    ] = None,
) -> None:
    """Invite somebody. Shows the link with which they choose their password, once."""
    from app import staffing

    _say(staffing.invite(email, name, "owner" if owner else "staff", page or []))


@commands.command("list", epilog="Example: frontdesk staff list")
def list_() -> None:
    """List who may sign in. Role, Pages, and whether they came through their invitation."""
    from app import staffing

    print_lines(staffing.list_lines() or ["Nobody may sign in yet: frontdesk staff add."])


@commands.command(epilog="Example: frontdesk staff invite ada@shop.example")
def invite(
    email: Email,
    without_second: Annotated[
        bool, typer.Option("--without-second-factor", help="Remove the second factor too, for a lost phone.")
    ] = False,
) -> None:
    """Make a new link for somebody who forgot the password or lost the invitation."""
    from app import staffing

    _say(staffing.link(email, without_second=without_second))


@commands.command(epilog="Example: frontdesk staff disable ada@shop.example")
def disable(email: Email) -> None:
    """Keep somebody out. They are signed out at once; what they wrote stays."""
    from app import staffing

    _say(staffing.disable(email))


@commands.command(epilog="Example: frontdesk staff enable ada@shop.example")
def enable(email: Email) -> None:
    """Let somebody in again, with the password they had."""
    from app import staffing

    _say(staffing.enable(email))


def _say(told: tuple[bool, str]) -> None:
    done, line = told
    print_lines([line])
    if not done:
        leave(EXIT_NO)
