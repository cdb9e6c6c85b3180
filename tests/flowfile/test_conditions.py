"""Conditions: the whole of their English, the values they become, and where a broken one breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.flow import And, Compare, Condition, Literal, Name, Not, Or, Truth
from tests.flowfile.bots import TOP, good, told, write

SLOTS = """\
slots:
  budget: number
  limit: number
  occasion: [Work, Dinner, Big party]
  for_whom: [For me, A gift, Mum's]
  vip: yes_no
  day: date
  name: text
"""


def bot(condition: str) -> str:
    return f"{TOP}{SLOTS}states:\n  welcome:\n    goto:\n      - if: {condition}\n        to: end\n      - to: end\n"


def compare(left: str, operator: str, value: object) -> Compare:
    return Compare(Name(left), operator, Literal(value))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("open", Truth(Name("open"))),
        ("not open", Not(Truth(Name("open")))),
        ("open is yes", compare("open", "is", True)),
        ("budget >= 100", compare("budget", ">=", 100)),
        ("budget<0.5", compare("budget", "<", 0.5)),
        ("budget is not 3", compare("budget", "is not", 3)),
        ("BUDGET_IS_NOT_A_SLOT", None),
        ("budget <= limit", Compare(Name("budget"), "<=", Name("limit"))),
        ("occasion is work", compare("occasion", "is", "Work")),
        ("occasion is Big party and open", And((compare("occasion", "is", "Big party"), Truth(Name("open"))))),
        ("for_whom is A gift", compare("for_whom", "is", "A gift")),
        ("for_whom is Mum's", compare("for_whom", "is", "Mum's")),
        ("occasion in [Work, Big party]", compare("occasion", "in", ("Work", "Big party"))),
        ("occasion in Work, Dinner", compare("occasion", "in", ("Work", "Dinner"))),
        ("vip is no", compare("vip", "is", False)),
        ("day < 2026-12-24", compare("day", "<", "2026-12-24")),
        ("language is fr", compare("language", "is", "fr")),
        ("name has de la", compare("name", "has", "de la")),
        ('name is "this and that"', compare("name", "is", "this and that")),
        ("name is 'is'", compare("name", "is", "is")),
        ("name is 007", compare("name", "is", "007")),
        ("open or vip and budget", Or((Truth(Name("open")), And((Truth(Name("vip")), Truth(Name("budget"))))))),
        ("(open or vip) and budget", And((Or((Truth(Name("open")), Truth(Name("vip")))), Truth(Name("budget"))))),
        ("not open and vip", And((Not(Truth(Name("open"))), Truth(Name("vip"))))),
        ("open AND NOT vip", And((Truth(Name("open")), Not(Truth(Name("vip")))))),
    ],
)
def test_a_condition_is_short_english(written: str, expected: Condition | None, tmp_path: Path) -> None:
    folder = write(tmp_path, bot(f"'{written.replace(chr(39), chr(39) * 2)}'"))
    if expected is None:
        assert told(folder) == ["F402 at 15:14"]
    else:
        assert good(folder).states["welcome"].goto[0].condition == expected


@pytest.mark.parametrize(
    ("written", "code", "offset"),
    [
        ("budget >= ", "F403", 10),
        ("budget = 3", "F403", 7),
        ("budget == 3", "F403", 7),
        ("budget != 3", "F403", 7),
        ("open and", "F403", 8),
        ("(open", "F403", 5),
        ("open)", "F403", 4),
        ("open open", "F403", 5),
        ("budget > 3 or or open", "F403", 14),
        ("name is this and", "F403", 16),
        ("bugdet > 3", "F402", 0),
        ("open and bugdet", "F402", 9),
        ("budget > many", "F405", 9),
        ("vip is perhaps", "F405", 7),
        ("day < tomorrow", "F405", 6),
        ("occasion is Lunch", "F406", 12),
        ("occasion in [Work, Lunch]", "F406", 19),
        ("language is de", "F406", 12),
        ("occasion > Work", "F407", 0),
        ("vip has x", "F407", 0),
        ("budget is name", "F407", 10),
        ("product.price > 3", "F617", 0),
        ("result is ok", "F221", 0),
        ("name is " + "x" * 500, "F403", -1),
        ("(" * 200 + "open", "F403", 204),
    ],
)
def test_a_broken_condition_is_told_at_the_word_that_breaks_it(
    written: str, code: str, offset: int, tmp_path: Path
) -> None:
    assert told(write(tmp_path, bot(f'"{written}"'))) == [f"{code} at 15:{14 + offset}"]


def test_parentheses_may_be_deep(tmp_path: Path) -> None:
    good(write(tmp_path, bot("(" * 200 + "open" + ")" * 200)))
