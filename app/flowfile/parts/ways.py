"""Ways on: targets, choices, buttons, goto rules. A target that leads nowhere is a problem here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.engine.flow import BACK, DISLIKE, END, LIKE, MORE, Choice, Rule, Text
from app.flowfile import limits
from app.flowfile.parts.conditions import read_condition
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_pairs, as_scalar
from app.flowfile.parts.texts import read_text, text_of
from app.flowfile.rules import limits as limit_rules
from app.flowfile.rules import products, structure, values
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

CHOICE_KEYS = ("title", "to", "if", "image")
RULE_KEYS = ("if", "to")
ENDINGS = (END, BACK)
"""Targets that are no states and may end any way."""

Seen = dict[str, tuple[str, Text | None, str]]
"""Where each title of one state leads: a tap carries the state and the title, so one title may lead to one place only."""

ANSWERS: tuple[str, Text | None, str] = ("", None, "")
"""Where the answers to a question lead: nowhere by themselves."""

_ADDRESS_START = ("https://", "http://", "<")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]{5,24}")
_PRODUCT_FIELD = re.compile(r"<product\.(url|image)>")
_CHOICES_EXAMPLE = "choices: {Outfit ideas: outfits, Goodbye: end}"


def read_target(node: Node, known: Known, others: tuple[str, ...] = ENDINGS) -> str:
    """The state, or one of the `others`, that this way leads to; empty if it leads nowhere, and then the report says so."""
    scalar = as_scalar(node, known.report, "state", "welcome")
    if scalar is None:
        return ""
    if scalar.text == MORE:
        return MORE if known.suggests or not known.report.take(products.more_outside_suggest(scalar)) else ""
    wrong = known.report.take(structure.unknown_target(scalar, known.states, others))
    return "" if wrong else scalar.text


def read_rules(node: Node, known: Known) -> tuple[Rule, ...]:
    """`goto`: a target, or a list of `{if, to}` whose last has no `if`."""
    if isinstance(node, Scalar):
        target = read_target(node, known)
        return (Rule(target),) if target else ()
    if not isinstance(node, Items) or not node.items:
        known.report.take(structure.wrong_shape(node, "a state or a list of rules", "goto: welcome"))
        return ()
    rules = [rule for item in node.items if (rule := _read_rule(item, known))]
    if len(rules) == len(node.items):
        known.rule_lists.append([(item.place, rule.condition) for item, rule in zip(node.items, rules, strict=True)])
    for item in _behind_the_open_end(node.items):
        known.report.take(structure.rule_never_reached(item))
    if _has_condition(node.items[-1]):
        known.report.take(structure.last_rule_has_condition(node.items[-1]))
    return tuple(rules)


def _has_condition(node: Node) -> bool:
    return isinstance(node, Pairs) and node.get("if") is not None


def _behind_the_open_end(items: Sequence[Node]) -> Sequence[Node]:
    """The rules after the first without a condition."""
    for index, item in enumerate(items):
        if not _has_condition(item):
            return items[index + 1 : index + 2]
    return ()


def _read_rule(node: Node, known: Known) -> Rule | None:
    pairs = as_pairs(node, known.report, "a rule", "- {if: budget >= 100, to: stylist}")
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, RULE_KEYS, "a rule of goto"))
    to, condition = pairs.get("to"), pairs.get("if")
    if to is None:
        known.report.take(structure.missing_key(pairs.place, "to", "this rule", "- {if: budget >= 100, to: stylist}"))
        return None
    return Rule(read_target(to, known), read_condition(condition, known) if condition else None)


def read_choices(node: Node, known: Known, seen: Seen) -> tuple[Choice, ...]:
    """`choices` of a state or reminder: each leads to a state, `end` or `back`."""
    entries = _entries(node, known)
    known.report.take(limit_rules.too_many_choices([title for title, _, _ in entries]))
    choices = [_read_choice(entry, known, limits.CHOICE_TITLE) for entry in entries]
    return _told_apart(entries, choices, known, seen)


def read_buttons(node: Node, known: Known, seen: Seen) -> tuple[Choice, ...]:
    """`buttons`: as choices, and a web address or a phone number may stand as the target."""
    entries = _entries(node, known)
    known.report.take(limit_rules.too_many_buttons([title for title, _, _ in entries]))
    buttons = [_read_choice(entry, known, limits.BUTTON_TITLE) for entry in entries]
    return _told_apart(entries, buttons, known, seen)


def read_shortcuts(node: Node, known: Known, seen: Seen) -> tuple[Choice, ...]:
    """`choices` of a question: titles that are read like typed answers; they lead nowhere themselves."""
    if not isinstance(node, Items):
        example = "choices: [30, 60, 120]"
        known.report.take(structure.wrong_shape(node, "a list of answers", example))
        return ()
    entries = [entry for item in node.items if (entry := _shortcut(item, known))]
    known.report.take(limit_rules.too_many_choices([title for title, _, _ in entries]))
    choices = [_read_choice(entry, known, limits.CHOICE_TITLE) for entry in entries]
    return _told_apart(entries, choices, known, seen)


Entry = tuple[Scalar, Node | None, Pairs | None]
"""A title, where it leads (None: nowhere), and the long form it came from, if any."""


def _entries(node: Node, known: Known) -> list[Entry]:
    """Both forms of a list of choices as one."""
    if isinstance(node, Pairs):
        return [(key, value, None) for key, value in node.entries]
    if not isinstance(node, Items):
        known.report.take(structure.wrong_shape(node, "choices with their targets", _CHOICES_EXAMPLE))
        return []
    found = (_long_entry(item, known) for item in node.items)
    return [entry for entry in found if entry]


def _long_entry(node: Node, known: Known) -> Entry | None:
    pairs = as_pairs(node, known.report, "a choice", "- {title: Outfit ideas, to: outfits}")
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, CHOICE_KEYS, "a choice"))
    title, to = pairs.get("title"), pairs.get("to")
    for name, value in (("title", title), ("to", to)):
        if value is None:
            example = "- {title: Outfit ideas, to: outfits}"
            known.report.take(structure.missing_key(pairs.place, name, "this choice", example))
    scalar = as_scalar(title, known.report, "title", "title: Outfit ideas") if title else None
    return (scalar, to, pairs) if scalar and to else None


def _shortcut(node: Node, known: Known) -> Entry | None:
    if isinstance(node, Pairs):
        known.report.take(structure.unknown_keys(node, ("title", "if", "image"), "an answer to a question"))
        title = node.get("title")
        if title is None:
            known.report.take(structure.missing_key(node.place, "title", "this answer", "- {title: A lot}"))
            return None
        scalar = as_scalar(title, known.report, "title", "title: A lot")
        return (scalar, None, node) if scalar else None
    scalar = as_scalar(node, known.report, "title", "[30, 60, 120]")
    return (scalar, None, None) if scalar else None


def _read_choice(entry: Entry, known: Known, limit: limits.Limit) -> Choice:
    title, to, long_form = entry
    condition = long_form.get("if") if long_form else None
    image = long_form.get("image") if long_form else None
    target, url, phone = _leads_to(to, known, limit) if to else ("", None, "")
    return Choice(
        key=title.text.strip(),
        title=text_of(title, known, limit),
        to=target,
        url=url,
        phone=phone,
        condition=read_condition(condition, known) if condition else None,
        image=read_address(image, known) if image else "",
    )


def _leads_to(node: Node, known: Known, limit: limits.Limit) -> tuple[str, Text | None, str]:
    """Target, address or phone number: one of the three is set. Only buttons may have the last two."""
    if limit is limits.BUTTON_TITLE and isinstance(node, Scalar):
        if node.text.startswith(_ADDRESS_START):
            return "", read_url(node, known), ""
        if _PHONE.fullmatch(node.text):
            return "", None, "+" + re.sub(r"[^0-9]", "", node.text)
        if known.suggests and node.text in (LIKE, DISLIKE) and node.text not in known.states:
            return node.text, None, ""
    return read_target(node, known), None, ""


def read_url(node: Node, known: Known) -> Text | None:
    """A web address, in which slots may stand; a product's own address may be the whole."""
    scalar = as_scalar(node, known.report, "web address", "https://shop.example/sale")
    if scalar is None:
        return None
    is_product_own = known.beside_product and _PRODUCT_FIELD.fullmatch(scalar.text.strip())
    if not is_product_own and _is_no_address(scalar, known):
        return None
    return read_text(scalar, known, limits.TEXT)


def read_address(node: Node, known: Known) -> str:
    """A web address as it stands."""
    scalar = as_scalar(node, known.report, "web address", "https://shop.example/picture.png")
    return "" if scalar is None or _is_no_address(scalar, known) else scalar.text


def _is_no_address(scalar: Scalar, known: Known) -> bool:
    """Whether it is no web address that could be opened; then the report says why."""
    report = known.report
    return report.take(values.not_https(scalar)) or report.take(limit_rules.address_too_long(scalar))


def _told_apart(entries: Sequence[Entry], choices: Sequence[Choice], known: Known, seen: Seen) -> tuple[Choice, ...]:
    """The choices, after a look whether customers and taps can tell them apart."""
    for (title, _, _), choice in zip(entries, choices, strict=True):
        leads_to = (choice.to, choice.url, choice.phone)
        if seen.setdefault(choice.key, leads_to) != leads_to:
            known.report.take(structure.same_title_elsewhere(title))
    for language in known.languages:
        shown_before: set[str] = set()
        for title, shown in _titles_in(entries, choices, language):
            if shown in shown_before:
                known.report.take(structure.same_title_twice(title, language))
            shown_before.add(shown)
    return tuple(choices)


def _titles_in(entries: Sequence[Entry], choices: Sequence[Choice], language: str) -> Iterable[tuple[Scalar, str]]:
    """Each unconditional title as customers of that language see it; two with conditions may well share one."""
    for (title, _, _), choice in zip(entries, choices, strict=True):
        template = choice.title.by_language.get(language)
        if template is not None and choice.condition is None:
            yield title, "".join(part if isinstance(part, str) else f"<{part.name}>" for part in template).casefold()
