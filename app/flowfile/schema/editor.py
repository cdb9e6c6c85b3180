"""How an editor learns of a schema: the line at the top of each file that names it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

SCHEMA_FILE = "bot.schema.json"
"""The schema's own file, beside bot.yaml: the line in a file names it as seen from there."""

_LINE = "# yaml-language-server: $schema="


def editor_lines(files: Sequence[str]) -> list[str]:
    """What to write where. `files` are the bot's, by their names as seen from the folder."""
    named: dict[str, list[str]] = {}
    for file in files:
        up = "../" * (len(PurePosixPath(file).parts) - 1)
        named.setdefault(f"{_LINE}{up}{SCHEMA_FILE}", []).append(file)
    lines = [f"  {line}    in {', '.join(where)}" for line, where in named.items()]
    return ["Put this line at the top of a file, and an editor that reads YAML completes and explains it:", *lines]


AGAIN = "Make it again when a state, slot or team gets another name."
