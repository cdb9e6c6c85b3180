"""`frontdesk test --trouble`: what it says, writes and exits with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.cli import main
from tests.trouble.bots import BOT, SHOP, TALK, TYPED, written

ODD = BOT.replace("goto: done}", "goto: done, choices: {Only 40 left?: person}}")


def test_all_replays_are_counted_and_nothing_else_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, BOT, *TALK)
    assert main(["test", str(tmp_path), "--trouble"]) == 0
    said = capsys.readouterr()
    assert said.out == "1 of 1 conversation held. 6 of 6 replays in trouble held.\n"
    assert said.err == ""


def test_a_replay_that_went_another_way_is_told_with_its_trouble_at_its_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, ODD, "tap: Get Started", "tap: Size", "tap: Only 40 left?", "bot: I am calling Anna.")
    assert main(["test", str(tmp_path), "--trouble", "--junit", str(tmp_path / "out.xml")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(f"bot.yaml:32:9: one ({TYPED})")
    assert lines[1:] == [
        "  - I am calling Anna.",
        "  + Noted. / Size 40.",
        "1 of 1 conversation held. 5 of 6 replays in trouble held.",
    ]
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("7", "1")
    failed = [case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None]
    assert failed == [f"one ({TYPED})"]


def test_a_conversation_that_fails_plainly_is_not_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, BOT, "tap: Get Started", "bot: Something else")
    assert main(["test", str(tmp_path), "--trouble"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 of 1 conversation held."


def test_without_trouble_nothing_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, ODD, "tap: Get Started", "tap: Size", "tap: Only 40 left?")
    assert main(["test", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 of 1 conversation held.\n"


def test_whoever_watches_sees_how_far_it_is(tmp_path: Path) -> None:
    written(tmp_path, BOT, *TALK)
    program = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]
    said = subprocess.run(
        [*program, "test", str(tmp_path), "--trouble"],
        capture_output=True, encoding="utf-8", env={**os.environ, "FORCE_COLOR": "1"}, cwd=SHOP.parent, check=False,
    )  # fmt: skip
    assert said.returncode == 0
    assert "Talking" in said.stderr
    assert "Talking" not in said.stdout
