"""Values of which an event makes dozens: immutable by mypy's word, and four times as fast to make as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[Class]) -> type[Class]:
    """A dataclass whose fields mypy lets nobody set. Python itself would not stop it: at run time that costs 0.1 µs a field, and an
    event makes values of 260. For what is made often; everything else is `@dataclass(frozen=True)`."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
