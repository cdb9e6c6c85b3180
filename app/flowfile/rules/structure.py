"""F2xx: how a bot is put together: keys, shapes, names, targets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from app.flowfile.limits import NAME_CHARS_MAX
from app.flowfile.problems import Place, Problem, any_of, did_you_mean, problem_at, quoted, with_article
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

_NAME = re.compile(r"[a-z][a-z0-9_]*")

RING_NAMES_MAX = 12
"""Names of a ring that are told: more fill a screen, and the first is where one begins to look."""

RESERVED_STATES = frozenset({"end", "back", "more"})
"""Targets that are no states."""

BUILT_IN_NAMES = ("said", "next_opening", "first_name", "last_name", "bot_name")
"""Placeholders that every bot has."""

RESERVED_SLOTS = frozenset(
    (
        *BUILT_IN_NAMES,
        "open",
        "result",
        "language",
        "product",
        "secret",
        "is",
        "not",
        "in",
        "has",
        "and",
        "or",
        "yes",
        "no",
    )
)
"""Words that mean something in a text or a condition."""


def unknown_keys(pairs: Pairs, known: Collection[str], where: str) -> Iterator[Problem]:
    """F201: a key that means nothing here. `where` is the owner's word for the place, as in "a state"."""
    for key in pairs.names():
        if key.text not in known:
            hint = did_you_mean(key.text, known) or f"Here can stand: {any_of(known, 20)}."
            yield problem_at(key.place, "F201", f"{quoted(key.text)} means nothing in {where}.", hint)


def key_without_partner(pairs: Pairs, key_name: str, partner: str) -> Iterator[Problem]:
    """F201: a key that only means something beside another, as `note` beside `handoff`."""
    key = pairs.key(key_name)
    if key and not pairs.key(partner):
        yield problem_at(
            key.place,
            "F201",
            f"{quoted(key_name)} means nothing without {partner}.",
            f"Write {partner} too, or take it out.",
        )


def missing_key(place: Place, key_name: str, where: str, example: str = "") -> Iterator[Problem]:
    """F202: something that must be there is not."""
    hint = f"Write for example {example}" if example else f"Write {key_name}: and its value."
    yield problem_at(place, "F202", f"{key_name} is missing in {where}.", hint)


def missing_value(scalar: Scalar, what: str) -> Iterator[Problem]:
    """F202: a key with nothing behind it."""
    if scalar.text.strip() == "":
        yield problem_at(scalar.place, "F202", f"Here {with_article(what)} is missing.", "Write it behind the colon.")


def nothing_in_other_words(scalar: Scalar, what: str) -> Iterator[Problem]:
    """F202: `name: null`, which means nothing elsewhere, and here the word itself."""
    if scalar.plain and scalar.text in ("~", "null", "Null", "NULL"):
        yield problem_at(
            scalar.place,
            "F202",
            f"Here {with_article(what)} is missing: {quoted(scalar.text)} would be taken as it stands.",
            "Write it behind the colon, or take the line out; if the word itself is meant, put it in double quotes.",
        )


def empty_list(items: Items) -> Iterator[Problem]:
    """F202: a list with nothing in it."""
    if not items.items:
        yield problem_at(items.place, "F202", "This list is empty.", "Write something in it, or take the key out.")


def unknown_target(target: Scalar, states: Collection[str], others: Collection[str]) -> Iterator[Problem]:
    """F203: a way that leads to no state. `others` are the targets that are no states but may stand here."""
    if target.text in states or target.text in others:
        return
    if target.text.startswith(("http://", "https://")):
        hint = "A web address can stand under buttons or in the menu; here goes the name of a state."
    else:
        names = [*states, *others]
        hint = did_you_mean(target.text, names) or f"Here can stand: {any_of(names)}."
    yield problem_at(target.place, "F203", f"There is no state {quoted(target.text)}.", hint)


def two_kinds(pairs: Pairs, kinds: Collection[str]) -> Iterator[Problem]:
    """F204: a state that wants to do two things."""
    found = [key for key in pairs.names() if key.text in kinds]
    for key in found[1:]:
        yield problem_at(
            key.place,
            "F204",
            f"A state does one thing, and this one has {found[0].text} and {key.text}.",
            f"Make a second state for {key.text} and lead there with goto.",
        )


def two_ways_in(ways_in: Sequence[Scalar]) -> Iterator[Problem]:
    """F204: an entry of anywhere that listens to two things."""
    for key in ways_in[1:]:
        yield problem_at(
            key.place,
            "F204",
            f"An entry of anywhere listens to one thing, and this one has {ways_in[0].text} and {key.text}.",
            "Make two entries of it.",
        )


def choices_and_buttons(pairs: Pairs) -> Iterator[Problem]:
    """F204: choices and buttons in one state, which no single message can carry."""
    if pairs.key("choices") and (buttons := pairs.key("buttons")):
        yield problem_at(
            buttons.place,
            "F204",
            "A state has choices or buttons, not both.",
            "Move them together under one of the two.",
        )


def unreachable_states(names: Iterable[str], places: Mapping[str, Place]) -> Iterator[Problem]:
    """F205: states that no way leads to."""
    for name in names:
        yield problem_at(
            places[name],
            "F205",
            f"No way leads to the state {quoted(name)}.",
            "Name it in a choice, button, goto, menu or under anywhere, or take it out.",
        )


def loop_without_customer(names: Iterable[str], place: Place) -> Iterator[Problem]:
    """F206: states that lead to each other for ever without waiting for the customer."""
    ring = list(names)
    told = ring if len(ring) <= RING_NAMES_MAX else [*ring[: RING_NAMES_MAX - 2], "…", ring[-1]]
    yield problem_at(
        place,
        "F206",
        f"The bot would go round for ever here: {' -> '.join(told)}.",
        "Let one of these states wait: give it choices instead of goto, or ask something that is forgotten before.",
    )


def question_without_way_out(ask: Scalar) -> Iterator[Problem]:
    """F207: a question after whose answer nothing happens."""
    yield problem_at(
        ask.place,
        "F207",
        "After the answer to this question nothing happens.",
        "Write goto: and the state that comes next.",
    )


def last_rule_has_condition(rule: Node) -> Iterator[Problem]:
    """F208: a list of goto rules that may lead nowhere."""
    yield problem_at(
        rule.place,
        "F208",
        "If none of these conditions holds, the bot does not know where to go.",
        "Add a last line without if, as in - {to: welcome}.",
    )


def rule_never_reached(rule: Node) -> Iterator[Problem]:
    """F209: a goto rule behind one without a condition."""
    yield problem_at(
        rule.place,
        "F209",
        "This line is never reached, because the line above has no if.",
        "Move the line without if to the end.",
    )


def bad_name(name: Scalar, what: str, reserved: Collection[str]) -> Iterator[Problem]:
    """F210: a name that cannot be one. `what`: a state, slot or team."""
    if name.text in reserved:
        yield problem_at(
            name.place,
            "F210",
            f"{quoted(name.text)} has a meaning of its own and cannot name a {what}.",
            "Choose another name.",
        )
    elif len(name.text) > NAME_CHARS_MAX:
        yield problem_at(
            name.place, "F210", f"The name of this {what} is longer than {NAME_CHARS_MAX} characters.", "Shorten it."
        )
    elif not _NAME.fullmatch(name.text):
        better = re.sub(r"[^a-z0-9]+", "_", name.text.lower()).strip("_0123456789")
        yield problem_at(
            name.place,
            "F210",
            f"{quoted(name.text)} cannot name a {what}: small letters, digits and _ only, a letter first.",
            f"Write {better}." if better else "Choose a name of small letters.",
        )


def unknown_team(team: Scalar, teams: Collection[str]) -> Iterator[Problem]:
    """F211: a handoff to a team that is not under teams."""
    if team.text not in teams:
        hint = did_you_mean(team.text, teams) or (
            f"Teams are: {any_of(teams)}." if teams else "Add it at the top, as in teams: {care: [anna]}."
        )
        yield problem_at(team.place, "F211", f"There is no team {quoted(team.text)}.", hint)


def wrong_shape(node: Node, wanted: str, example: str) -> Iterator[Problem]:
    """F212: a list where a text belongs, and the like."""
    is_now = {Scalar: "a text", Items: "a list", Pairs: "keys with values"}[type(node)]
    yield problem_at(
        node.place, "F212", f"This should be {wanted}, but it is {is_now}.", f"Write for example {example}"
    )


def unknown_flow_version(version: Scalar) -> Iterator[Problem]:
    """F214: a file written for another version of the language."""
    if version.text != "1":
        yield problem_at(version.place, "F214", "This version of the flow language is not known.", "Write flow: 1.")


def same_title_twice(title: Scalar, language: str) -> Iterator[Problem]:
    """F215: two choices of one list that a customer could not tell apart."""
    yield problem_at(
        title.place,
        "F215",
        f"Two of these have the same title {quoted(title.text)} in the language {language}.",
        "Give each its own title.",
    )


def same_title_elsewhere(title: Scalar) -> Iterator[Problem]:
    """F215: two choices of one state with the same title that lead to different places; a tap carries state and title only."""
    yield problem_at(
        title.place,
        "F215",
        f"{quoted(title.text)} stands twice in this state and leads to different places, which a tap could not tell apart.",
        "Give each its own title; or lead both to one state, and let its goto decide.",
    )


def choices_passed_over(pairs: Pairs) -> Iterator[Problem]:
    """F216: choices that nobody can tap, because goto leads on at once."""
    choices = pairs.key("choices")
    if choices and pairs.key("goto") and not pairs.key("ask") and not pairs.key("handoff"):
        yield problem_at(
            choices.place,
            "F216",
            "Nobody can tap these choices, because goto leads on at once.",
            "Take out goto, or move the choices to the state that comes next.",
        )


def goto_beside_faq(goto: Scalar) -> Iterator[Problem]:
    """F201: a goto beside faq, after whose answer the customer stays."""
    yield problem_at(
        goto.place,
        "F201",
        '"goto" means nothing beside faq: after an answer the customer stays where he is.',
        "Take it out; choices of the entry, or of the state, can lead on.",
    )


def goto_beside_suggest(goto: Scalar) -> Iterator[Problem]:
    """F201: a goto beside suggest, after whose cards the customer chooses."""
    yield problem_at(
        goto.place,
        "F201",
        '"goto" means nothing beside suggest: the customer looks at the cards and chooses.',
        "Take it out; buttons lead on, and none where no product fits.",
    )


def moved_state_is_there(name: Scalar, states: Collection[str]) -> Iterator[Problem]:
    """F217: moved names an old state that still exists."""
    if name.text in states:
        yield problem_at(
            name.place,
            "F217",
            f"The state {quoted(name.text)} still exists, so it has not moved.",
            "Left of the colon stands the old name, which no state has any more.",
        )
