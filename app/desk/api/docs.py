"""What the API can do, for people: a page of our own from its OpenAPI document, and the document itself. Only for who is signed in.

No other people's viewer: those bring a megabyte of script, and styles that our policy forbids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import __version__
from app.desk.access.identity import Staff, signed_in
from app.desk.api import routes
from app.desk.api.reading import ROOT
from app.pages.frame import render

router = APIRouter(include_in_schema=False)
Who = Annotated[Staff, Depends(signed_in)]
ABOUT = (
    "What staff do at the desk, for other programs. Send a key with every request: `Authorization: Bearer fd_…`. "
    "A key has a role and Pages like a person; of what belongs to other Pages it learns nothing. "
    "What it takes it has under its own name; a key that is silent for long gives it back to the queue, as people do."
)


TOLD = (
    ("conversation.waiting", '{"page": "…", "customer": "…", "team": "care", "state": "person"}'),
    ("conversation.taken", '{"page": "…", "customer": "…", "staff": "…", "by": "…"}'),
    ("conversation.resolved", '{"page": "…", "customer": "…", "staff": "…"}'),
    ("message.received", '{"page": "…", "customer": "…", "id": "m_…", "kind": "text", "answered_by": "bot"}'),
)
"""What webhooks hold under `data`; a test holds it to what is told."""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a body. `where`: path, query, header, body."""

    name: str
    where: str
    kind: str
    is_needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done. `answers`: the name of the shape, or empty."""

    method: str
    path: str
    name: str
    about: str
    fields: tuple[Field, ...]
    answers: str


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    made = get_openapi(title="Frontdesk", version=__version__, description=ABOUT, routes=routes.router.routes)
    for methods in made["paths"].values():
        for told in methods.values():
            # FastAPI's own refusal: here what is not as it must be gets 400.
            told["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
    return made


@router.get("/docs")
async def get_docs(request: Request, staff: Who) -> Response:  # noqa: ARG001 - only who is signed in
    """The page."""
    return render(request, "desk/api/docs.html", groups=_groups(), shapes=_shapes(), root=ROOT, told=TOLD)


@router.get("/api/v1/openapi.json")
async def get_document(staff: Who) -> Response:  # noqa: ARG001 - only who is signed in
    """The document, for generators."""
    return JSONResponse(document())


@cache
def _groups() -> dict[str, list[Operation]]:
    """By tag."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            groups.setdefault(told["tags"][0], []).append(_operation(method, path, told))
    return groups


def _operation(method: str, path: str, told: Mapping[str, Any]) -> Operation:
    fields = [
        Field(
            each["name"], each["in"], _kind(each["schema"]), bool(each.get("required")),
            each.get("description") or each["schema"].get("description", ""),
        )
        for each in told.get("parameters", ())
    ]  # fmt: skip
    if content := told.get("requestBody", {}).get("content"):
        fields += _fields(_resolve(content["application/json"]["schema"]), "body")
    came = next(answer for status, answer in told["responses"].items() if status.startswith("2"))
    answer = came.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(method.upper(), path, told["summary"], told.get("description", ""), tuple(fields), _kind(answer))


@cache
def _shapes() -> dict[str, list[Field]]:
    """What answers hold, by the names of their shapes."""
    found = document()["components"]["schemas"]
    used = ("Conversation", "Whole", "Line", "Attachment", "Person", "Page", "Callback", "Written", "Problem")
    return {name: list(_fields(found[name], "")) for name in used}


def _fields(schema: Mapping[str, Any], where: str) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield Field(name, where, _kind(told), name in needed, told.get("description", ""))


def _resolve(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    """In a few words: text, moment, list of Line."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if several := schema.get("anyOf"):
        return " or ".join(_kind(each) for each in several)
    if values := schema.get("enum"):
        return " | ".join(str(each) for each in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("format") == "date-time":
        return "moment"
    return {"string": "text", "integer": "number", "boolean": "yes or no", "object": "values"}.get(
        schema.get("type", ""), str(schema.get("type", ""))
    )
