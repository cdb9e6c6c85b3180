"""Forms of our pages as checked values: nothing but the fields that are asked for, each once (S42)."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect, Request

from app.errors import BrokenPayloadError, TooLargeError

FORM_BYTES_MAX = 128 * 1024
"""A message of 20,000 characters, every one written as %F0%9F%98%80, and room for the rest."""
FIELDS_MAX = 200
FORM_TYPE = "application/x-www-form-urlencoded"


class Form(BaseModel):
    """The base of every form: unknown fields are refused. A field that is a tuple or list may come several times, or never."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=False)


Read = TypeVar("Read", bound=Form)


async def read_form(request: Request, form: type[Read]) -> Read:
    """The form that was sent (`FORM_TYPE`; a button alone sends nothing). Raises BrokenPayloadError, TooLargeError."""
    body = await read_body(request, FORM_BYTES_MAX)
    if body and request.headers.get("content-type", "").partition(";")[0].strip() != FORM_TYPE:
        raise BrokenPayloadError("This is not a form.")
    return read_fields(body, form)


async def read_body(request: Request, bytes_max: int) -> bytes:
    """The body, no longer than that. Raises TooLargeError."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > bytes_max:
                raise TooLargeError("This is too long.")
            parts.append(part)
    except ClientDisconnect:
        raise BrokenPayloadError("The connection broke off.") from None
    return b"".join(parts)


def read_fields(body: bytes, form: type[Read]) -> Read:
    """The same from the bytes."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise BrokenPayloadError("This is not a form.") from None
    values: dict[str, object] = {}
    for name, value in pairs:
        field = form.model_fields.get(name)
        if field is not None and _is_list(field.annotation):
            values[name] = (*values.get(name, ()), value)  # type: ignore[misc]
        elif name in values:
            raise BrokenPayloadError("A field came twice.")
        else:
            values[name] = value
    try:
        return form.model_validate(values)
    except ValidationError as error:
        places = ", ".join(
            sorted(
                {str(each["loc"][0]) for each in error.errors() if each["loc"] and each["type"] != "extra_forbidden"}
            )
        )
        raise BrokenPayloadError("This form is not filled in as it must be.", places) from None


def _is_list(annotation: object) -> bool:
    return getattr(annotation, "__origin__", None) in (tuple, list)
