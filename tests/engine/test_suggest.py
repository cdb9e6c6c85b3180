"""Suggestions: cards, more of them, none, and products that a message names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.engine.flow import (
    And,
    Anywhere,
    Choice,
    Compare,
    Flow,
    Literal,
    Name,
    Preference,
    Product,
    Reminder,
    State,
    Suggest,
)
from app.engine.suggest import SHOWN_MAX
from tests.engine.transcript import Customer, choice, flow, question, slot, state, text
from webhooks.messenger.pieces import pieces

WHERE = And(
    (
        Compare(Name("product.occasions"), "has", Name("occasion")),
        Compare(Name("product.price"), "<=", Name("budget")),
        Compare(Name("product.stock"), ">", Literal(0.0)),
    )
)


def product(name: str, price: float, rating: float, *occasions: str, stock: float = 3.0) -> Product:
    fields = {"price": price, "rating": rating, "stock": stock, "occasions": occasions, "currency": "EUR"}
    identity = name.lower().replace(" ", "-")
    return Product(identity, text(name), url=f"https://shop.example/{identity}", fields=fields)


PRODUCTS = {
    each.id: each
    for each in (
        product("Linen suit", 95.0, 4.1, "Work", "Dinner"),
        product("Silk shirt", 55.0, 4.9, "Dinner", "Party"),
        product("Star dress", 58.0, 4.7, "Party"),
        product("Moon vest", 40.0, 4.2, "Party"),
        product("Velvet scarf", 20.0, 5.0, "Party", stock=0.0),
    )
}
BUTTONS = (
    Choice("See it", text("See it"), url=text("<product.url>")),
    choice("Another look", "more"),
    choice("Ask a stylist", "stylist"),
)


def looks(**more: object) -> State:
    suggest = Suggest(WHERE, prefer=(Preference("rating"),), show=2)
    made = state("looks", "For <occasion>:", suggest=suggest, buttons=BUTTONS, none="nothing")
    return replace(made, **more)  # type: ignore[arg-type]


def shop(looks: State, **more: object) -> Flow:
    return flow(
        state("welcome", "Hi!", goto="looks"),
        looks,
        state("nothing", "Nothing today."),
        state("stylist", "Maya is coming."),
        slots=[slot("occasion", "choice", values=("Work", "Dinner", "Party")), slot("budget", "number")],
        products=PRODUCTS,
        **more,
    )


def guest(looks: State, occasion: str = "Party", budget: float = 60.0, **more: object) -> Customer:
    customer = Customer(shop(looks, **more), given={"occasion": occasion, "budget": budget})
    customer.taps("Get Started")
    return customer


def shown(customer: Customer) -> list[str]:
    return [card.product for message in customer.messages for card in message.cards]


def test_the_products_that_fit_are_shown_best_first_after_what_the_state_says() -> None:
    ana = guest(looks())
    assert ana.texts == ["Hi!", "For Party:", ""]
    assert shown(ana) == ["silk-shirt", "star-dress"]


def test_a_card_has_the_name_price_page_and_the_states_buttons() -> None:
    card = guest(looks()).messages[-1].cards[0]
    assert (card.title, card.subtitle, card.url) == ("Silk shirt", "€55", "https://shop.example/silk-shirt")
    assert [(each.title, each.url, each.tap) for each in card.buttons] == [
        ("See it", "https://shop.example/silk-shirt", None),
        ("Another look", "", ("looks", "Another look")),
        ("Ask a stylist", "", ("looks", "Ask a stylist")),
    ]


def test_more_shows_the_next_without_saying_it_all_again_and_never_repeats() -> None:
    ana = guest(looks())
    assert ana.taps("Another look") == [""]
    assert shown(ana) == ["moon-vest"]


def test_more_says_when_it_is_over_and_goes_on() -> None:
    ana = guest(looks())
    ana.taps("Another look")
    assert ana.taps("Another look") == ["That was all I have for you.", "Nothing today."]
    assert ana.state == "nothing"


def test_more_without_none_stays_with_the_other_ways_on() -> None:
    ana = guest(looks(none=""))
    ana.taps("Another look")
    assert ana.taps("Another look") == ["That was all I have for you."]
    assert ana.titles() == ["Ask a stylist"]
    assert ana.state == "looks"


def test_without_anything_that_fits_none_leads_on() -> None:
    ana = guest(looks(), budget=5.0)
    assert ana.texts == ["Hi!", "Nothing today."]


def test_without_none_the_customer_is_told_that_nothing_fits() -> None:
    ana = guest(looks(none=""), budget=5.0)
    assert ana.texts == ["Hi!", "I am sorry, I have nothing like that for Party under 5."]
    assert ana.titles() == ["Ask a stylist"]


def test_who_comes_again_by_another_way_sees_the_best_again() -> None:
    ana = guest(looks())
    ana.taps("Another look")
    ana.taps("Get Started")
    assert shown(ana) == ["silk-shirt", "star-dress"]


def test_an_old_more_goes_on_where_it_was() -> None:
    ana = guest(looks())
    ana.taps("Ask a stylist")
    assert ana.taps_old("looks", "Another look") == [""]
    assert (shown(ana), ana.state) == (["moon-vest"], "looks")


def test_a_reminder_can_show_more() -> None:
    again = Reminder("0", after=timedelta(hours=4), say=(text("More?"),), choices=(choice("Yes", "more"),))
    ana = guest(looks(remind=(again,)))
    assert ana.waits(hours=4) == ["More?"]
    ana.taps("Yes")
    assert shown(ana) == ["moon-vest"]


def test_typed_titles_of_the_cards_work_like_taps() -> None:
    ana = guest(looks())
    assert ana.types("see it") == [
        "Silk shirt: https://shop.example/silk-shirt\nStar dress: https://shop.example/star-dress"
    ]
    ana.types("another look")
    assert shown(ana) == ["moon-vest"]


RESERVE = Choice("Reserve", text("Reserve <product.name>", fr="Réserver <product.name>"), to="stylist")
RARE = Choice("Last one", text("Last one"), to="nothing", condition=Compare(Name("product.stock"), "<", Literal(2.0)))


def test_a_title_with_the_products_name_is_typed_as_its_card_shows_it() -> None:
    ana = guest(looks(buttons=(RESERVE,)))
    assert ana.titles() == ["Reserve Silk shirt", "Reserve Star dress"]
    assert ana.types("reserve star dres") == ["Maya is coming."]
    ben = guest(looks(buttons=(RESERVE,)))
    assert ben.types("reserve moon vest") != ["Maya is coming."]


def test_an_address_whose_title_names_the_product_is_that_of_the_one_named() -> None:
    ana = guest(looks(buttons=(Choice("Show", text("Show <product.name>"), url=text("<product.url>")),)))
    assert ana.types("show star dress") == ["Star dress: https://shop.example/star-dress"]
    assert len(ana.types("show")[0].splitlines()) == 2


def test_a_button_that_stands_on_some_cards_only_is_typed_while_one_of_them_is_shown() -> None:
    rare = {
        **PRODUCTS,
        "silk-shirt": replace(PRODUCTS["silk-shirt"], fields={**PRODUCTS["silk-shirt"].fields, "stock": 1.0}),
    }
    ana = guest(looks(buttons=(RARE, choice("Another look", "more"))))
    ana.types("last one")
    assert ana.state == "looks"
    ana.meets_new_flow(products=rare)
    assert ana.types("last one") == ["Nothing today."]
    ben = guest(looks(buttons=(RARE, choice("Another look", "more"))))
    ben.meets_new_flow(products=rare)
    ben.taps("Another look")
    ben.types("last one")
    assert ben.state == "looks"


def test_buttons_that_are_about_a_product_are_no_ways_on_without_one() -> None:
    ana = guest(looks(none="", buttons=(RESERVE, RARE, choice("Ask a stylist", "stylist"))), budget=5.0)
    assert ana.titles() == ["Ask a stylist"]


def test_only_the_latest_screen_is_meant_by_a_typed_title() -> None:
    ana = guest(looks())
    ana.taps("Another look")
    assert ana.types("see it") == ["Moon vest: https://shop.example/moon-vest"]


def test_an_address_without_a_product_is_told_once() -> None:
    ana = guest(looks(buttons=(Choice("All", text("All of them"), url=text("https://shop.example/all")),)))
    assert ana.types("all of them") == ["All of them: https://shop.example/all"]


def test_a_typed_title_that_ends_the_conversation_is_no_address() -> None:
    ana = Customer(flow(state("welcome", "Hi!", choices=(choice("The end", "end"),))))
    ana.taps("Get Started")
    assert ana.types("the end") == []


def test_what_is_known_of_the_customer_can_be_preferred() -> None:
    work_first = Preference(condition=Compare(Name("product.occasions"), "has", Literal("Work")))
    suggest = Suggest(prefer=(work_first, Preference("rating")), show=2)
    assert shown(guest(looks(suggest=suggest))) == ["linen-suit", "silk-shirt"]


def test_words_are_matched_in_names_and_fields() -> None:
    suggest = Suggest(match=text("<wish>"), show=3)
    customer = Customer(shop(looks(suggest=suggest)), given={"wish": "a dress or the SILK one"})
    customer.taps("Get Started")
    assert shown(customer) == ["silk-shirt", "star-dress"]


def test_more_goes_on_with_the_words_that_were_matched_first() -> None:
    suggest = Suggest(match=text("<said>"), show=1)
    bot = replace(shop(looks(suggest=suggest), anywhere=(Anywhere("looks", hear=("please",)),)))
    ana = Customer(bot)
    ana.types("a dress or vest please")
    assert shown(ana) == ["star-dress"]
    ana.taps("Another look")
    assert shown(ana) == ["moon-vest"]


def test_a_typed_title_whose_address_no_product_has_is_not_left_without_an_answer() -> None:
    ana = guest(looks(none=""), budget=5.0)
    assert ana.types("see it") != []


def test_nothing_that_fits_is_said_before_the_end() -> None:
    assert guest(looks(none="end"), budget=5.0).texts == [
        "Hi!",
        "I am sorry, I have nothing like that for Party under 5.",
    ]


def test_a_renamed_state_still_knows_what_it_showed() -> None:
    ana = guest(looks())
    renamed = replace(looks(), name="ideas")
    states = {name: each for name, each in ana.bot.states.items() if name != "looks"}
    ana.meets_new_flow(states={**states, "ideas": renamed}, moved={"looks": "ideas"})
    ana.taps_old("looks", "Another look")
    assert shown(ana) == ["moon-vest"]


def test_choices_beside_cards_stand_under_them() -> None:
    ana = guest(looks(buttons=(), choices=(choice("Another look", "more"),)))
    assert ana.titles() == ["Another look"]
    ana.taps("Another look")
    assert shown(ana) == ["moon-vest"]


def test_products_that_have_gone_from_the_flow_are_passed_over() -> None:
    ana = guest(looks())
    ana.meets_new_flow(products={name: each for name, each in PRODUCTS.items() if name != "silk-shirt"})
    assert ana.types("see it") == ["Star dress: https://shop.example/star-dress"]


def test_a_customer_is_not_shown_products_without_end() -> None:
    many = {f"p{number}": product(f"P{number}", 10.0, 1.0, "Party") for number in range(SHOWN_MAX + 20)}
    ana = guest(looks(suggest=Suggest(show=10), none=""))
    ana.meets_new_flow(products=many)
    for _ in range(SHOWN_MAX // 10 + 1):
        ana.taps("Another look")
    assert ana.texts == ["That was all I have for you."]
    assert len(ana.session.shown) < SHOWN_MAX + 10


def test_what_is_sold_out_is_not_suggested_whatever_the_owner_asks_for() -> None:
    best = Suggest(prefer=(Preference("rating"),), show=10)
    assert "velvet-scarf" not in shown(guest(looks(suggest=best)))


def test_a_sale_price_stands_beside_what_was_to_be_paid() -> None:
    sale = replace(PRODUCTS["silk-shirt"], fields={**PRODUCTS["silk-shirt"].fields, "sale_price": 45.0})
    ana = Customer(
        replace(shop(looks()), products={**PRODUCTS, sale.id: sale}), given={"occasion": "Party", "budget": 50.0}
    )
    ana.taps("Get Started")
    assert ana.messages[-1].cards[0].subtitle == "€45 instead of €55"


def test_a_button_whose_address_is_too_long_is_left_out_and_never_cut() -> None:
    far = {each.id: replace(each, url="https://shop.example/" + "a" * 2_000) for each in PRODUCTS.values()}
    ana = Customer(replace(shop(looks()), products=far), given={"occasion": "Party", "budget": 60.0})
    ana.taps("Get Started")
    assert [each.title for each in ana.messages[-1].cards[0].buttons] == ["Another look", "Ask a stylist"]
    assert ana.why.count("left out: an address that is too long") == 1


def test_a_price_in_a_text_is_written_as_on_its_card() -> None:
    prices = {each.id: replace(each, fields={**each.fields, "price": 39.5}) for each in PRODUCTS.values()}
    buy = Choice("Buy", text("Buy for <product.price>"), to="stylist")
    ana = Customer(replace(shop(looks(buttons=(buy,))), products=prices), given={"occasion": "Work", "budget": 60.0})
    ana.taps("Get Started")
    (card,) = ana.messages[-1].cards
    assert (card.subtitle, card.buttons[0].title) == ("€39.50", "Buy for 39.50")
    assert ana.types("buy for 39.50") == ["Maya is coming."]


# ---- products that a message names -------------------------------------------------------------------------

NAMED = {"anywhere": (Anywhere("", products=True),)}


def test_a_product_that_is_named_is_shown_wherever_the_customer_is() -> None:
    ana = guest(looks(), **NAMED)
    assert ana.types("have you got the moon vest") == ["I found this in our shop:", ""]
    assert shown(ana) == ["moon-vest"]
    assert [each.title for each in ana.messages[-1].cards[0].buttons] == ["See it"]
    assert ana.state == "looks"


def test_a_typed_title_means_the_product_that_was_named_last() -> None:
    ana = guest(looks(buttons=(*BUTTONS[:2], RESERVE)), **NAMED)
    ana.types("have you got the linen suit")
    assert ana.types("see it") == ["Linen suit: https://shop.example/linen-suit"]
    assert ana.types("see it") == ["Linen suit: https://shop.example/linen-suit"]
    ana.types("another look")
    assert ana.types("see it") == ["Moon vest: https://shop.example/moon-vest"]


def test_naming_a_product_leaves_the_titles_of_the_other_cards() -> None:
    ana = guest(looks(buttons=(*BUTTONS[:2], RESERVE)), **NAMED)
    ana.types("have you got the linen suit")
    assert ana.types("reserve star dress") == ["Maya is coming."]


def test_the_button_of_a_named_product_can_be_typed_wherever_the_customer_is() -> None:
    ana = guest(replace(state("looks", "Nothing to suggest."), choices=(choice("Ask a stylist", "stylist"),)), **NAMED)
    assert ana.types("see it") != ["Moon vest: https://shop.example/moon-vest"]
    ana.types("have you got the moon vest")
    assert ana.types("See it!") == ["Moon vest: https://shop.example/moon-vest"]
    ana.taps("Ask a stylist")
    assert ana.types("see it") != ["Moon vest: https://shop.example/moon-vest"]


def test_a_product_named_in_the_middle_of_a_form_repeats_the_question() -> None:
    form = state("looks", ask=[question("size", "Which size?")], goto="nothing")
    ana = Customer(flow(
        state("welcome", "Hi!", goto="looks"), form, state("nothing", "Bye."),
        slots=[slot("size", "number")], products=PRODUCTS, **NAMED,
    ))  # fmt: skip
    ana.taps("Get Started")
    assert ana.types("the silk shirt please") == ["I found this in our shop:", "", "Which size?"]


def test_products_that_may_be_meant_are_shown_when_nothing_else_is_understood() -> None:
    both = {**PRODUCTS, "sun-dress": product("Sun dress", 30.0, 1.0, "Party")}
    ana = Customer(replace(shop(looks(), **NAMED), products=both), given={"occasion": "Party", "budget": 60.0})
    assert ana.types("a dress")[0] == "I found this in our shop:"
    assert sorted(shown(ana)) == ["star-dress", "sun-dress"]


def test_a_product_with_nothing_but_a_name_is_shown_by_its_name_and_with_a_price_by_both() -> None:
    bare = {"tea": Product("tea", text("Tea")), "cake": Product("cake", text("Cake"), fields={"price": 4.5})}
    ana = Customer(flow(state("welcome", "Hi!"), products=bare, **NAMED))
    ana.types("tea and cake")
    assert [(each.title, each.subtitle) for each in ana.messages[-1].cards] == [("Tea", ""), ("Cake", "4.50")]
    assert [piece.text or [each.title for each in piece.cards] for piece in pieces(ana.messages[-1])] == [
        ["Cake"],
        "Tea",
    ]
