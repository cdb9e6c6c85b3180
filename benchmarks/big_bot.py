"""Writes a bot as large as wanted, the same one each time: every kind of state, in many files. Never asks chance, never reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

STATES_IN_A_KNOT = 10
"""One state of each kind below; the last leads to the first of the next ten."""

TOP = """\
flow: 1
bot:
  name: Piney
  languages: [{languages}]
  timezone: Europe/Paris
  disclosure: I am Piney, the automated assistant of Harbour & Pine. A person is one word away.
include:
{files}
teams: {{care: [anna, luc], style: [maya]}}
hours:
  mon-fri: 09:30-18:30
  sat: 10:00-17:00
  closed: [2026-12-25, 2027-01-01]
slots:
  occasion: [Work, Dinner, Party]
  budget: {{type: number, min: 10, max: 2000, hint: "Just an amount in euros, for example 60."}}
  order_number: {{type: text, pattern: "[0-9]{{5,8}}", hint: "An order number has 5 to 8 digits."}}
  email: {{type: email, keep: 30 days, private: yes}}
messenger:
  greeting: Welcome to Harbour & Pine, <first_name>! Tap the button to begin.
  start: welcome
  menu: {{Begin again: welcome, Talk to a person: person}}
anywhere:
  - hear: [menu, start over]
    goto: welcome
  - hear: [human, person]
    goto: person
  - faq: all
  - else: lost
states:
  welcome:
    say: Hi <first_name>! What can I do for you?
    choices: {{Begin: s0, Talk to a person: person}}
  person:
    handoff: care
    say: I am calling a colleague. You can keep writing here.
    note: Order <order_number>, <occasion>, <budget> euros
    closed: leave_message
    remind: [{{after: 30 minutes, goto: leave_message}}]
    goto: welcome
  leave_message:
    ask: {{save: email, say: Nobody is free right now. Where can we write to you?}}
    goto: welcome
  lost: {{say: I did not understand that., goto: welcome}}
"""


def write_bot(folder: Path, states: int, files: int, languages: tuple[str, ...] = ("en",)) -> Path:
    """A bot of so many states, give or take ten, in so many files beside bot.yaml; each text in each language."""
    names = [f"part{number:03}.yaml" for number in range(files)]
    listed = "".join(f"  - {name}\n" for name in names)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "bot.yaml", TOP.format(languages=", ".join(languages), files=listed))
    knots = max(1, states // STATES_IN_A_KNOT)
    for number, name in enumerate(names):
        mine = range(number * knots // files, (number + 1) * knots // files)
        _write(folder / name, _part(mine, knots, languages))
    return folder


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _part(knots: range, knots_in_all: int, languages: tuple[str, ...]) -> str:
    """One included file: its states, two entries of the FAQ, and every sentence in the other languages."""
    said: list[str] = []

    def text(words: str) -> str:
        said.append(words)
        return words

    states = "".join(_knot(knot, knots_in_all, text) for knot in knots)
    faq = "".join(_faq(knot, text) for knot in knots[:2])
    written = (f"states:\n{states}" if states else "") + (f"faq:\n{faq}" if faq else "")
    pairs = "".join(_pair(words, languages) for words in dict.fromkeys(said)) if len(languages) > 1 else ""
    return (written + (f"translations:\n{pairs}" if pairs else "")) or "translations: []\n"


def _pair(words: str, languages: Iterable[str]) -> str:
    first, *others = languages
    rest = "".join(f', {each}: "{words} [{each}]"' for each in others)
    return f'  - {{{first}: "{words}"{rest}}}\n'


def _faq(knot: int, text: Callable[[str], str]) -> str:
    asked = (f"What about article {knot}?", f"article {knot} in blue", f"send article {knot} back")
    return (
        f"  - id: article-{knot}\n    topic: articles\n    ask: [{', '.join(text(each) for each in asked)}]\n"
        f"    answer: {text(f'Article {knot} comes in blue and in green.')}\n"
    )


def _knot(knot: int, knots_in_all: int, text: Callable[[str], str]) -> str:
    """Ten states, one of each kind, each leading to the next."""
    return _first_half(knot, text) + _second_half(knot, knots_in_all, text)


def _first_half(knot: int, text: Callable[[str], str]) -> str:
    n = knot * STATES_IN_A_KNOT
    return f"""\
  s{n}:
    say: {text(f"Welcome to room {knot}, <first_name>! What are you looking for?")}
    choices:
      {text(f"Look at {knot}")}: s{n + 1}
      {text(f"Advice on {knot}")}: s{n + 2}
      {text(f"Leave {knot}")}: s{n + 9}
      Talk to a person: person
  s{n + 1}:
    say:
      - {text(f"These are the pictures of room {knot}.")}
      - {{image: "https://harbour-pine.example/rooms/{knot}.jpg"}}
      - {text(f"Each costs up to <budget> euros in room {knot}.")}
    buttons: {{See room {knot}: "https://harbour-pine.example/rooms/{knot}", More of {knot}: s{n + 3}, Back to start: welcome}}
  s{n + 2}:
    ask:
      - save: occasion
        say: {text(f"What is the occasion for room {knot}?")}
      - save: budget
        say: {text(f"Roughly how much would you like to spend in room {knot}?")}
        choices: [30, 60, 120]
    goto:
      - {{if: budget >= {100 + knot % 50} and open, to: person}}
      - {{if: occasion is Party, to: s{n + 4}}}
      - {{to: s{n + 3}}}
  s{n + 3}:
    say: {text(f"For <occasion> and up to <budget> euros I would begin with suit {knot}.")}
    buttons: {{Shop {knot}: "https://harbour-pine.example/p/{knot}?for=<occasion>", Other ideas {knot}: s{n + 5}, A stylist: s{n + 6}}}
    remind:
      - after: 4 hours
        say: {text(f"Shall I ask our stylist to choose something in room {knot} for you?")}
        choices: {{Yes please: s{n + 6}, No thanks: end}}
"""


def _second_half(knot: int, knots_in_all: int, text: Callable[[str], str]) -> str:
    n = knot * STATES_IN_A_KNOT
    after = f"s{n + STATES_IN_A_KNOT}" if knot + 1 < knots_in_all else "end"
    return f"""\
  s{n + 4}:
    set: {{occasion: Party}}
    say: {text(f"For a party I would begin with star dress {knot}.")}
    choices: {{Something else: s{n + 5}, A stylist: s{n + 6}}}
  s{n + 5}:
    forget: [occasion, budget]
    goto: s{n + 2}
  s{n + 6}:
    handoff: style
    say: {text(f"Maya, our stylist of room {knot}, will join you here.")}
    note: Room {knot}, <occasion>, <budget> euros
    closed: leave_message
    remind:
      - after: 30 minutes
        goto: leave_message
    goto: s{n + 7}
  s{n + 7}:
    ask: {{save: order_number, say: {text(f"What is your order number for room {knot}?")}}}
    choices: {{Leave it: s{n + 9}}}
    goto: s{n + 8}
  s{n + 8}:
    say: {text(f"Thank you. Order <order_number> of room {knot} is on its way.")}
    choices:
      - {{title: Another order, to: s{n + 7}}}
      - {{title: Ask about {knot}, to: s{n + 9}, if: open}}
  s{n + 9}:
    say: {text(f"Ask me about sizes and shipping in room {knot}.")}
    faq: all
    none: lost
    choices: {{Next room: {after}, Talk to a person: person}}
"""
