"""The drawing of a bot: everything is in it, nothing covers anything, and no owner's text can break it."""

from __future__ import annotations

import random
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.cli import main
from app.engine.flow import Flow
from app.flowfile.check import check
from app.flowfile.drawing.draw import draw
from app.flowfile.drawing.layout import WIDTH, lay_out
from app.flowfile.drawing.picture import boxes_of
from tests.flowfile.bots import TOP, good, write

SHOP = Path(__file__).parents[2] / "flows"
HOSTILE = "</text><script>alert(1)</script> & \"quoted\" 'x' [brackets] #quot; \\n \\u202e"


def shop() -> Flow:
    flow = check(SHOP).flow
    assert flow is not None
    return flow


def many_states(count: int) -> str:
    """A bot of that many states, each leading to two others."""
    dice = random.Random(count)
    states = [
        f"  s{each}: {{say: State {each}, choices: {{One: s{dice.randrange(count)}, Two: s{each + 1}}}}}"
        for each in range(count)
    ]
    return (
        f"{TOP}states:\n  welcome: {{say: Hello!, choices: {{Begin: s0}}}}\n"
        + "\n".join(states)
        + f"\n  s{count}: {{say: The end.}}\n"
    )


def test_every_state_and_every_way_of_the_shop_is_drawn() -> None:
    flow = shop()
    boxes = {box.name: box for box in boxes_of(flow)}
    assert list(boxes) == list(flow.states)
    welcome = boxes["welcome"]
    assert "Get Started" in welcome.entrances
    assert next((way.label, way.to) for way in welcome.ways) == ("Outfit ideas", "outfits")
    assert next(way.label for way in boxes["outfits"].ways) == "if budget >= 100 and open"
    assert [(way.label, way.to) for way in boxes["person"].ways if "hours" in way.label] == [
        ("after 2 hours", "leave_message")
    ]
    assert boxes["person"].kind == "handoff"
    assert not any(box.is_lost for box in boxes.values())


@pytest.mark.parametrize("drawing_format", ["mermaid", "dot", "svg"])
def test_every_format_names_every_state(drawing_format: str) -> None:
    flow = shop()
    drawn = draw(flow, drawing_format)
    assert [name for name in flow.states if name not in drawn] == []


def test_the_drawing_is_whole_xml_whatever_an_owner_writes(tmp_path: Path) -> None:
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    text = f'{TOP}states:\n  welcome: {{say: "{quoted}", choices: [{{title: "<b>&", to: welcome}}]}}\n'
    read = check(write(tmp_path, text)).as_read
    assert read is not None
    root = ElementTree.fromstring(draw(read, "svg"))
    texts = "".join(root.itertext())
    assert "</text>" in texts, "the words are shown as words"
    assert root.findall(".//{http://www.w3.org/2000/svg}script") == []
    assert '"quoted"' not in draw(read, "mermaid").split(":::say")[0].removeprefix('flowchart LR\n  s0["')


@pytest.mark.parametrize("count", [1, 7, 60])
def test_no_box_covers_another_and_all_are_on_the_page(count: int, tmp_path: Path) -> None:
    page = lay_out(boxes_of(good(write(tmp_path, many_states(count)))), 76.0)
    assert len(page.placed) == count + 2
    for one, other in combinations(page.placed.values(), 2):
        apart = (
            abs(one.left - other.left) >= WIDTH
            or one.top + one.height <= other.top
            or other.top + other.height <= one.top
        )
        assert apart, f"{one.box.name} and {other.box.name} cover each other"
    assert all(
        each.left >= 0 and each.left + WIDTH <= page.width and each.top + each.height <= page.height
        for each in page.placed.values()
    )


def test_a_line_ends_at_a_box_that_stands_further_on(tmp_path: Path) -> None:
    drawn = draw(good(write(tmp_path, many_states(20))), "svg")
    ends = re.findall(r'<path d="M([0-9]+) [0-9]+C.* ([0-9]+) [0-9]+" marker', drawn)
    assert ends
    assert all(int(left) < int(right) for left, right in ends)


def test_a_state_that_nothing_leads_to_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, f"{TOP}states:\n  welcome: {{say: Hello!}}\n  forgotten: {{say: Nobody sees me.}}\n")
    assert main(["graph", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "drawn as far as it can be read" in told.err
    assert told.out.count('stroke="#c53030" stroke-width="2.5"') == 1
    assert main(["graph", str(tmp_path), "--format", "mermaid"]) == 0
    assert "class s1 lost" in capsys.readouterr().out


def test_a_folder_that_cannot_be_read_is_not_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "flow: [1")
    assert main(["graph", str(tmp_path)]) == 1
    assert "<svg" not in capsys.readouterr().out


def test_the_drawing_is_the_same_every_time() -> None:
    flow = shop()
    assert draw(flow, "svg") == draw(flow, "svg")


def test_calls_have_a_look_of_their_own_and_old_names_are_ways_in(tmp_path: Path) -> None:
    text = (
        f"{TOP}states:\n  welcome: {{say: Hello!}}\n"
        "  look: {call: GET https://api.shop.example/x, goto: end}\nmoved: {looked: look}\n"
    )
    read = check(write(tmp_path, text)).as_read
    assert read is not None
    look = next(box for box in boxes_of(read) if box.name == "look")
    assert (look.kind, look.entrances, look.is_lost) == ("call", ("was: looked",), False)
    assert all("look" in draw(read, each) for each in ("svg", "mermaid", "dot"))
