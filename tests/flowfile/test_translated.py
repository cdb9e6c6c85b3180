"""A sentence in one language of a bot and its translation are the same; anything else is not."""

from __future__ import annotations

import pytest

from app.flowfile.rehearsal.translated import Translations, translations_of
from tests.flowfile.bots import TOP, good, write

BOT = (
    TOP
    + """\
slots: {size: {type: text, hint: Write a number.}}
states:
  welcome:
    say: ["Hi, <first_name>! Welcome.", "<first_name>", Good day.]
    ask: {save: size, say: "Your size, for <first_name>?"}
    choices: {Leave: bye}
    goto: bye
  bye: {say: See you <first_name>}
translations:
  - {en: "Hi, <first_name>! Welcome.", fr: "Bonjour, <first_name> ! Bienvenue."}
  - {en: Write a number., fr: Un nombre.}
  - {en: Leave, fr: Partir}
  - {en: "Your size, for <first_name>?", fr: "Pour <first_name>, quelle taille ?"}
  - {en: See you <first_name>, fr: À bientôt <first_name>}
"""
)


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Translations:
    return translations_of(good(write(tmp_path_factory.mktemp("bot"), BOT)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Good day.", "Good day."),
        ("Write a number.", "Un nombre."),
        ("Leave", "Partir"),
        ("Partir", "Partir"),
        ("Hi, Ana! Welcome.", "Bonjour, Ana ! Bienvenue."),
        ("Hi! Welcome.", "Bonjour ! Bienvenue."),
        ("Your size, for Ana?", "Pour Ana, quelle taille ?"),
        ("See you Ana", "À bientôt Ana"),
        ("See you", "À bientôt"),
        ("Start over", "Recommencer"),
        ("Leave: https://shop.example/a", "Partir: https://shop.example/a"),
    ],
)
def test_a_translation_is_the_same(words: str, said: str, translations: Translations) -> None:
    assert translations.same("fr", words, said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Leave", "Un nombre."),
        ("Good day.", "Bonjour"),
        ("Hi, Ana! Welcome.", "Bonjour, Ana !"),
        ("Hi, Ana! Welcome.", "Bonjour, Ana ! Bienvenue. Encore."),
        ("Hi, Ana! Welcome.", "Oh, Bonjour, Ana ! Bienvenue."),
        ("Leave", "leave"),
        ("Leave: https://shop.example/a", "Partir: https://shop.example/b"),
        ("Leave: https://shop.example/a", "Un nombre.: https://shop.example/a"),
        ("Ana", "Luc"),
    ],
)
def test_anything_else_is_not(words: str, said: str, translations: Translations) -> None:
    assert not translations.same("fr", words, said)
