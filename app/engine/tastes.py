"""What a customer likes and does not like, by his own taps on cards; what he does not like is never suggested again. Shows no card."""

from __future__ import annotations

from app.engine import anywhere, screen
from app.engine.draft import Draft
from app.engine.effects import Message, NoteTaste
from app.engine.events import TapReceived
from app.engine.flow import DISLIKE, LIKE, MORE, Choice, Product, State
from app.engine.walk import go, remind_again

KEPT_MAX = 100
"""Groups of products that are remembered of each; the oldest go."""


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on such a button, now or long ago."""
    key, is_of, product_id = event.choice.partition(screen.OF)
    name = anywhere.resolve(draft.flow, event.state) if is_of else ""
    state = draft.flow.states.get(name)
    choice = (
        next((each for each in state.buttons if each.key == key and each.to in screen.TASTES), None) if state else None
    )
    if state is None or choice is None:
        return False
    draft.note(f"tap {name}/{key}")
    product = draft.flow.products.get(product_id)
    _remember(draft, state, choice.to, (product,) if product else ())
    return True


def hear(draft: Draft, choice: Choice) -> bool:
    """The title of such a button, typed: it means every card that was shown last."""
    if choice.to not in screen.TASTES:
        return False
    shown = screen.cards_with(draft, choice)
    if shown:
        _remember(draft, draft.here, choice.to, shown)
    else:
        draft.say((Message(draft.sentence("unknown_tap")),))
    return True


def _remember(draft: Draft, state: State, taste: str, products: tuple[Product, ...]) -> None:
    """Keep it, say so, and after a no show the next ones."""
    draft.failures = 0
    groups = tuple(dict.fromkeys(each.group for each in products))
    if taste == LIKE:
        draft.liked = _with(draft.liked, groups)
        draft.disliked = tuple(each for each in draft.disliked if each not in groups)
    else:
        draft.disliked = _with(draft.disliked, groups)
        draft.liked = tuple(each for each in draft.liked if each not in groups)
    if products:
        draft.effects.append(NoteTaste(tuple(each.id for each in products), taste))
    draft.say((Message(draft.sentence("liked" if taste == LIKE else "disliked")),))
    if taste == DISLIKE and state.name == draft.state and state.suggest is not None:
        go(draft, MORE)
    elif draft.state:
        remind_again(draft)


def _with(kept: tuple[str, ...], groups: tuple[str, ...]) -> tuple[str, ...]:
    return (*(each for each in kept if each not in groups), *groups)[-KEPT_MAX:]
