"""The commands that write for a bot's owner: translations to fill in, a schema for his editor. They call one room each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_flows import EXIT_NO, Folder, existing, leave, print_lines, print_problems

commands = typer.Typer()


@commands.command(epilog="Example: frontdesk translate fr flows")
def translate(
    language: Annotated[str, typer.Argument(metavar="LANG", help="One of the bot's languages, as in bot.yaml.")],
    folder: Folder = Path("flows"),
) -> None:
    """List what has no translation yet. Adds the missing sentences to the language's file, to be filled in, and marks those that
    nothing says any more; everything else in the file stays as it is."""
    from app.flowfile.check import check_with_names
    from app.flowfile.writing.told import lines_of
    from app.flowfile.writing.translate import carry_out, plan_change, unreadable

    folder = existing(folder)
    checked, known = check_with_names(folder)
    if known is None or unreadable(checked):
        print_problems(folder, unreadable(checked) or checked.problems)
        leave(EXIT_NO)
        return
    change = plan_change(folder, checked, known, language)
    carry_out(folder, change)
    print_lines(lines_of(change, known, folder.as_posix()))
