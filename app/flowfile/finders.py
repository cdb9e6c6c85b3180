"""Runs the searches that the turns of a flow ask for. What it works out from a flow is kept with the flow, made at the first search."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.answers.phrases import PhraseIndex, find, index_of, telling_words
from app.catalogue.choose import Fields, Item, Wish, choose
from app.engine.conditions import holds
from app.engine.effects import Search
from app.engine.finders import Found, Scored
from app.engine.flow import PRODUCT_PREFIX, Condition, Flow, Preference, Product, Text
from app.engine.fold import fold_own
from app.engine.screen import values_of
from app.errors import EngineError
from app.flowfile import answering
from app.flowfile.languages import language_of

SCORES_TOLD_MAX = 3
"""Entries of an answer that are told of: the one that was taken and who came near."""


def run_search(flow: Flow, search: Search) -> Found:
    """The answer of one search; may be called from several threads at once. Raises EngineError for a kind that nobody searches."""
    match search.kind:
        case "faq":
            return _answer(flow, search)
        case "products":
            return _found(_product_index(flow), search.query)
        case "suggest":
            return Found(unsure=_suggested(flow, search.scope, json.loads(search.query)))
        case "language":
            return Found(language_of(search.query, flow.languages))
        case kind:
            raise EngineError(f"The flow {flow.name} asks for {kind}, which this program cannot search.")


def _found(index: PhraseIndex, query: str) -> Found:
    hits = find(index, query)
    return Found(hits.sure, hits.unsure)


def _answer(flow: Flow, search: Search) -> Found:
    """What a question means: the answer, or up to three to ask back with; and what else came near."""
    from app.answers.decide import offered

    answer = answering.answer(flow, search.query, search.scope)
    scores = tuple(Scored(each.id, round(each.score, 2)) for each in answer.ranked[:SCORES_TOLD_MAX])
    sure = scores[0].id if answer.decision == "answer" else ""
    unsure = offered(answer)
    return Found(sure, unsure, scores, answer.rule)


def _product_index(flow: Flow) -> PhraseIndex:
    """The products by their names, in every language."""
    if "products" not in flow.searches:
        flow.searches.setdefault("products", index_of((each.id, _folded(each.name)) for each in flow.products.values()))
    index: PhraseIndex = flow.searches["products"]
    return index


# ---- suggestions -------------------------------------------------------------------------------------------


def _suggested(flow: Flow, state: str, wish: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the products that come next in this state. `wish`: facts of the customer, words to match, ids shown before."""
    suggest = flow.states[state].suggest
    if suggest is None:
        raise EngineError(f"The state {state} suggests nothing.")
    facts = wish["facts"]
    likes = tuple(_like(each, facts) for each in suggest.prefer)
    wanted = Wish(_fits(suggest.where, facts), telling_words(wish["match"]), likes, frozenset(wish["shown"]))
    return choose(_items(flow), wanted, suggest.show)


def _fits(condition: Condition | None, facts: Mapping[str, Any]) -> Callable[[Fields], bool]:
    """Whether a condition holds for a product and this customer; without a condition it always does."""
    return lambda fields: condition is None or holds(condition, {**facts, **fields})


def _like(preference: Preference, facts: Mapping[str, Any]) -> Callable[[Fields], float]:
    """The number of a field, the lowest there is where a product has none; or 1 where a condition holds."""
    if preference.condition is not None:
        fits = _fits(preference.condition, facts)
        return lambda fields: float(fits(fields))
    name = PRODUCT_PREFIX + preference.field
    return lambda fields: value if isinstance(value := fields.get(name), float) else float("-inf")


def _items(flow: Flow) -> tuple[Item, ...]:
    """The products as they are chosen from."""
    if "items" not in flow.searches:
        flow.searches.setdefault("items", tuple(_item(flow, each) for each in flow.products.values()))
    items: tuple[Item, ...] = flow.searches["items"]
    return items


def _item(flow: Flow, product: Product) -> Item:
    texts = [*_folded(product.name), *(_folded(product.description) if product.description else ())]
    for value in product.fields.values():
        texts += [fold_own(each) for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, str)]
    words = frozenset(word for text in texts for word in text.split())
    return Item(product.id, values_of(flow, product, flow.languages[0]), words)


def _folded(text: Text) -> tuple[str, ...]:
    """A text of a product in every language; no placeholder stands in it."""
    return tuple(fold_own("".join(map(str, template))) for template in text.by_language.values())
