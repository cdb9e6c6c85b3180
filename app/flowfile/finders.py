"""Runs the searches that the turns of a flow ask for. What it works out from a flow is kept with the flow, made at the first search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from app.engine.effects import Search
from app.engine.finders import Found, Scored
from app.engine.flow import Flow
from app.errors import EngineError
from app.flowfile import answering, shelves
from app.flowfile.languages import language_of

SHOWN_AT_ONCE = 3
"""Products shown to somebody who asked for some in his own words: what a screen holds without scrolling far."""

UNSURE_SHARE = 0.35
"""A message with less of its words in a product than this is not about it."""

SCORES_TOLD_MAX = 3
"""Entries of an answer that are told of: the one that was taken and who came near."""


def run_search(flow: Flow, search: Search) -> Found:
    """The answer of one search; may be called from several threads at once. Raises EngineError for a kind that nobody searches."""
    match search.kind:
        case "faq":
            return _answer(flow, search)
        case "products":
            return _named(flow, json.loads(search.query))
        case "suggest":
            return _suggested(flow, search.scope, json.loads(search.query))
        case "language":
            return Found(language_of(search.query, flow.languages))
        case kind:
            raise EngineError(f"The flow {flow.name} asks for {kind}, which this program cannot search.")


def _answer(flow: Flow, search: Search) -> Found:
    """What a question means: the answer, or up to three to ask back with; and what else came near."""
    from app.answers.decide import offered

    answer = answering.answer(flow, search.query, search.scope)
    scores = tuple(Scored(each.id, round(each.score, 2)) for each in answer.ranked[:SCORES_TOLD_MAX])
    sure = scores[0].id if answer.decision == "answer" else ""
    unsure = offered(answer)
    return Found(sure, unsure, scores, answer.rule)


# ---- products ----------------------------------------------------------------------------------------------


def _named(flow: Flow, wish: Mapping[str, Any]) -> Found:
    """The products that a message is about. `wish`: what was written, and which were shown, liked and not liked."""
    from app.catalogue.ask import ask
    from app.catalogue.sales import at
    from app.flowfile import choosing

    shelf = at(shelves.shelf(flow), _moment(wish))
    query = choosing.query_of(shelf, wish, SHOWN_AT_ONCE + 1)
    asked = ask(shelf, wish["text"], flow.languages, query, by_name=True)
    if asked.vain:
        return Found(dropped=choosing.told(asked.wished), vain=True)
    ids = tuple(shelf.ids[row] for row in asked.hits.rows)
    if not asked.is_sure and (
        not asked.wishes.words or asked.hits.share < UNSURE_SHARE
    ):  # a bare "blue" may answer anything
        return Found(dropped=choosing.told(asked.hits.dropped))
    return Found(
        sure=ids[0] if asked.is_sure else "",
        unsure=ids[:SHOWN_AT_ONCE],
        dropped=choosing.told(asked.hits.dropped),
        more=len(ids) > SHOWN_AT_ONCE,
    )


def _moment(wish: Mapping[str, Any]) -> datetime | None:
    """The moment of the turn, by which sales begin and end."""
    return datetime.fromisoformat(wish["now"]) if "now" in wish else None


def _suggested(flow: Flow, state: str, wish: Mapping[str, Any]) -> Found:
    """The products that come next in this state. `wish`: facts of the customer too, and a text to match."""
    from app.catalogue.ask import Asked, ask
    from app.catalogue.sales import at
    from app.catalogue.seek import seek
    from app.catalogue.wishes import Wishes
    from app.flowfile import choosing

    suggest = flow.states[state].suggest
    if suggest is None:
        raise EngineError(f"The state {state} suggests nothing.")
    shelf, facts = at(shelves.shelf(flow), _moment(wish)), wish["facts"]
    must, wishes = choosing.split(suggest.where)
    query = choosing.query_of(shelf, wish, suggest.show + 1)
    query = replace(
        query,
        must=reduce(and_, (choosing.mask_of(shelf, each, facts) for each in must), query.must),
        wishes=tuple(choosing.wished(shelf, each, facts) for each in wishes),
        likes=(*choosing.likes_of(shelf, suggest.prefer, facts), *query.likes),
    )
    text = wish["match"]
    asked = (
        ask(shelf, text, flow.languages, query) if text else Asked(seek(shelf, query), Wishes(), wished=query.wishes)
    )
    hits = asked.hits
    if not hits.rows:
        return Found(dropped=choosing.told(asked.wished), vain=True)
    ids = tuple(shelf.ids[row] for row in hits.rows)
    return Found(unsure=ids[: suggest.show], dropped=choosing.told(hits.dropped), more=len(ids) > suggest.show)
