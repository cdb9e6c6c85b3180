"""Runs the searches that the turns of a flow ask for. What it works out from a flow is kept with the flow, made at the first search."""

from __future__ import annotations

from app.answers.phrases import PhraseIndex, find, index_of
from app.engine.effects import Search
from app.engine.faq import phrases
from app.engine.finders import Found
from app.engine.flow import ALL_TOPICS, Flow
from app.errors import EngineError


def run_search(flow: Flow, search: Search) -> Found:
    """The answer of one search; may be called from several threads at once. Raises EngineError for a kind that nobody searches."""
    if search.kind != "faq":
        raise EngineError(f"The flow {flow.name} asks for {search.kind}, which this program cannot search.")
    hits = find(_faq_index(flow, search.scope), search.query)
    return Found(hits.sure, hits.unsure)


def _faq_index(flow: Flow, topic: str) -> PhraseIndex:
    """The phrases of a topic's entries. Two threads may make it at the same time; one of the two is kept."""
    name = f"faq/{topic}"
    if name not in flow.searches:
        entries = [each for each in flow.faq.values() if topic in (ALL_TOPICS, each.topic)]
        flow.searches.setdefault(name, index_of((each.id, phrases(each)) for each in entries))
    index: PhraseIndex = flow.searches[name]
    return index
