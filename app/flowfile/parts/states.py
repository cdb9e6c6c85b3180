"""States: what each says and does. Whether all of them can be reached is looked at afterwards, by `graph`."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.flow import TASTES, Choice, HandOffTo, Question, Reminder, Say, SayCards, SayMedia, State
from app.flowfile import limits
from app.flowfile.parts.calls import read_call, read_goto
from app.flowfile.parts.cards import FORM_KEYS, marked, read_cards, read_form
from app.flowfile.parts.known import Known
from app.flowfile.parts.rich import RICH_KEYS, read_rich
from app.flowfile.parts.shapes import as_duration, as_items, as_pairs, as_scalar, as_scalars, as_yes_no
from app.flowfile.parts.slot_values import Value, value_of
from app.flowfile.parts.suggestions import SUGGEST_PARTS, read_suggest
from app.flowfile.parts.texts import names_in, read_text, template_of
from app.flowfile.parts.ways import (
    ANSWERS,
    ENDINGS,
    Seen,
    read_buttons,
    read_choices,
    read_shortcuts,
    read_target,
    read_url,
)
from app.flowfile.rules import faq as faq_rules
from app.flowfile.rules import structure, values, yaml
from app.flowfile.rules.limits import too_many_choices_beside_browse, too_many_choices_together
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

STATE_KEYS = (
    *("set", "forget", "say", "ask", "faq", "browse", "none", "suggest", *SUGGEST_PARTS, "handoff", "note", "closed"),
    *("call", "headers", "body", "save"),
    *("choices", "buttons", "remind", "goto"),
)
KINDS = ("ask", "faq", "suggest", "call", "handoff")
MEDIA_KEYS = ("image", "video", "audio", "file")
SAY_KEYS = (*MEDIA_KEYS, "card", "cards", *FORM_KEYS, *RICH_KEYS)
QUESTION_KEYS = ("save", "say", "choices")
REMINDER_KEYS = ("after", "say", "choices", "goto")

_NOTE = limits.Limit("F304", "note", 10 * limits.TEXT_CHARS_MAX, for_customers=False)
"""A note is read by staff on the desk, not sent by Messenger."""


def read_state(name: Scalar, node: Node, known: Known) -> State | None:
    """The state of that name."""
    known.report.take(structure.bad_name(name, "state", structure.RESERVED_STATES))
    pairs = as_pairs(node, known.report, "what the state says and does", f"{name.text}: {{say: Hello!}}")
    if pairs is None:
        return None
    _look_at_keys(name, pairs, known)
    known.suggests = pairs.get("suggest") is not None
    say, choices, buttons = (pairs.get(key) for key in ("say", "choices", "buttons"))
    seen: Seen = {}
    state = State(
        name=name.text,
        set=_read_set(pairs, known),
        forget=_read_forget(pairs, known),
        say=read_say(say, known) if say else (),
        ask=_read_ask(pairs, known, seen),
        handoff=_read_handoff(pairs, known),
        faq=read_topic(pairs.get("faq"), known),
        browse=_read_browse(pairs, known),
        none=_read_none(pairs, known),
        choices=read_choices(choices, known, seen) if choices else (),
        suggest=read_suggest(pairs, known),
        buttons=_read_buttons(buttons, known, seen) if buttons else (),
        remind=_read_remind(pairs, known, seen),
        call=read_call(pairs, known),
        goto=read_goto(pairs, known),
    )
    known.suggests = False
    _look_at_answers(state, pairs.key("choices"), known)
    return state


def _read_buttons(node: Node, known: Known, seen: Seen) -> tuple[Choice, ...]:
    """The buttons of a state; where it suggests products, they stand on each product's card."""
    known.beside_product = known.suggests
    buttons = read_buttons(node, known, seen)
    known.beside_product = False
    return buttons


def _look_at_answers(state: State, choices: Scalar | None, known: Known) -> None:
    """A question shows its own answers and the state's choices together."""
    if choices is None:
        return
    for question in state.ask:
        slot = known.slots.get(question.save)
        answers = question.choices or (slot.values if slot else ())
        known.report.take(too_many_choices_together(choices, len(answers), len(state.choices)))


def _look_at_keys(name: Scalar, pairs: Pairs, known: Known) -> None:
    """The rules about which keys stand together."""
    report = known.report
    report.take(structure.unknown_keys(pairs, STATE_KEYS, "a state"))
    report.take(structure.two_kinds(pairs, KINDS))
    report.take(structure.choices_and_buttons(pairs))
    report.take(structure.choices_passed_over(pairs))
    report.take(structure.key_without_partner(pairs, "note", "handoff"))
    report.take(structure.key_without_partner(pairs, "closed", "handoff"))
    if pairs.key("faq") and (goto := pairs.key("goto")):
        report.take(structure.goto_beside_faq(goto))
    elif pairs.key("suggest") and (goto := pairs.key("goto")):
        report.take(structure.goto_beside_suggest(goto))
    ask = pairs.key("ask")
    if ask and not any(pairs.key(way) for way in ("goto", "choices", "buttons")):
        report.take(structure.question_without_way_out(ask))
    if not any(pairs.key(key) for key in ("say", "goto", "ask", "faq", "suggest", "handoff", "call")):
        report.take(structure.missing_key(name.place, "say", f"the state {name.text}", "say: Hello!"))


def _read_set(pairs: Pairs, known: Known) -> Mapping[str, Value]:
    node = pairs.get("set")
    found = as_pairs(node, known.report, "slots with their values", "set: {occasion: Party}") if node else None
    values_set: dict[str, Value] = {}
    for key, value in found.entries if found else ():
        if key.text == "language":
            values_set.update(_read_language(value, known))
            continue
        known.report.take(values.unknown_slot(key.place, key.text, known.slot_names))
        scalar = as_scalar(value, known.report, "value", "Party")
        slot = known.slots.get(key.text)
        if scalar is None or slot is None:
            continue
        if names_in(scalar.text):  # A value is kept as it stands: no slot and no product is looked at.
            template_of(scalar, known, ())
            continue
        read = value_of(scalar.text.replace("\\<", "<"), slot, scalar.place, known.report)
        if read is not None:
            values_set[key.text] = read
    return values_set


def _read_language(node: Node, known: Known) -> Mapping[str, Value]:
    """`set: {language: fr}`: the bot speaks it from now on."""
    scalar = as_scalar(node, known.report, "language", "set: {language: en}")
    if scalar is None or scalar.text in known.languages:
        return {"language": scalar.text} if scalar else {}
    listed = f"one of the bot's languages ({', '.join(known.languages)})"
    known.report.take(values.wrong_value(scalar.place, scalar.text, listed, f"language: {known.languages[0]}"))
    return {}


def _read_forget(pairs: Pairs, known: Known) -> tuple[str, ...]:
    node = pairs.get("forget")
    slots = as_scalars(node, known.report, "slot", "[order_number]") if node else ()
    for slot in slots:
        if slot.text != TASTES or not known.has_products:
            known.report.take(values.unknown_slot(slot.place, slot.text, known.slot_names))
    return tuple(slot.text for slot in slots)


def read_say(node: Node, known: Known, mark: str = "") -> tuple[Say, ...]:
    """A text, or a list of texts and rich messages. `mark` tells the cards of a reminder from those of its state."""
    if isinstance(node, Pairs):
        items: tuple[Node, ...] = (node,)
    else:
        items = as_items(node, known.report, "a text or a list of texts", "say: Hello!")
    said: list[Say] = []
    cards = 0
    for item in items:
        read = _read_said(item, known)
        if isinstance(read, SayCards):
            read = marked(read, cards + 1, mark)
            cards += len(read.cards)
        if read:
            said.append(read)
    return tuple(said)


def _read_said(node: Node, known: Known) -> Say | None:
    if not isinstance(node, Pairs):
        return read_text(node, known, limits.TEXT)
    for key, value in node.entries:
        if key.text in SAY_KEYS:
            others = Pairs(tuple(entry for entry in node.entries if entry[0] is not key), node.place)
            known.report.take(structure.unknown_keys(others, (), f"a message with {key.text}"))
            return _read_rich(key.text, value, known)
    _look_at_said_keys(node, known)
    return None


def _read_rich(key: str, node: Node, known: Known) -> Say | None:
    if key in ("card", "cards"):
        return read_cards(key, node, known)
    if key in FORM_KEYS:
        return read_form(key, node, known)
    if key in RICH_KEYS:
        return read_rich(key, node, known)
    url = read_url(node, known)
    return SayMedia(key, url) if url else None


def _look_at_said_keys(node: Pairs, known: Known) -> None:
    """Something in braces or with a colon that is no picture: most often a text with a colon in it."""
    key = node.entries[0][0] if node.entries else None
    if key and (" " in key.text or key.text[:1].isupper()):
        known.report.take(yaml.colon_in_text(key.place.moved(len(key.text))))
    else:
        known.report.take(structure.unknown_keys(node, SAY_KEYS, "say"))


def _read_ask(pairs: Pairs, known: Known, seen: Seen) -> tuple[Question, ...]:
    """One question, or a list of them."""
    node = pairs.get("ask")
    if node is None:
        return ()
    example = "ask: {save: order_number, say: What is your order number?}"
    if isinstance(node, Pairs):
        items: tuple[Node, ...] = (node,)
    else:
        items = as_items(node, known.report, "a question or a list of questions", example)
    questions = (_read_question(item, known, seen) for item in items)
    return tuple(question for question in questions if question)


def _read_question(node: Node, known: Known, seen: Seen) -> Question | None:
    example = "{save: order_number, say: What is your order number?}"
    pairs = as_pairs(node, known.report, "a question", example)
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, QUESTION_KEYS, "a question"))
    save, say, choices = pairs.get("save"), pairs.get("say"), pairs.get("choices")
    for key, value in (("save", save), ("say", say)):
        if value is None:
            known.report.take(structure.missing_key(pairs.place, key, "this question", example))
    slot = as_scalar(save, known.report, "slot", "save: order_number") if save else None
    if slot:
        known.report.take(values.unknown_slot(slot.place, slot.text, known.slot_names))
    shortcuts = read_shortcuts(choices, known, seen) if choices else ()
    if slot and choices:
        _look_at_shortcuts(slot.text, choices, known)
    words = known.slots[slot.text].values if slot and not choices and slot.text in known.slots else ()
    seen.update(dict.fromkeys(words, ANSWERS))
    text = read_text(say, known, limits.TEXT) if say else None
    return Question(slot.text, text, shortcuts) if slot and text else None


def _look_at_shortcuts(slot_name: str, choices: Node, known: Known) -> None:
    """An answer that is offered must be one that the slot takes."""
    slot = known.slots.get(slot_name)
    if slot is None or slot.kind not in ("choice", "number"):
        return
    for item in as_items(choices, known.report, "a list of answers", "[30, 60]"):
        title = item.get("title") if isinstance(item, Pairs) else item
        if isinstance(title, Scalar):
            value_of(title.text, slot, title.place, known.report)


def read_topic(node: Node | None, known: Known) -> str:
    """`faq`: all, or a topic of the FAQ; empty if there is none."""
    topic = as_scalar(node, known.report, "topic", "faq: all") if node else None
    if topic is None or known.report.take(faq_rules.unknown_topic(topic, known.faq_topics, known.has_faq)):
        return ""
    return topic.text


def _read_browse(pairs: Pairs, known: Known) -> bool:
    """`browse`: the questions can be tapped, beside choices that leave room for them."""
    node, choices = pairs.get("browse"), pairs.get("choices")
    known.report.take(structure.key_without_partner(pairs, "browse", "faq"))
    browses = bool(as_yes_no(node, known.report)) if node else False
    if browses and isinstance(choices, Pairs | Items):
        listed = choices.entries if isinstance(choices, Pairs) else choices.items
        known.report.take(too_many_choices_beside_browse(pairs.key("choices"), len(listed)))
    known.browses |= browses
    return browses


def _read_none(pairs: Pairs, known: Known) -> str:
    """`none`: where to go when there is no answer."""
    node = pairs.get("none")
    if not pairs.key("suggest"):
        known.report.take(structure.key_without_partner(pairs, "none", "faq"))
    suggests, known.suggests = known.suggests, False  # more of nothing would go round for ever
    target = read_target(node, known) if node else ""
    known.suggests = suggests
    return target


def _read_handoff(pairs: Pairs, known: Known) -> HandOffTo | None:
    node = pairs.get("handoff")
    team = as_scalar(node, known.report, "team", "handoff: care") if node else None
    note, closed = pairs.get("note"), pairs.get("closed")
    read_note = read_text(note, known, _NOTE) if note else None
    read_closed = read_target(closed, known, ()) if closed else ""
    if team is None or known.report.take(structure.unknown_team(team, known.teams)):
        return None
    return HandOffTo(team.text, read_note, read_closed)


def _read_remind(pairs: Pairs, known: Known, seen: Seen) -> tuple[Reminder, ...]:
    node = pairs.get("remind")
    if node is None:
        return ()
    if isinstance(node, Pairs):
        items: tuple[Node, ...] = (node,)
    else:
        items = as_items(node, known.report, "a list of reminders", "- {after: 4 hours, say: Still there?}")
    reminders = (_read_reminder(str(index), item, known, seen) for index, item in enumerate(items))
    return tuple(reminder for reminder in reminders if reminder)


def _read_reminder(index: str, node: Node, known: Known, seen: Seen) -> Reminder | None:
    example = "- {after: 4 hours, say: Still there?}"
    pairs = as_pairs(node, known.report, "a reminder", example)
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, REMINDER_KEYS, "a reminder"))
    after, say, choices, goto = (pairs.get(key) for key in REMINDER_KEYS)
    if after is None:
        known.report.take(structure.missing_key(pairs.place, "after", "this reminder", example))
    if say is None and goto is None:
        known.report.take(structure.missing_key(pairs.place, "say", "this reminder", example))
    read_after = as_duration(after, known.report) if after else None
    reminder_say = read_say(say, known, f"r{index}.") if say else ()
    read = read_choices(choices, known, seen) if choices else ()
    target = read_target(goto, known, ENDINGS) if goto else ""
    return Reminder(index, read_after, reminder_say, read, target) if read_after else None
