"""From "gift for my sister, under 40" to a click counted: free text, cards, a link, more, none. Real HTTP in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.shop import DISCLOSURE, copy_shop

FOUND = "I found this in our shop:"
PERSON = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The example shop, which the outside reaches at an address of its own."""
    folder = tmp_path_factory.mktemp("products")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"PUBLIC_URL": "http://localhost:9"})) as started:
        yield started


@pytest.fixture
def customer(house: House) -> Customer:
    return house.new_customer()


def cards_of(customer: Customer) -> list[dict[str, object]]:
    """The cards that were shown last."""
    payloads = [part["payload"] for each in customer.messages() for part in each["attachments"] if "payload" in part]
    return list([each for each in payloads if each.get("template_type") == "generic"][-1]["elements"])


def opens(customer: Customer, card: dict[str, object]) -> str:
    """What the customer's browser is led to by a tap on a card."""
    url = urlsplit(str(card["default_action"]["url"]))  # type: ignore[index]
    assert (url.netloc, url.path[:4]) == ("localhost:9", "/go/")
    answer = customer.house.http.get(f"{customer.house.bot_url}{url.path}", headers=PERSON)
    assert answer.status_code == 302
    return str(answer.headers["location"])


def clicked(customer: Customer) -> list[str]:
    query = f"SELECT product_id FROM suggestions WHERE customer_id = '{customer.id}' AND clicked_at IS NOT NULL"
    return [each[0] for each in customer.house.rows(query)]


def test_from_a_wish_in_free_text_to_a_click_counted(customer: Customer) -> None:
    assert customer.types("gift for my sister, under 40") == [
        DISCLOSURE,
        FOUND,
        "[Pearl earrings, Pine candle, Breton shirt]",
    ]
    earrings = cards_of(customer)[0]
    assert earrings["subtitle"] == "€36 · Small, white, for every ear."
    for _ in range(2):
        assert opens(customer, earrings) == "https://harbour-pine.example/p/pearl-earrings?utm_source=messenger"
    wait_until(lambda: clicked(customer) == ["pearl-earrings"])
    shown = f"SELECT product_id, times, state FROM suggestions WHERE customer_id = '{customer.id}' ORDER BY product_id"
    assert customer.house.rows(shown) == [("breton-shirt", 1, ""), ("pearl-earrings", 1, ""), ("pine-candle", 1, "")]


def test_who_types_the_title_of_a_cards_button_gets_a_link_that_counts(customer: Customer) -> None:
    customer.types("pine candle")
    (said,) = customer.types("see it")
    name, _, url = said.partition(": ")
    assert (name, urlsplit(url).path[:4]) == ("Pine candle", "/go/")
    card = {"default_action": {"url": url}}
    assert opens(customer, card) == "https://harbour-pine.example/p/pine-candle?utm_source=messenger"
    wait_until(lambda: clicked(customer) == ["pine-candle"])


def test_more_shows_others_until_there_are_none(customer: Customer) -> None:
    first = customer.types("do you have dresses?")[-1]
    assert first == "[Star dress, Satin dress, Poppy dress]"
    assert customer.types("more") == ["That was all I have for you."]
    assert customer.types("any scarf?")[-1] == "[Silk scarf, Wool scarf]"
    assert (
        customer.types("something nice under 20 for a friend, please")[-1] == "[Pine candle, Pine T-shirt, Enamel mug]"
    )
    assert customer.taps("Show more")[-1] == "[Striped socks, Anchor bracelet, Tea towels]"
    assert customer.taps("Show more")[-1] == "[Plain T-shirt]"
    assert "Show more" not in customer.can_tap()


def test_a_wish_that_nothing_fulfils_is_told(customer: Customer) -> None:
    said = customer.types("do you have a green dress under 60?")
    assert said[-2:] == ["I have nothing in green. These come close:", "[Star dress, Poppy dress]"]
    assert cards_of(customer)[1]["subtitle"] == "€54 instead of €69 · Red cotton with a wide skirt, for warm evenings."
    assert (
        customer.types("bonjour, je cherche une robe verte à moins de 60 €")[-2]
        == "Je n'ai rien en vert. Voici ce qui s'en approche :"
    )


def test_a_link_that_was_changed_leads_nowhere(customer: Customer) -> None:
    customer.types("pine candle")
    path = urlsplit(str(cards_of(customer)[0]["default_action"]["url"])).path  # type: ignore[index]
    answer = customer.house.http.get(f"{customer.house.bot_url}{path[:-3]}AAA", headers=PERSON)
    assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_who_is_forgotten_is_not_counted_any_more(customer: Customer) -> None:
    customer.types("pine candle")
    card = cards_of(customer)[0]
    customer.types("delete my data")
    customer.taps("Delete everything")
    assert opens(customer, card).startswith("https://harbour-pine.example/p/pine-candle")
    assert customer.house.rows(f"SELECT * FROM suggestions WHERE customer_id = '{customer.id}'") == []
