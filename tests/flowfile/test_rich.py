"""Stickers, pictures together, products of Meta's catalogue and utility messages: what an owner may write and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.flowfile.check import read_flow
from app.flowfile.talk import Talk
from tests.flowfile.bots import told, write

TOP = "flow: 1\nbot: {name: Piney}\nmessenger: {start: welcome}\nslots: {order: text}\nstates:\n  welcome:\n    say:\n"
PICTURE = '"https://cdn.example/1.jpg"'


def bot(line: str) -> str:
    return f"{TOP}      - {line}\n"


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("{sticker: thumbs_up_large}", []),
        ("{sticker: 767226160478561}", []),
        ("{sticker: cat}", ["F314 at 8:19"]),
        ("{sticker: 99999999999999999999}", ["F314 at 8:19"]),
        ("{sticker: [cat]}", ["F212 at 8:19"]),
        (f"{{images: [{PICTURE}, {PICTURE}]}}", []),
        (f"{{images: [{', '.join([PICTURE] * 31)}]}}", ["F315 at 8:889"]),
        ("{images: []}", ["F202 at 8:18"]),
        ("{images: [http://cdn.example/1.jpg, ftp://x]}", ["F801 at 8:19", "F801 at 8:45"]),
        (f"{{grid: {{images: [{PICTURE}, {PICTURE}], title: Looks, subtitle: New}}}}", []),
        (f"{{grid: {{images: [{', '.join([PICTURE] * 7)}]}}}}", ["F315 at 8:200"]),
        ("{grid: {title: Looks}}", ["F202 at 8:16"]),
        (f"{{grid: {{images: [{PICTURE}, {PICTURE}], buttons: {{A: welcome}}}}}}", ["F201 at 8:85"]),
        (f"{{grid: {{images: [{PICTURE}, {PICTURE}], title: {'x' * 46}}}}}", ["F311 at 8:92"]),
        ("{product: 777}", []),
        ("{product: [777, 778]}", []),
        ("{product: silk-shirt}", ["F316 at 8:19"]),
        (f"{{product: [{', '.join(['777'] * 11)}]}}", ["F316 at 8:70"]),
        ("{utility: {template: order_update, language: en_US, values: [<order>]}}", []),
        ("{utility: {template: order_update, language: en, values: {order: <order>, day: Monday}}}", []),
        ("{utility: {template: order update, language: en}}", ["F317 at 8:30"]),
        ("{utility: {template: order_update, language: English}}", ["F317 at 8:54"]),
        ("{utility: {template: order_update}}", ["F202 at 8:19"]),
        ("{utility: {template: order_update, language: en, values: {order: <number>}}}", ["F401 at 8:74"]),
    ],
)
def test_what_may_be_written(tmp_path: Path, line: str, problems: list[str]) -> None:
    assert told(write(tmp_path, bot(line))) == problems


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("{sticker: thumbs_up}", "[sticker] thumbs_up"),
        (f"{{images: [{PICTURE}, {PICTURE}]}}", "[images] https://cdn.example/1.jpg, https://cdn.example/1.jpg"),
        ("{product: [777, 778]}", "[product] 777, 778"),
        ("{utility: {template: news, language: en, values: {who: <bot_name>}}}", "[utility] news, en, who, Piney"),
    ],
)
def test_a_talk_in_the_terminal_names_them(tmp_path: Path, line: str, shown: str) -> None:
    talk = Talk(read_flow(write(tmp_path, bot(line))), datetime(2026, 12, 1, 10, tzinfo=UTC))
    talk.begin()
    assert f"Piney: {shown}" in talk.enter("Get Started")
