"""The owner saves a changed flow while customers are in the middle of it: a good change goes live, a broken one never does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House, Plan, running, wait_until
from tests.journeys.shop import DISCLOSURE, LOST, OCCASION, WELCOME, change, copy_shop


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("changes")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started


def problems(house: House) -> list[str]:
    health = house.health()
    assert health is not None
    return list(health["flow_problems"])


def test_a_changed_sentence_goes_live_in_a_running_server(house: House) -> None:
    assert house.new_customer().types("hello")[1].endswith(WELCOME)
    change(house.plan.shop, "What can I do for you?", "How can I help?")
    # Asked by others each time: who says the same ten times is given to a person.
    wait_until(lambda: house.new_customer().types("hello")[1].endswith("How can I help?"), seconds_max=10)


def test_a_broken_change_never_goes_live_and_health_says_where_it_is_broken(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    change(house.plan.shop, "  - else: lost", "  - else: nowhere_at_all")
    wait_until(lambda: bool(problems(house)), seconds_max=10)
    line = 1 + (house.plan.shop / "bot.yaml").read_text().splitlines().index("  - else: nowhere_at_all")
    [problem] = [each for each in problems(house) if "nowhere_at_all" in each]
    assert f"bot.yaml:{line}:11: F203 " in problem
    assert house.is_ready(), "the last good flow goes on"
    assert customer.types("qwe asd yxc") == [LOST]
    change(house.plan.shop, "  - else: nowhere_at_all", "  - else: lost")
    wait_until(lambda: not problems(house), seconds_max=10)


def test_a_file_that_is_no_yaml_any_more_leaves_the_last_good_flow(house: House) -> None:
    customer = house.new_customer()
    file = house.plan.shop / "bot.yaml"
    good = file.read_bytes()
    file.write_bytes(good[: len(good) // 2] + b"\n  : [")
    wait_until(lambda: bool(problems(house)), seconds_max=10)
    assert customer.types("hello")[0] == DISCLOSURE
    file.write_bytes(good)
    wait_until(lambda: not problems(house), seconds_max=10)


def test_a_deleted_file_leaves_the_last_good_flow(house: House) -> None:
    customer = house.new_customer()
    file = house.plan.shop / "lang" / "fr.yaml"
    away = file.rename(house.plan.folder / "away.yaml")
    wait_until(lambda: bool(problems(house)), seconds_max=10)
    assert customer.types("hello")[0] == DISCLOSURE
    away.rename(file)
    wait_until(lambda: not problems(house), seconds_max=10)


def test_who_stands_in_a_state_that_was_renamed_goes_on_there(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Outfit ideas")
    old_tap = customer.payload_of("For me")
    written = (house.plan.shop / "bot.yaml").read_text()
    renamed = written.replace(" outfits", " clothes").replace(
        "{ask_size: clothes}", "{ask_size: clothes, outfits: clothes}"
    )
    (house.plan.shop / "bot.yaml").write_text(renamed)
    wait_until(lambda: house.new_customer().types("menu") != [] and live_state(house) == "clothes", seconds_max=10)
    assert customer.taps_old(old_tap, "For me", quick_reply=True) == [OCCASION]


def live_state(house: House) -> str:
    """The state in which a new customer who asks for outfits stands."""
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Outfit ideas")
    [(body,)] = house.rows(f"SELECT body FROM sessions WHERE customer_id = '{customer.id}'")
    return "clothes" if '"clothes"' in str(body) else "outfits"
