"""The shapes of which a bot's schema is built. A value may be written as a text, a number or yes: to the bot all are texts.

A schema that is stricter than the checker would call good bots wrong: where a pattern cannot say it exactly, it lets more pass.
Only keys have descriptions: an editor would show that of a shape instead of its key's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.flowfile.schema.words import WORDS

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number", "boolean"]}
ANYTHING: Schema = {}
HTTPS: Schema = {"type": "string", "pattern": "^https://", "patternErrorMessage": "Write a web address with https://."}
YES_NO: Schema = {
    "anyOf": [{"enum": ["yes", "no"]}, {"type": "boolean"}, {"pattern": "^(?:YES|Yes|NO|No|[Tt]rue|[Ff]alse)$"}]
}
LENGTH_OF_TIME: Schema = {
    "type": "string",
    "pattern": r"^\s*[0-9]{1,6} ?[A-Za-z]{3,7}\s*$",
    "patternErrorMessage": "Write a length of time, as in 10 minutes, 4 hours, 30 days or 2 weeks.",
}
NAME: Schema = {
    "pattern": "^[a-z][a-z0-9_]*$",
    "patternErrorMessage": "A name has small letters, digits and _ only, and begins with a letter.",
}

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def text_up_to(chars_max: int) -> Schema:
    """A text of that length. One with a value in it is left to the checker, which knows how long the value can become."""
    told = f"At most {chars_max} characters fit here."
    return {**TEXT, "pattern": rf"^\s*[^<]{{0,{chars_max}}}\s*$|<", "patternErrorMessage": told}


def one_of(names: Iterable[str]) -> Schema:
    """One of these names; any text while there are none yet."""
    found = [value for name in dict.fromkeys(names) for value in _as_read(name)]
    return {"enum": found} if found else dict(TEXT)


def _as_read(name: str) -> list[Any]:
    """A name as a text, and as editors read it without quotes."""
    if name in ("true", "false", "null"):
        return [name, {"true": True, "false": False, "null": None}[name]]
    if _NUMBER.fullmatch(name):
        return [name, float(name) if "." in name else int(name)]
    return [name]


def any_shape(*shapes: Schema) -> Schema:
    """A value of one of these shapes."""
    return {"anyOf": list(shapes)}


def list_of(shape: Schema, items_max: int | None = None) -> Schema:
    """A list."""
    found: Schema = {"type": "array", "items": shape}
    return found if items_max is None else {**found, "maxItems": items_max}


def listed(shape: Schema, items_max: int | None = None) -> Schema:
    """A list, or one thing alone."""
    return any_shape(shape, list_of(shape, items_max))


def ref(name: str) -> Schema:
    """A shape that is described once, under `definitions`."""
    return {"$ref": f"#/definitions/{name}"}


def titled(title: Schema, target: Schema, titles_max: int | None = None) -> Schema:
    """Titles with where they lead."""
    found: Schema = {"type": "object", "propertyNames": title, "additionalProperties": target}
    return found if titles_max is None else {**found, "maxProperties": titles_max}


def named(value: Schema, values_max: int | None = None) -> Schema:
    """Names of the owner's own with their values."""
    return titled(NAME, value, values_max)


def keys_of(where: str, keys: Iterable[str], shapes: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """The keys that may stand in one place, each with its meaning. `keys` are the checker's: one without a shape takes anything."""
    names = dict.fromkeys((*shapes, *keys))
    described = {name: _described(where, name, shapes.get(name, ANYTHING)) for name in names}
    return {"type": "object", "properties": described, "additionalProperties": False, "required": list(required)}


def _described(where: str, name: str, shape: Schema) -> Schema:
    meaning = WORDS.get(where, {}).get(name)
    return {**shape, "description": meaning} if meaning else shape
