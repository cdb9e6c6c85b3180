"""`tests:` of the files of a bot: conversations with places, or the problems in them. Knows no flow beyond its names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.flowfile.parts.known import Known, Names
from app.flowfile.parts.shapes import as_duration, as_items, as_pairs, as_scalar, as_scalars
from app.flowfile.problems import Place
from app.flowfile.rehearsal.script import STEPS, Conversation, HttpAnswer, Step
from app.flowfile.rules import rehearsal, structure, values
from app.flowfile.source.nodes import Node, Pairs, Scalar, plain_of

TEST_KEYS = ("name", "given", "talk")
GIVEN_KEYS = ("now", "language", "http")
NAMES = ("first_name", "last_name")
"""What Messenger tells of a customer, without a slot of the owner's."""
_EXAMPLE = "- {name: a first visit, talk: [{tap: Get Started}, {bot: Hello!}]}"
_HTTP_EXAMPLE = 'http: {"GET https://api.shop.example/orders/10482": {status: 200, body: {eta: 3 December}}}'
_STATUS = re.compile(r"[1-5][0-9]{2}|slow")
_STAFF = re.compile(r"says .+|ends", re.DOTALL)
_META = re.compile(r"error [0-9]{1,7}")


def read_tests(nodes: Sequence[Node], known: Known) -> tuple[Conversation, ...]:
    """Every conversation of every file."""
    found: list[Conversation] = []
    first: dict[str, Place] = {}
    for node in nodes:
        for item in as_items(node, known.report, "a list of tests", _EXAMPLE):
            conversation = _read_test(item, known, first)
            if conversation:
                found.append(conversation)
    return tuple(found)


def _read_test(node: Node, known: Known, first: dict[str, Place]) -> Conversation | None:
    pairs = as_pairs(node, known.report, "a test", _EXAMPLE)
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, TEST_KEYS, "a test"))
    for key in ("name", "talk"):
        known.report.take(() if pairs.get(key) else structure.missing_key(pairs.place, key, "this test", _EXAMPLE))
    name, talk, given = pairs.get("name"), pairs.get("talk"), pairs.get("given")
    title = as_scalar(name, known.report, "name", "name: a first visit") if name else None
    steps = _read_steps(talk, known) if talk else ()
    begun = _read_given(given, known) if given else _Given()
    if title is None:
        return None
    known.report.take(rehearsal.same_test_twice(title, first[title.text]) if title.text in first else ())
    first.setdefault(title.text, title.place)
    return Conversation(title.text, title.place, steps, begun.now, begun.language, begun.slots, begun.http)


# ---- given -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Given:
    """What a test begins with."""

    now: datetime | None = None
    language: str = ""
    slots: dict[str, str] = field(default_factory=dict)
    http: dict[str, HttpAnswer] = field(default_factory=dict)


def _read_given(node: Node, known: Known) -> _Given:
    pairs = as_pairs(node, known.report, "keys with values", "given: {now: 2026-12-01 10:00}")
    given = _Given()
    for key, value in pairs.entries if pairs else ():
        if key.text == "http":
            given.http.update(_read_http(value, known))
        elif scalar := as_scalar(value, known.report, "value", "now: 2026-12-01 10:00"):
            _take_given(key, scalar, given, known)
    return given


def _take_given(key: Scalar, value: Scalar, given: _Given, known: Known) -> None:
    if key.text == "now":
        given.now = _read_moment(value, known)
    elif key.text == "language":
        given.language = _read_language(value, known)
    elif key.text in NAMES or not known.report.take(
        values.unknown_slot(key.place, key.text, Names((known.slot_names, GIVEN_KEYS)))
    ):
        given.slots[key.text] = value.text


def _read_http(node: Node, known: Known) -> Iterator[tuple[str, HttpAnswer]]:
    pairs = as_pairs(node, known.report, "calls with their answers", _HTTP_EXAMPLE)
    for call, value in pairs.entries if pairs else ():
        answer = as_pairs(value, known.report, "an answer", _HTTP_EXAMPLE)
        if answer is None:
            continue
        known.report.take(structure.unknown_keys(answer, ("status", "body"), "an answer"))
        status, body = answer.get("status"), answer.get("body")
        if status is None:
            known.report.take(structure.missing_key(answer.place, "status", "this answer", _HTTP_EXAMPLE))
        elif scalar := as_scalar(status, known.report, "status", "status: 200"):
            yield call.text, HttpAnswer(_read_status(scalar, known), plain_of(body) if body else None)


def _read_status(scalar: Scalar, known: Known) -> str:
    if not _STATUS.fullmatch(scalar.text):
        known.report.take(
            values.wrong_value(scalar.place, scalar.text, "a status from 100 to 599, or slow", "status: 200")
        )
    return scalar.text


def _read_moment(scalar: Scalar, known: Known) -> datetime | None:
    try:
        return datetime.strptime(scalar.text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the bot's own time zone is added when it is played
    except ValueError:
        known.report.take(values.wrong_value(scalar.place, scalar.text, "a moment", "now: 2026-12-01 10:00"))
        return None


def _read_language(scalar: Scalar, known: Known) -> str:
    if scalar.text in known.languages:
        return scalar.text
    listed = ", ".join(known.languages)
    known.report.take(
        values.wrong_value(scalar.place, scalar.text, f"one of {listed}", f"language: {known.languages[0]}")
    )
    return ""


# ---- steps -------------------------------------------------------------------------------------------------


def _read_steps(node: Node, known: Known) -> tuple[Step, ...]:
    items = as_items(node, known.report, "a list of steps", "talk: [{tap: Get Started}, {bot: Hello!}]")
    return tuple(step for item in items if (step := _read_step(item, known)))


def _read_step(node: Node, known: Known) -> Step | None:
    if isinstance(node, Scalar) and node.text == "photo":
        return Step("photo", node.place)
    pairs = as_pairs(node, known.report, "a step", "- you: hello")
    if pairs is None or not pairs.entries:
        return None
    known.report.take(structure.unknown_keys(pairs, STEPS, "a step of a test"))
    known.report.take(rehearsal.two_steps_in_one(list(pairs.names())))
    key, value = pairs.entries[0]
    return _read_value(key, value, known) if key.text in STEPS else None


def _read_value(key: Scalar, node: Node, known: Known) -> Step | None:
    if key.text == "shows":
        titles = as_scalars(node, known.report, "title", "shows: [Outfit ideas]")
        return Step("shows", key.place, listed=tuple(each.text for each in titles))
    if key.text == "saved":
        return _read_saved(key, node, known)
    if key.text == "photo":
        return Step("photo", key.place)
    scalar = as_scalar(node, known.report, "text", f"{key.text}: Hello!")
    if scalar is None:
        return None
    _look_at_words(key.text, scalar, known)
    return Step(key.text, key.place, words=scalar.text.strip())


def _read_saved(key: Scalar, node: Node, known: Known) -> Step:
    pairs: Pairs | None = as_pairs(node, known.report, "slots with their values", "saved: {order_number: 10482}")
    saved: dict[str, str] = {}
    for name, value in pairs.entries if pairs else ():
        known.report.take(values.unknown_slot(name.place, name.text, known.slot_names))
        if isinstance(value, Scalar):
            saved[name.text] = value.text
    return Step("saved", key.place, pairs=saved)


def _look_at_words(kind: str, scalar: Scalar, known: Known) -> None:
    """What a step names must be there."""
    report = known.report
    match kind:
        case "state":
            report.take(structure.unknown_target(scalar, known.states, ("end",)))
        case "handed_to":
            report.take(structure.unknown_team(scalar, known.teams))
        case "wait":
            as_duration(scalar, report)
        case "staff" if not _STAFF.fullmatch(scalar.text):
            report.take(
                values.wrong_value(scalar.place, scalar.text, "what staff do", "staff: ends, or staff: says Hello")
            )
        case "deliver" if scalar.text != "twice":
            report.take(values.wrong_value(scalar.place, scalar.text, "a kind of delivery", "deliver: twice"))
        case "meta" if not _META.fullmatch(scalar.text):
            report.take(
                values.wrong_value(scalar.place, scalar.text, "something that Messenger says", "meta: error 10")
            )
