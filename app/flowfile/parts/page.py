"""`comments`, `persona` and `domains` under `messenger`: how the Page meets people beside the conversation."""

from __future__ import annotations

import re

from app.engine.flow import Comments, Persona
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_pairs, as_scalar, as_scalars
from app.flowfile.parts.texts import phrases_of
from app.flowfile.parts.ways import read_address, read_target
from app.flowfile.rules import limits as limit_rules
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Node, Pairs, Scalar

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_COMMENTS_EXAMPLE = "comments: {hear: [price, how much], goto: welcome}"
_PERSONA_EXAMPLE = "persona: {name: Piney the bot, picture: https://shop.example/piney.png}"


def read_comments(node: Node | None, known: Known) -> Comments | None:
    """Which comments get a private reply, and where it comes from."""
    pairs = _pairs_with(node, ("hear", "goto"), "comments", _COMMENTS_EXAMPLE, known)
    hear, goto = (pairs.get("hear"), pairs.get("goto")) if pairs else (None, None)
    target = read_target(goto, known, ()) if goto else ""
    if hear is None:
        return None
    scalars = as_scalars(hear, known.report, "phrase", "[price, how much]")
    phrases = (phrase for scalar in scalars for phrase in phrases_of(scalar, known))
    return Comments(tuple(dict.fromkeys(phrases)), target) if target else None


def read_persona(node: Node | None, known: Known) -> Persona | None:
    """The bot's own name and picture."""
    pairs = _pairs_with(node, ("name", "picture"), "persona", _PERSONA_EXAMPLE, known)
    name, picture = (pairs.get("name"), pairs.get("picture")) if pairs else (None, None)
    address = read_address(picture, known) if picture else ""
    written = as_scalar(name, known.report, "name", "name: Piney the bot") if name else None
    if written is None:
        return None
    too_long = limit_rules.text_too_long(written, len(written.text), limits.PERSONA_NAME, known.languages[0])
    known.report.take(too_long)
    return Persona(written.text, address) if address else None


def read_domains(node: Node | None, known: Known) -> tuple[str, ...]:
    """Hosts by their names; `https://` before them may stand and goes."""
    scalars = as_scalars(node, known.report, "domain", "domains: [shop.example]") if node else ()
    known.report.take(limit_rules.too_many_domains(scalars))
    return tuple(host for each in scalars if (host := _host_of(each, known)))


def _host_of(scalar: Scalar, known: Known) -> str:
    host = scalar.text.strip().lower().removeprefix("https://").rstrip("/")
    if _HOST.fullmatch(host):
        return host
    known.report.take(
        values.wrong_value(scalar.place, scalar.text, "the name of a web site", "domains: [shop.example]")
    )
    return ""


def _pairs_with(node: Node | None, keys: tuple[str, ...], where: str, example: str, known: Known) -> Pairs | None:
    """Keys with values, of which each of `keys` must be there and no other may."""
    pairs = as_pairs(node, known.report, "keys with values", example) if node else None
    if pairs is not None:
        known.report.take(structure.unknown_keys(pairs, keys, where))
        for key in keys:
            known.report.take(() if pairs.get(key) else structure.missing_key(pairs.place, key, where, example))
    return pairs
