"""The audit: what matters for safety is written down with who did it, whichever way it came; nobody can tell from it what was said."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from tests.journeys.bodies import PAGE, message, wrap
from tests.journeys.house import House, Plan, running
from tests.journeys.process import run_here
from tests.journeys.shop import copy_shop
from tests.journeys.test_erasing import ask


def frontdesk(house: House, *arguments: str) -> tuple[int, str]:
    settings = house.plan.bot_settings(house.messenger_port)
    return run_here(house.plan.folder, arguments, settings)


def test_what_matters_for_safety_is_written_down_and_a_change_is_found(tmp_path: Path) -> None:
    with running(Plan(tmp_path, copy_shop(tmp_path / "shop"))) as house:
        customer = house.new_customer()
        customer.types("delete my data")
        customer.taps("Delete everything")
        for _ in range(3):
            assert house.post(wrap(message(customer.id, "forged")), secret="not ours").status_code == 403
        assert ask(house, "999900001", "another-secret").status_code == 403
        code = ask(house, "999900001").json()["confirmation_code"]
        for command in ("export", "block", "unblock", "erase"):
            more = ("--yes",) if command == "erase" else ()
            assert frontdesk(house, command, customer.id, *more)[0] == 0
        assert house.bot.stop() == 0, "what was refused in the last minute is written down, too"
        said = _listed(house)
        tag = re.findall(r"customer ([0-9a-f]{12})$", said[1])[0]
        assert said == [
            f"flow published, by folder, Page {PAGE}, revision {house.rows('SELECT revision FROM revisions')[0][0]}",
            f"customer erased, by customer, Page {PAGE}, customer {tag}",
            f"deletion asked, by messenger, code {code}, conversations 0, comments 0",
            *(
                f"customer {each}, by command line, Page {PAGE}, customer {tag}"
                for each in ("exported", "blocked", "unblocked", "erased")
            ),
            "signatures refused, by unknown, count 4",
        ]
        assert customer.id not in str(house.rows("SELECT * FROM audit"))
        _holds_until_it_is_changed(house)


def _listed(house: House) -> list[str]:
    code, said = frontdesk(house, "audit")
    assert code == 0, said
    *entries, _ = said.splitlines()
    return [re.sub(r"^\d+  \S+ \S+Z  ", "", each) for each in entries]


def _holds_until_it_is_changed(house: House) -> None:
    noted = frontdesk(house, "audit")[1].split()[-1]
    assert frontdesk(house, "audit", "--holds", noted)[0] == 0
    with sqlite3.connect(house.database_file) as connection:
        connection.execute("DROP TRIGGER audit_no_change")
        connection.execute("UPDATE audit SET who = 'nobody' WHERE id = 2")
    connection.close()
    code, said = frontdesk(house, "audit", "--most", "1")
    assert (code, "Entry 2 was changed" in said) == (1, True)
    assert frontdesk(house, "audit", "--holds", noted)[0] == 1
