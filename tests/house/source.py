"""Reads our own source: modules, their imports, the dotted names they use. Never imports what it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its place as `app/cli.py`, its text and tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    def at(self, line: int) -> str:
        return f"{self.path}:{line}"


def module(path: str, text: str) -> Module:
    """A module of that text, as if it stood at `path`: for planting what a rule must find."""
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Module(name, path, text, ast.parse(text))


@cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Every module below these folders."""
    found = [path for top in tops for path in sorted((ROOT / top).rglob("*.py")) if not _is_hidden(path)]
    return tuple(module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in found)


def product() -> tuple[Module, ...]:
    """What is shipped."""
    return modules("app", "webhooks")


def is_in(name: str, rooms: Sequence[str]) -> bool:
    """Whether a dotted name is one of these rooms or inside one."""
    return any(name == room or name.startswith(room + ".") for room in rooms)


def imports(of: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever it stands: `from app import cli` is `app.cli`."""
    for node in ast.walk(of.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base_of(of, node)
            yield from ((node.lineno, f"{base}.{each.name}") for each in node.names)


def names_used(of: Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of every use of something imported: `from time import time as t; t()` uses `time.time`."""
    known = dict(_names_imported(of))
    for node in ast.walk(of.tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            dotted = _dotted(node)
            first, _, rest = dotted.partition(".")
            if first in known:
                yield node.lineno, f"{known[first]}.{rest}".rstrip(".")


def functions(of: Module) -> Iterator[Function]:
    yield from (node for node in ast.walk(of.tree) if isinstance(node, Function))


def calls(of: Module) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(of.tree) if isinstance(node, ast.Call))


def called(of: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call of something imported, with its full dotted name: `re.compile`."""
    known = dict(_names_imported(of))
    for call in calls(of):
        first, _, rest = _dotted(call.func).partition(".")
        if first in known:
            yield call, f"{known[first]}.{rest}".rstrip(".")


def words(of: Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string that is no docstring, and every name that is used, defined or asked for."""
    prose = {id(node.value) for node in ast.walk(of.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(of.tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose:
                yield node.lineno, text
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text) | ast.keyword(arg=str(text)):
                yield node.lineno, text
            case ast.FunctionDef(name=text) | ast.AsyncFunctionDef(name=text) | ast.ClassDef(name=text):
                yield node.lineno, text


def assert_none(found: list[str]) -> None:
    """Fail with every finding, one a line."""
    assert not found, "\n" + "\n".join(found)


def _base_of(of: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = of.name if of.path.endswith("__init__.py") else of.name.rpartition(".")[0]
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


def _names_imported(of: Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(of.tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.partition(".")[0]
                yield (each.asname, each.name) if each.asname else (first, first)
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{_base_of(of, node)}.{each.name}"


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
