"""Products asked for in free text, more of them, what was liked and not, and what had to be dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.engine.effects import ForgetTastes, NoteTaste
from app.engine.fill import with_parameters
from app.engine.flow import Anywhere, Choice, Compare, Flow, Name, Product, Shop, State, Suggest, Text
from tests.engine.transcript import Customer, choice, flow, question, slot, state, text

CLOSE = "I have nothing {}. These come close:"
FOUND = "I found this in our shop:"
OVER = "That was all I have for you."


def product(name: str, price: float, colour: str, **more: Any) -> Product:
    identity = name.lower().replace(" ", "-")
    fields = {"price": price, "currency": "EUR", "color": colour, **more}
    return Product(identity, text(name), url=f"https://shop.example/{identity}?v=1", fields=fields)


PRODUCTS = {
    each.id: each
    for each in (
        product("Poppy dress", 50.0, "red", rating=4.9),
        product("Star dress", 58.0, "blue", rating=4.8),
        product("Moon dress", 80.0, "black", rating=4.7),
        product("Sun dress", 45.0, "yellow", rating=4.6),
        product("Sea dress", 44.0, "blue", rating=4.5, item_group_id="sea"),
        product("Sea dress long", 46.0, "blue", rating=4.4, item_group_id="sea"),
        product("Pine mug", 9.0, "green", rating=4.0),
    )
}
TASTES = (
    Choice("See it", text("See it"), url=text("<product.url>")),
    choice("Not my style", "dislike"),
    choice("I like it", "like"),
)


def shop(*states: State, **more: Any) -> Flow:
    return flow(
        state("welcome", "Hi!"),
        *states,
        anywhere=(Anywhere("", products=True),),
        slots=[
            slot("budget", "number"),
            slot("colour", "choice", values=("red", "green"), titles={"red": text("red", fr="rouge")}),
        ],
        **{"products": PRODUCTS, **more},
    )


def shown(customer: Customer) -> list[str]:
    return [card.product for message in customer.messages for card in message.cards]


@pytest.fixture
def ana() -> Customer:
    return Customer(shop())


# ---- free text ---------------------------------------------------------------------------------------------


def test_free_text_finds_kind_colour_and_price(ana: Customer) -> None:
    assert ana.types("do you have a red dress under 60?") == [FOUND, ""]
    assert shown(ana) == ["poppy-dress"]


def test_more_shows_the_next_once_and_says_when_it_is_over(ana: Customer) -> None:
    ana.types("show me dresses")
    assert (shown(ana), ana.titles()) == (
        ["poppy-dress", "star-dress", "moon-dress"],
        ["Show more", "See it", "See it", "See it"],
    )
    assert ana.taps("Show more") == [""]
    assert shown(ana) == ["sun-dress", "sea-dress"]  # the long one is a variant
    assert ana.types("more please") == [OVER]
    assert ana.taps_old("@products", "more") == [OVER]


def test_more_of_nothing_is_read_like_any_other_word(ana: Customer) -> None:
    assert ana.types("more")[0] != OVER


def test_the_wish_that_was_dropped_is_told(ana: Customer) -> None:
    assert ana.types("do you have a green dress?") == [CLOSE.format("in green"), ""]
    assert ana.types("a dress under 40 euros") == [CLOSE.format("under 40"), ""]
    assert shown(ana) == ["sea-dress", "sun-dress", "poppy-dress"]  # the nearest first
    assert ana.types("dress between 10 and 20") != [FOUND, ""]


def test_the_wish_is_told_in_the_customers_language() -> None:
    ana = Customer(
        shop(
            languages=("fr",),
            products={"r": Product("r", Text({"fr": ("Robe",)}), fields={"price": 50.0, "color": "bleu"})},
        )
    )
    assert (
        ana.types("avez-vous une robe rouge à moins de 60 € ?")[0]
        == "Je n'ai rien en rouge. Voici ce qui s'en approche :"
    )


def test_a_wish_alone_goes_on_from_what_was_asked_before(ana: Customer) -> None:
    ana.types("do you have a red dress?")
    ana.types("in blue?")
    assert shown(ana) == ["star-dress", "sea-dress"]
    ana.types("under 50")
    assert shown(ana) == ["sea-dress"]
    ana.types("a mug")
    ana.types("under 50")
    assert shown(ana) == ["pine-mug"]
    assert Customer(shop()).types("in blue?")[0] != FOUND


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("en", "red dress under 20", "I am sorry, I have nothing like that in red under 20."),
        ("fr", "robe rouge à moins de 20 €", "Désolé, je n'ai rien de tel en rouge à moins de 20."),
        ("de", "rotes Kleid unter 20 Euro", "Leider habe ich so etwas nicht in rot unter 20."),
        ("es", "vestido en rojo por menos de 20", "Lo siento, no tengo nada así en rojo por menos de 20."),
    ],
)
def test_where_nothing_is_near_the_wishes_are_named(language: str, written: str, said: str) -> None:
    names = {"en": "Dress", "fr": "Robe", "de": "Kleid", "es": "Vestido"}
    only = Product("r", Text({language: (names[language],)}), fields={"price": 50.0, "color": "red"})
    ana = Customer(shop(languages=(language,), products={"r": only}))
    assert ana.types(written) == [said]
    assert ana.types({"en": "under 60", "fr": "à moins de 60", "de": "unter 60", "es": "menos de 60"}[language])[1:]
    assert shown(ana) == ["r"]  # the next wish goes on from there


def test_a_gift_that_nothing_costs_so_little_as_is_told() -> None:
    assert Customer(shop()).types("a gift under 5") == ["I am sorry, I have nothing like that under 5."]


def test_what_names_no_product_is_still_not_understood() -> None:
    for said in ("tickets under 20", "under 5", "where do you ship under 20"):
        ana = Customer(shop())
        ana.types("hello")
        assert ana.types(said)[0] == "I am sorry, I did not understand that."


@pytest.mark.parametrize(
    "said",
    [
        "more",
        "encore",
        "plus",
        "show me more",
        "any others?",
        "en avez-vous d'autres ?",
        "noch mehr bitte",
        "more dresses",
    ],
)
def test_more_in_any_words_shows_the_next(said: str) -> None:
    ana = Customer(shop())
    ana.types("dresses")
    assert ana.types(said) == [""]
    assert shown(ana) == ["sun-dress", "sea-dress"]


@pytest.mark.parametrize("said", ["more than 50", "no more", "I want to talk more about the other day with you"])
def test_what_only_has_the_word_asks_for_no_more(said: str) -> None:
    ana = Customer(shop())
    ana.types("dresses")
    assert ana.types(said) != [""]


def test_more_comes_also_after_something_else_was_said() -> None:
    ana = Customer(shop(start="welcome", otherwise="welcome"))
    ana.types("dresses")
    assert ana.types("hmm well") == ["Hi!"]
    assert ana.types("more") == [""]
    ana = guest(
        "red", shop(looks(suggest=Suggest(None, text("dress"), show=2), none=""), start="looks", otherwise="welcome")
    )
    ana.types("hmm well")
    assert ana.types("encore") == [""]
    assert shown(ana) == ["moon-dress", "sun-dress"]


def test_what_is_not_wanted_goes_on_from_what_was_asked_before() -> None:
    ana = Customer(shop())
    ana.types("dresses")
    assert ana.types("but not blue") == [FOUND, ""]
    assert shown(ana) == ["poppy-dress", "moon-dress", "sun-dress"]
    assert ana.types("not moon") == [FOUND, ""]
    assert shown(ana) == ["poppy-dress", "sun-dress"]
    assert ana.types("no dress")[0] == "I am sorry, I have nothing like that in another colour without moon, dress."


def test_an_open_question_is_asked_again() -> None:
    ana = Customer(shop(state("ask", ask=[question("budget", "How much?")], goto="welcome"), start="ask"))
    ana.taps("Get Started")
    assert ana.types("do you have a red dress?") == [FOUND, "", "How much?"]


def test_what_is_not_about_products_shows_none(ana: Customer) -> None:
    for said in (
        "where is my parcel",
        "what is this",
        "my dress arrived torn and I am angry about your whole delivery service",
    ):
        ana.types(said)
        assert shown(ana) == []


# ---- wishes of a state ---------------------------------------------------------------------------------------


def looks(**more: Any) -> State:
    where = Compare(Name("product.color"), "is", Name("colour"))
    made = state(
        "looks", "Here you are:", suggest=Suggest(where, text("dress"), show=2), buttons=TASTES, none="nothing"
    )
    return replace(made, **more)


def guest(colour: str, bot: Flow | None = None) -> Customer:
    customer = Customer(
        bot or shop(looks(), state("nothing", "Nothing today."), start="looks"), given={"colour": colour}
    )
    customer.taps("Get Started")
    return customer


def test_a_state_whose_wish_nothing_fulfils_says_so_before_it_gives_up() -> None:
    assert guest("green").texts == [CLOSE.format("in green"), ""]
    assert guest("red").texts == ["Here you are:", ""]


def test_what_was_dropped_stays_dropped_with_more_of_them() -> None:
    ana = guest("green")
    assert shown(ana) == ["poppy-dress", "star-dress"]
    assert ana.types("more") == [""]
    assert shown(ana) == ["moon-dress", "sun-dress"]


def test_without_anything_close_none_leads_on() -> None:
    bot = shop(
        looks(suggest=Suggest(Compare(Name("product.price"), "<=", Name("budget")))),
        state("nothing", "Nothing today."),
        start="looks",
    )
    ana = Customer(bot, given={"budget": 5.0})
    assert ana.taps("Get Started") == ["Nothing today."]


# ---- sales that begin and end --------------------------------------------------------------------------------

SALE = {"sale_price": 30.0, "sale_price_effective_date": "2026-12-01T12:00+0100/2026-12-02"}


def test_a_sale_price_holds_only_while_the_sale_does() -> None:
    cloth = product("Night dress", 90.0, "black", **SALE)
    ana = Customer(shop(products={**PRODUCTS, cloth.id: cloth}))  # it is ten o'clock in Paris
    subtitles = {}
    for hours in (0, 3, 48):
        ana.waits(hours=hours)
        ana.types("night dress")
        subtitles[hours] = ana.messages[-1].cards[0].subtitle
        found = "night-dress" in shown(ana) if ana.types("dress under 40") else None
        assert found is (hours == 3)
        assert (ana.types("dresses on sale")[0] == FOUND) is (hours == 3)
    assert subtitles == {0: "€90", 3: "€30 instead of €90", 48: "€90"}


def test_a_condition_on_the_sale_price_knows_no_sale_that_is_over() -> None:
    cloth = product("Night dress", 90.0, "black", **SALE)
    on_sale = Suggest(Compare(Name("product.sale_price"), "<", Name("product.price")), show=2)
    ana = Customer(
        shop(
            looks(suggest=on_sale, none="nothing"), state("nothing", "None."), start="looks", products={cloth.id: cloth}
        )
    )
    assert ana.taps("Get Started") == ["None."]
    ana.waits(hours=3)
    assert ana.taps("Get Started")[0] == "Here you are:"


# ---- tastes --------------------------------------------------------------------------------------------------


def dresses(**more: Any) -> Customer:
    ana = Customer(shop(looks(suggest=Suggest(None, text("dress"), show=1), none="", **more), start="looks"))
    ana.taps("Get Started")
    return ana


def test_what_is_not_the_customers_style_never_comes_again() -> None:
    ana = dresses()
    assert shown(ana) == ["poppy-dress"]
    assert ana.taps("Not my style") == ["All right, I will leave that out.", ""]
    assert shown(ana) == ["star-dress"]
    assert NoteTaste(("poppy-dress",), "dislike") in ana.turn.effects
    ana.taps("Get Started")
    assert shown(ana) == ["star-dress"]
    ana.types("any red dress?")
    assert "poppy-dress" not in shown(ana)


def test_what_is_liked_draws_what_is_like_it() -> None:
    ana = dresses()
    ana.types("sea dress")
    ana.taps("Get Started")
    while "star-dress" not in shown(ana):
        ana.taps("Not my style")
    assert ana.taps("I like it") == ["Noted: you like that."]
    ana.taps("Get Started")
    assert shown(ana) == ["star-dress"]
    ana.types("dresses")
    assert shown(ana)[:2] == ["star-dress", "sea-dress"]  # both are blue


def test_a_group_is_disliked_with_all_its_variants() -> None:
    ana = dresses()
    for _ in range(4):
        ana.taps("Not my style")
    assert shown(ana) == ["sea-dress"]
    assert ana.taps("Not my style") == ["All right, I will leave that out.", OVER]


def test_the_title_typed_means_every_card_that_was_shown() -> None:
    ana = dresses()
    assert ana.types("not my style")[0] == "All right, I will leave that out."
    assert shown(ana) == ["star-dress"]


def test_forget_tastes_forgets_them() -> None:
    ana = dresses(forget=("tastes",))
    ana.taps("Not my style")
    ana.taps("Get Started")
    assert shown(ana) == ["poppy-dress"]
    assert ForgetTastes() in ana.turn.effects  # and the rows of what was said are emptied


def test_tastes_stay_over_a_day_and_go_with_everything_else() -> None:
    ana = dresses()
    ana.taps("Not my style")
    ana.now += timedelta(days=2)
    ana.taps("Get Started")
    assert shown(ana) == ["star-dress"]
    ana.types("delete my data")
    ana.taps("Delete everything")
    ana.taps("Get Started")
    assert shown(ana) == ["poppy-dress"]


# ---- links ---------------------------------------------------------------------------------------------------


def test_the_owners_parameters_stand_behind_every_address_of_a_product() -> None:
    ana = Customer(
        shop(
            looks(suggest=Suggest(), none=""),
            start="looks",
            shop=Shop(links={"utm_source": "messenger", "v": "2"}, square=True),
        )
    )
    ana.taps("Get Started")
    card = ana.messages[-1].cards[0]
    address = "https://shop.example/poppy-dress?utm_source=messenger&v=2"
    assert (card.url, card.buttons[0].url, ana.messages[-1].square) == (address, address, True)


@pytest.mark.parametrize(
    ("url", "longer"),
    [
        ("https://a.b", "https://a.b?tag=x+y"),
        ("https://a.b/c?d=1#e", "https://a.b/c?d=1&tag=x+y#e"),
        ("https://a.b/?tag=old&d=1", "https://a.b/?d=1&tag=x+y"),
        ("", ""),
        ("https://[broken", "https://[broken"),
        ("https://a.b/" + "c" * 1_890, "https://a.b/" + "c" * 1_890),
    ],
)
def test_parameters_come_behind_the_question_mark(url: str, longer: str) -> None:
    assert with_parameters(url, {"tag": "x y"}) == longer
