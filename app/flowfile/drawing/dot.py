"""A bot as Graphviz text. Never lets an owner's words be Graphviz's.

https://graphviz.org/doc/info/lang.html
"""

from __future__ import annotations

from collections.abc import Sequence

from app.flowfile.drawing.mermaid import CHARS_MAX
from app.flowfile.drawing.picture import Box

_LOOKS = {
    "say": 'shape=box fillcolor="#ffffff"',
    "ask": 'shape=parallelogram fillcolor="#e8f1fd"',
    "faq": 'shape=hexagon fillcolor="#e6f6ec"',
    "suggest": 'shape=box style="filled,rounded" fillcolor="#fdeef3"',
    "call": 'shape=cds fillcolor="#f3ecfb"',
    "handoff": 'shape=ellipse fillcolor="#fff1e0"',
}


def to_dot(boxes: Sequence[Box]) -> str:
    """The whole digraph, from left to right. States that no way leads to have a dashed red border."""
    lines = [
        "digraph bot {",
        "  rankdir=LR;",
        '  node [style=filled fontname="Helvetica"];',
        '  edge [fontname="Helvetica" fontsize=10];',
    ]
    for number, box in enumerate(boxes):
        lost = ' color="#c53030" style="filled,dashed" penwidth=3' if box.is_lost else ""
        label = "\\n".join(_escaped(part) for part in (box.name, box.says) if part)
        lines.append(f'  {_quoted(box.name)} [label="{label}" {_LOOKS[box.kind]}{lost}];')
        if box.entrances:
            lines.append(f'  "door {number}" [shape=point];')
        for entrance in box.entrances:
            lines.append(f'  "door {number}" -> {_quoted(box.name)} [label="{_escaped(entrance)}"];')
        for way in box.ways:
            if way.to:
                lines.append(f'  {_quoted(box.name)} -> {_quoted(way.to)} [label="{_escaped(way.label)}"];')
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(name: str) -> str:
    return f'"{_escaped(name)}"'


def _escaped(text: str) -> str:
    cut = text if len(text) <= CHARS_MAX else text[: CHARS_MAX - 1] + "…"
    return cut.replace("\\", "\\\\").replace('"', '\\"')
