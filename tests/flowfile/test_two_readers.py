"""Two libraries read YAML: whatever the quick one takes, the exact one reads alike; and what it refuses is told alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flowfile.problems import Report
from app.flowfile.source.events import can_be_quick, exact_events
from app.flowfile.source.fast import read_fast
from app.flowfile.source.nodes import Node, Pairs
from app.flowfile.source.yamlfile import Composer, RefusedError, YamlReader
from benchmarks.big_bot import write_bot
from tests.flowfile.test_readme_examples import CODES, README, SECTIONS, blocks

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "flows").rglob("*.yaml"), *(ROOT / "benchmarks").rglob("*.yaml")])


def read_exactly(text: str) -> tuple[Node | None, tuple[str, ...]]:
    """What the explaining reader alone makes of a text, and what it tells."""
    report = Report()
    try:
        node = Composer("bot.yaml", text, report).compose(exact_events(text))
    except RefusedError:
        node = None
    return node, tuple(map(str, report.sorted()))


def are_read_alike(text: str) -> bool:
    """Whether the quick reader took the text at all; then both must agree."""
    quickly = read_fast("bot.yaml", text)
    if quickly is not None:
        assert (quickly, ()) == read_exactly(text)
    return quickly is not None


def test_this_machine_has_the_quick_reader() -> None:
    assert can_be_quick()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_is_read_quickly_and_alike(path: Path) -> None:
    assert are_read_alike(path.read_text("utf-8"))


def test_a_large_bot_is_read_quickly_and_alike(tmp_path: Path) -> None:
    folder = write_bot(tmp_path, states=200, files=4, languages=("en", "fr"))
    assert all(are_read_alike(path.read_text("utf-8")) for path in folder.glob("*.yaml"))


def test_a_file_with_the_line_ends_of_windows_is_read_quickly_and_alike() -> None:
    assert are_read_alike("flow: 1\r\nbot:\r\n  name: Piney\r\nsay: >\r\n  one\r\n  two\r\n\r\n  three\r\n")


@pytest.mark.parametrize("block", blocks(README))
def test_no_example_of_the_guide_is_read_differently(block: str) -> None:
    are_read_alike(block)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("F1")])
def test_beyond_what_is_explained_exactly_the_same_is_told(code: str) -> None:
    wrong = blocks(SECTIONS[code])[0].encode()
    told = []
    for explained_bytes_max in (0, len(wrong)):
        report = Report()
        node = YamlReader(report, explained_bytes_max).read("bot.yaml", wrong)
        told.append((node, report.sorted()))
    assert told[0] == told[1]


# ---- whatever is typed -------------------------------------------------------------------------------------

ODD_TEXTS = [
    '{"a":b}',
    "a: |+\n# c\n",
    "a: |#x\n  b\n",
    "a: >\n \n\n  b\n",
    "a: b\n...\n...\n",
    "a: b\n---\nc: d\n",
    "*a : b\n",
    "a: *b\n",
    "a: &b c\n",
    "a: !!str b\n",
    "a: b\na: c\n",
    "<<: {a: b}\n",
    "a:\n",
    "{a, b: c}",
    "a: b #c\n",
    "a: #c\n",
    "a:\tb\n",
    'a: "\\x41"\n',
    "%YAML 1.1\n---\na: b\n",
    "a: b\x85c: d\n",
    "[a, b]",
    "a",
    "",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_what_is_odd_is_left_to_the_exact_reader(text: str) -> None:
    assert read_fast("bot.yaml", text) is None


SIGNS = st.sampled_from(
    [
        *": ,-?{}[]#|>\"'%&*!<\\\n~=@`",
        ": ",
        "- ",
        " #",
        "\n  ",
        "\n    ",
        "---",
        "...",
        "''",
        '\\"',
        "|-\n",
        ">+\n",
        "\r\n",
        "a",
        "bc d",
        "é",
        "🎉",
        "a: b",
        "- a",
        "'a'",
        '"b"',
        "{a: b}",
        "[a, b]",
        "<said>",
        "\xa0",
        "https://x.example/?a=b&c=1#d",
    ]
)
PIECES = sorted({piece for block in blocks(README) for piece in re.findall(r"(?:^.*\n){1,4}", block, re.MULTILINE)})


@settings(max_examples=600, deadline=None)
@given(st.lists(SIGNS, max_size=14).map("".join))
def test_no_mixture_of_signs_is_read_differently(text: str) -> None:
    are_read_alike(text)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PIECES), st.sampled_from(PIECES), st.lists(st.tuples(st.floats(0, 1), SIGNS), max_size=3))
def test_no_slip_in_an_example_is_read_differently(first: str, second: str, typed: list[tuple[float, str]]) -> None:
    text = first + second
    for at, sign in typed:
        place = int(at * len(text))
        text = text[:place] + sign + text[place + int(at * 100) % 2 :]
    are_read_alike(text)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.text("abc", min_size=1), st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF)), min_size=1
    )
)
def test_written_in_double_quotes_a_text_comes_back_as_it_was(texts: dict[str, str]) -> None:
    written = "".join(
        '{}: "{}"\n'.format(key, text.replace("\\", "\\\\").replace('"', '\\"')) for key, text in texts.items()
    )
    are_read_alike(written)
    report = Report()
    root = YamlReader(report).read("bot.yaml", written.encode())
    if not report.sorted():
        assert isinstance(root, Pairs)
        assert [key.text for key in root.names()] == list(texts)
