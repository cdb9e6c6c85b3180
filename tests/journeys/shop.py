"""Copies of the example shop for one test: open at any hour, or closed now."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

EXAMPLE = Path(__file__).resolve().parents[2] / "flows"
DISCLOSURE = "I am Piney, the automated assistant of Harbour & Pine. A person is one word away."
WELCOME = "What can I do for you?"
LOST = "I did not understand that."
CALLING = "I am calling a colleague. You can keep writing here."
NOBODY_FREE = "Nobody is free right now. Where can we write to you?"
ORDER_ASKED = "What is your order number?"
ORDER_HINT = "An order number has 5 to 8 digits."
FOR_WHOM, OCCASION, BUDGET = (
    "Are we dressing you or somebody else?",
    "What is the occasion?",
    "Roughly how much would you like to spend?",
)
RATING_ASKED = "How did we do?"

FIND_ORDER = """  find_order:
    say: Thank you. You will find order <order_number> on our tracking page.
    buttons:
      Track it: https://harbour-pine.example/orders/<order_number>
      Another order: other_order
      There is a problem: person

"""
FIND_ORDER_IN_FRENCH = """
  - en: Thank you. You will find order <order_number> on our tracking page.
    fr: Merci. Vous trouverez la commande <order_number> sur notre page de suivi.
"""

Open = Literal["always", "never"]


def copy_shop(folder: Path, opened: Open = "always") -> Path:
    """The example's folder below this one, with other hours (the bot's clock is the real one), and orders answered without a call.

    So every message has its answer in its own turn; `test_demo.py` and `test_calls.py` are about calls.
    """
    shop = Path(shutil.copytree(EXAMPLE, folder))
    written = (shop / "bot.yaml").read_text("utf-8")
    changed, count = re.subn(r"(?m)^hours:\n(?:  .*\n)+", _hours(opened), written)
    assert count == 1
    changed, count = re.subn(r"(?ms)^  find_order:\n.*?(?=^  other_order:)", FIND_ORDER, changed)
    assert count == 1
    assert changed.count(", tests.yaml]") == 1  # its conversations are those of the example as it is
    (shop / "bot.yaml").write_text(changed.replace(", tests.yaml]", "]"), "utf-8")
    with (shop / "lang" / "fr.yaml").open("a", encoding="utf-8") as french:
        french.write(FIND_ORDER_IN_FRENCH)
    return shop


def change(shop: Path, before: str, after: str) -> None:
    """Save bot.yaml with one change, as an editor does: at once and whole."""
    file = shop / "bot.yaml"
    written = file.read_text("utf-8")
    assert written.count(before) == 1, f"{before!r} is there {written.count(before)} times"
    draft = shop / "bot.yaml.draft"
    draft.write_text(written.replace(before, after), "utf-8")
    draft.replace(file)


def _hours(opened: Open) -> str:
    """`never`: one hour of a day that is neither today nor near it in any time zone."""
    if opened == "always":
        return "hours: {mon-sun: 00:00-24:00}\n"
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    return f"hours: {{{day}: 10:00-11:00}}\n"
