"""What hostile, broken and odd input looks like: bytes near to good ones, and texts of every kind."""

from __future__ import annotations

from hypothesis import strategies as st

ODD_TEXTS = (
    "", " ", "\0", "\u202e", "\u200b", "\ufeff", "é", "e\u0301", "\U0001f600", "\ud800", "İ", "ß", "ﬁ", "٣", "１２", "a" * 5_000,
    "?" * 300, "<script>", "%s %n", "{{7*7}}", "' OR 1=1 --", "../../etc/passwd", "=cmd|' /C calc'!A0",
    "\r\nX: y", "1e999", "-0", "NaN", "null",
)  # fmt: skip
any_text = st.sampled_from(ODD_TEXTS) | st.text(max_size=80) | st.text(alphabet=st.characters(codec=None), max_size=40)
"""Halves of surrogate pairs among it."""


def near(samples: list[bytes], pieces: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Good bytes with some places cut, doubled, exchanged, or with a piece put in; now and then any bytes at all."""

    @st.composite
    def changed(draw: st.DrawFn) -> bytes:
        data = draw(st.sampled_from(samples))
        for _ in range(draw(st.integers(1, 5))):
            data = _change(draw, data, pieces)
        return data

    return changed() | changed() | changed() | st.binary(max_size=300)


def _change(draw: st.DrawFn, data: bytes, pieces: tuple[bytes, ...]) -> bytes:
    begin = draw(st.integers(0, len(data)))
    end = min(len(data), begin + draw(st.sampled_from((0, 1, 2, 8, 40, 400))))
    match draw(st.sampled_from(("cut", "double", "put", "put", "over", "end"))):
        case "cut":
            return data[:begin] + data[end:]
        case "double":
            return data[:end] + data[begin:end] + data[end:]
        case "put":
            return data[:begin] + draw(st.sampled_from(pieces)) + data[begin:]
        case "over":
            return data[:begin] + draw(st.binary(min_size=1, max_size=4)) + data[end:]
        case _:
            return data[:begin]
