"""Nothing that a person wrote reaches a log, nothing that came from outside reaches a page or a pattern unescaped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.log import SECRET_PART, WRITTEN_BY_PEOPLE
from tests.house.source import ROOT, Module, assert_none, called, calls, module, names_used, product

MAY_PRINT = ("app.demo",)
"""Says its addresses and `ready`."""
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
UNSAFE_IN_PAGES = (
    "|safe",
    "| safe",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "autoescape false",
)
PAGES = (".html", ".jinja", ".js", ".svg")
UNSAFE_IN_PYTHON = ("markupsafe.Markup", "jinja2.Template", "yaml.load", "xml.etree")
VENDORED = "vendor"
"""Folders of other people's scripts, which have a manifest of their own."""

# ---- logs --------------------------------------------------------------------------------------------------


def test_logs_are_given_nothing_that_people_wrote() -> None:
    assert_none(list(indiscretions(product())))


def test_an_indiscreet_log_line_is_found() -> None:
    planted = [
        "log.info(f'said {text}')",
        "log.info('said', text=1)",
        "log.warning('said', what=message.text)",
        "log.error('no', page_token=1)",
        "logger.info('said %s', text)",
        "print(text)",
    ]
    for line in planted:
        assert list(indiscretions([module("app/worker/loop.py", line)])), line


def test_a_discreet_log_line_is_allowed() -> None:
    assert not list(indiscretions([module("app/worker/loop.py", "log.info('send failed', page=page_id, seq=3)")]))


def indiscretions(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        for call in calls(each):
            if getattr(call.func, "id", "") == "print" and each.name not in MAY_PRINT:
                yield f"{each.at(call.lineno)} prints: write a log line, or let a composition root say it."
            elif _is_log_call(call):
                yield from (f"{each.at(call.lineno)} {problem}" for problem in _problems(call))


def _is_log_call(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=level, value=ast.Name(id=name)) if level in LEVELS:
            return name in ("log", "logger", "_log", "logging")
    return False


def _problems(call: ast.Call) -> Iterator[str]:
    if len(call.args) != 1 or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
        yield "logs a text that is put together: write a constant event, and values as fields."
    for field in call.keywords:
        name = field.arg or "**"
        if name in WRITTEN_BY_PEOPLE or SECRET_PART.search(name) or name == "**":
            yield f"logs {name}: leave it out, or log a count, a kind, a customer_tag."
        for node in ast.walk(field.value):
            if isinstance(node, ast.Attribute) and node.attr in WRITTEN_BY_PEOPLE - {"values"}:
                yield f"logs .{node.attr}: leave it out, or log a count, a kind, a customer_tag."


# ---- patterns ----------------------------------------------------------------------------------------------

RE_CALLS = tuple(
    f"re.{name}" for name in ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
)


def test_only_patterns_of_ours_run_in_the_backtracking_engine() -> None:
    assert_none(list(foreign_patterns(product())))


def test_an_owners_pattern_in_the_backtracking_engine_is_found() -> None:
    assert list(foreign_patterns([module("app/engine/slots.py", "import re\nre.fullmatch(slot.pattern, text)")]))
    assert list(foreign_patterns([module("app/engine/slots.py", "from re import compile as c\nc(f'{word}+')")]))
    assert not list(
        foreign_patterns([module("app/engine/slots.py", "import re\nre.sub(r'a+', '', text)\nre.match(_OURS, text)")])
    )


def foreign_patterns(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        for call, name in called(each):
            if name in RE_CALLS and call.args and not _is_ours(call.args[0]):
                yield f"{each.at(call.lineno)} compiles a pattern that is not written here: use re2 (linear time)."


def _is_ours(pattern: ast.expr) -> bool:
    """A literal, a constant's name, or those joined."""
    match pattern:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").isupper()
        case ast.JoinedStr(values=parts):
            return all(_is_ours(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return _is_ours(left) and _is_ours(right)
    return False


# ---- pages -------------------------------------------------------------------------------------------------


def test_pages_put_in_text_only_as_text() -> None:
    pages = [path for top in ("app", "webhooks") for path in (ROOT / top).rglob("*") if path.suffix in PAGES]
    ours = [path for path in pages if VENDORED not in path.parts]
    assert_none([line for path in ours for line in unsafe_page(path, path.read_text("utf-8"))])
    assert_none(list(unsafe_python(product())))


def test_an_unsafe_page_is_found() -> None:
    assert list(unsafe_page(ROOT / "app/pages/x.html", "{{ text|safe }}"))
    assert list(unsafe_page(ROOT / "app/pages/x.js", "bubble.innerHTML = text"))
    assert list(unsafe_page(ROOT / "app/pages/x.html", '<a onclick="go()">'))
    assert list(unsafe_python([module("app/desk/pages.py", "from markupsafe import Markup\nMarkup(text)")]))


def unsafe_page(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        found = [word for word in UNSAFE_IN_PAGES if word in line]
        if path.suffix in (".html", ".jinja") and re.search(r"<[^>]+\son[a-z]+=|<script>|javascript:", line):
            found.append("an inline script")
        if found:
            yield f"{path.name}:{number} has {found[0]}: set textContent, let the template escape, keep scripts in files."


def unsafe_python(of: Iterable[Module]) -> Iterator[str]:
    for each in of:
        for line, name in names_used(each):
            if name in UNSAFE_IN_PYTHON or name.startswith("xml.etree"):
                yield f"{each.at(line)} uses {name}: let the template escape, read YAML as text, XML by defusedxml."
