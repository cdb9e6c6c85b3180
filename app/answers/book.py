"""All entries of one search, in two indexes: the very words first, then letters and meaning. This is what a bot asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answers.entries import Answer, Chances, Encoder, Entry, Numbers, Ranked
from app.answers.index import Index, Progress, fit
from app.answers.phrases import WORD_FOR_WORD, PhraseIndex, find, index_of
from app.answers.search import search
from app.answers.tidy import CHARS_MAX, bare, tidy

WORDS_ENOUGH = 0.9
"""From this share of common telling words on, message and phrase say the same, whatever else they might mean."""

AGREED_MIN = 0.6
"""So likely the first entry must be right, where its words say so too, to be the answer."""

TIED_MIN = 0.95
"""So likely it must be where the words fit several entries alike: who writes "shipping" to a shop of slow and express is asked back."""


@dataclass(frozen=True, slots=True)
class Book:
    """Made by `book_of`; never changes."""

    words: PhraseIndex
    index: Index


def book_of(
    entries: Sequence[Entry],
    encoder: Encoder | None = None,
    vectors: Numbers | None = None,
    progress: Progress | None = None,
) -> Book:
    """The entries, ready to be asked. `vectors` as in `fit`."""
    by_id = sorted(entries, key=lambda each: each.id)
    words = index_of((each.id, sorted({words_of(phrase) for phrase in each.phrases})) for each in by_id)
    return Book(words, fit(by_id, encoder, vectors, progress))


def words_of(text: str) -> str:
    """The words that a text is compared by; what is only drawn stays as it is."""
    return bare(tidy(text)) or text.strip().casefold()[:CHARS_MAX]


def look_up(book: Book, text: str) -> Answer:
    """What a text means; any text has an answer. A phrase said whole needs no encoder."""
    hits = find(book.words, words_of(text))
    if hits.sure and hits.score >= WORDS_ENOUGH:
        return Answer("answer", (Ranked(hits.sure, 1.0),), _CERTAIN, WORD_FOR_WORD)
    answer = search(book.index, text)
    if answer.decision == "clarify" and hits.sure == answer.ranked[0].id and answer.chances.right >= AGREED_MIN:
        return replace(answer, decision="answer", rule="words and meaning agree")
    if answer.decision == "answer" and hits.is_tied and answer.chances.right < TIED_MIN:
        return replace(answer, decision="clarify", rule="its words fit several")
    return answer


_CERTAIN = Chances(right=1.0, outside=0.0)
