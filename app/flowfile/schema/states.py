"""The shapes of what a state says and does, and of the ways on."""

from __future__ import annotations

from app.engine.flow import BACK, DISLIKE, END, LIKE, MORE, Slot
from app.flowfile import limits
from app.flowfile.parts import cards, rich, states, suggestions, ways
from app.flowfile.rules.calls import METHODS
from app.flowfile.rules.rich import STICKERS
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

CHOICE_TITLE, BUTTON_TITLE = text_up_to(limits.CHOICE_TITLE_CHARS_MAX), text_up_to(limits.BUTTON_TITLE_CHARS_MAX)
LEADS_OUTSIDE: Schema = {
    "type": ["string", "number"],
    "pattern": r"^(?:https?://|<|\+?[0-9])",
    "patternErrorMessage": "A button leads to a state, a web address with https://, or a phone number with +.",
}


def ways_on(names: Names) -> dict[str, Schema]:
    """Targets, conditions, choices and buttons: what `ref` names."""
    target = ref("target")
    return {
        "target": one_of((*names.states, END, BACK, MORE)),
        "state_name": one_of(names.states),
        "shared_target": one_of((*names.states, END, BACK)),
        "condition": {**TEXT, "maxLength": limits.CONDITION_CHARS_MAX},
        "text": text_up_to(limits.TEXT_CHARS_MAX),
        "choices": any_shape(
            titled(CHOICE_TITLE, target, limits.CHOICES_MAX),
            list_of(_long_form(CHOICE_TITLE, target), limits.CHOICES_MAX),
        ),
        "buttons": any_shape(
            titled(BUTTON_TITLE, _button_target(), limits.BUTTONS_MAX),
            list_of(_long_form(BUTTON_TITLE, _button_target()), limits.BUTTONS_MAX),
        ),
        "rules": any_shape(target, list_of(keys_of("a rule of goto", ways.RULE_KEYS, _rule(), ["to"]))),
        "topic": one_of(("all", *names.topics)),
        "slot_name": one_of(names.slots),
        "team_name": one_of(names.teams),
    }


def _button_target() -> Schema:
    return any_shape(ref("target"), {"enum": [LIKE, DISLIKE]}, LEADS_OUTSIDE)


def _rule() -> dict[str, Schema]:
    return {"if": ref("condition"), "to": ref("target")}


def _long_form(title: Schema, target: Schema) -> Schema:
    shapes = {"title": title, "to": target, "if": ref("condition"), "image": HTTPS}
    return keys_of("a choice", ways.CHOICE_KEYS, shapes, ["title", "to"])


def said() -> Schema:
    """`say`: a text, something to look at, or a list of both."""
    forms = {kind: _form(kind) for kind in cards.FORM_KEYS}
    shapes = {**dict.fromkeys(states.MEDIA_KEYS, HTTPS), "card": _card(), "cards": list_of(_card(), limits.CARDS_MAX)}
    return listed(any_shape(ref("text"), keys_of("say", states.SAY_KEYS, {**shapes, **forms, **_rich()})))


def _card() -> Schema:
    shapes = {
        "title": text_up_to(limits.CARD_CHARS_MAX),
        "subtitle": text_up_to(limits.CARD_CHARS_MAX),
        "image": HTTPS,
        "url": HTTPS,
        "buttons": ref("buttons"),
    }
    return keys_of("a card", cards.CARD_KEYS, shapes, ["title"])


def _rich() -> dict[str, Schema]:
    """Stickers, pictures together, products of Meta's catalogue, utility messages."""
    number: Schema = {"type": ["string", "integer"], "pattern": "^[0-9]{1,19}$"}
    grid = {
        "title": text_up_to(limits.GRID_TITLE_CHARS_MAX),
        "subtitle": text_up_to(limits.CARD_CHARS_MAX),
        "images": list_of(HTTPS, limits.GRID_PICTURES_MAX),
    }
    values = any_shape({"type": "object", "additionalProperties": TEXT}, listed(TEXT))
    utility = {"template": TEXT, "language": TEXT, "values": values}
    return {
        "sticker": any_shape(one_of(STICKERS), number),
        "images": list_of(HTTPS, limits.PICTURES_MAX),
        "grid": keys_of("a grid of pictures", rich.GRID_KEYS, grid, ["images"]),
        "product": listed(number),
        "utility": keys_of("a utility message", rich.UTILITY_KEYS, utility, ["template", "language"]),
    }


def _form(kind: str) -> Schema:
    """A coupon, receipt or request for feedback."""
    shapes: dict[str, Schema] = {
        key: HTTPS if key in cards.ADDRESSES else text_up_to(cards.limit_of(kind, key).chars_max)
        for key in cards.FORM_KEYS[kind]
    }
    if "items" in shapes:
        line = {key: HTTPS if key in cards.ADDRESSES else TEXT for key in cards.RECEIPT_ITEM_KEYS}
        shapes["items"] = list_of(keys_of("a line of the receipt", cards.RECEIPT_ITEM_KEYS, line, ["title"]))
    return keys_of(f"a {kind}", cards.FORM_KEYS[kind], shapes, cards.REQUIRED[kind])


def state(names: Names) -> Schema:
    """One state."""
    target = ref("target")
    call = {
        "type": "string",
        "pattern": rf"^(?:{'|'.join(METHODS)}) +https://",
        "patternErrorMessage": "Write for example GET https://api.shop.example/orders/<order_number>.",
    }
    shapes: dict[str, Schema] = {
        "set": _slots_with_values(names),
        "forget": listed(ref("slot_name")),
        "say": ref("said"),
        "ask": listed(_question()),
        "faq": ref("topic"),
        "browse": YES_NO,
        "none": target,
        **_suggest(),
        "call": call,
        "headers": {"type": "object", "additionalProperties": TEXT},
        "body": ANYTHING,
        "save": _of_slots(names, TEXT),
        "handoff": ref("team_name"),
        "note": TEXT,
        "closed": ref("state_name"),
        "choices": ref("choices"),
        "buttons": ref("buttons"),
        "remind": listed(_reminder()),
        "goto": ref("rules"),
    }
    return keys_of("a state", states.STATE_KEYS, shapes)


def _suggest() -> dict[str, Schema]:
    return {
        "suggest": one_of([suggestions.EVERYTHING]),
        "where": ref("condition"),
        "prefer": listed(ref("condition")),
        "match": TEXT,
        "show": {"type": "integer", "minimum": 1, "maximum": limits.CARDS_MAX},
    }


def _question() -> Schema:
    answer = keys_of(
        "an answer to a question",
        (),
        {"title": CHOICE_TITLE, "if": ref("condition"), "image": HTTPS},
        ["title"],
    )
    shapes = {
        "save": ref("slot_name"),
        "say": ref("text"),
        "choices": list_of(any_shape(CHOICE_TITLE, answer), limits.CHOICES_MAX),
    }
    return keys_of("a question", states.QUESTION_KEYS, shapes, ["save", "say"])


def _reminder() -> Schema:
    shapes = {"after": LENGTH_OF_TIME, "say": ref("said"), "choices": ref("choices"), "goto": ref("target")}
    return keys_of("a reminder", states.REMINDER_KEYS, shapes, ["after"])


# ---- slots with values -------------------------------------------------------------------------------------


def _slots_with_values(names: Names) -> Schema:
    """`set`: each slot with a value that it can have."""
    shapes = {name: _value(names.kinds.get(name)) for name in names.slots}
    language = {"language": one_of(names.languages)}
    return {"type": "object", "properties": {**language, **shapes}, "additionalProperties": not shapes}


def _value(slot: Slot | None) -> Schema:
    match slot.kind if slot else "":
        case "yes_no":
            return YES_NO
        case "choice" if slot:
            return any_shape(one_of(slot.values), TEXT)  # however the letters are written
        case _:
            return TEXT


def _of_slots(names: Names, value: Schema) -> Schema:
    """Slots with something of another kind behind them."""
    shapes = dict.fromkeys(names.slots, value)
    return {"type": "object", "properties": shapes, "additionalProperties": False} if shapes else named(value)


def of_slots(names: Names) -> dict[str, Schema]:
    """Every slot with a text behind it."""
    return dict.fromkeys(names.slots, TEXT)
