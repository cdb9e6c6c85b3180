"""F9xx: what a translation lacks: it is missing, nothing says its sentence any more, it is the same, its variables are others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.flowfile.problems import QUOTE_CHARS_MAX, Problem, nearest_name, problem_at, quoted
from app.flowfile.source.nodes import Scalar

SENTENCES_TOLD_MAX = 3
"""How many of the missing sentences are named: enough to recognise them; a new language lacks hundreds."""

WORDS_ALIKE_MIN = 2
"""From so many words on, two languages hardly ever say the same: a single one such as OK, Menu or PayPal may well be right in both."""


def translations_missing(language: str, first: str, sentences: Sequence[Scalar]) -> Iterator[Problem]:
    """F901: sentences without a translation. Advice, and one for a language: they are said in the first one."""
    if sentences:
        count = "1 text is" if len(sentences) == 1 else f"{len(sentences)} texts are"
        named = ", ".join(quoted(each.text) for each in sentences[:SENTENCES_TOLD_MAX])
        more = " …" if len(sentences) > SENTENCES_TOLD_MAX else "."
        what = f"{count} in {first} only, without a translation into {language}: {named}{more}"
        hint = f"Run frontdesk translate {language} with the bot's folder behind it: it lists them for you to fill in."
        yield replace(problem_at(sentences[0].place, "F901", what, hint), advice=True)


def translation_stale(original: Scalar, untranslated: Mapping[str, Scalar]) -> Iterator[Problem]:
    """F902: a pair whose sentence the bot no longer uses. Advice: it does no harm. `untranslated`, by beginning: what may be meant."""
    near = nearest_sentence(original.text, untranslated)
    hint = "Take the pair out, or correct its first sentence: it must be the same as in the bot, letter by letter."
    if near:
        hint = f"Did you mean {quoted(near.text)} ({near.place.file}, line {near.place.line})?"
    what = f"Nothing says {quoted(original.text)} any more, so this translation is never used."
    yield replace(problem_at(original.place, "F902", what, hint), advice=True)


def translation_identical(original: Scalar, written: Scalar, language: str) -> Iterator[Problem]:
    """F903: a translation that only repeats the sentence. Advice: it may be a name."""
    sentence = written.text.strip()
    if sentence == original.text.strip() and _words_in(sentence) >= WORDS_ALIKE_MIN:
        what = f"{quoted(sentence)} is the same in {language} as before."
        hint = f"Write it in {language}, or leave it empty until you know how."
        yield replace(problem_at(written.place, "F903", what, hint), advice=True)


def variables_differ(
    written: Scalar, wanted: Collection[str], found: Collection[str], language: str
) -> Iterator[Problem]:
    """F904: a translation that fills in other values than its sentence: customers of one language would read something else."""
    missing, extra = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    if extra:
        place = written.place_of(written.text.find(f"<{extra[0]}>"))
        near = nearest_name(extra[0], missing) or next(iter(missing), "")
        hint = (
            f"Did you mean <{near}>?"
            if near
            else "Take it out, or write it into the sentence of the first language, too."
        )
        yield problem_at(place, "F904", f"<{extra[0]}> is not in the sentence that this translates.", hint)
    elif missing:
        what = f"The translation into {language} lacks <{missing[0]}>, which its sentence has."
        yield problem_at(written.place, "F904", what, f"Write <{missing[0]}> where its value belongs.")


def by_beginning(sentences: Iterable[Scalar]) -> Mapping[str, Scalar]:
    """Sentences by as much of them as is compared; the first of two counts."""
    found: dict[str, Scalar] = {}
    for each in sentences:
        found.setdefault(each.text.strip()[:QUOTE_CHARS_MAX], each)
    return found


def nearest_sentence(words: str, beginnings: Mapping[str, Scalar]) -> Scalar | None:
    """The sentence that is likest to `words`, if one is like enough."""
    return beginnings.get(nearest_name(words.strip(), beginnings))


def _words_in(sentence: str) -> int:
    """How many words it has: what stands in < > and what has no letter is none."""
    return sum(any(each.isalpha() for each in word) for word in sentence.split() if "<" not in word)
