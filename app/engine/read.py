"""Reads what a customer writes or sends, in the fixed order of the language. What follows from it is walk's work."""

from __future__ import annotations

from typing import Any

from app.engine import (
    anywhere,
    calls,
    erase,
    faq,
    languages,
    offer,
    products,
    questions,
    show,
    titles,
    typed,
    which_day,
)
from app.engine.choose import pick_exact
from app.engine.draft import Draft
from app.engine.effects import Message
from app.engine.events import Attachment, AttachmentReceived
from app.engine.flow import Slot
from app.engine.fold import clean, fold
from app.engine.slots import gives, read_answer
from app.engine.taps import take, value_of
from app.engine.walk import answer, ask_again, give_hint, go, leave_the_queue, next_target
from app.engine.words import GREETINGS, PERSON, START, START_OVER, STOP, YES, asks_for_bot

# ---- texts -------------------------------------------------------------------------------------------------


def read_text(draft: Draft, written: str) -> None:
    """A typed message, from the words that always work to `else`."""
    text = clean(written)
    folded = fold(text)
    draft.said = text
    languages.hear(draft, text, folded)
    if erase.hear(draft, folded) or read_stop(draft, folded):
        return
    if draft.answered_by == "waiting":
        _read_while_waiting(draft, folded)
        return
    if calls.is_under_way(draft):
        _read_while_calling(draft, text, folded)
        return
    understood = (
        which_day.hear(draft, folded)
        or _asks_for_bot(draft, folded)
        or offer.declines(draft, folded)
        or _answers(draft, text, folded)
        or offer.accepts(draft, folded)
        or faq.chooses(draft, titles.as_title(draft, folded))
        or typed.chooses(draft, titles.as_title(draft, folded))
        or products.hear(draft, folded)
        or products.hear_more(draft, folded)
        or languages.chooses(draft, folded)
        or _asks_here(draft, folded)
        or _anywhere(draft, text, folded, ())
        or _always(draft, folded)
        or _may_have_asked(draft, folded)
    )
    if not understood:
        _misunderstood(draft)


def read_stop(draft: Draft, folded: str) -> bool:
    """Whether the message ends follow-ups or allows them again; confirmed once, silent while staff answer."""
    if folded in STOP:
        name = "stopped"
    elif folded in START and draft.opted_out:
        name = "started"
    else:
        return False
    draft.note(f"follow-ups {name}")
    is_new = draft.opted_out is not (name == "stopped")
    draft.opted_out, draft.failures = name == "stopped", 0
    if is_new and draft.answered_by != "staff":
        draft.say((Message(draft.sentence(name)),))
    return True


def _asks_for_bot(draft: Draft, folded: str) -> bool:
    """ "Are you a bot?" gets the disclosure, and the open question again."""
    if not asks_for_bot(folded):
        return False
    draft.note("asked whether this is a bot")
    draft.failures = 0
    if not draft.disclose():
        text = draft.flow.disclosure
        draft.say((Message(draft.text(text) if text else draft.sentence("disclosure")),))
    ask_again(draft)
    return True


def _answers(draft: Draft, text: str, folded: str) -> bool:
    """A valid answer to the open question."""
    if draft.asking is None or draft.outdated or (offer.was_made(draft) and folded in YES):
        return False
    slot = draft.asked(draft.asking)
    value = _shortcut(draft, slot, folded, draft.asking)
    if value is None and not (_takes_loosely(slot) and _means_something_else(draft, folded)):
        value = read_answer(draft.flow, slot, text, draft.language, draft.now)
        typed.hear_word(draft, slot, value, folded)
    if value is None:
        return which_day.ask(draft, draft.asking, text)
    answer(draft, draft.asking, value)
    return True


def _shortcut(draft: Draft, slot: Slot, folded: str, place: int) -> Any:
    """The value of one of the question's choices whose very title was typed."""
    for choice in show.question_choices(draft, draft.here.ask[place]):
        if not choice.to and folded in show.titles(draft, choice):
            typed.hear_title(draft, choice, folded)
            return value_of(draft, slot, choice)
    return None


def _takes_loosely(slot: Slot) -> bool:
    """Whether words that mean something else could pass for its value: any words, or a near miss of a choice."""
    return slot.kind in ("place", "choice") or (slot.kind == "text" and not slot.pattern)


def _means_something_else(draft: Draft, folded: str) -> bool:
    """The very words of a phrase of the flow, of what else is on the screen, of starting over, or a wish for a person or a language."""
    if anywhere.hear_exactly(draft.flow, folded) or _asks_for_person(draft, folded):
        return True
    if languages.asks_for_another(draft, folded) or faq.is_listed(draft, folded):
        return True
    if folded in START_OVER and draft.flow.entrances.start:
        return True
    if offer.accepted(draft, folded) is not None:
        return True
    return any(folded in show.titles(draft, each) for each in show.visible(draft) if each.to)


def _asks_for_person(draft: Draft, folded: str) -> bool:
    return folded in PERSON and bool(anywhere.index_of(draft.flow).person)


def _asks_here(draft: Draft, folded: str) -> bool:
    """A question to a state that answers questions; words that mean something else are none."""
    if not draft.state or not draft.here.faq or _means_something_else(draft, folded):
        return False
    return _is_told(draft, folded, draft.here.faq)


def _is_told(draft: Draft, folded: str, topic: str) -> bool:
    found = faq.search(draft, folded, topic)
    entry = draft.flow.faq.get(found.sure)
    if entry is not None:
        faq.answer(draft, entry, found)
    return entry is not None


def _may_have_asked(draft: Draft, folded: str) -> bool:
    """A question that the FAQ may answer: "did you mean"; or products that may be meant. Neither understood nor a failure."""
    draft.understood = False
    here = draft.here.faq if draft.state else ""
    if here and faq.ask_back(draft, faq.search(draft, folded, here)):
        return True
    for _, entry in anywhere.index_of(draft.flow).others:
        if entry.faq and faq.ask_back(draft, faq.search(draft, folded, entry.faq)):
            return True
        # What answers an open question badly has a word in common with many products: the question's hint helps more.
        is_free = entry.products and draft.asking is None
        if is_free and products.tell(draft, draft.said, products.search(draft, draft.said)):
            return True
    return False


def _anywhere(draft: Draft, text: str, folded: str, attachments: tuple[Attachment, ...]) -> bool:
    """The first entry of `anywhere` that this message is for."""
    heard = anywhere.hear(draft.flow, folded) if folded else None
    for number, entry in anywhere.index_of(draft.flow).others:
        if heard and heard.entry < number:
            break
        if entry.products:
            found = products.search(draft, text)
            if (found.sure or found.vain) and products.tell(draft, text, found):
                return True
            continue
        if entry.faq:
            if _is_told(draft, folded, entry.faq):
                return True
            continue
        if entry.gives and _gives(draft, entry.gives, text, attachments):
            draft.note(f"gives {entry.gives} of anywhere {number}")
        elif anywhere.takes(entry, attachments):
            draft.note(f"attachment of anywhere {number}")
        else:
            continue
        draft.failures = 0
        go(draft, entry.goto)
        return True
    if heard is None:
        return False
    draft.note(f"hear phrase {heard.phrase} of anywhere {heard.entry}")
    draft.failures = 0
    go(draft, heard.goto)
    return True


def _gives(draft: Draft, name: str, text: str, attachments: tuple[Attachment, ...]) -> bool:
    slot = draft.slot(name)
    value = anywhere.value_of(slot.kind, attachments)
    if value is None and text:
        value = gives(draft.flow, slot, text, draft.language, draft.now)
    if value is None:
        return False
    draft.remember(name, value)
    return True


def _always(draft: Draft, folded: str) -> bool:
    """What every bot understands: asking for a person, and a greeting, which begins at the start."""
    start = draft.flow.entrances.start
    if _asks_for_person(draft, folded):
        target, step = anywhere.index_of(draft.flow).person, "asked for a person"
    elif start and (
        folded in START_OVER or (folded in GREETINGS and draft.asking is None and not calls.is_under_way(draft))
    ):
        target, step = start, "greeted"
    else:
        return False
    draft.note(step)
    draft.failures = 0
    go(draft, target)
    return True


def _misunderstood(draft: Draft) -> None:
    """The hint of the open question, or `else`; the third time in a row a person is offered."""
    draft.understood = False
    if draft.outdated:
        draft.note("the question has changed")
        target = next_target(draft, draft.here.goto) if draft.asking is None else ""
        return go(draft, target) if target else ask_again(draft)
    draft.failures += 1
    questions.keep_unanswered(draft)
    if offer.was_made(draft):
        return offer.make(draft)
    if faq.says_unknown(draft):
        return None
    if draft.asking is not None:
        draft.note(f"hint for {draft.here.ask[draft.asking].save}")
        return give_hint(draft, draft.asking)
    draft.note("else")
    target = draft.flow.otherwise or ("" if draft.state else draft.flow.entrances.start)
    if target:
        return go(draft, target)
    draft.say((Message(draft.sentence("not_understood"), choices=show.ways_back(draft, "")),))
    return None


def _read_while_waiting(draft: Draft, folded: str) -> None:
    """Staff will read it; of the flow only `hear` phrases and what the handoff itself offers act."""
    choices = [each for each in show.visible(draft) if each.to]
    place = pick_exact(folded, [show.titles(draft, each) for each in choices]) if choices else None
    if place is not None and not folded.isdecimal():
        draft.note(f"typed choice {draft.state}/{choices[place].key}")
        take(draft, draft.here, choices[place])
        return
    heard = anywhere.hear(draft.flow, folded)
    if heard is None or anywhere.resolve(draft.flow, heard.goto) == draft.state:
        draft.note("kept for staff")
        return
    draft.note(f"hear phrase {heard.phrase} of anywhere {heard.entry}")
    leave_the_queue(draft)
    go(draft, heard.goto)


def _read_while_calling(draft: Draft, text: str, folded: str) -> None:
    """The answer of a call is on its way: what is on the screen, a person and `hear` phrases act.

    What an entry of `anywhere` is for, such as another order number, is kept until the answer has come; nothing else is.
    """
    if _asks_for_bot(draft, folded) or typed.chooses(draft, folded):
        return
    heard = anywhere.hear(draft.flow, folded)
    if heard is not None and anywhere.resolve(draft.flow, heard.goto) != draft.state:
        draft.note(f"hear phrase {heard.phrase} of anywhere {heard.entry}")
        draft.failures = 0
        go(draft, heard.goto)
    elif _always(draft, folded):
        return
    elif _is_for_anywhere(draft, text, folded):
        calls.keep(draft, text)
    else:
        calls.say_one_moment(draft)


def _is_for_anywhere(draft: Draft, text: str, folded: str) -> bool:
    """Whether an entry of `anywhere` is surely meant: a value that it takes, a question that it answers, a product by its name."""
    for _, entry in anywhere.index_of(draft.flow).others:
        if entry.products and ((found := products.search(draft, text)).sure or found.vain):
            return True
        if entry.faq and faq.search(draft, folded, entry.faq).sure:
            return True
        if entry.gives and _gives_another(draft, entry.gives, text):
            return True
    return False


def _gives_another(draft: Draft, name: str, text: str) -> bool:
    """Whether the text gives that slot a value that it does not have: who repeats what is being looked up wants nothing new."""
    value = gives(draft.flow, draft.slot(name), text, draft.language, draft.now)
    return value is not None and value != draft.slots.get(name)


def read_later(draft: Draft, texts: tuple[str, ...]) -> None:
    """Read what was kept until the answer of a call had come; whatever it leads to, another call included."""
    for place, text in enumerate(texts):
        if draft.answered_by != "bot":
            return
        if calls.is_under_way(draft):
            draft.later = texts[place:]
            return
        draft.note("what was kept")
        draft.said = text
        _anywhere(draft, text, fold(text), ())


# ---- attachments -------------------------------------------------------------------------------------------


def read_attachments(draft: Draft, event: AttachmentReceived) -> None:
    """Files, pictures and places, perhaps with a text."""
    text = clean(event.text)
    folded = fold(text)
    draft.said = text
    languages.hear(draft, text, folded)
    if read_stop(draft, folded):
        return
    if draft.answered_by == "waiting":
        draft.note("kept for staff")
        return
    if calls.is_under_way(draft):
        calls.say_one_moment(draft)
        return
    understood = (
        _answered_by_attachment(draft, event.attachments)
        or _answers(draft, text, folded)
        or _anywhere(draft, text, folded, event.attachments)
        or _is_only_stickers(draft, event)
    )
    if not understood:
        _misunderstood(draft)


def _is_only_stickers(draft: Draft, event: AttachmentReceived) -> bool:
    """A sticker is a nod: it needs no answer, but a first one begins the conversation."""
    if event.text or not event.attachments or any(each.kind != "sticker" for each in event.attachments):
        return False
    draft.note("a sticker")
    if not draft.state and draft.flow.entrances.start:
        go(draft, draft.flow.entrances.start)
    return True


def _answered_by_attachment(draft: Draft, attachments: tuple[Attachment, ...]) -> bool:
    if draft.asking is None or draft.outdated:
        return False
    value = anywhere.value_of(draft.asked(draft.asking).kind, attachments)
    if value is None:
        return False
    answer(draft, draft.asking, value)
    return True
