"""Comments under a post: one private reply, where the flow has one for it. Sends nothing itself."""

from __future__ import annotations

from app.engine import languages
from app.engine.anywhere import mentions
from app.engine.draft import Draft
from app.engine.events import CommentReceived
from app.engine.fold import clean, fold
from app.engine.walk import go


def read_comment(draft: Draft, event: CommentReceived) -> None:
    """Say what the state for comments says, if the comment holds one of its phrases; any other comment is left alone."""
    comments = draft.flow.entrances.comments
    text = clean(event.text)
    folded = fold(text)
    if comments is None or not mentions(folded, comments.hear):
        draft.note("a comment that the bot does not answer")
        return
    draft.note("answers a comment")
    languages.hear(draft, text, folded)
    go(draft, comments.goto)
