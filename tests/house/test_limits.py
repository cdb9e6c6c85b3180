"""What an owner is told before going live is what the channel keeps while the bot runs."""

from __future__ import annotations

import pytest

from app.engine import show
from app.flowfile import limits as told
from tests.house.source import ROOT, modules
from webhooks.messenger import limits as kept

SAME = (
    ("CHOICES_MAX", "QUICK_REPLIES_MAX"),
    ("CHOICE_TITLE_CHARS_MAX", "QUICK_REPLY_TITLE_CHARS_MAX"),
    ("BUTTONS_MAX", "BUTTONS_MAX"),
    ("BUTTON_TITLE_CHARS_MAX", "BUTTON_TITLE_CHARS_MAX"),
    ("TEXT_CHARS_MAX", "TEXT_CHARS_MAX"),
    ("CARDS_MAX", "CARDS_MAX"),
    ("CARD_CHARS_MAX", "CARD_CHARS_MAX"),
    ("FEEDBACK_TITLE_CHARS_MAX", "FEEDBACK_TITLE_CHARS_MAX"),
    ("FEEDBACK_QUESTION_CHARS_MAX", "QUESTION_CHARS_MAX"),
    ("PAYLOAD_CHARS_MAX", "PAYLOAD_CHARS_MAX"),
    ("LINK_REF_CHARS_MAX", "REF_CHARS_MAX"),
)


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_the_checker_and_the_channel_have_the_same_number(ours: str, theirs: str) -> None:
    assert getattr(told, ours) == getattr(kept, theirs), (
        f"app/flowfile/limits.py {ours} and webhooks/messenger/limits.py {theirs} differ: correct the one that is wrong."
    )


def test_the_engine_shows_as_many_as_the_channel_takes() -> None:
    assert (show.CHOICES_MAX, show.BUTTONS_MAX) == (kept.QUICK_REPLIES_MAX, kept.BUTTONS_MAX)


@pytest.mark.parametrize("path", ["app/flowfile/limits.py", "webhooks/messenger/limits.py"])
def test_every_limit_has_its_reason(path: str) -> None:
    lines = next(each.text for each in modules("app", "webhooks") if each.path == path).splitlines()
    for number, line in enumerate(lines):
        if "_MAX = " in line or "_SECONDS = " in line:
            rest = "\n".join(lines[number + 1 :]).lstrip("}) \n") if not line.endswith("{") else '"""'
            assert rest.startswith('"""'), f"{path}:{number + 1} needs its reason or source in a docstring below it"


def test_the_two_tables_are_there() -> None:
    assert (ROOT / "app/flowfile/limits.py").is_file()
    assert (ROOT / "webhooks/messenger/limits.py").is_file()
