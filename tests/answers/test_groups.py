"""Questions that mean the same come together; what only looks alike does not."""

from __future__ import annotations

from app.answers import groups
from app.answers.groups import group
from app.flowfile.encoder import encoder_of

DOGS = ["can I bring my dog", "may I come with my dog?", "Can I bring a dog??"]
GIFTS = ["do you sell gift cards", "have you got gift cards?"]
ODD = ["where is the moon"]


def as_texts(texts: list[str], found: tuple[tuple[int, ...], ...]) -> list[set[str]]:
    return [{texts[place] for place in each} for each in found]


def test_other_words_for_one_thing_are_one_group_the_largest_first() -> None:
    texts = [GIFTS[0], DOGS[0], ODD[0], DOGS[1], GIFTS[1], DOGS[2]]
    assert as_texts(texts, group(texts, encoder_of(None))) == [set(DOGS), set(GIFTS), set(ODD)]


def test_by_letters_alone_only_the_same_words_come_together() -> None:
    texts = [*GIFTS, DOGS[0], DOGS[2], "gift cards do you sell"]
    found = as_texts(texts, group(texts, None))
    assert {DOGS[0], DOGS[2]} in found
    assert {GIFTS[0], "gift cards do you sell"} <= found[0]


def test_the_most_typical_text_stands_first() -> None:
    texts = ["is there parking nearby today for us all", "any parking nearby", "is there any parking nearby"]
    [first, *_] = group(texts, encoder_of(None))
    assert texts[first[0]] == "is there any parking nearby"


def test_nothing_one_text_and_texts_without_words_are_fine() -> None:
    assert group([], None) == ()
    assert group(["🙂"], encoder_of(None)) == ((0,),)
    assert len(group(["", "?", "🙂", "你好", "x" * 20_000], encoder_of(None))) >= 1


def test_only_so_many_are_compared() -> None:
    texts = [f"{number}" for number in range(groups.TEXTS_MAX + 5)]
    assert sum(map(len, group(texts, None))) == groups.TEXTS_MAX
