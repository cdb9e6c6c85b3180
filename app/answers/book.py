"""All entries of one search, in two indexes: the very words first, then letters and meaning. This is what a bot asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answers.entries import Answer, Chances, Encoder, Entry, Numbers, Ranked
from app.answers.index import Index, Progress, fit
from app.answers.phrases import WORD_FOR_WORD, Hits, PhraseIndex, find, index_of
from app.answers.search import search
from app.answers.tidy import CHARS_MAX, bare, tidy

WORDS_ENOUGH = 0.9
"""From this share of common telling words on, message and phrase say the same, whatever else they might mean."""

AGREED_MIN = 0.6
"""So likely the first entry must be right, where its words say so too, to be the answer."""

RIVAL_MAX = 0.2
"""So likely at most another of the first three may be the one, for the first to be the answer by that."""

WORDS_OFFER_MIN = 0.25
"""So likely one of the first three must be the one to ask back, where the first one's phrases have words of the text: without such
words it takes more (`decide.py`)."""

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
    if answer.decision == "clarify" and hits.sure == answer.ranked[0].id and _agrees(answer.chances):
        return replace(answer, decision="answer", rule="words and meaning agree")
    if answer.decision == "answer" and hits.is_tied and answer.chances.right < TIED_MIN:
        return replace(answer, decision="clarify", rule="its words fit several")
    if answer.decision == "fallback" and _is_worth_asking(answer, hits):
        return replace(answer, decision="clarify", rule="unlikely, but some of its words are the first one's")
    return answer


def _is_worth_asking(answer: Answer, hits: Hits) -> bool:
    by_words = hits.sure or next(iter(hits.unsure), "")
    chances = answer.chances
    is_first = bool(by_words) and bool(answer.ranked) and answer.ranked[0].id == by_words
    return is_first and chances.right + chances.near >= WORDS_OFFER_MIN


def _agrees(chances: Chances) -> bool:
    return chances.right >= AGREED_MIN and chances.near <= RIVAL_MAX


_CERTAIN = Chances(right=1.0, outside=0.0)
