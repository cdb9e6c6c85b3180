"""Small bots for tests of flow files."""

from __future__ import annotations

from pathlib import Path

from app.engine.flow import Flow
from app.flowfile.check import check
from app.flowfile.problems import Problem

WHOLE_BOT_ADVICE = ("F409", "F504", "F505", "F506", "F507", "F605", "F802", "F901", "F902")
"""Advice to a bot that lacks something. Small bots of tests lack nearly everything: it is left aside unless a test names the code."""

TOP = "flow: 1\nbot: {name: Piney, languages: [en, fr]}\nmessenger: {start: welcome}\n"

CALLING = """\
flow: 1
bot: {name: Piney}
messenger: {start: order}
slots: {number: {type: text, pattern: "[0-9]+"}, eta: text}
states:
  order: {ask: {save: number, say: Which order?}, goto: find}
  find:
    call: METHOD https://api.shop.example/orders/<number>
    save: {eta: order.eta}
    goto: [{if: result is ok, to: found}, {if: result is not_found, to: unknown}, {if: result is slow, to: later}, {to: broken}]
  found: {say: It comes on <eta>.}
  unknown: {say: I do not know it.}
  later: {say: Please ask again later.}
  broken: {say: I cannot look it up.}
tests:
  - name: one
    given: {http: {"METHOD https://api.shop.example/orders/7": ANSWER}}
    talk: [{tap: Get Started}, {bot: Which order?}, {you: "7"}, {bot: WANTED}]
"""
"""A bot that looks an order up. METHOD, ANSWER and WANTED are the test's to fill in."""


def write(folder: Path, bot: str, **files: str) -> Path:
    """A folder with bot.yaml and other files; `__` in a name stands for `/`."""
    (folder / "bot.yaml").write_text(bot, encoding="utf-8")
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def told(folder: Path, *named: str) -> list[str]:
    """`CODE at line:column` of every problem of bot.yaml; other files with their name. `named`: advice that the test is about."""
    return [where(problem) for problem in problems_in(folder, *named)]


def problems_in(folder: Path, *named: str) -> list[Problem]:
    """The problems themselves, without advice to the whole bot that is not `named`."""
    left_aside = set(WHOLE_BOT_ADVICE) - set(named)
    return [problem for problem in check(folder).problems if problem.code not in left_aside]


def where(problem: Problem) -> str:
    file = "" if problem.file == "bot.yaml" else f" in {problem.file}"
    return f"{problem.code} at {problem.line}:{problem.column}{file}"


def good(folder: Path, *named: str) -> Flow:
    """The flow of a folder that must be without problems; `named` as for `told`."""
    assert problems_in(folder, *named) == []
    flow = check(folder).flow
    assert flow is not None
    return flow
