"""What the papers must say, worked out from the code: a row for each setting, a name for each command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from app.cli import app
from app.settings import Settings
from tests.house.source import ROOT

NOT_ONE_VARIABLE = {"call_secrets": "CALL_SECRET_<NAME>"}
PAPERS = (
    "README.md",
    "app/README.md",
    "webhooks/README.md",
    "flows/README.md",
    "benchmarks/README.md",
    "app/insights/README.md",
)


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def papers() -> dict[str, str]:
    """Every paper that is there, by its place."""
    github = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / ".github").glob("*.md"))]
    decisions = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "app/decisions").glob("*.md"))]
    names = [*PAPERS, "CHANGELOG.md", *github, *decisions]
    return {name: read(name) for name in names if (ROOT / name).is_file()}


def setting_rows() -> list[str]:
    """README's rows: `| NAME | default | meaning |`."""
    return [_row(name, field) for name, field in Settings.model_fields.items()]


def commands() -> dict[str, Any]:
    """Every command by name, as Typer made it."""
    return dict(typer.main.get_command(app).commands.items())  # type: ignore[attr-defined]


def sections(text: str) -> Iterator[str]:
    """The anchors that GitHub gives to a paper's headings."""
    for title in re.findall(r"^#+ +(.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _row(name: str, field: Any) -> str:
    variable = NOT_ONE_VARIABLE.get(name, name.upper())
    return f"| `{variable}` | {_default(field.default)} | {_meaning(field.description, variable)} |"


def _default(value: Any) -> str:
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(f"{each:g}" for each in value)
    if isinstance(value, float):
        value = f"{value:g}"
    return f"`{value}`" if value not in (None, "") and "Undefined" not in str(value) else "none"


def _meaning(description: str, variable: str) -> str:
    """The field's docstring on one line, without its own name at the beginning."""
    return " ".join(description.split()).removeprefix(f"`{variable}`: ").replace("|", "\\|")
