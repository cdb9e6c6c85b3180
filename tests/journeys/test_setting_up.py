"""A Page from nothing to its first answer by the commands alone: doctor, connect, profile, and a customer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.bodies import PAGE, TOKENS
from tests.journeys.house import House, Plan, running, wait_until
from tests.journeys.process import run_to_the_end
from tests.journeys.shop import change, copy_shop
from webhooks.simulator import PageAccount

LINE = "  start: welcome\n"
PERSONA = "  persona: {name: Piney the bot, picture: https://harbour-pine.example/piney.png}\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bot with a persona, and a Page that was only just made."""
    folder = tmp_path_factory.mktemp("new")
    shop = copy_shop(folder / "shop")
    change(shop, LINE, LINE + PERSONA)
    plan = Plan(folder, shop, pages={PAGE: PageAccount("Harbour & Pine", TOKENS[PAGE])})
    with running(plan) as started:
        yield started


def frontdesk(house: House, *arguments: str) -> tuple[int, str]:
    settings = {**house.plan.bot_settings(house.messenger_port), "PUBLIC_URL": house.bot_url}
    ran = run_to_the_end(house.plan.folder, arguments, settings)
    return ran.returncode, ran.stdout + ran.stderr


def test_a_new_page_is_set_up_by_the_commands_that_doctor_names(house: House) -> None:
    code, said = frontdesk(house, "doctor")
    assert code == 1
    assert "frontdesk connect" in said
    assert "frontdesk profile" in said
    assert frontdesk(house, "connect")[0] == 0
    assert frontdesk(house, "profile", "push")[0] == 0
    code, said = frontdesk(house, "doctor")
    assert (code, "problem " in said) == (0, False), said


def test_the_bot_then_writes_under_its_persona_and_what_it_needs_to_hear_arrives(house: House) -> None:
    """A server that was started before the persona was made asks again within a minute; here it is started anew."""
    house.bot.stop()
    house.start_bot()

    def is_known() -> bool:
        ada = house.new_customer()
        assert ada.types("hello")
        return [each["persona"] for each in ada.messages()][-1:] == ["Piney the bot"]

    wait_until(is_known)
    assert house.counts().keys() == {"done"}
