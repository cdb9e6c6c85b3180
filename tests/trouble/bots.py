"""Bots whose tests are replayed, and short ways to do it."""

from __future__ import annotations

from pathlib import Path

from app.channel import Failed, Unsure
from app.flowfile.check import Checked, check
from app.flowfile.rehearsal.play import Miss
from app.trouble.house import House
from app.trouble.replays import KINDS, Replays, kinds_of
from webhooks.messenger.failures import read_failure

SHOP = Path(__file__).parents[2] / "flows"
WORKED = Path(__file__).parents[1] / "flowfile" / "worked_example"
LARGE = Path(__file__).parents[1] / "flowfile" / "large"
TWICE, ECHO_FIRST, SERVER_ERRORS, RESTARTS, TYPED = (kind.name for kind in KINDS)
IN_FRENCH = "in fr"

BOT = """\
flow: 1
bot: {name: Piney, languages: [en, fr], disclosure: I am Piney.}
messenger: {start: welcome, menu: {Person: person}}
teams: {care: [anna]}
slots: {size: {type: number, min: 30, max: 50}}
anywhere: [{hear: [human], goto: person}]
states:
  welcome: {say: Hello!, choices: {Size: size, Leave: bye}, remind: [{after: 4 hours, say: Still there?}]}
  size: {ask: {save: size, say: Which size?}, goto: done}
  done: {say: [Noted., Size <size>.], choices: {Leave: bye}}
  person: {handoff: care, say: I am calling Anna., goto: bye}
  bye: {say: Goodbye.}
translations:
  - {en: I am Piney., fr: Je suis Piney.}
  - {en: Hello!, fr: Bonjour !}
  - {en: Size, fr: Taille}
  - {en: Leave, fr: Partir}
  - {en: Still there?, fr: Encore là ?}
  - {en: Which size?, fr: Quelle taille ?}
  - {en: Noted., fr: C'est noté.}
  - {en: Size <size>., fr: Taille <size>.}
  - {en: I am calling Anna., fr: J'appelle Anna.}
  - {en: Goodbye., fr: Au revoir.}
  - {en: human, fr: humain}
  - {en: Person, fr: Personne}
tests:
  - name: one
    given: {now: 2026-12-01 10:00}
    talk:
"""
TALK = (
    "tap: Get Started", "bot: I am Piney.", "bot: Hello!", "tap: Size", "bot: Which size?", "you: about 40", "bot: Noted.",
    "bot: Size 40.", "saved: {size: 40}", "tap: Leave", "bot: Goodbye.",
)  # fmt: skip


def read_error(code: int) -> Failed | Unsure:
    return read_failure(400, {"error": {"code": code}})


def written(folder: Path, bot: str, *steps: str) -> Checked:
    """A bot whose only test has these steps, checked."""
    (folder / "bot.yaml").write_text(bot + "".join(f"      - {step}\n" for step in steps), encoding="utf-8")
    checked = check(folder)
    assert checked.flow is not None, checked.problems
    return checked


def failures(checked: Checked, house: type[House] = House) -> dict[str, list[Miss]]:
    """Each replay that went another way, by its name."""
    assert checked.flow is not None
    with Replays(checked.flow, read_error, house) as replays:
        played = [(kind, replays.play(each, kind)) for each in checked.tests for kind in kinds_of(replays.flow, each)]
        return {kind.name: misses for kind, misses in played if misses}


def told(misses: list[Miss]) -> list[str]:
    """`line: wanted / got`."""
    return [f"{miss.place.line}: {miss.wanted} / {miss.got}" for miss in misses]
