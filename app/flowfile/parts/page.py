"""`comments`, `persona`, `domains` and `commands` under `messenger`: how the Page meets people beside the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.engine.flow import Anywhere, Command
from app.engine.fold import fold_own
from app.engine.page import Comments, Persona
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_pairs, as_scalar, as_scalars
from app.flowfile.parts.texts import phrases_of, read_text, text_of
from app.flowfile.parts.ways import read_address, read_target
from app.flowfile.rules import commands as command_rules
from app.flowfile.rules import limits as limit_rules
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Node, Pairs, Scalar

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_COMMENTS_EXAMPLE = "comments: {hear: [price, how much], goto: welcome}"
_COMMANDS_EXAMPLE = "commands: {track: Where is my order?}"
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


def read_commands(node: Node | None, known: Known) -> tuple[Command, ...]:
    """Words that Messenger offers while a customer types, each with what it is for."""
    pairs = as_pairs(node, known.report, "commands with what they are for", _COMMANDS_EXAMPLE) if node else None
    commands = []
    for key, value in pairs.entries if pairs else ():
        known.report.take(command_rules.command_with_blanks(key))
        name, description = (
            text_of(key, known, limits.COMMAND_NAME, ()),
            read_text(value, known, limits.COMMAND_TEXT, ()),
        )
        commands += [Command(name, description)] if description else []
    return tuple(commands)


def look_at_commands(root: Pairs, anywhere: Sequence[Anywhere], known: Known) -> None:
    """Whether each command is heard, when it is known what the bot hears."""
    messenger = root.get("messenger")
    commands = messenger.get("commands") if isinstance(messenger, Pairs) else None
    heard = {fold_own(phrase) for entry in anywhere for phrase in entry.hear}
    for key, _ in commands.entries if isinstance(commands, Pairs) else ():
        known.report.take(() if fold_own(key.text) in heard else command_rules.command_unheard(key))


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
