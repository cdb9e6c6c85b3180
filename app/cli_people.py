"""The commands about one customer: everything that is kept, shown or erased. Decides nothing, shows no traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, leave, print_lines

commands = typer.Typer()

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id at Messenger (PSID).")]
Page = Annotated[
    str | None, typer.Option(help="Only on this Page; otherwise on all that know the customer.", metavar="ID")
]


@commands.command(epilog="Example: frontdesk erase 24870012345678901 --page 104857600123456")
def erase(
    customer: Customer,
    page: Page = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase everything that is kept of a customer. Messages of both sides, slots, what waits. Cannot be undone."""
    from app.settings import read_settings

    settings = read_settings()
    from app import people

    if not (pages := people.pages_of(settings, customer, page)):
        _say_unknown(customer)
        return
    where = ", ".join(f"Page {each}" for each in pages)
    if not yes and not typer.confirm(f"Erase everything of customer {customer} ({where})? This cannot be undone."):
        print_lines(["Nothing was erased."])
        leave(EXIT_NO)
        return
    print_lines(people.erase(settings, customer, pages))


@commands.command(epilog="Example: frontdesk export 24870012345678901 --output customer.json")
def export(
    customer: Customer,
    page: Page = None,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file, which must not be there yet.", metavar="FILE")
    ] = None,
) -> None:
    """Show everything that is kept of a customer, as JSON. The transcript of both sides, slots, who answered, what waits."""
    from app.settings import read_settings

    settings = read_settings()
    from app import people

    if not (pages := people.pages_of(settings, customer, page)):
        _say_unknown(customer)
        return
    written = people.export_text(settings, customer, pages)
    if output is None:
        typer.echo(written, nl=False)
        return
    people.save_for_owner(output, written)
    print_lines([f"{output} written. It holds personal data: hand it over, then delete it."])


@commands.command(epilog="Example: frontdesk block 24870012345678901")
def block(
    customer: Annotated[
        str | None,
        typer.Argument(metavar="[CUSTOMER]", help="The customer's id at Messenger; none: list who is blocked."),
    ] = None,
    page: Page = None,
) -> None:
    """Answer a customer no more. What they write is kept; without CUSTOMER lists who is blocked."""
    from app.settings import pages as connected
    from app.settings import read_settings

    settings = read_settings()
    from app import people

    if customer is None:
        print_lines(people.list_blocked(settings) or ["Nobody is blocked."])
        return
    known = people.pages_of(settings, customer, page)
    chosen = known or ([page] if page else [each.page_id for each in connected(settings)])
    if not chosen:
        _say_unknown(customer)
        return
    print_lines(people.block(settings, customer, chosen))


@commands.command(epilog="Example: frontdesk unblock 24870012345678901")
def unblock(customer: Customer) -> None:
    """Answer a customer again, from the next message on."""
    from app.settings import read_settings

    settings = read_settings()
    from app import people

    if lines := people.unblock(settings, customer):
        print_lines(lines)
        return
    print_lines([f"{customer} is not blocked."])
    leave(EXIT_NO)


def _say_unknown(customer: str) -> None:
    print_lines([f"Nothing is kept of customer {customer}."])
    leave(EXIT_NO)
