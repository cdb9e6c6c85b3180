"""The commands about what a bot sells, for its owner: a feed brought in, a search tried, what was shown and opened. One room each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_flows import EXIT_NO, Folder, existing, leave, print_lines

if TYPE_CHECKING:
    from app.engine.flow import Flow

PROGRESS_BYTES_MIN = 2_000_000
"""A larger file takes long enough to show how far it is."""

commands = typer.Typer()
products = typer.Typer(
    help="What the bot sells: bring a feed in, try a search, see what was shown and opened.",
    epilog="Example: frontdesk products import feed.csv flows",
)
commands.add_typer(products, name="products")


@products.command("import", epilog="Example: frontdesk products import feed.csv flows --check-images")
def import_feed(
    feed: Annotated[Path, typer.Argument(metavar="FILE", help="A product feed: CSV, TSV or XML.")],
    folder: Folder = Path("flows"),
    check_images: Annotated[
        bool, typer.Option("--check-images", help="Fetch every picture; those that cards cannot show are left out.")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only read and tell; nothing goes live.")] = False,
) -> None:
    """Bring a product feed in. Tells every broken row; running servers serve it within seconds (products: imported)."""
    from app import importing
    from app.settings import read_settings

    if not feed.is_file():
        raise typer.BadParameter(f"{feed} is no file", param_hint="FILE")
    flow = _flow_of(folder)
    importing.look_at_flow(flow, feed, dry=dry)
    with _progress("Looking at the pictures") as told:
        bad = importing.find_bad_pictures(feed, told) if check_images else {}
    with _progress("Reading the products", PROGRESS_BYTES_MIN) as told:
        read = importing.read_file(feed, bad, told)
    print_lines(importing.summary_lines(read, bad))
    if not dry:
        print_lines([importing.save(read_settings(), flow, read)])


@products.command(epilog='Example: frontdesk products search "red dress under 60" flows')
def search(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What a customer would write.")],
    folder: Folder = Path("flows"),
    most: Annotated[int, typer.Option("--show", help="How many products.", min=1, max=50)] = 10,
) -> None:
    """Look for products as the bot does. Shows what was read out of the words, and what was found."""
    from app import importing
    from app.settings import read_settings

    lines = importing.search_lines(read_settings(), _flow_of(folder), words, most)
    print_lines(lines)
    leave(0 if len(lines) > 1 else EXIT_NO)


@products.command(epilog="Example: frontdesk products report 104857600123456 --days 30")
def report(
    page: Annotated[str, typer.Argument(metavar="PAGE", help="The Page's id.")],
    days: Annotated[int, typer.Option(help="Of how many days.", min=1, max=3650)] = 30,
) -> None:
    """List what was suggested. How many customers saw each product, opened its page, like it or not."""
    from app import importing
    from app.settings import read_settings

    print_lines(importing.report_lines(read_settings(), page, days))


def _flow_of(folder: Path) -> Flow:
    from app.flowfile.check import read_flow

    return read_flow(existing(folder))


@contextmanager
def _progress(what: str, least: int = 0) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal: so much is done, of so much."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what)

    def told(done: int, total: int) -> None:
        if total >= least:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        if bar.live.is_started:
            bar.stop()
