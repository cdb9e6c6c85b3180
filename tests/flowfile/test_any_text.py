"""Whatever an owner types, the checker answers: it never raises, and every problem stands at a place that is there."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.flowfile.check import Checked, check
from app.flowfile.source.events import LINE_END

ROOT = Path(__file__).parents[2]
SHOP = {
    path.relative_to(ROOT / "flows").as_posix(): path.read_text("utf-8") for path in (ROOT / "flows").rglob("*.yaml")
}
anything = st.text(st.characters(codec="utf-8"), max_size=40)
pieces = st.one_of(
    st.sampled_from(
        [
            ": ",
            "- ",
            "? ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "#",
            " #x",
            "\n",
            "\n  ",
            "\t",
            '"',
            "'",
            "|\n",
            ">",
            "&a",
            "*a",
            "!t",
            "%",
            "@",
            "<",
            ">",
            "<said>",
            "<<: ",
            "---\n",
            "...",
            "\\",
            "\x85",
            "\u2028",
            "\r",
            "\ufeff",
            "\x00",
            "\x07",
            "if: open",
            "end",
            "999999",
        ]
    ),
    anything,
)
places = st.floats(0, 1, exclude_max=True)
"""How far into a text, so that one number fits texts of every length."""


def line_deleted(text: str, at: float, _: str) -> str:
    lines = text.split("\n")
    del lines[int(at * len(lines))]
    return "\n".join(lines)


def line_doubled(text: str, at: float, _: str) -> str:
    lines = text.split("\n")
    lines.insert(int(at * len(lines)), lines[int(at * len(lines))])
    return "\n".join(lines)


def line_shifted(text: str, at: float, blanks: str) -> str:
    lines = text.split("\n")
    place = int(at * len(lines))
    lines[place] = lines[place][2:] if "-" in blanks else " " + lines[place]
    return "\n".join(lines)


def typed_over(text: str, at: float, piece: str) -> str:
    place = int(at * len(text))
    return text[:place] + piece + text[place + 1 :]


def typed_between(text: str, at: float, piece: str) -> str:
    place = int(at * len(text))
    return text[:place] + piece + text[place:]


slips = st.tuples(
    st.sampled_from([line_deleted, line_doubled, line_shifted, typed_over, typed_between]), places, pieces
)


def checked_with(files: dict[str, str]) -> tuple[Checked, dict[str, str]]:
    with tempfile.TemporaryDirectory() as made:
        for name, text in files.items():
            path = Path(made) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        return check(Path(made)), files


def stands_somewhere(checked: Checked, files: dict[str, str]) -> None:
    """Every problem is in one of the files, in a line that it has, at most one sign behind its end."""
    assert checked.flow is not None or any(not problem.advice for problem in checked.problems)
    for problem in checked.problems:
        lines = LINE_END.split(files[problem.file])
        assert 1 <= problem.line <= len(lines), problem
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem
        assert problem.message
        assert "\n" not in problem.message


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(SHOP)), st.lists(slips, min_size=1, max_size=4))
def test_no_slip_in_the_shop_makes_the_checker_raise(name: str, slipped: list[tuple]) -> None:
    text = SHOP[name]
    for slip, at, piece in slipped:
        text = slip(text or "\n", at, piece)
    stands_somewhere(*checked_with({**SHOP, name: text}))


@settings(max_examples=250, deadline=None)
@given(anything, st.lists(pieces, max_size=12))
def test_no_text_makes_the_checker_raise(beginning: str, typed: list[str]) -> None:
    stands_somewhere(*checked_with({"bot.yaml": beginning + "".join(typed)}))


LINES = sorted({line for text in SHOP.values() for line in text.split("\n")})


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=15))
def test_no_mixture_of_good_lines_makes_the_checker_raise(lines: list[str]) -> None:
    stands_somewhere(*checked_with({"bot.yaml": "flow: 1\n" + "\n".join(lines)}))
