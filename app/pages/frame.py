"""Pages from templates: everything that is put in is escaped, and a name that is not given is an error.

`render(request, "desk/queue.html", rows=rows)` fills `app/desk/templates/queue.html`. Every template has besides:
`t` (the words, `languages.Words`), `static("desk/desk.js")` (an address), `staff` (who is signed in, or None), `here` (the path),
`tabs` (the rooms in the bar on top). A whole page begins with `{% extends "pages/base.html" %}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.pages.languages import Words, choose_language, words_of
from app.pages.statics import static

_ROOMS = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Tab:
    """A room in the bar on top: its path, and the key of its name."""

    path: str
    key: str
    owner_only: bool = False


@cache
def environment() -> Environment:
    """The one environment; filters of a room are added by `environment().filters[...]`."""
    made = Environment(
        loader=FunctionLoader(_load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["static"] = static
    return made


def render(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page, or part of one, as an answer. Raises UndefinedError for a value that the template uses and nobody gave."""
    return HTMLResponse(render_text(request, name, **values), status)


def render_text(request: Request, name: str, **values: Any) -> str:
    """The same as text, for a stream of events."""
    return environment().get_template(name).render(**_always(request), **values)


def words(request: Request) -> Words:
    """The words in the language that the browser asks for."""
    return words_of(choose_language(request.headers.get("accept-language", "")))


def _always(request: Request) -> dict[str, Any]:
    state = request.scope.get("state") or {}
    return {
        "t": words(request),
        "staff": state.get("staff"),
        "here": request.url.path,
        "tabs": getattr(request.app.state, "tabs", ()),
    }


def _load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """`desk/access/sign_in.html` stands in `app/desk/access/templates/sign_in.html`. Names are ours, never from outside."""
    room, _, file = name.rpartition("/")
    path = _ROOMS / room / "templates" / file
    if not path.is_file():
        return None
    return path.read_text("utf-8"), str(path), lambda: True
