"""One flow in one of the formats: what `frontdesk graph` calls."""

from __future__ import annotations

from app.engine.flow import Flow
from app.flowfile.drawing.dot import to_dot
from app.flowfile.drawing.mermaid import to_mermaid
from app.flowfile.drawing.picture import boxes_of
from app.flowfile.drawing.svg import to_svg


def draw(flow: Flow, drawing_format: str) -> str:
    """The drawing as text; `drawing_format` is mermaid, dot or svg."""
    boxes = boxes_of(flow)
    match drawing_format:
        case "mermaid":
            return to_mermaid(boxes)
        case "dot":
            return to_dot(boxes)
        case _:
            return to_svg(flow.name, boxes)
