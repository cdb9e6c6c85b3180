"""Small bots for tests of flow files."""

from __future__ import annotations

from pathlib import Path

from app.engine.flow import Flow
from app.flowfile.check import check
from app.flowfile.problems import Problem

TOP = "flow: 1\nbot: {name: Piney, languages: [en, fr]}\nmessenger: {start: welcome}\n"


def write(folder: Path, bot: str, **files: str) -> Path:
    """A folder with bot.yaml and other files; `__` in a name stands for `/`."""
    (folder / "bot.yaml").write_text(bot, encoding="utf-8")
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def told(folder: Path) -> list[str]:
    """`CODE at line:column` of every problem of bot.yaml; other files with their name."""
    return [where(problem) for problem in check(folder).problems]


def where(problem: Problem) -> str:
    file = "" if problem.file == "bot.yaml" else f" in {problem.file}"
    return f"{problem.code} at {problem.line}:{problem.column}{file}"


def good(folder: Path) -> Flow:
    """The flow of a folder that must be without problems."""
    checked = check(folder)
    assert checked.problems == ()
    assert checked.flow is not None
    return checked.flow
