"""A file that wants to hurt is refused with a problem, within a second, whatever it holds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.slots import read_answer
from app.flowfile import limits
from app.flowfile.check import check
from app.flowfile.problems import PROBLEMS_MAX, Report
from app.flowfile.source.yamlfile import read_yaml
from tests.flowfile.bots import TOP, good, told, write

REFUSED_SECONDS_MAX = 1.0
"""Of this process's own time: the machine may be busy with other things."""
PLAIN = "".join(f"- x{number}\n" for number in range(19_990))
PLAIN_TIMES_MAX = 2
"""A slow machine may take longer than a second: twice as long as a plain list of as many lines takes there, elsewhere half of one."""

WELCOME = "states: {welcome: {say: Hello!}}\n"


def many(pattern: str, count: int) -> str:
    return "".join(pattern.format(i) for i in range(count))


HOSTILE = {
    "nested brackets": "a: " + "[" * 3_000,
    "nested dashes": "- " * 4_000,
    "nested braces": "{a: " * 2_000,
    "nested pairs": "{[" * 2_000,
    "question marks": "? " * 4_000,
    "a list of very many": "a: [" + "x, \n" * 19_990 + "]",
    "wide and flat": "a: [" + "[],\n" * 19_990 + "]",
    "many keys": "states:\n" + many("  s{}: x\n", 19_990),
    "many lines": "\n" * 500_000,
    "many comments": "#\n" * 200_000,
    "many documents": "---\n" * 19_000,
    "one long line": "a: " + "x " * 200_000,
    "a long folded text": "a: >\n" + "  x\n" * 19_990,
    "many escapes": "a:\n" + ('  - "' + "\\n" * 4_000 + '"\n') * 60,
    "many anchors": many("- &a{} x\n", 19_000),
    "laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "merge keys": "a: &a {x: y}\nb: {<<: *a}\n",
    "a huge number in a directive": "%YAML " + "9" * 9_000 + ".1\n---\na: b\n",
    "an open quote": 'a: "' + ("x" * 9_000 + "\n") * 50,
    "too many bytes": "# " + ("x" * 100 + "\n# ") * 6_000,
    "python object": "a: !!python/object/apply:os.system [id]\n",
    "half a surrogate": 'a: "\\ud800"\n',
    "control character": "a: \x07\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(name: str, tmp_path: Path) -> None:
    folder, plain = _folder(tmp_path, "hostile", HOSTILE[name]), _folder(tmp_path, "plain", PLAIN)
    # The quickest of a few: another process on the same core is no fault of ours.
    assert any(_seconds_to_refuse(folder) < _seconds_max(plain) for _ in range(3))


def _folder(place: Path, name: str, bot: str) -> Path:
    (place / name).mkdir()
    return write(place / name, bot)


def _seconds_max(plain: Path) -> float:
    return max(REFUSED_SECONDS_MAX, PLAIN_TIMES_MAX * _seconds_to_refuse(plain))


def _seconds_to_refuse(folder: Path) -> float:
    began = time.process_time()
    checked = check(folder)
    seconds = time.process_time() - began
    assert checked.flow is None
    assert 0 < len(checked.problems) <= PROBLEMS_MAX
    return seconds


def test_a_bot_in_which_everything_is_wrong_is_told_within_a_second(tmp_path: Path) -> None:
    states = many("  s{0}: {{say: Hi <nobdy{0}>, goto: t{0}}}\n", 3_300)
    folder, plain = _folder(tmp_path, "wrong", f"{TOP}states:\n{states}"), _folder(tmp_path, "plain", PLAIN)
    began = time.process_time()
    checked = check(folder)
    assert time.process_time() - began < 2 * _seconds_max(plain)  # a whole file of good YAML is read first
    assert len(checked.problems) == PROBLEMS_MAX
    assert checked.problems[-1].code == "F109"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"flow: 1\nbot: {name: Caf\xe9}\n", "F108 at 2:16"),
        ("flow: 1".encode("utf-16"), "F108 at 1:1"),
        (b"x" * (512 * 1024 + 1), "F109 at 1:1"),
        (b"a: " + b"x" * 10_001, "F109 at 1:1"),
        (b"\n" * 20_001, "F109 at 1:1"),
        (b"- x\n" * 20_001, "F109 at 1:1"),
        (b"a: [" + b"x,\n" * 19_999 + b"x]", "F109 at 19998:1"),
    ],
)
def test_bytes_that_are_no_flow_file_are_told_with_their_place(raw: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_bytes(raw)
    assert told(tmp_path) == [expected]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_bytes(b"\xef\xbb\xbf" + (TOP + WELCOME).encode())
    assert told(tmp_path) == []


def test_a_folder_without_a_bot_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == ["F101 at 1:1"]
    assert told(tmp_path / "nowhere") == ["F101 at 1:1"]


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "bot.yaml")
    assert told(tmp_path) == ["F101 at 1:1"]


def test_a_pipe_or_a_device_as_an_include_is_not_read(tmp_path: Path) -> None:
    import os

    write(tmp_path, f"{TOP}include: [pipe.yaml, device.yaml]\n{WELCOME}")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    assert told(tmp_path) == ["F101 at 4:11", "F111 at 4:22"]


def test_a_file_of_a_hundred_megabytes_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    with (tmp_path / "bot.yaml").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    assert told(tmp_path) == ["F109 at 1:1"]


def test_a_bot_has_only_so_many_patterns(tmp_path: Path) -> None:
    slots = many('  slot_{}: {{type: text, pattern: "x"}}\n', limits.PATTERNS_MAX + 1)
    found = told(write(tmp_path, f"{TOP}slots:\n{slots}{WELCOME}"))
    assert found == [f"F404 at {5 + limits.PATTERNS_MAX}:{len('  slot_100: {type: text, pattern: ') + 1}"]


def test_all_files_together_hold_only_so_much(tmp_path: Path) -> None:
    names = [f"f{number}" for number in range(limits.FOLDER_NODES_MAX // 19_000 + 1)]
    full = "faq:\n" + "- a\n" * 18_995
    listed = ", ".join(f"{name}.yaml" for name in names)
    folder = write(tmp_path, f"{TOP}include: [{listed}]\n{WELCOME}", **dict.fromkeys(names, full))
    assert "F109" in {each.partition(" ")[0] for each in told(folder)}


def test_a_pattern_that_would_hang_other_engines_answers_at_once(tmp_path: Path) -> None:
    slots = 'slots: {code: {type: text, pattern: "(a+)+b"}}\n'
    flow = good(write(tmp_path, f"{TOP}{slots}states:\n  welcome: {{ask: {{save: code, say: Code?}}, goto: end}}\n"))
    assert read_answer(flow, flow.slots["code"], "a" * 2_000, "en", datetime(2026, 12, 1, tzinfo=UTC)) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(raw: bytes) -> None:
    report = Report()
    read_yaml("bot.yaml", raw, report)


WORDS = st.sampled_from(
    [
        "flow",
        "states",
        "say",
        "ask",
        "goto",
        "choices",
        "if",
        "to",
        "save",
        "1",
        "<",
        ">",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\n",
        "\n  ",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_no_mixture_of_our_words_makes_the_checker_raise(words: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        checked = check(write(Path(folder), "flow: 1\n" + "".join(words)))
    assert checked.flow is not None or checked.problems
