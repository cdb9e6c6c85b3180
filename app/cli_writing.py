"""The commands that write for a bot's owner: translations to fill in, a schema for his editor. They call one room each."""

from __future__ import annotations

import json
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


@commands.command(epilog="Example: frontdesk schema flows --write")
def schema(
    folder: Folder = Path("flows"),
    to_file: Annotated[
        bool, typer.Option("--write", help="Write it beside bot.yaml, as bot.schema.json, instead of printing it.")
    ] = False,
) -> None:
    """Teach your editor this bot. Prints a JSON Schema that knows its states, slots, teams and limits, and the line that makes an
    editor use it."""
    from app.flowfile.check import check_with_names
    from app.flowfile.schema.editor import AGAIN, SCHEMA_FILE, editor_lines
    from app.flowfile.schema.make import make_schema
    from app.flowfile.schema.names import names_of
    from app.flowfile.source.folder import YAML_SUFFIXES
    from app.flowfile.writing.save import save

    folder = existing(folder)
    checked, known = check_with_names(folder)
    if known is None:
        print_problems(folder, checked.problems)
        leave(EXIT_NO)
        return
    written = json.dumps(make_schema(names_of(known)), ensure_ascii=False, indent=2) + "\n"
    ours = (path for path in checked.files if path.suffix.lower() in YAML_SUFFIXES)
    lines = editor_lines([path.relative_to(folder).as_posix() for path in ours])
    if to_file:
        save(folder / SCHEMA_FILE, written.encode("utf-8"))
        print_lines([f"{(folder / SCHEMA_FILE).as_posix()} written.", *lines, AGAIN])
    else:
        typer.echo(written, nl=False)
        typer.echo("\n".join([f"As {SCHEMA_FILE} beside bot.yaml (--write does that):", *lines, AGAIN]), err=True)
