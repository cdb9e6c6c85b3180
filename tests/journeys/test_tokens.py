"""A Page's token dies and a new one is given: what waited goes out, with no restart, and the token is nowhere to be read."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.bodies import PAGE, TOKENS
from tests.journeys.house import House, Plan, running, wait_until
from tests.journeys.process import run_here
from tests.journeys.shop import DISCLOSURE, copy_shop
from tests.journeys.test_page_trouble import is_greeted, troubles

NEW = "EAAnew-token-planted-9876543210"


def frontdesk(house: House, *arguments: str, typed: str = "", **settings: str) -> tuple[int, str]:
    given = {**house.plan.bot_settings(house.messenger_port), **settings}
    return run_here(house.plan.folder, arguments, given, typed)


def test_what_waited_for_a_token_goes_out_when_a_new_one_is_given_to_the_running_server(tmp_path: Path) -> None:
    with running(Plan(tmp_path, copy_shop(tmp_path / "shop"))) as house:
        house.control("page", revoked=True)
        customer = house.new_customer()
        customer.says(text="hello")
        wait_until(lambda: troubles(house) == ["token_dead"])
        house.control("page", token=NEW)
        code, said = frontdesk(house, "connect", "--new-token", typed="not-the-token\n")
        assert (code, "not-the-token" in said) == (2, False), said
        assert house.rows("SELECT * FROM tokens") == [], "what Meta does not take is not kept"
        code, said = frontdesk(house, "connect", "--new-token", typed=f"{NEW}\n")
        assert (code, "kept, encrypted" in said) == (0, True), said
        house.wait_until_quiet()
        assert is_greeted(customer)
        assert troubles(house) == []
        _stays_after_a_restart(house)
        entries = house.rows(
            "SELECT what, who, page_id FROM audit WHERE what IN ('token_changed', 'page_connected') ORDER BY id"
        )
        assert entries == [("page_connected", "command_line", PAGE), ("token_changed", "command_line", PAGE)]
        _is_nowhere_to_be_read(house, said)


def _stays_after_a_restart(house: House) -> None:
    """The settings still have the dead token."""
    assert house.bot.stop() == 0
    house.start_bot()
    assert house.new_customer().types("hello")[0] == DISCLOSURE
    code, said = frontdesk(house, "profile", "diff")
    assert code == 0, said
    code, said = frontdesk(house, "profile", "diff", SECRET_KEY="another-key-0123456789-abcdefghijklmnop")
    assert (code, "token" in said) == (2, True), said


def _is_nowhere_to_be_read(house: House, said: str) -> None:
    files = [path for path in house.plan.folder.iterdir() if path.is_file()]
    assert {"frontdesk.db", "frontdesk.db-wal"} <= {path.name for path in files}
    for path in files:
        held = path.read_bytes()
        assert NEW.encode() not in held, path.name
        assert TOKENS[PAGE].encode() not in held, path.name
    assert NEW not in said
