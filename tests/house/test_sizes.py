"""Files, functions and signatures stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.source import Function, Module, assert_none, functions, module, modules

LINES_MAX = 400
FUNCTION_LINES_MAX = 40
PARAMETERS_MAX = 6
LISTS_OF_TABLES = "app/store/migrations/versions/"
"""A migration's one function is as long as its tables have columns."""


def test_nothing_is_too_large() -> None:
    assert_none(list(too_large(modules("app", "webhooks", "tests", "benchmarks"))))


def test_a_large_file_is_found() -> None:
    assert len(list(too_large([module("app/cli.py", "a = 1\n" * (LINES_MAX + 1))]))) == 1


def test_a_long_function_is_found() -> None:
    assert len(list(too_large([module("app/cli.py", "def f():\n" + "    a = 1\n" * FUNCTION_LINES_MAX)]))) == 1


def test_many_parameters_are_found() -> None:
    planted = "class A:\n    def f(self, a, b, c, d, e, f): ...\n    def g(self, a, b, c, d, e, *f, g): ..."
    assert len(list(too_large([module("app/cli.py", planted)]))) == 1


def too_large(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        lines = len(each.text.splitlines())
        if lines > LINES_MAX:
            yield f"{each.path} has {lines} lines of {LINES_MAX}: cut it in two by what it is about."
        for function in functions(each):
            yield from _too_large_function(each, function)


def _too_large_function(of: Module, function: Function) -> Iterator[str]:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if lines > FUNCTION_LINES_MAX and not of.path.startswith(LISTS_OF_TABLES):
        yield f"{of.at(function.lineno)} {function.name} has {lines} lines of {FUNCTION_LINES_MAX}: give its parts names."
    count = _parameters(function.args)
    if count > PARAMETERS_MAX and not any(_is_fixture_or_command(each) for each in function.decorator_list):
        yield f"{of.at(function.lineno)} {function.name} takes {count} of {PARAMETERS_MAX}: make a frozen dataclass of them."


def _parameters(of: ast.arguments) -> int:
    names = [each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs, of.vararg, of.kwarg) if each]
    return len([name for name in names if name not in ("self", "cls")])


def _is_fixture_or_command(decorator: ast.expr) -> bool:
    """The parameters of a command are its options."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Attribute) and target.attr == "command"
