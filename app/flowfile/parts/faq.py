"""The FAQ: its entries, from every file, and a look at whether each phrase can be heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from app.engine.anywhere import hear
from app.engine.flow import ALL_TOPICS, FaqEntry, Flow, Text
from app.engine.fold import fold_own
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_pairs, as_scalar, as_scalars
from app.flowfile.parts.states import read_say
from app.flowfile.parts.texts import sentence_of, text_of
from app.flowfile.parts.ways import read_choices, read_target
from app.flowfile.problems import Place
from app.flowfile.rules import faq as rules
from app.flowfile.rules import structure
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

ENTRY_KEYS = ("id", "topic", "ask", "answer", "choices", "goto")
_EXAMPLE = "- {id: returns, topic: orders, ask: [send back, refund], answer: You have 30 days.}"

_VALUE = re.compile("<[^<>]*>")
_TOPIC = limits.Limit("F301", "title of a topic", limits.CHOICE_TITLE_CHARS_MAX)
_PHRASE = limits.Limit("F304", "phrase of the FAQ", 200)
"""Customers do not write longer questions, and three of them stand in one "did you mean"."""


def read_topics(nodes: Sequence[Node], known: Known) -> None:
    """Note every topic that an entry names, before anything else of the FAQ is read."""
    entries = (item for node in nodes if isinstance(node, Items) for item in node.items if isinstance(item, Pairs))
    topics = (entry.get("topic") for entry in entries)
    named = dict.fromkeys(topic.text for topic in topics if isinstance(topic, Scalar))
    known.has_faq = bool(nodes)
    known.faq_topics = tuple(name for name in named if name.strip() and name != ALL_TOPICS)


def read_topic_titles(nodes: Sequence[Node], known: Known) -> Mapping[str, Text]:
    """The topics as customers see them, where a state lets them browse; they are translated like every text."""
    titles: dict[str, Text] = {}
    entries = (item for node in nodes if isinstance(node, Items) for item in node.items if isinstance(item, Pairs))
    for topic in (entry.get("topic") for entry in entries) if known.browses else ():
        if isinstance(topic, Scalar) and topic.text in known.faq_topics and topic.text not in titles:
            titles[topic.text] = text_of(topic, known, _TOPIC, ())
    return titles


def read_faq(nodes: Iterable[Node], known: Known) -> Mapping[str, FaqEntry]:
    """The entries by id, in their order."""
    entries: dict[str, FaqEntry] = {}
    for node in nodes:
        for item in as_items(node, known.report, "a list of entries", _EXAMPLE):
            pairs = as_pairs(item, known.report, "an entry of the FAQ", _EXAMPLE)
            name = _read_id(pairs, known.faq_places, known) if pairs else None
            entry = _read_entry(name, pairs, known) if pairs else None
            if name and entry:
                entries[name.text] = entry
    return entries


def _read_id(pairs: Pairs, first: dict[str, Place], known: Known) -> Scalar | None:
    """The id of an entry, after a look at its keys; None for one that cannot be told apart."""
    known.report.take(structure.unknown_keys(pairs, ENTRY_KEYS, "an entry of the FAQ"))
    for key in ("id", "ask", "answer"):
        if pairs.get(key) is None:
            known.report.take(structure.missing_key(pairs.place, key, "this entry of the FAQ", _EXAMPLE))
    node = pairs.get("id")
    name = as_scalar(node, known.report, "name", "id: returns") if node else None
    if name is None or known.report.take(rules.bad_entry_id(name)):
        return None
    if name.text in first:
        known.report.take(rules.same_entry_twice(name, first[name.text]))
        return None
    first[name.text] = name.place
    return name


def _read_entry(name: Scalar | None, pairs: Pairs, known: Known) -> FaqEntry | None:
    topic, ask, answer, choices, goto = (pairs.get(key) for key in ENTRY_KEYS[1:])
    said = read_say(answer, known) if answer else ()
    read = read_choices(choices, known, {}) if choices else ()
    known.report.take(rules.choices_beside_goto(pairs))
    target = read_target(goto, known) if goto else ""
    named = as_scalar(topic, known.report, "topic", "topic: orders") if topic else None
    known.report.take(rules.reserved_topic(named) if named else ())
    entry_id = name.text if name else ""
    phrases = _read_phrases(entry_id, ask, known) if ask else ()
    if not entry_id or not phrases or not said:
        return None
    return FaqEntry(entry_id, named.text if named else "", phrases, said, read, target)


def _read_phrases(entry_id: str, node: Node, known: Known) -> tuple[Text, ...]:
    """The ways to ask, with their translations, each of one entry only."""
    phrases: list[Text] = []
    for scalar in as_scalars(node, known.report, "phrase", "ask: [send back, refund]"):
        written = (scalar, *known.translations.get(sentence_of(scalar.text), {}).values())
        with_value = next((each for each in written if _VALUE.search(each.text)), None)
        if with_value is not None:
            known.report.take(rules.phrase_with_value(with_value))
            continue
        text = text_of(scalar, known, _PHRASE)
        for folded in _folded(text):
            first = known.faq_phrases.setdefault(folded, (entry_id, scalar))[0]
            if first != entry_id:
                known.report.take(rules.same_phrase_twice(scalar, entry_id, first))
        phrases.append(text)
    return tuple(phrases)


def _folded(text: Text) -> list[str]:
    written = ("".join(map(str, template)) for template in text.by_language.values())
    return list(dict.fromkeys(fold_own(each) for each in written))


def look_at_faq(flow: Flow, known: Known) -> None:
    """Report phrases that `hear` takes before the FAQ is asked."""
    searches = [(number, each.faq) for number, each in enumerate(flow.anywhere, start=1) if each.faq]
    for phrase, (entry_id, scalar) in known.faq_phrases.items() if searches else ():
        entry = flow.faq.get(entry_id)
        asked_at = _first_search(searches, entry.topic) if entry else 0
        heard = hear(flow, phrase) if asked_at else None
        if heard and heard.entry < asked_at:
            words = flow.anywhere[heard.entry - 1].hear[heard.phrase - 1]
            known.report.take(rules.phrase_swallowed(scalar, entry_id, words, heard.entry))


def _first_search(searches: Sequence[tuple[int, str]], topic: str) -> int:
    """The place of the first entry of anywhere that asks this topic, counted from 1; 0 if none does."""
    return next((number for number, each in searches if each in (ALL_TOPICS, topic)), 0)
