"""A bot as mermaid text, as GitHub and many editors draw it. Never lets an owner's words be mermaid's.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from collections.abc import Sequence

from app.flowfile.drawing.picture import Box

CHARS_MAX = 40
"""Of a label: longer ones make boxes that nobody can place."""

_SHAPES = {
    "say": ('["', '"]'),
    "ask": ('[/"', '"/]'),
    "faq": ('{{"', '"}}'),
    "suggest": ('("', '")'),
    "call": ('[["', '"]]'),
    "handoff": ('(["', '"])'),
}


def to_mermaid(boxes: Sequence[Box]) -> str:
    """The whole flowchart, from left to right. States that no way leads to have a dashed red border."""
    ids = {box.name: f"s{place}" for place, box in enumerate(boxes)}
    lines = ["flowchart LR"]
    for box in boxes:
        opening, closing = _SHAPES[box.kind]
        label = "<br/>".join(_escaped(part) for part in (box.name, box.says) if part)
        lines.append(f"  {ids[box.name]}{opening}{label}{closing}:::{box.kind}")
    for number, box in enumerate(boxes):
        for label in box.entrances:
            lines.append(f'  e{number}(("&nbsp;")):::door -->|"{_escaped(label)}"| {ids[box.name]}')
        for way in box.ways:
            if way.to:
                lines.append(f'  {ids[box.name]} -->|"{_escaped(way.label)}"| {ids[way.to]}')
    lines += [f"  class {ids[box.name]} lost" for box in boxes if box.is_lost]
    return "\n".join([*lines, *_CLASSES]) + "\n"


_CLASSES = (
    "  classDef say fill:#ffffff,stroke:#5f6b7a,color:#1d2733",
    "  classDef ask fill:#e8f1fd,stroke:#2b6cb0,color:#1d2733",
    "  classDef faq fill:#e6f6ec,stroke:#2f855a,color:#1d2733",
    "  classDef suggest fill:#fdeef3,stroke:#b83280,color:#1d2733",
    "  classDef call fill:#f3ecfb,stroke:#6b46c1,color:#1d2733",
    "  classDef handoff fill:#fff1e0,stroke:#c05621,color:#1d2733",
    "  classDef door fill:#1d2733,stroke:#1d2733",
    "  classDef lost stroke:#c53030,stroke-width:3px,stroke-dasharray:6 4",
)


def _escaped(text: str) -> str:
    """Within quotes only a few signs mean something; mermaid writes them as entities."""
    cut = text if len(text) <= CHARS_MAX else text[: CHARS_MAX - 1] + "…"
    return "".join(f"#{ord(each)};" if each in '#"<>&|`\\[](){}' else each for each in cut)
