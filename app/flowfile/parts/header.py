"""The top of bot.yaml: bot, languages, time zone, disclosure, teams, moved. Never looks into states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.engine.flow import Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_pairs, as_scalar, as_scalars, as_yes_no
from app.flowfile.parts.texts import read_text, sentence_of
from app.flowfile.problems import Report
from app.flowfile.rules import structure, values
from app.flowfile.rules.structure import BUILT_IN_NAMES
from app.flowfile.source.nodes import Node, Pairs

BOT_KEYS = ("name", "languages", "timezone", "disclosure", "rate_answers")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Header:
    """`bot`: who it is. `disclosure` is read later, when translations are known."""

    name: str = ""
    languages: tuple[str, ...] = ("en",)
    timezone: ZoneInfo = _UTC
    rates_answers: bool = False


def read_header(root: Pairs, report: Report) -> Header:
    """The bot's name, languages and time zone."""
    node = root.get("bot")
    if node is None:
        report.take(structure.missing_key(root.place, "bot", "bot.yaml", "bot: {name: Piney}"))
        return Header()
    pairs = as_pairs(node, report, "the bot's name and languages", "bot: {name: Piney}")
    if pairs is None:
        return Header()
    report.take(structure.unknown_keys(pairs, BOT_KEYS, "bot"))
    rates = pairs.get("rate_answers")
    return Header(
        _name(pairs, report), _languages(pairs, report), _timezone(root, pairs, report),
        bool(as_yes_no(rates, report)) if rates is not None else False,
    )  # fmt: skip


def _name(pairs: Pairs, report: Report) -> str:
    node = pairs.get("name")
    if node is None:
        report.take(structure.missing_key(pairs.place, "name", "bot", "name: Piney"))
        return ""
    scalar = as_scalar(node, report, "name", "name: Piney")
    return sentence_of(scalar.text) if scalar else ""


def _languages(pairs: Pairs, report: Report) -> tuple[str, ...]:
    node = pairs.get("languages")
    if node is None:
        return ("en",)
    languages: list[str] = []
    for scalar in as_scalars(node, report, "language", "[en, fr]"):
        is_one_too_many = scalar.text in languages or len(languages) >= limits.LANGUAGES_MAX
        if not LANGUAGE.fullmatch(scalar.text) or is_one_too_many:
            what = f"a language's short name, each once, up to {limits.LANGUAGES_MAX}"
            report.take(values.wrong_value(scalar.place, scalar.text, what, "[en, fr]"))
        else:
            languages.append(scalar.text)
    return tuple(languages) or ("en",)


def _timezone(root: Pairs, pairs: Pairs, report: Report) -> ZoneInfo:
    node = pairs.get("timezone")
    if node is None:
        if root.get("hours") is not None:
            example = "timezone: Europe/Paris, so that hours mean your clock"
            report.take(structure.missing_key(pairs.place, "timezone", "bot", example))
        return _UTC
    scalar = as_scalar(node, report, "time zone", "Europe/Paris")
    if scalar is None:
        return _UTC
    try:
        return ZoneInfo(scalar.text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        report.take(values.wrong_value(scalar.place, scalar.text, "a time zone", "Europe/Paris"))
        return _UTC


def read_disclosure(root: Pairs, known: Known) -> Text | None:
    """The sentence that says that the bot is automated. Customer-free: it may only name the bot."""
    bot = root.get("bot")
    node = bot.get("disclosure") if isinstance(bot, Pairs) else None
    return read_text(node, known, limits.TEXT, BUILT_IN_NAMES) if node is not None else None


def read_teams(node: Node | None, report: Report) -> Mapping[str, tuple[str, ...]]:
    """Who answers a handoff: team to sign-in names."""
    pairs = as_pairs(node, report, "teams with their people", "teams: {care: [anna, luc]}") if node else None
    teams: dict[str, tuple[str, ...]] = {}
    for key, value in pairs.entries if pairs else ():
        report.take(structure.bad_name(key, "team", ("closed",)))
        people = as_scalars(value, report, "person", "[anna, luc]")
        teams[key.text] = tuple(person.text for person in people)
    return teams


def read_moved(node: Node | None, known: Known) -> Mapping[str, str]:
    """Old state name to the state that took its place."""
    example = "moved: {ask_size: outfits}"
    pairs = as_pairs(node, known.report, "old names with new ones", example) if node else None
    moved: dict[str, str] = {}
    for key, value in pairs.entries if pairs else ():
        known.report.take(structure.moved_state_is_there(key, known.states))
        target = as_scalar(value, known.report, "state", "outfits")
        if target and not known.report.take(structure.unknown_target(target, known.states, ())):
            moved[key.text] = target.text
    return moved
