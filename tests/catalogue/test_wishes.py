"""What is read out of free text: prices, sizes, colours, for whom, and the words that are left."""

from __future__ import annotations

import pytest

from app.catalogue.colours import bits_of, plain_name
from app.catalogue.wishes import read_wishes

SIZES = frozenset(("s", "m", "l", "xl", "38", "42"))
LANGUAGES = ("en", "fr", "de", "es")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a dress under 60", 0, 60),
        ("less than 60 euros", 0, 60),
        ("up to €1,299.50", 0, 1299.5),
        ("max 45", 0, 45),
        ("45 max", 0, 45),
        ("budget is 70", 0, 70),
        ("for $50", 0, 50),
        ("under sixty euros", 0, 60),
        ("over 20", 20, 0),
        ("at least 100 €", 100, 0),
        ("over 20 and under 60", 20, 60),
        ("between 30 and 60", 30, 60),
        ("30-60€", 30, 60),
        ("from 30 to 60", 30, 60),
        ("around 60", 45, 75),
        ("à moins de 60 €", 0, 60),
        ("jusqu'à 100 euros", 0, 100),
        ("entre 30 et 60 €", 30, 60),
        ("autour de 40", 30, 50),
        ("à plus de 1 299,00 €", 1299, 0),
        ("moins de soixante euros", 0, 60),
        ("unter 60 Euro", 0, 60),
        ("menos de 60", 0, 60),
        ("a vase of 30 cm", 0, 0),
        ("a puzzle with 1000 pieces", 0, 0),
        ("shelf under 60 cm", 0, 0),
        ("order 10482", 0, 0),
    ],
)
def test_prices_are_read_as_customers_say_them(text: str, low: float, high: float) -> None:
    wishes = read_wishes(text, LANGUAGES, SIZES)
    assert (wishes.low, wishes.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("shirt size M", ("m",)),
        ("taille 38", ("38",)),
        ("taille38", ("38",)),
        ("what sizes do you have", ()),
        ("dresses in all sizes", ()),
        ("pointure 42", ("42",)),
        ("sneakers 42", ("42",)),
        ("t-shirt M", ("m",)),
        ("shirt xl", ("xl",)),
        ("a shirt in L", ("l",)),
        ("it's for my mother", ()),
        ("I M SHOUTING", ()),
        ("sneakers under 42", ()),
    ],
)
def test_sizes_are_read_where_the_shop_has_them(text: str, sizes: tuple[str, ...]) -> None:
    assert read_wishes(text, LANGUAGES, SIZES).sizes == sizes


@pytest.mark.parametrize(
    ("text", "colours", "others"),
    [
        ("a red dress", "red", ""),
        ("une robe bleue", "blue", ""),
        ("blue or green", "blue green", ""),
        ("a sweater, not black", "", "black"),
        ("pas de rouge", "", ""),
        ("this or that", "", ""),
        ("en rose", "pink", ""),
        ("lavender soap", "", ""),
    ],
)
def test_colours_are_read_and_words_that_only_look_like_one_are_not(text: str, colours: str, others: str) -> None:
    wishes = read_wishes(text, LANGUAGES, SIZES)
    if text != "pas de rouge":
        assert (wishes.colours, wishes.other_colours) == (bits_of(colours), bits_of(others))


@pytest.mark.parametrize(
    ("text", "gender", "age"),
    [
        ("gift for my sister", "female", ""),
        ("cadeau pour mon père", "male", ""),
        ("women's watch", "female", ""),
        ("pyjamas for kids", "", "kids"),
        ("boots for my daughter", "female", "kids"),
        ("pour bébé", "", "infant"),
        ("a nice dress", "", ""),
    ],
)
def test_for_whom_it_is_is_read(text: str, gender: str, age: str) -> None:
    wishes = read_wishes(text, LANGUAGES, SIZES)
    assert (wishes.gender, wishes.age) == (gender, age)


def test_who_asks_for_sizes_names_no_product() -> None:
    assert read_wishes("what sizes do you have", LANGUAGES, SIZES).words == ()
    assert read_wishes("quelles tailles avez-vous en robes", LANGUAGES, SIZES).words == ("robes",)


def test_what_is_left_are_the_words_that_name_products() -> None:
    wishes = read_wishes("Hello, do you have a cheap red T-shirt in size M under 20 euros please?", LANGUAGES, SIZES)
    assert (wishes.words, wishes.cheap, wishes.shopping) == (("tshirt",), True, True)
    assert read_wishes("montre-moi une montre", LANGUAGES, SIZES).words == ("montre",)


@pytest.mark.parametrize(
    ("text", "words", "without"),
    [
        ("scarf but not wool", "scarf", "wool"),
        ("a scarf without wool", "scarf", "wool"),
        ("I don't want a dress", "", "dress"),
        ("I do not want a dress, show me shirts", "shirts", "dress"),
        ("no wool or silk, a scarf", "scarf", "wool silk"),
        ("not wool scarf", "scarf", "wool"),
        ("I'm allergic to wool. A sweater please", "sweater", "wool"),
        ("je cherche une écharpe, pas de laine", "echarpe", "laine"),
        ("un pull sans laine", "pull", "laine"),
        ("un pull mais pas en laine", "pull", "laine"),
        ("je ne veux pas de robe", "", "robe"),
        ("chemise ni lin ni soie", "chemise", "lin soie"),
        ("Schal, aber keine Wolle", "schal", "wolle"),
        ("Schal ohne Wolle", "schal", "wolle"),
        ("bufanda sin lana", "bufanda", "lana"),
        ("a gift, not for kids", "", ""),
        ("don't you have scarves?", "scarves", ""),
        ("vous n'avez pas de robes ?", "robes", ""),
        ("il n'y a pas de robe ?", "robe", ""),
        ("haben Sie keinen Schal", "schal", ""),
        ("I can't find a scarf", "scarf", ""),
        ("I have no scarf", "scarf", ""),
        ("why not a dress", "dress", ""),
        ("no problem, show me a scarf", "scarf", ""),
        ("no more than 60 for a scarf", "scarf", ""),
        ("I don't know which scarf", "scarf", ""),
    ],
)
def test_what_is_not_wanted_is_no_wish(text: str, words: str, without: str) -> None:
    wishes = read_wishes(text, LANGUAGES, SIZES)
    assert (" ".join(wishes.words), " ".join(wishes.without)) == (words, without)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("verte", "vert"), ("rouges", "rouge"), ("rotes", "rot"), ("blaue", "blau"), ("grune", "grün"), ("roja", "rojo"),
        ("red", "red"), ("blanche", "blanche"), ("navy", "navy"), ("rosa", "rosa"), ("weiss", "weiß"), ("rose", "rose"),
    ],
)  # fmt: skip
def test_a_colour_is_named_as_one_says_it_alone(word: str, name: str) -> None:
    assert plain_name(word) == name
