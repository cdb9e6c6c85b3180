"""The schema for editors knows every key, calls no good bot wrong, and finds what it can."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.cli import main
from app.flowfile.check import BOT_FILE_KEYS, INCLUDED_FILE_KEYS, check_with_names
from app.flowfile.parts import anywhere, cards, entrances, faq, header, hours, products, rich, shop, slots, states, ways
from app.flowfile.problems import Report
from app.flowfile.rehearsal import read, script
from app.flowfile.schema.make import make_schema
from app.flowfile.schema.names import names_of
from app.flowfile.schema.words import WORDS
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar
from app.flowfile.source.yamlfile import read_yaml
from tests.flowfile.bots import TOP, write
from tests.flowfile.test_readme_examples import CODES, ROOT, SECTIONS, blocks

SHIPPED = sorted({path.parent for top in ("flows", "tests", "benchmarks") for path in (ROOT / top).rglob("bot.yaml")})

KEYS = {
    "bot.yaml": (*BOT_FILE_KEYS, *INCLUDED_FILE_KEYS),
    "bot": header.BOT_KEYS,
    "hours": (*hours.DAYS, "mon-fri", "closed"),
    "a slot": slots.SLOT_KEYS,
    "messenger": entrances.MESSENGER_KEYS,
    "comments": ("hear", "goto"),
    "persona": ("name", "picture"),
    "anywhere": (*anywhere.WAYS_IN, "goto"),
    "a state": states.STATE_KEYS,
    "say": states.SAY_KEYS,
    "a card": cards.CARD_KEYS,
    **{f"a {kind}": keys for kind, keys in cards.FORM_KEYS.items()},
    "a grid of pictures": rich.GRID_KEYS,
    "a utility message": rich.UTILITY_KEYS,
    "a line of the receipt": cards.RECEIPT_ITEM_KEYS,
    "products": shop.SHOP_KEYS,
    "a product": (*products.PRODUCT_KEYS, *products.NUMBER_FIELDS),
    "a question": states.QUESTION_KEYS,
    "a reminder": states.REMINDER_KEYS,
    "a rule of goto": ways.RULE_KEYS,
    "a choice": ways.CHOICE_KEYS,
    "an answer to a question": ("title", "if", "image"),
    "an entry of the FAQ": faq.ENTRY_KEYS,
    "a test": read.TEST_KEYS,
    "given": (*read.GIVEN_KEYS, *read.NAMES),
    "an answer": ("status", "body"),
    "a step of a test": script.STEPS,
}
"""Every table of keys that the checker has, by the words with which a problem names the place."""

NO_TABLE = {
    "a translation": "its keys are languages",
}


def schema_of(folder: Path) -> dict[str, Any]:
    known = check_with_names(folder)[1]
    assert known is not None
    return make_schema(names_of(known))


def errors(folder: Path) -> list[str]:
    """What the schema says of each file of a folder: the place inside the file, and what is wrong."""
    checked, known = check_with_names(folder)
    assert known is not None
    schema = make_schema(names_of(known))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    found = []
    for path in (each for each in checked.files if each.suffix == ".yaml"):
        root = read_yaml(path.name, path.read_bytes(), Report())
        assert root is not None
        for error in validator.iter_errors(as_editors_read(root)):
            found.append("/".join(map(str, error.absolute_path)))
    return found


def as_editors_read(node: Node) -> Any:
    """A file as YAML 1.2 reads it: what has no quotes may be a number, true or nothing."""
    match node:
        case Pairs(entries):
            return {key.text: as_editors_read(value) for key, value in entries}
        case Items(items):
            return [as_editors_read(each) for each in items]
        case Scalar(text, plain=True):
            if re.fullmatch(r"[-+]?[0-9]+", text):
                return int(text)
            if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
                return float(text)
            return {"true": True, "false": False, "null": None, "~": None, "": None}.get(text.lower(), text)
        case _:
            return node.text


# ---- every key ---------------------------------------------------------------------------------------------


def tables(schema: Any) -> Iterator[dict[str, Any]]:
    """Every group of keys in a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema["properties"]
        for value in schema.values():
            yield from tables(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from tables(value)


@pytest.mark.parametrize("where", KEYS)
def test_every_key_that_the_checker_takes_is_in_the_schema_with_its_meaning(where: str) -> None:
    described = WORDS[where]
    groups = [group for group in tables(schema_of(ROOT / "flows")) if set(KEYS[where]) <= set(group)]
    assert groups, f"app/flowfile/schema/ lacks a key of {where}"
    for key in KEYS[where]:
        meanings = {group[key].get("description") for group in groups}
        wanted = described["mon"] if where == "hours" and key not in described else described.get(key)
        assert wanted, f"app/flowfile/schema/words.py needs the meaning of {key} in {where}"
        assert wanted in meanings


def test_every_place_that_refuses_unknown_keys_has_its_table() -> None:
    """A new group of keys in the language is a new line in KEYS and in words.py."""
    places = set()
    for path in (ROOT / "app/flowfile").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "unknown_keys":
                places |= {each.value for each in call.args[2:] if isinstance(each, ast.Constant)}
    assert places - set(NO_TABLE) <= set(KEYS)
    assert len(places) > 12


def test_no_meaning_is_left_of_a_key_that_is_gone() -> None:
    schema = schema_of(ROOT / "flows")
    told = {each.get("description") for group in tables(schema) for each in group.values()}
    meanings = {
        meaning for where, keys in WORDS.items() for key, meaning in keys.items() if (where, key) != ("hours", "team")
    }
    assert meanings <= told


# ---- no good bot is called wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_shipped_bot_fits_its_schema(folder: Path) -> None:
    assert errors(folder) == []


@pytest.mark.parametrize("code", CODES)
def test_every_right_example_fits_its_schema(code: str, tmp_path: Path) -> None:
    assert errors(write(tmp_path, blocks(SECTIONS[code])[1])) == []


def test_texts_that_look_like_numbers_or_yes_are_texts(tmp_path: Path) -> None:
    bot = f"""{TOP}slots:
  size: [36, 38.5, true]
  gift: yes_no
  day: {{type: date, min: 2026-01-01, private: true}}
  weight: {{type: number, min: 0.5, max: 2, keep: 1 week, private: no}}
hours: {{mon-fri: 10:00-12:00, "sat, sun": closed, closed: 2026-12-25}}
states:
  welcome:
    set: {{size: 36, gift: yes, day: 2026-12-01, weight: 0.5}}
    say: [1, true, "no", 10:30]
    choices: {{1: end, "<size> of them, more than twenty": back, true: welcome}}
"""
    assert errors(write(tmp_path, bot)) == []


def test_a_bot_without_any_names_has_a_schema_too(tmp_path: Path) -> None:
    assert errors(write(tmp_path, "flow: 1\nbot: {name: Piney}\nmessenger: {start: welcome}\n")) == []


def test_rich_messages_and_products_fit(tmp_path: Path) -> None:
    bot = f"""{TOP}slots: {{budget: number}}
products:
  - {{id: suit, name: Linen suit, price: 95.5, colour: blue, occasions: [Work, Party], url: https://shop.example/1}}
anywhere: [{{products: all}}]
states:
  welcome:
    say:
      - {{image: "https://shop.example/<said>.jpg"}}
      - {{card: {{title: Gift card, subtitle: From 20 euros, buttons: {{Tell me more: welcome}}}}}}
      - cards:
          - {{title: One, url: https://shop.example/1}}
          - {{title: Two, image: https://shop.example/2.jpg, buttons: [{{title: Two, to: welcome}}]}}
      - {{coupon: {{title: 10% off, code: 10}}}}
      - {{receipt: {{order: 7, name: Ana, currency: EUR, payment: Card, total: 5, items: [{{title: Shirt, price: 5}}]}}}}
      - {{feedback: {{title: Rate us, button: Rate, question: Good?, privacy: https://shop.example/privacy}}}}
    suggest: products
    where: product.price <= budget
    prefer: [product.price, product.colour is blue]
    match: <said>
    show: 2
    buttons: {{Open: <product.url>, Another: more}}
    none: welcome
"""
    assert errors(write(tmp_path, bot)) == []


# ---- what it finds -----------------------------------------------------------------------------------------

WHOLE = """\
flow: 1
bot: {{name: Piney}}
messenger: {{start: {start}}}
teams: {{care: [anna]}}
slots: {{size: [S, M], email: email}}
anywhere: [{{gives: {gives}, goto: welcome}}]
states:
  welcome:
    {state}
"""
GOOD = {"start": "welcome", "gives": "email", "state": "say: Hello!"}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"start": "welcom"}, "messenger/start"),
        ({"gives": "emial"}, "anywhere/0/gives"),
        ({"state": "sya: Hello!"}, "states/welcome"),
        ({"state": "goto: [{to: nowhere}]"}, "states/welcome/goto"),
        ({"state": "choices: {Next: nowhere}"}, "states/welcome/choices"),
        ({"state": "choices: {A title that is longer than Messenger takes: end}"}, "states/welcome/choices"),
        ({"state": "buttons: {A: end, B: end, C: end, D: end}"}, "states/welcome/buttons"),
        ({"state": "handoff: cares"}, "states/welcome/handoff"),
        ({"state": "forget: [sise]"}, "states/welcome/forget"),
        ({"state": "set: {sise: S}"}, "states/welcome/set"),
        ({"state": "ask: {save: sise, say: Size?}"}, "states/welcome/ask"),
        ({"state": "call: FETCH https://shop.example/"}, "states/welcome/call"),
        ({"state": "remind: [{say: Hello?}]"}, "states/welcome/remind"),
        ({"state": "say: {cadr: {title: Hi}}"}, "states/welcome/say"),
        ({"state": "say: {coupon: {title: Hi, cod: A}}"}, "states/welcome/say"),
        ({"state": "suggest: products\n    show: 11"}, "states/welcome/show"),
    ],
)
def test_a_wrong_name_or_too_much_is_found_at_its_place(wrong: dict[str, str], place: str, tmp_path: Path) -> None:
    assert errors(write(tmp_path, WHOLE.format(**GOOD))) == []
    assert errors(write(tmp_path, WHOLE.format(**{**GOOD, **wrong}))) == [place]


def test_an_included_file_holds_only_what_may_stand_in_one(tmp_path: Path) -> None:
    more = "slots: {a: text}\nstates: {}\n"
    assert errors(write(tmp_path, f"{TOP}include: [more.yaml]\nstates: {{}}\n", more=more)) == [""]


# ---- the command -------------------------------------------------------------------------------------------


def test_the_command_prints_the_schema_and_beside_it_where_the_line_goes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", str(ROOT / "flows")]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["title"] == "The bot Piney"
    assert "# yaml-language-server: $schema=bot.schema.json    in bot.yaml, faq.yaml, tests.yaml" in said.err
    assert "# yaml-language-server: $schema=../bot.schema.json    in lang/fr.yaml" in said.err


def test_written_it_lies_beside_bot_yaml_and_changes_no_revision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, f"{TOP}states:\n  welcome: {{say: Hello!}}\n")
    before = check_with_names(folder)[0].revision
    assert main(["schema", str(folder), "--write"]) == 0
    assert capsys.readouterr().out.startswith(f"{folder.as_posix()}/bot.schema.json written.\n")
    assert json.loads((folder / "bot.schema.json").read_text("utf-8")) == schema_of(folder)
    assert check_with_names(folder)[0].revision == before


def test_a_bot_with_problems_has_a_schema_and_one_that_cannot_be_read_has_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, f"{TOP}states:\n  welcome: {{say: Hello!, goto: nowhere}}\n  other: [broken]\n")
    assert main(["schema", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["definitions"]["state_name"]["enum"] == ["welcome", "other"]
    assert main(["schema", str(write(folder, "flow: 1\n\tx: y\n"))]) == 1
    assert "F107" in capsys.readouterr().out
