"""The commands of whoever runs a fleet: what was set aside, backups. They call one room each and say how it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, leave, print_lines

commands = typer.Typer()


@commands.command(epilog="Example: frontdesk quarantine")
def quarantine() -> None:
    """List events that were set aside. Nobody could read them, or their turn failed three times; each has its reason."""
    from app.settings import read_settings

    settings = read_settings()
    from app import aside

    print_lines(aside.list_lines(settings))


@commands.command(epilog="Example: frontdesk replay 1042 1043")
def replay(
    events: Annotated[
        list[int] | None, typer.Argument(metavar="[EVENT]...", help="Their numbers, as quarantine lists them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were set aside, the oldest first.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say whether it could be done.")] = False,
) -> None:
    """Give events that were set aside another chance. Behind what their customers wrote since; exits with 1 if one cannot be."""
    if bool(events) == every:
        raise typer.BadParameter("name events, or say --all", param_hint="EVENT")
    from app.settings import read_settings

    settings = read_settings()
    from app import aside

    lines, well = aside.replay(settings, events or [], every=every, dry=dry)
    print_lines(lines)
    leave(0 if well else EXIT_NO)


@commands.command(epilog="Example: frontdesk backup frontdesk.backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it must not be there yet.")],
    key: Annotated[
        bool, typer.Option("--key/--no-key", help="Whether the key beside a SQLite file goes along.")
    ] = True,
) -> None:
    """Copy everything that is kept into one file, while servers run. It is of one moment, and is only read by restore."""
    from app.settings import read_settings

    settings = read_settings()
    from app import keeping

    print_lines(keeping.backup(settings, file, with_key=key))


@commands.command(epilog="Example: frontdesk restore frontdesk.backup")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.", exists=True, dir_okay=False)],
) -> None:
    """Bring a backup back, where no database is yet. Stop the servers first; what was acknowledged after the backup is gone."""
    from app.settings import read_settings

    settings = read_settings()
    from app import keeping

    print_lines(keeping.restore(settings, file))


@commands.command(epilog="Example: frontdesk move --to postgresql+asyncpg://frontdesk@db.example/frontdesk")
def move(
    to: Annotated[
        str,
        typer.Option(metavar="URL", help="An empty PostgreSQL database; its password may stand in PGPASSWORD instead."),
    ],
) -> None:
    """Take the SQLite database along to PostgreSQL. Stop the servers first; all of it goes, or nothing, and it is checked there.
    Exits with 1 if something is not as it must be."""
    from app.settings import read_settings

    settings = read_settings()
    from app import moving

    lines, well = moving.move(settings, to, _bar)
    print_lines(lines)
    leave(0 if well else EXIT_NO)


def _bar(total: int) -> Callable[[str, int], None]:
    """A bar where somebody watches."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    progress = Progress(console=console, transient=True, disable=not console.is_terminal)
    task = progress.add_task("Moving", total=total or None)
    progress.start()

    def note(table: str, rows: int) -> None:
        progress.update(task, advance=rows, description=f"Moving {table}")
        if progress.finished:
            progress.stop()

    return note
