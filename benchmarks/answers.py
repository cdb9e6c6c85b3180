"""What score.py of the development data measures: the search of app/answers with its shipped defaults."""

from __future__ import annotations

from typing import Any

from app.answers.book import Book, book_of, look_up
from app.answers.decide import offered
from app.answers.entries import Encoder, Entry
from app.flowfile.encoder import encoder_of


class Answers:
    """The contract of score.py."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._book: Book

    def fit(self, entries: list[dict[str, Any]], lang: str | None = None) -> None:
        self._book = book_of([Entry(each["id"], tuple(each["questions"])) for each in entries], self._encoder)

    def query(self, text: str, top: int = 5) -> dict[str, Any]:
        answer = look_up(self._book, text)
        ranked = [[each.id, each.score] for each in answer.ranked[:top]]
        return {"ranked": ranked, "decision": answer.decision, "suggest": list(offered(answer))}


def make() -> Answers:
    """With the encoder, as shipped."""
    return Answers(encoder_of(None))


def make_lexical() -> Answers:
    """By letters alone, as with ANSWERS_BY_MEANING=false."""
    return Answers(None)
