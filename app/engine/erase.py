""" "Delete my data": asked once, then everything that is known of the customer goes. Deletes nothing itself."""

from __future__ import annotations

from app.engine.draft import Draft
from app.engine.effects import EraseCustomer, Message, Option
from app.engine.events import TapReceived
from app.engine.fold import fold_own
from app.engine.session import NOT_ASKED
from app.engine.walk import ask_again, end_session, leave_the_queue
from app.engine.words import ERASE, NO, YES

TAP = "@erase"
"""What a tap carries instead of a state, with the answer as its key."""


def hear(draft: Draft, folded: str) -> bool:
    """Whether the message asks for it, or answers our question about it."""
    was_asked, draft.erasing = draft.erasing, False
    if was_asked and folded in (*YES, "1", fold_own(draft.sentence("erase_all"))):
        _erase(draft)
    elif was_asked and folded in (*NO, "2"):
        _keep(draft)
    elif folded in ERASE:
        _ask(draft)
    else:
        return False
    return True


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on the answer to our question; one from long ago is asked about again."""
    was_asked, draft.erasing = draft.erasing, False
    if event.state != TAP:
        return False
    if event.choice == "no":
        _keep(draft)
    elif was_asked:
        _erase(draft)
    else:
        _ask(draft)
    return True


def _ask(draft: Draft) -> None:
    draft.note("asks to be forgotten")
    draft.erasing = True
    yes = Option(draft.sentence("erase_all"), tap=(TAP, "yes"))
    no = Option(draft.sentence("no"), tap=(TAP, "no"))
    draft.say((Message(draft.sentence("erase"), choices=(yes, no)),))


def _keep(draft: Draft) -> None:
    draft.note("is not forgotten after all")
    draft.failures = 0
    draft.say((Message(draft.sentence("all_right")),))
    ask_again(draft)


def _erase(draft: Draft) -> None:
    """Everything goes but the language, and that there are to be no follow-ups."""
    draft.note("is forgotten")
    draft.effects.append(EraseCustomer())
    leave_the_queue(draft)
    end_session(draft)
    for name in tuple(draft.slots):
        draft.forget(name)
    draft.days = ()
    draft.showing, draft.shown, draft.wish, draft.warned, draft.waited_in = "", (), "", False, ""
    draft.screen, draft.named, draft.missed = (), (), ""
    draft.hunt, draft.hunted, draft.liked, draft.disliked = "", (), (), ()
    draft.question, draft.question_before, draft.unanswered = NOT_ASKED, NOT_ASKED, ()
    draft.disclosed = True
    draft.say((Message(draft.sentence("erased")),))
    draft.disclosed = False
