"""`messenger`: greeting, start, menu, starters, links and more: what the whole Page shares. Its texts know no customer yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.engine.flow import BACK, END, Entrances, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.page import read_commands, read_comments, read_domains, read_persona
from app.flowfile.parts.shapes import as_pairs
from app.flowfile.parts.texts import read_text, text_of
from app.flowfile.parts.ways import read_target, read_url
from app.flowfile.problems import Problem
from app.flowfile.rules import limits as limit_rules
from app.flowfile.rules import structure
from app.flowfile.source.nodes import Node, Pairs, Scalar

MESSENGER_KEYS = ("greeting", "start", "menu", "starters", "links", "comments", "persona", "domains", "commands")
GREETING_NAMES = ("first_name", "last_name")
"""What Messenger itself fills into a greeting."""
SHARED_TARGETS = (END, BACK)
"""Besides states, what a menu item may lead to."""


@dataclass(frozen=True, slots=True)
class _Titles:
    """A menu or the starters: title to target, and the titles in every language."""

    targets: Mapping[str, str]
    texts: Mapping[str, Text]


def read_entrances(root: Pairs, known: Known) -> Entrances:
    """What the Page offers to everybody. `start` must be there: it is where Get Started leads."""
    node = root.get("messenger")
    if node is None:
        known.report.take(structure.missing_key(root.place, "messenger", "bot.yaml", "messenger: {start: welcome}"))
        return Entrances()
    pairs = as_pairs(node, known.report, "keys with values", "messenger: {start: welcome}")
    if pairs is None:
        return Entrances()
    known.report.take(structure.unknown_keys(pairs, MESSENGER_KEYS, "messenger"))
    greeting = pairs.get("greeting")
    menu = _read_titles(pairs.get("menu"), known, limits.MENU_TITLE, limit_rules.too_many_menu_items)
    starters = _read_titles(pairs.get("starters"), known, limits.STARTER, limit_rules.too_many_starters)
    return Entrances(
        greeting=read_text(greeting, known, limits.GREETING, GREETING_NAMES) if greeting else None,
        start=_read_start(pairs, known),
        menu=menu.targets,
        menu_titles=menu.texts,
        starters=starters.targets,
        starter_titles=starters.texts,
        links=_read_links(pairs.get("links"), known),
        comments=read_comments(pairs.get("comments"), known),
        persona=read_persona(pairs.get("persona"), known),
        domains=read_domains(pairs.get("domains"), known),
        commands=read_commands(pairs.get("commands"), known),
    )


def _read_start(pairs: Pairs, known: Known) -> str:
    node = pairs.get("start")
    if node is None:
        known.report.take(structure.missing_key(pairs.place, "start", "messenger", "start: welcome"))
        return ""
    return read_target(node, known, ())


def _read_titles(
    node: Node | None, known: Known, limit: limits.Limit, too_many: Callable[[Sequence[Node]], Iterator[Problem]]
) -> _Titles:
    example = "{Track my order: order}"
    pairs = as_pairs(node, known.report, "titles with their targets", example) if node else None
    targets: dict[str, str] = {}
    texts: dict[str, Text] = {}
    for key, value in pairs.entries if pairs else ():
        texts[key.text.strip()] = text_of(key, known, limit, ())
        targets[key.text.strip()] = _read_shared_target(value, known, limit)
    known.report.take(too_many([key for key, _ in pairs.entries] if pairs else []))
    return _Titles(targets, texts)


def _read_shared_target(node: Node, known: Known, limit: limits.Limit) -> str:
    """A state; in the menu also a web address."""
    if limit is limits.MENU_TITLE and isinstance(node, Scalar) and node.text.startswith(("https://", "http://")):
        return node.text if read_url(node, known) else ""
    return read_target(node, known, SHARED_TARGETS)


def _read_links(node: Node | None, known: Known) -> Mapping[str, str]:
    pairs = (
        as_pairs(node, known.report, "link words with their states", "links: {winter-promo: promo}") if node else None
    )
    links: dict[str, str] = {}
    for key, value in pairs.entries if pairs else ():
        known.report.take(limit_rules.link_too_long(key))
        links[key.text] = read_target(value, known, ())
    return links
