"""Makes messages of a state's texts, choices and questions. Sends nothing and moves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.engine import screen
from app.engine.draft import Draft
from app.engine.effects import Card, Form, Message, Option
from app.engine.fill import fill
from app.engine.flow import (
    Choice,
    Question,
    Reminder,
    Say,
    SayCard,
    SayCards,
    SayForm,
    SayMedia,
    State,
    Template,
    Text,
    card_buttons,
)
from app.engine.fold import fold, fold_own
from app.engine.words import sentence

CHOICES_MAX = 13
"""Messenger shows no more quick replies; the checker refuses more, conditions can only make them fewer."""

BUTTONS_MAX = 3
"""Messenger shows no more buttons."""

FORM_ADDRESSES = ("url", "image", "privacy")
"""Keys of a coupon, receipt or feedback whose texts are web addresses."""

START, MENU, STARTER, OFFER = "@start", "@menu", "@starter", "@offer"
"""What a tap carries instead of a state: the Page's own entrances, and the engine's offer of a person."""


def state_messages(draft: Draft, state: State, *, with_choices: bool) -> list[Message]:
    """Everything the state says; buttons on its last text, choices on its last message, where they stay visible."""
    messages = said(draft, state.say)
    buttons = options(draft, state.name, state.buttons)
    choices = options(draft, state.name, state.choices) if with_choices else ()
    return add_choices(draft, _with_buttons(draft, messages, buttons), choices)


def reminder_messages(draft: Draft, state: State, reminder: Reminder) -> list[Message]:
    """What a reminder says, with its own choices."""
    return add_choices(draft, said(draft, reminder.say), options(draft, state.name, reminder.choices))


def question_message(draft: Draft, state: State, place: int) -> Message:
    """The question, with its shortcuts and the state's other ways on."""
    text, choices = draft.text(state.ask[place].say), question_options(draft, state, place)
    match draft.asked(place).kind:
        case "phone":
            return Message(text, choices=choices, offers="phone")
        case "email":
            return Message(text, choices=choices, offers="email")
        case _:
            return Message(text, choices=choices)


def above_question(draft: Draft, message: Message) -> Message:
    """The message with the open question once more below it, where there is one: one message, so that its choices stay to be tapped."""
    if draft.asking is None:
        return message
    question = question_message(draft, draft.here, draft.asking)
    choices = (*message.choices, *question.choices)[:CHOICES_MAX]
    return replace(question, text=f"{message.text}\n\n{question.text}", choices=choices)


def question_options(draft: Draft, state: State, place: int) -> tuple[Option, ...]:
    """What can be tapped while this question is open."""
    choices = (*question_choices(draft, state.ask[place]), *state.choices)
    return options(draft, state.name, choices)[:CHOICES_MAX]


def question_choices(draft: Draft, question: Question) -> tuple[Choice, ...]:
    """The question's own choices, else the words of its slot: a choice's values, or yes and no."""
    if question.choices:
        return question.choices
    slot = draft.slot(question.save)
    languages = draft.flow.languages
    if slot.kind == "choice" and len(slot.values) <= CHOICES_MAX:
        return tuple(
            Choice(key=each, title=slot.titles.get(each) or _plain(languages[0], each)) for each in slot.values
        )
    if slot.kind == "yes_no":
        titles = [{language: (sentence(language, name),) for language in languages} for name in ("yes", "no")]
        return tuple(Choice(key=each[languages[0]][0], title=Text(each)) for each in titles)
    return ()


def visible(draft: Draft) -> tuple[Choice, ...]:
    """The choices on the screen, in the order in which they are shown: their numbers can be typed too."""
    if not draft.state:
        return ()
    state = draft.here
    asked = question_choices(draft, state.ask[draft.asking]) if draft.asking is not None else ()
    reminded = [choice for reminder in state.remind for choice in reminder.choices]
    says = (*state.say, *(each for reminder in state.remind for each in reminder.say))
    shown = (*asked, *state.choices, *state.buttons, *told_apart(card_buttons(says)), *reminded)
    return tuple(each for each in shown if _is_visible(draft, each))


def _is_visible(draft: Draft, choice: Choice) -> bool:
    """Whether it is to be seen: by itself, or on the card of a product."""
    if draft.here.suggest is not None and screen.needs_product(choice):
        return bool(screen.cards_with(draft, choice))
    return draft.holds(choice.condition)


def told_apart(buttons: Sequence[Choice]) -> tuple[Choice, ...]:
    """Those whose title stands on one card only: typed, the others could mean any of their cards."""
    titles = [each.title for each in buttons]
    return tuple(each for each in buttons if titles.count(each.title) == 1)


def leads_outside(draft: Draft, choice: Choice) -> tuple[Message, ...]:
    """The web address or phone number of a button, for somebody who typed its title: only a tap opens it."""
    address = draft.url(choice.url) if choice.url is not None else choice.phone
    return (Message(f"{draft.text(choice.title)}: {address}"),) if address else ()


def titles(draft: Draft, choice: Choice, language: str = "") -> list[str]:
    """A choice's title in every language of the bot, or in this one alone, as `fold` gives it."""
    written = choice.title.by_language.items()
    return [title for name, each in written if language in ("", name) for title in _folded(draft, choice, name, each)]


def _folded(draft: Draft, choice: Choice, language: str, title: Template) -> list[str]:
    """A title with values of the customer's is folded afresh: those are not kept. With a product's there is one for each card."""
    if len(title) == 1 and isinstance(title[0], str):
        return [fold_own(title[0])]
    if screen.names_field(choice.title):
        return screen.titles(draft, choice, language)
    return [fold(fill(title, draft.values(title)))]


def said(draft: Draft, say: Sequence[Say], place: str = "") -> list[Message]:
    """The messages of a `say` list; what has no text or address left is dropped. Taps on cards carry `place`, else the state."""
    messages = [_message(draft, each, place or draft.state) for each in say]
    return [each for each in messages if not each.is_empty]


def _message(draft: Draft, said: Say, place: str) -> Message:
    """Empty for what has lost the text, address or title without which it is nothing."""
    match said:
        case Text():
            return Message(draft.text(said))
        case SayMedia(kind, url):
            address = draft.url(url)
            return Message(media=(kind, address)) if address else Message()
        case SayCards(cards):
            return Message(cards=tuple(card for each in cards if (card := _card(draft, each, place))))
        case SayForm(kind, fields, items):
            filled = {name: _field(draft, name, text) for name, text in fields.items()}
            lines = tuple({name: _field(draft, name, text) for name, text in item.items()} for item in items)
            return Message(form=Form(kind, filled, lines))


def _field(draft: Draft, name: str, text: Text) -> str:
    return draft.url(text) if name in FORM_ADDRESSES else draft.text(text)


def _card(draft: Draft, card: SayCard, place: str) -> Card | None:
    """None for a card without a title, or with nothing beside it."""
    title = draft.text(card.title)
    subtitle = draft.text(card.subtitle) if card.subtitle else ""
    image, url = (draft.url(each) if each else "" for each in (card.image, card.url))
    buttons = options(draft, place, card.buttons)[:BUTTONS_MAX]
    return Card(title, subtitle, image, url, buttons) if title and (subtitle or image or url or buttons) else None


def options(draft: Draft, state: str, choices: Sequence[Choice]) -> tuple[Option, ...]:
    """The choices whose conditions hold, as they are shown."""
    if not choices:
        return ()
    shown = [_option(draft, state, each) for each in choices if each.condition is None or draft.holds(each.condition)]
    return tuple([each for each in shown if each is not None])


def _option(draft: Draft, state: str, choice: Choice) -> Option | None:
    """None for a title or address that has become empty."""
    title = draft.text(choice.title)
    if not title:
        return None
    if choice.url is not None:
        url = draft.url(choice.url)
        return Option(title, url=url) if url else None
    if choice.phone:
        return Option(title, phone=choice.phone)
    return Option(title, (state, choice.key), "", "", choice.image)


def ways_back(draft: Draft, person: str) -> tuple[Option, ...]:
    """The engine's own choices for somebody who is stuck: a person, and the beginning, where the flow has them."""
    offered = [Option(draft.sentence("person"), tap=(OFFER, person))] if person else []
    if draft.flow.entrances.start in draft.flow.states:
        offered.append(Option(draft.sentence("start_over"), tap=(START, "")))
    return tuple(offered)


def _plain(language: str, text: str) -> Text:
    return Text({language: (text,)})


def _with_buttons(draft: Draft, messages: list[Message], buttons: tuple[Option, ...]) -> list[Message]:
    if not buttons:
        return messages
    place = next((place for place in reversed(range(len(messages))) if messages[place].text), None)
    if place is None:
        return [*messages, Message(draft.sentence("choose"), buttons=buttons[:BUTTONS_MAX])]
    messages[place] = replace(messages[place], buttons=buttons[:BUTTONS_MAX])
    return messages


def add_choices(draft: Draft, messages: list[Message], choices: tuple[Option, ...]) -> list[Message]:
    """A message has choices or buttons, never both, a utility message has none: choices then get a message of ours."""
    if not choices:
        return messages
    if not messages or messages[-1].buttons or messages[-1].is_utility:
        return [*messages, Message(draft.sentence("choose"), choices=choices[:CHOICES_MAX])]
    return [*messages[:-1], replace(messages[-1], choices=choices[:CHOICES_MAX])]
