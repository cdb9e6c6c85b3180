"""The JSON Schema of a bot's files, draft 7, which YAML editors read best. Made of the checker's own keys, names and limits."""

from __future__ import annotations

from app.flowfile import limits
from app.flowfile.check import BOT_FILE_KEYS, INCLUDED_FILE_KEYS
from app.flowfile.parts import anywhere, entrances, faq, header, hours, products, shop, slots
from app.flowfile.rehearsal import read, script
from app.flowfile.schema.names import Names
from app.flowfile.schema.shapes import (
    ANYTHING,
    HTTPS,
    LENGTH_OF_TIME,
    TEXT,
    YES_NO,
    Schema,
    any_shape,
    keys_of,
    list_of,
    listed,
    named,
    one_of,
    ref,
    text_up_to,
    titled,
)
from app.flowfile.schema.states import CHOICE_TITLE, of_slots, said, state, ways_on
from app.flowfile.schema.words import WORDS

DRAFT = "http://json-schema.org/draft-07/schema#"


def make_schema(names: Names) -> Schema:
    """What an editor is told about every file of this bot. bot.yaml is the one with `flow`."""
    shapes: dict[str, Schema] = {
        "flow": one_of(["1"]),
        "bot": _bot(),
        "include": listed({"type": "string", "pattern": r"\.ya?ml$"}, limits.INCLUDES_MAX),
        "hours": _hours(names),
        "teams": named(listed(TEXT)),
        "slots": named(_slot()),
        "messenger": _messenger(),
        "anywhere": list_of(_anywhere()),
        "states": named(ref("state")),
        "moved": {"type": "object", "additionalProperties": ref("state_name")},
        "faq": list_of(_entry()),
        "products": any_shape(list_of(_product()), {"type": "string"}, _shop()),
        "translations": list_of(_pair(names)),
        "tests": list_of(_test(names)),
    }
    included = [*INCLUDED_FILE_KEYS]
    return {
        "$schema": DRAFT,
        "title": f"The bot {names.bot}",
        **keys_of("bot.yaml", BOT_FILE_KEYS, shapes),
        "if": {"required": ["flow"]},
        "then": {"required": ["bot", "messenger"]},
        "else": {
            "propertyNames": {
                "enum": included,
                "errorMessage": f"An included file holds {', '.join(included)}; bot.yaml begins with flow: 1.",
            }
        },
        "definitions": {**ways_on(names), "said": said(), "state": state(names)},
    }


def _bot() -> Schema:
    language = {"type": "string", "pattern": header.LANGUAGE.pattern.join(("^(?:", ")$"))}
    shapes = {
        "name": TEXT,
        "languages": listed(language, limits.LANGUAGES_MAX),
        "timezone": TEXT,
        "disclosure": text_up_to(limits.TEXT_CHARS_MAX),
        "rate_answers": YES_NO,
    }
    return keys_of("bot", header.BOT_KEYS, shapes, ["name"])


# ---- hours, slots ------------------------------------------------------------------------------------------


def _hours(names: Names) -> Schema:
    span = {"type": "string", "pattern": r"^\s*(?:closed|[0-9]{1,2}:[0-9]{2} ?[-–] ?[0-9]{1,2}:[0-9]{2})\s*$"}
    days = {"description": WORDS["hours"]["mon"], **listed(span)}
    closed = {"closed": listed(TEXT)}
    team = {"type": "object", "properties": {**_days(days), **closed}, "patternProperties": {_DAYS: days}}
    own = keys_of("hours", (), {**_days(days), **closed, **dict.fromkeys(names.teams, team)})
    return {**own, "patternProperties": {_DAYS: days}}


def _days(shape: Schema) -> dict[str, Schema]:
    return dict.fromkeys((*hours.DAYS, "mon-fri"), shape)


_DAY = "|".join("".join(f"[{letter.upper()}{letter}]" for letter in day) for day in hours.DAYS)
_DAYS = rf"^\s*(?:{_DAY})(?:\s*[-,]\s*(?:{_DAY}))*\s*$"


def _slot() -> Schema:
    kind = any_shape(one_of(slots.KINDS), list_of(CHOICE_TITLE, limits.CHOICES_MAX))
    shapes: dict[str, Schema] = {
        "type": kind,
        "min": {"type": ["number", "string"]},
        "max": {"type": ["number", "string"]},
        "pattern": {**TEXT, "maxLength": limits.PATTERN_CHARS_MAX},
        "hint": ref("text"),
        "keep": LENGTH_OF_TIME,
        "private": YES_NO,
    }
    return any_shape(kind, keys_of("a slot", slots.SLOT_KEYS, shapes, ["type"]))


# ---- messenger, anywhere -----------------------------------------------------------------------------------


def _messenger() -> Schema:
    link = {"type": "string", "pattern": rf"^[A-Za-z0-9_=-]{{1,{limits.LINK_REF_CHARS_MAX}}}$"}
    persona = {"name": {**TEXT, "maxLength": limits.PERSONA_NAME_CHARS_MAX}, "picture": HTTPS}
    shared = ref("shared_target")
    menu_target = any_shape(shared, HTTPS)
    shapes: dict[str, Schema] = {
        "greeting": text_up_to(limits.GREETING_CHARS_MAX),
        "start": ref("state_name"),
        "menu": titled(text_up_to(limits.MENU_TITLE_CHARS_MAX), menu_target, limits.MENU_ITEMS_MAX),
        "starters": titled(text_up_to(limits.STARTER_CHARS_MAX), shared, limits.STARTERS_MAX),
        "links": titled(link, ref("state_name")),
        "comments": keys_of("comments", (), {"hear": listed(TEXT), "goto": ref("state_name")}, ["hear", "goto"]),
        "persona": keys_of("persona", (), persona, ["name", "picture"]),
        "domains": listed({"type": "string"}, limits.DOMAINS_MAX),
        "commands": titled(text_up_to(limits.COMMAND_NAME_CHARS_MAX), text_up_to(limits.COMMAND_TEXT_CHARS_MAX)),
    }
    return keys_of("messenger", entrances.MESSENGER_KEYS, shapes, ["start"])


def _anywhere() -> Schema:
    shapes = {
        "hear": listed(TEXT),
        "gives": ref("slot_name"),
        "faq": ref("topic"),
        "products": one_of(["all"]),
        "attachment": one_of(anywhere.ATTACHMENTS),
        "else": ref("target"),
        "goto": ref("target"),
    }
    return keys_of("anywhere", anywhere.WAYS_IN, shapes)


# ---- FAQ, products, translations ---------------------------------------------------------------------------


def _entry() -> Schema:
    name = {**TEXT, "maxLength": limits.NAME_CHARS_MAX}
    shapes = {
        "id": name,
        "topic": TEXT,
        "ask": listed(TEXT),
        "answer": ref("said"),
        "choices": ref("choices"),
        "goto": ref("target"),
    }
    return keys_of("an entry of the FAQ", faq.ENTRY_KEYS, shapes, ["id", "ask", "answer"])


def _product() -> Schema:
    """Its other fields are the owner's own: conditions name them as product.<field>."""
    shapes: dict[str, Schema] = {
        "id": {**TEXT, "maxLength": limits.NAME_CHARS_MAX},
        "name": text_up_to(limits.CARD_CHARS_MAX),
        "description": TEXT,
        "url": HTTPS,
        "image": HTTPS,
        **{key: {"type": ["number", "string"]} for key in products.NUMBER_FIELDS},
    }
    known = keys_of("a product", (*products.PRODUCT_KEYS, *products.NUMBER_FIELDS), shapes, ["id", "name"])
    return {**known, "additionalProperties": ANYTHING}


def _shop() -> Schema:
    """What holds for all products, and the feed from which they come."""
    shapes: dict[str, Schema] = {
        "feed": {"type": "string"},
        "refresh": LENGTH_OF_TIME,
        "links": named(TEXT),
        "synonyms": {"type": "array", "items": listed(TEXT), "maxItems": limits.SYNONYMS_MAX},
        "images": one_of(shop.IMAGES),
    }
    return keys_of("products", shop.SHOP_KEYS, shapes)


def _pair(names: Names) -> Schema:
    sides = {language: {**TEXT, "type": [*TEXT["type"], "null"]} for language in names.languages}
    return keys_of("a translation", (), sides, names.languages[:1])


# ---- tests -------------------------------------------------------------------------------------------------


def _test(names: Names) -> Schema:
    answer = keys_of("an answer", (), {"status": TEXT, "body": ANYTHING}, ["status"])
    given: dict[str, Schema] = {
        "now": {"type": "string", "pattern": r"^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}$"},
        "language": one_of(names.languages),
        "http": {"type": "object", "additionalProperties": answer},
        **dict.fromkeys(read.NAMES, TEXT),
        **of_slots(names),
    }
    shapes = {
        "name": TEXT,
        "given": keys_of("given", read.GIVEN_KEYS, given),
        "talk": listed(any_shape({"enum": ["photo"]}, _step(names))),
    }
    return keys_of("a test", read.TEST_KEYS, shapes, ["name", "talk"])


def _step(names: Names) -> Schema:
    saved = {"type": "object", "properties": of_slots(names), "additionalProperties": not names.slots}
    shapes: dict[str, Schema] = {
        **dict.fromkeys(("tap", "you", "bot", "meta", "staff"), TEXT),
        "photo": ANYTHING,
        "wait": LENGTH_OF_TIME,
        "deliver": one_of(["twice"]),
        "shows": listed(TEXT),
        "state": one_of((*names.states, "end")),
        "saved": saved,
        "handed_to": ref("team_name"),
    }
    return {**keys_of("a step of a test", script.STEPS, shapes), "maxProperties": 1}
