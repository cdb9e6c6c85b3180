"""What score.py of the development data measures: the search of app/answers with its shipped defaults."""

from __future__ import annotations

from typing import Any

from app.answers.decide import offered
from app.answers.entries import Encoder, Entry
from app.answers.index import Index, fit
from app.answers.search import search
from app.flowfile.encoder import Use as load

_LOADED: list[Encoder] = []


def encoder() -> Encoder:
    """The encoder, loaded once."""
    if not _LOADED:
        _LOADED.append(load())
    return _LOADED[0]


class Answers:
    """The contract of score.py."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._index: Index

    def fit(self, entries: list[dict[str, Any]], lang: str | None = None) -> None:
        self._index = fit((Entry(each["id"], tuple(each["questions"])) for each in entries), self._encoder)

    def query(self, text: str, top: int = 5) -> dict[str, Any]:
        answer = search(self._index, text)
        ranked = [[each.id, each.score] for each in answer.ranked[:top]]
        return {"ranked": ranked, "decision": answer.decision, "suggest": list(offered(answer))}


def make() -> Answers:
    """With the encoder, as shipped."""
    return Answers(encoder())


def make_lexical() -> Answers:
    """By letters alone, as with ANSWERS_BY_MEANING=false."""
    return Answers(None)
