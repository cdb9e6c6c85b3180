"""What customers see of the people who answer them: names, if these want it, and that they type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.bodies import PAGE, TOKENS
from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.shop import copy_shop
from tests.journeys.staff import Screen


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("shown")
    settings = {"PUBLIC_URL": "https://desk.example", "STAFF_UNDO_SECONDS": "0"}
    with running(Plan(folder, copy_shop(folder / "shop"), settings=settings)) as started:
        yield started


@pytest.fixture(scope="module")
def anna(house: House) -> Iterator[Screen]:
    screen = Screen(house, "Anna")
    yield screen
    screen.close()


def personas(house: House) -> list[dict[str, Any]]:
    url = f"{house.messenger_url}/v26.0/{PAGE}/personas"
    listed = httpx.get(url, params={"access_token": TOKENS[PAGE]}, trust_env=False).json()["data"]
    return [each for each in listed if each["name"] != "Piney the bot"]


def shows(anna: Screen, *, shown: bool) -> None:
    assert anna.http.post("/account/name", data={"shown": str(shown).lower()}).status_code == 303


def said_by(customer: Customer, text: str) -> list[str]:
    """Under whose name that text came."""
    return [each["persona"] for each in customer.messages() if each["text"] == text]


def test_who_wants_it_answers_under_their_own_name_until_they_do_not(house: House, anna: Screen) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Talk to a person")
    assert anna.does(customer, "take").status_code == 200
    anna.writes(customer, "Who am I?")
    wait_until(lambda: said_by(customer, "Who am I?") == [""])
    assert personas(house) == []
    shows(anna, shown=True)
    wait_until(lambda: [each["name"] for each in personas(house)] == ["Anna"])
    picture = personas(house)[0]["profile_picture_url"]
    assert picture.startswith("https://desk.example/static/")
    assert anna.http.get(picture.removeprefix("https://desk.example")).headers["content-type"] == "image/png"
    for text in ("I am Anna", "still Anna"):
        anna.writes(customer, text)
        wait_until(lambda: said_by(customer, text) == ["Anna"])  # noqa: B023
    assert len(personas(house)) == 1
    shows(anna, shown=False)
    wait_until(lambda: personas(house) == [])
    anna.writes(customer, "Nobody again")
    wait_until(lambda: said_by(customer, "Nobody again") == [""])


def test_a_customer_sees_that_somebody_types(house: House, anna: Screen) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Talk to a person")
    anna.does(customer, "take")
    assert not customer.screen()["typing"]
    assert anna.http.post(f"{anna.path(customer)}/look", data={"types": "true"}).status_code == 204
    wait_until(lambda: customer.screen()["typing"])
