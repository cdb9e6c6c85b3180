"""What feeds are made of, whatever their format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import AppError


class FeedError(AppError):
    """A feed that cannot be read at all: nothing of it is taken."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, its cells by `column_of`, and why it cannot be taken, if so. `told`: what was mended in reading it."""

    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""
    told: str = ""
