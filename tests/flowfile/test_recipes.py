"""The recipes of the owner's guide work: each, put into a small bot, is without problems."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.flowfile.check import check
from tests.flowfile.bots import write
from tests.flowfile.test_readme_examples import README, blocks

BASE = """\
flow: 1
bot:
  name: Piney
  timezone: Europe/Paris
  disclosure: I am Piney, the automated assistant.
teams: {care: [anna]}
messenger: {start: welcome}
anywhere:
  - hear: [person]
    goto: person
  - else: lost
states:
  welcome: {say: Hello!}
  person:
    handoff: care
    say: I am calling a colleague.
    closed: lost
    remind:
      - {after: 2 hours, goto: lost}
  bye: {say: Goodbye!}
  lost: {say: I did not understand that., choices: {Start over: welcome, Leave: bye}}
"""

RECIPES = README.split("## Recipes")[1].split("\n# ")[0].split("\n## ")[0]
yaml = YAML()


def merged(base: Any, more: Any) -> Any:
    """Keys beside keys; what a list adds stands before its end, where `else` is."""
    if isinstance(base, dict) and isinstance(more, dict):
        return {**base, **{key: merged(base[key], value) if key in base else value for key, value in more.items()}}
    if isinstance(base, list) and isinstance(more, list):
        return [*base[:-1], *more, *base[-1:]]
    return more


def test_there_are_ten_recipes_at_least() -> None:
    assert len(blocks(RECIPES)) >= 10


@pytest.mark.parametrize("recipe", blocks(RECIPES))
def test_a_recipe_is_without_problems_in_a_small_bot(recipe: str, tmp_path: Path) -> None:
    text = io.StringIO()
    yaml.dump(merged(yaml.load(BASE), yaml.load(recipe)), text)
    assert [str(each) for each in check(write(tmp_path, text.getvalue())).problems if not each.advice] == []
