"""How a bot is put together: what is told, and what is not told although it looks odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.flow import Choice, HandOffTo, Reminder, Rule, SayMedia, State
from app.flowfile.check import check
from app.flowfile.parts.loops import RINGS_MAX, find_loops
from tests.flowfile.bots import TOP, good, problems_in, told, write

SIZE = "slots: {size: number, code: {type: text, pattern: '[0-9]+'}}\n"


def bot(states: str, top: str = TOP) -> str:
    return f"{top}states:\n{states}"


def test_everything_wrong_is_told_at_once_and_in_order(tmp_path: Path) -> None:
    wrong = bot(
        "  welcome:\n    sayy: Hi\n    say: Hello <nobody>!\n    goto: outfit\n  outfits: {handoff: care}\n",
        "flow: 1\nbot: {nam: Piney}\nmessenger: {start: welcome}\n",
    )
    assert (
        told(write(tmp_path, wrong))
        == [
            "F201 at 2:7",
            "F202 at 2:6",
            "F201 at 6:5",
            "F401 at 7:16",
            "F203 at 8:11",
            "F211 at 9:22",
        ]
        or told(tmp_path)[0] == "F202 at 2:6"
    )


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ("say: [{card: }]", "F202 at 5:20"),
        ('say: [{"card": }]', "F202 at 5:20"),
        ("say: Hi, set: {size: }", "F202 at 5:28"),
        ("say: Hi, choices: {A: , B: end}", "F202 at 5:32"),
        ("say: ", "F202 at 5:13"),
        ("say: Hi, there", "F104 at 5:22"),
        ("say: Hi, it's 5 o'clock", "F104 at 5:22"),
    ],
)
def test_a_value_that_is_missing_in_braces_is_no_comma(state: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}states:\n  welcome: {{{state}}}\n{SIZE}")) == [problem]


@pytest.mark.parametrize("name", ["End", "end", "back", "more", "1st", "my-state", "état", "x" * 61])
def test_a_state_has_small_letters_digits_and_underscores(name: str, tmp_path: Path) -> None:
    assert "F210 at 6:3" in told(write(tmp_path, bot(f"  welcome: {{say: Hello!}}\n  {name}: {{say: Bye.}}\n")))


@pytest.mark.parametrize(
    "missing", ["flow: 1\n", "bot: {name: Piney, languages: [en, fr]}\n", "messenger: {start: welcome}\n"]
)
def test_what_every_bot_needs_is_missed(missing: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("  welcome: {say: Hello!}\n", TOP.replace(missing, "")))) == ["F202 at 1:1"]


def test_an_empty_file_misses_everything(tmp_path: Path) -> None:
    assert set(told(write(tmp_path, ""))) == {"F202 at 1:1"}


def test_a_web_address_as_the_target_of_a_choice_is_sent_to_buttons(tmp_path: Path) -> None:
    folder = write(tmp_path, bot("  welcome: {say: Hello!, choices: {Shop: 'https://shop.example'}}\n"))
    (problem,) = problems_in(folder)
    assert problem.code == "F203"
    assert "buttons" in problem.hint


def test_a_text_with_a_colon_in_a_list_is_told_as_such(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("  welcome:\n    say:\n      - Note: we are closed\n"))) == ["F106 at 7:13"]


def test_an_indented_key_is_told_as_a_colon_in_the_middle_of_a_text(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("  welcome:\n    say: Hello!\n      goto: end\n"))) == ["F106 at 7:11"]


def test_a_value_that_is_missing_is_told_at_its_key(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot("  welcome:\n    say:\n    goto: end\n"))) == ["F202 at 6:5"]


@pytest.mark.parametrize("text", ["#1 in town", "Shop #1"])
def test_a_text_eaten_by_a_comment_is_told(text: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(f"  welcome:\n    say: {text}\n")))[0].startswith("F105 at 6:")


@pytest.mark.parametrize("line", ["Hello! # a comment", '"Shop #1" # a comment', "Shop#1", "'#1' #"])
def test_a_comment_is_no_problem(line: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(f"  welcome:\n    say: {line}\n"))) == []


def test_what_nobody_can_reach_is_told_only_when_every_way_is_right(tmp_path: Path) -> None:
    lost = "  lost: {say: Lost.}\n"
    assert told(write(tmp_path, bot("  welcome: {say: Hello!}\n" + lost))) == ["F205 at 6:3"]
    assert told(write(tmp_path, bot("  welcome: {say: Hello!, goto: lots}\n" + lost))) == ["F203 at 5:32"]


@pytest.mark.parametrize(
    "way",
    [
        "    choices: {There: there}\n",
        "    buttons: {There: there}\n",
        "    goto: there\n",
        "    goto: [{if: open, to: there}, {to: end}]\n",
        "    remind: {after: 1 hour, goto: there}\n",
        "    remind: [{after: 1 hour, say: Still here?, choices: {Yes: there}}]\n",
        "    handoff: care\n    closed: there\n",
    ],
)
def test_every_kind_of_way_reaches_a_state(way: str, tmp_path: Path) -> None:
    top = f"{TOP}teams: {{care: [anna]}}\n"
    good(write(tmp_path, bot(f"  welcome:\n    say: Hello!\n{way}  there: {{say: Here.}}\n", top)))


@pytest.mark.parametrize(
    "door",
    ["menu: {There: there}", "starters: {There?: there}", "links: {there: there}"],
)
def test_the_page_is_a_way_in(door: str, tmp_path: Path) -> None:
    top = TOP.replace("start: welcome", f"start: welcome, {door}")
    good(write(tmp_path, bot("  welcome: {say: Hello!}\n  there: {say: Here.}\n", top)))


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ("  welcome: {say: Hi, goto: welcome}\n", ["F206 at 6:3"]),
        ("  welcome: {goto: b}\n  b: {goto: c}\n  c: {goto: b}\n", ["F206 at 7:3"]),
        ("  welcome: {goto: [{if: open, to: b}, {to: end}]}\n  b: {goto: welcome}\n", ["F206 at 6:3"]),
        ("  welcome: {ask: {save: size, say: Size?}, goto: b}\n  b: {say: Hi, goto: welcome}\n", ["F206 at 6:3"]),
        ("  welcome: {ask: {save: size, say: Size?}, goto: b}\n  b: {forget: size, goto: welcome}\n", []),
        (
            "  welcome: {ask: {save: size, say: Size?}, goto: b}\n  b: {goto: [{if: size, to: end}, {to: welcome}]}\n",
            [],
        ),
        ("  welcome: {say: Hi, goto: b}\n  b: {say: Hi, choices: {Again: welcome}}\n", []),
        (
            "  welcome: {goto: [{if: size, to: end}, {to: b}]}\n  b: {ask: {save: size, say: Size?}, goto: welcome}\n",
            [],
        ),
        ("  welcome: {goto: [{if: not size, to: b}, {to: end}]}\n  b: {set: {size: 40}, goto: welcome}\n", []),
        ("  welcome: {ask: {save: size, say: Size?}, goto: [{if: open, to: welcome}, {to: end}]}\n", ["F206 at 6:3"]),
        (
            "  welcome: {goto: [{if: size > 40, to: end}, {to: b}]}\n  b: {ask: {save: size, say: S}, goto: welcome}\n",
            ["F206 at 6:3"],
        ),
        ("  welcome: {say: Hi, goto: back}\n", ["F206 at 6:3"]),
        ("  welcome: {say: Hi, goto: b}\n  b: {say: Hi, goto: back}\n", ["F206 at 6:3"]),
        ("  welcome: {say: Hi, choices: {B: b}}\n  b: {say: Hi, goto: back}\n", []),
    ],
)
def test_a_loop_is_told_only_where_nobody_can_stop_it(states: str, found: list[str], tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(states, TOP + SIZE))) == found


def test_a_handoff_that_is_closed_may_not_lead_back_to_itself(tmp_path: Path) -> None:
    top = f"{TOP}teams: {{care: [anna]}}\n"
    states = "  welcome: {handoff: care, closed: sorry}\n  sorry: {say: Closed., goto: welcome}\n"
    assert told(write(tmp_path, bot(states, top))) == ["F206 at 6:3"]


def test_ten_thousand_states_in_a_row_are_no_loop(tmp_path: Path) -> None:
    count = 3_000
    rows = "".join(f"  s{i}: {{goto: s{i + 1}}}\n" for i in range(count))
    states = f"  welcome: {{say: Hi, goto: s0}}\n{rows}  s{count}: {{say: Bye}}\n"
    assert len(good(write(tmp_path, bot(states))).states) == count + 2


def test_a_state_becomes_what_the_engine_runs(tmp_path: Path) -> None:
    from datetime import timedelta

    top = f"{TOP}{SIZE}teams: {{care: [anna]}}\n"
    states = """\
  welcome:
    set: {size: 40}
    forget: [code]
    say: [Hello!, {image: "https://shop.example/a.jpg"}]
    buttons: {Shop: "https://shop.example/<code>", Call: +33 1 23 45 67 89, Person: person}
  person:
    handoff: care
    note: Size <size>
    closed: welcome
    remind: [{after: 2 hours, say: Still there?}]
    goto: end
"""
    flow = good(write(tmp_path, bot(states, top)))
    welcome, person = flow.states["welcome"], flow.states["person"]
    assert (welcome.set, welcome.forget) == ({"size": 40}, ("code",))
    assert isinstance(welcome.say[1], SayMedia)
    assert [(each.to, each.url is not None, each.phone) for each in welcome.buttons] == [
        ("", True, ""),
        ("", False, "+33123456789"),
        ("person", False, ""),
    ]
    assert isinstance(person, State)
    assert isinstance(person.handoff, HandOffTo)
    assert (person.handoff.team, person.handoff.closed, person.goto) == ("care", "welcome", (Rule("end"),))
    assert isinstance(person.remind[0], Reminder)
    assert (person.remind[0].name, person.remind[0].after) == ("0", timedelta(hours=2))


def test_a_choice_in_long_form_keeps_its_condition_and_picture(tmp_path: Path) -> None:
    states = "  welcome:\n    say: Hi\n    choices:\n      - {title: Bye, to: end, if: open, image: 'https://shop.example/b.png'}\n"
    (choice,) = good(write(tmp_path, bot(states))).states["welcome"].choices
    assert isinstance(choice, Choice)
    assert (choice.key, choice.to, choice.image) == ("Bye", "end", "https://shop.example/b.png")
    assert choice.condition is not None


def test_yes_and_no_and_numbers_stay_what_the_owner_sees(tmp_path: Path) -> None:
    states = "  welcome:\n    say: 0123\n    choices: {Yes: yes_state, no: n, 10:30: n}\n  yes_state: {say: on}\n  n: {say: 1e3}\n"
    flow = good(write(tmp_path, bot(states)))
    assert flow.states["welcome"].say[0].by_language == {"en": ("0123",)}
    assert [choice.key for choice in flow.states["welcome"].choices] == ["Yes", "no", "10:30"]
    assert flow.states["yes_state"].say[0].by_language == {"en": ("on",)}


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("choices: [{title: Go, to: end, if: open}, {title: Go, to: back}]", ["F215 at 8:55"]),
        ("choices: {Go: end}\n    remind: {after: 1 hour, say: Hm?, choices: {Go: back}}", ["F215 at 9:49"]),
        ("choices: {Go: end}\n    remind: {after: 1 hour, say: Hm?, choices: {Go: end}}", []),
        ("ask: {save: it, say: Hm?}\n    choices: {Go: back}", ["F215 at 9:15"]),
        ("ask: {save: it, say: Hm?}\n    choices: {Back: back}", []),
    ],
)
def test_one_title_of_a_state_leads_to_one_place(rest: str, found: list[str], tmp_path: Path) -> None:
    top = f"{TOP}slots: {{it: [Go, Stay]}}\n# that is all\n"
    assert told(write(tmp_path, f"{top}states:\n  welcome:\n    {rest}\n    say: Hi\n")) == found


def test_answers_and_choices_that_stand_together_fit_together(tmp_path: Path) -> None:
    top = f"{TOP}slots: {{it: [A, B, C, D, E, F, G, H, I, J, K, L]}}\n"
    ask = "  welcome:\n    ask: {save: it, say: Hm?}\n    choices: {X: end}\n"
    assert told(write(tmp_path, bot(ask, top))) == []
    assert told(write(tmp_path, bot(ask.replace("{X: end}", "{X: end, Y: end}"), top))) == ["F302 at 8:5"]


def test_of_a_long_chain_with_many_ways_back_only_so_many_rings_are_looked_at(tmp_path: Path) -> None:
    count = 4 * RINGS_MAX
    ways = "".join(
        f"  s{each}: {{goto: [{{if: open, to: s{each // 2}}}, {{to: s{each + 1}}}]}}\n" for each in range(count)
    )
    read = check(write(tmp_path, bot(f"  welcome: {{goto: s0}}\n{ways}  s{count}: {{say: The end.}}\n"))).as_read
    assert read is not None
    assert RINGS_MAX <= len(find_loops(read.states, read.slots, "welcome")) <= 3 * RINGS_MAX
