"""Every code has a wrong and a right example in flows/README.md, and what is shown there is what the checker says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.flowfile.problems import Report
from app.flowfile.source.yamlfile import read_yaml
from tests.flowfile.bots import good, problems_in, told, write

ROOT = Path(__file__).parents[2]
README = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
RULES = ROOT / "app" / "flowfile"

WITHOUT_EXAMPLE = {
    "F109": "an example would itself be too large to read; test_hostile_files.py has them",
    "F802": "only the operator's list makes it right; test_calls.py has it",
    "F619": "it stands in a feed; test_feeds.py has it",
    "F701": "a folder does not know who waits where; test_plan.py has it",
}

SECTIONS = {
    found[1]: found[2]
    for found in re.finditer(r"^### (F[0-9]{3}) .*?\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
}
CODES = sorted(set(SECTIONS) - set(WITHOUT_EXAMPLE))


def blocks(text: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_every_code_of_the_rules_is_in_the_readme() -> None:
    written = {code for path in RULES.rglob("*.py") for code in re.findall(r'"(F[0-9]{3})"', path.read_text("utf-8"))}
    assert written == set(SECTIONS)


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_is_told_at_the_place_it_names(code: str, tmp_path: Path) -> None:
    wrong, _ = blocks(SECTIONS[code])
    named = re.match(r"# (F[0-9]{3} at [0-9]+:[0-9]+)\n", wrong)
    assert named
    assert told(write(tmp_path, wrong), code) == [named[1]]
    assert named[1].startswith(code)


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_without_problems(code: str, tmp_path: Path) -> None:
    _, right = blocks(SECTIONS[code])
    good(write(tmp_path, right), code)


@pytest.mark.parametrize("code", CODES)
def test_every_problem_says_what_to_write_instead(code: str, tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, blocks(SECTIONS[code])[0]), code)
    assert len(problem.hint) > 10
    assert str(problem) == f"bot.yaml:{problem.line}:{problem.column}: {code} {problem.message} {problem.hint}"


def test_the_first_bot_of_the_guide_is_without_problems(tmp_path: Path) -> None:
    first = next(block for block in blocks(README) if block.startswith("flow: 1"))
    assert len(good(write(tmp_path, first)).states) == 6


@pytest.mark.parametrize("block", blocks(README.split("# Every problem")[0]))
def test_every_piece_of_the_guide_is_good_yaml(block: str) -> None:
    report = Report()
    assert read_yaml("guide.yaml", block.encode(), report) is not None
    assert report.sorted() == ()
