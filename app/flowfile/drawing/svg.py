"""A bot as an SVG that needs no other program and no network. Every text is an owner's and is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from app.flowfile.drawing.layout import HEAD_HEIGHT, MARGIN, ROW_HEIGHT, WIDTH, Page, Placed, lay_out
from app.flowfile.drawing.picture import KINDS, Box, Way

CHARS_MAX, BOLD_CHARS_MAX = 34, 30
"""Of one row: what fits into a box at this size of letters."""
HEADER_HEIGHT = 76.0

_FILLS = {
    "say": ("#ffffff", "#5f6b7a"),
    "ask": ("#e8f1fd", "#2b6cb0"),
    "faq": ("#e6f6ec", "#2f855a"),
    "suggest": ("#fdeef3", "#b83280"),
    "call": ("#f3ecfb", "#6b46c1"),
    "handoff": ("#fff1e0", "#c05621"),
}
_LOST = "#c53030"
_STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1d2733}"
    ".name{font-weight:600;font-size:13px}.quiet{fill:#5f6b7a}.door{fill:#2b4a6b;font-weight:600}.title{font-size:18px;font-weight:600}"
    ".back{fill:#6b4a2b}path{fill:none;stroke:#8a97a6;stroke-width:1.4}"
)


def to_svg(name: str, boxes: Sequence[Box]) -> str:
    """The whole drawing, with a title and a legend."""
    page = lay_out(boxes, HEADER_HEIGHT)
    width = max(page.width, 780.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{page.height:.0f}"'
        f' viewBox="0 0 {width:.0f} {page.height:.0f}" role="img">',
        f"<title>{_safe(name)}</title><style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" style="fill:#8a97a6;stroke:none"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#f6f8fa"/>',
        *_legend(name, len(boxes)),
        *_lines(page),
        *(part for each in page.placed.values() for part in _drawn(each, page)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(name: str, states: int) -> Iterator[str]:
    yield f'<text class="title" x="{MARGIN}" y="34">{_safe(name)}, {states} states</text>'
    left = MARGIN
    for kind, words in (*KINDS.items(), ("lost", "no way leads here")):
        fill, stroke = _FILLS.get(kind, ("#ffffff", _LOST))
        dashes = ' stroke-dasharray="5 3"' if kind == "lost" else ""
        yield f'<rect x="{left}" y="48" width="14" height="14" rx="3" fill="{fill}" stroke="{stroke}"{dashes}/>'
        yield f'<text class="quiet" x="{left + 20}" y="60">{words}</text>'
        left += 40 + 7 * len(words)


def _lines(page: Page) -> Iterator[str]:
    """From the row of each way to the name of where it leads. Ways back have no line: their row names the state."""
    for each in page.placed.values():
        for row, way in enumerate(each.box.ways):
            if way.to and _is_ahead(each, page.placed[way.to]):
                yield _line(each, row, page.placed[way.to])


def _is_ahead(start: Placed, end: Placed) -> bool:
    return end.left > start.left


def _line(start: Placed, row: int, end: Placed) -> str:
    x1, y1 = start.left + WIDTH, start.top + HEAD_HEIGHT + ROW_HEIGHT * (_rows_before(start.box) + row) + ROW_HEIGHT / 2
    x2, y2 = end.left - 2, end.top + HEAD_HEIGHT / 2
    bend = max((x2 - x1) / 2, 40.0)
    return f'<path d="M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}" marker-end="url(#tip)"/>'


def _rows_before(box: Box) -> int:
    return bool(box.says) + len(box.entrances)


def _drawn(placed: Placed, page: Page) -> Iterator[str]:
    box, left, top = placed.box, placed.left, placed.top
    fill, stroke = _FILLS[box.kind]
    lost = f' stroke="{_LOST}" stroke-width="2.5" stroke-dasharray="6 4"' if box.is_lost else f' stroke="{stroke}"'
    yield f'<rect x="{left:.0f}" y="{top:.0f}" width="{WIDTH:.0f}" height="{placed.height:.0f}" rx="7" fill="{fill}"{lost}/>'
    yield _text(box.name, "name", left, top + 20)
    down = top + HEAD_HEIGHT + 14
    rows = [("quiet", box.says)] if box.says else []
    rows += [("door", f"▸ {each}") for each in box.entrances]
    rows += [_row(way, placed, page) for way in box.ways]
    for number, (look, words) in enumerate(rows):
        yield _text(words, look, left, down + number * ROW_HEIGHT)


def _row(way: Way, placed: Placed, page: Page) -> tuple[str, str]:
    """How a way looks and what it says: an arrow where a line begins, else the name of the state it leads back to."""
    if not way.to:
        return "", way.label
    if _is_ahead(placed, page.placed[way.to]):
        return "", f"{_cut(way.label, CHARS_MAX - 2)} →"
    back = f" ↩ {_cut(way.to, CHARS_MAX // 2)}"
    return "back", _cut(way.label, CHARS_MAX - len(back)) + back


def _cut(words: str, chars_max: int) -> str:
    return words if len(words) <= chars_max else words[: chars_max - 1] + "…"


def _text(words: str, look: str, left: float, down: float) -> str:
    cut = _cut(words, BOLD_CHARS_MAX if look in ("name", "door") else CHARS_MAX)
    return f'<text{f" class={look!r}" if look else ""} x="{left + 12:.0f}" y="{down:.0f}">{_safe(cut)}</text>'


def _safe(text: str) -> str:
    """Escaped, and without the characters that XML cannot hold."""
    return escape("".join(each for each in text if each.isprintable()), {'"': "&quot;"})
