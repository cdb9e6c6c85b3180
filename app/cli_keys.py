"""The commands about keys for programs: each calls one deed and says how it went. Shows no traceback."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, leave, print_lines

commands = typer.Typer(
    help="Keys for programs that use the API: made, listed, revoked.",
    epilog="Example: frontdesk api-key list",
    no_args_is_help=True,
)


@commands.command(epilog="Example: frontdesk api-key add 'Order system' --page 104857600123456")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What colleagues call the program.")],
    owner: Annotated[bool, typer.Option("--owner", help="May see people and Pages too.")] = False,
    page: Annotated[
        list[str] | None, typer.Option(help="Only for this Page; may be given several times.", metavar="ID")
    ] = None,
) -> None:
    """Make a key. Shows it, once."""
    from app import keying

    _say(keying.add(name, "owner" if owner else "staff", page or []))


@commands.command("list", epilog="Example: frontdesk api-key list")
def list_() -> None:
    """List the keys. Role, Pages, and when each was used last; never a key itself."""
    from app import keying

    print_lines(keying.list_lines() or ["There are no keys yet: frontdesk api-key add."])


@commands.command(epilog="Example: frontdesk api-key revoke yTFdOLm3cNRCpa5TCKI5jw")
def revoke(key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as `list` shows it.")]) -> None:
    """Revoke a key. It opens nothing from the next request on."""
    from app import keying

    _say(keying.revoke(key))


def _say(told: tuple[bool, str]) -> None:
    done, line = told
    print_lines([line])
    if not done:
        leave(EXIT_NO)
