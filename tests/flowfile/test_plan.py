"""What a change means: one flow beside another, and who waits where."""

from __future__ import annotations

from pathlib import Path

from app.flowfile.check import read_flow
from app.flowfile.plan import compare, plan_lines
from tests.flowfile.bots import TOP, write

BEFORE = """slots: {size: [S, M], colour: text, note: text}
states:
  welcome:
    ask: [{save: size, say: Size?}, {save: colour, say: Colour?}]
    choices: {Sizes: ask_size, Old: old}
    goto: end
  ask_size: {say: Which size?}
  old: {say: Bye}
"""
AFTER = """slots: {size: [S, L], colour: text, note: number}
states:
  welcome:
    ask: [{save: size, say: Size?}]
    choices: {Sizes: ask_sizes, New: new}
    goto: end
  ask_sizes: {say: Which size?}
  new: {say: Hello}
"""


def lines(folder: Path, before: str, after: str, **waiting: int) -> list[str]:
    flows = []
    for name, text in (("before", before), ("after", after)):
        (folder / name).mkdir()
        flows.append(read_flow(write(folder / name, TOP + text)))
    return plan_lines(compare(flows[0], flows[1], waiting))


def test_a_plan_names_every_state_question_and_slot_that_changes(tmp_path: Path) -> None:
    assert lines(tmp_path, BEFORE, AFTER) == [
        "new state: ask_sizes",
        "new state: new",
        "state removed: ask_size",
        "state removed: old",
        "question removed: colour in welcome",
        "slot changed: size was one of S, M, becomes one of S, L",
        "slot changed: note was text, becomes number",
    ]


def test_a_change_of_texts_alone_says_so(tmp_path: Path) -> None:
    assert lines(tmp_path, BEFORE, BEFORE.replace("Bye", "Goodbye"), old=3) == [
        "No state, question or slot changes; texts and ways may."
    ]


def test_customers_in_a_removed_state_are_counted_and_the_nearest_name_is_proposed(tmp_path: Path) -> None:
    told = lines(tmp_path, BEFORE, AFTER, ask_size=14, old=1, welcome=5, long_gone=2)
    assert told[-4:] == [
        "F701 14 customers wait in ask_size, which this change removes.",
        "    Add to moved: {ask_size: ask_sizes}",
        "F701 1 customer waits in old, which this change removes.",
        "    Add to moved: {old: the state that takes its place}",
    ]


def test_nobody_is_stranded_in_a_state_that_moves(tmp_path: Path) -> None:
    after = AFTER + "moved: {ask_size: ask_sizes, old: new}\n"
    told = lines(tmp_path, BEFORE, after, ask_size=14, old=1)
    assert "state moved: ask_size -> ask_sizes" in told
    assert not any(line.startswith("F701") for line in told)


def test_who_stands_in_a_state_that_moved_before_counts_where_it_is_now(tmp_path: Path) -> None:
    before = BEFORE + "moved: {very_old: old}\n"
    told = lines(tmp_path, before, AFTER, very_old=2, old=1)
    assert "F701 3 customers wait in old, which this change removes." in told
