"""Where each box stands: in columns by its distance from the start, ordered so that lines cross little. Numbers only; draws nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.flowfile.drawing.picture import Box

WIDTH, ROW_HEIGHT, HEAD_HEIGHT, GAP_ACROSS, GAP_DOWN, MARGIN = 250.0, 20.0, 30.0, 110.0, 26.0, 30.0
"""Pixels: a box, one row, its name, between columns, between boxes, around everything."""
SWEEPS = 8
"""Times that the columns are put in order again; more change little."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with the left upper corner and the height that it has on the page."""

    box: Box
    left: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Page:
    """Every box in its place, and the size of the whole."""

    placed: Mapping[str, Placed]
    width: float
    height: float


def lay_out(boxes: Sequence[Box], top: float) -> Page:
    """Columns from left to right, beginning below `top`. Boxes that no way leads to stand in a column of their own at the end."""
    columns = _columns(boxes)
    _put_in_order(columns)
    placed: dict[str, Placed] = {}
    tallest = max((_column_height(column) for column in columns), default=0.0)
    for number, column in enumerate(columns):
        left = MARGIN + number * (WIDTH + GAP_ACROSS)
        down = top + (tallest - _column_height(column)) / 2
        for box in column:
            placed[box.name] = Placed(box, left, down, box_height(box))
            down += box_height(box) + GAP_DOWN
    width = 2 * MARGIN + len(columns) * (WIDTH + GAP_ACROSS) - GAP_ACROSS
    return Page(placed, max(width, WIDTH + 2 * MARGIN), top + tallest + MARGIN)


def box_height(box: Box) -> float:
    """The name, what is said, how one comes in, each way on."""
    return HEAD_HEIGHT + ROW_HEIGHT * (bool(box.says) + len(box.entrances) + len(box.ways)) + 8


def _column_height(column: Sequence[Box]) -> float:
    return sum(box_height(box) + GAP_DOWN for box in column) - GAP_DOWN


def _columns(boxes: Sequence[Box]) -> list[list[Box]]:
    """By the fewest steps from an entrance, the first entrance before the others."""
    by_name = {box.name: box for box in boxes}
    steps: dict[str, int] = {}
    first = [box.name for box in boxes if "Get Started" in box.entrances]
    for doors in (first, [box.name for box in boxes if box.entrances]):
        waiting = [name for name in doors if name not in steps]
        steps.update(dict.fromkeys(waiting, 0))
        for name in waiting:
            for way in by_name[name].ways:
                if way.to and way.to not in steps:
                    steps[way.to] = steps[name] + 1
                    waiting.append(way.to)
    columns: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        columns[steps.get(box.name, len(boxes))].append(box)
    return [columns[number] for number in sorted(columns)]


def _put_in_order(columns: list[list[Box]]) -> None:
    """Each box near the middle of those it is joined to, column by column, forwards and back."""
    joined: dict[str, set[str]] = defaultdict(set)
    for box in (each for column in columns for each in column):
        for way in box.ways:
            if way.to:
                joined[box.name].add(way.to)
                joined[way.to].add(box.name)
    for sweep in range(SWEEPS):
        place = {box.name: index / max(len(column), 1) for column in columns for index, box in enumerate(column)}
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda box: _middle(box.name, joined, place))
            place.update({box.name: index / max(len(column), 1) for index, box in enumerate(column)})


def _middle(name: str, joined: Mapping[str, set[str]], place: Mapping[str, float]) -> float:
    others = [place[each] for each in joined.get(name, ()) if each != name]
    return sum(others) / len(others) if others else place[name]
