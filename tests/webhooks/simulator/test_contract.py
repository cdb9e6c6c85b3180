"""Simulator and contract agree: every limit of Meta's that the simulator names is provoked here or where this table says."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.house.source import ROOT
from tests.webhooks.simulator.kit import Table, error_of
from tests.webhooks.simulator.samples import (
    CARD,
    COUPON,
    PICTURE,
    RECEIPT,
    buttons,
    cards,
    coupon,
    feedback,
    grid,
    images,
    product,
    question,
    receipt,
    replies,
    template,
)
from webhooks.simulator import limits

Make = Callable[[int], dict[str, Any]]


def opt_in(title: str) -> dict[str, Any]:
    return template(template_type="one_time_notif_req", title=title, payload="P")


LIMITS: dict[str, dict[str, Make]] = {
    "TEXT_CHARS_MAX": {"text": lambda n: {"text": "x" * n}, "emoji": lambda n: {"text": "\U0001f600" * n}},
    "METADATA_CHARS_MAX": {"metadata": lambda n: {"text": "x", "metadata": "m" * n}},
    "QUICK_REPLIES_MAX": {"quick replies": lambda n: replies(n)},
    "TITLE_CHARS_MAX": {
        "quick reply": lambda n: replies(title="t" * n),
        "button": lambda n: buttons(title="t" * n),
        "feedback button": lambda n: feedback(button_title="t" * n),
    },
    "PAYLOAD_CHARS_MAX": {
        "quick reply": lambda n: replies(payload="p" * n),
        "button": lambda n: buttons(payload="p" * n),
        "coupon": lambda n: coupon(payload="p" * n),
        "opt-in": lambda n: template(template_type="notification_messages", title="News", payload="p" * n),
    },
    "BUTTONS_MAX": {
        "button template": lambda n: buttons(n),
        "card": lambda n: cards(buttons=[{"type": "postback", "title": "x", "payload": "x"}] * n),
        "grid": lambda n: grid(buttons=[{"type": "postback", "title": "x", "payload": "x"}] * n),
    },
    "BUTTON_TEXT_CHARS_MAX": {"button template": lambda n: buttons(text="t" * n)},
    "CARDS_MAX": {"cards": lambda n: cards(n)},
    "CARD_CHARS_MAX": {
        "card title": lambda n: cards(title="t" * n),
        "card subtitle": lambda n: cards(subtitle="s" * n),
        "coupon title": lambda n: coupon(title="t" * n),
        "coupon subtitle": lambda n: coupon(subtitle="s" * n),
        "grid subtitle": lambda n: grid(subtitle="s" * n),
        "feedback subtitle": lambda n: feedback(subtitle="s" * n),
    },
    "ELEMENTS_MAX": {"receipt": lambda n: receipt(elements=[{"title": "Shirt", "price": 5}] * n)},
    "PRODUCTS_MAX": {"product": lambda n: product(n)},
    "GRID_IMAGES_MAX": {"grid": lambda n: grid(n)},
    "GRID_IMAGES_MIN": {"grid": lambda n: grid(n)},
    "GRID_TITLE_CHARS_MAX": {"grid": lambda n: grid(title="t" * n)},
    "FEEDBACK_TITLE_CHARS_MAX": {"feedback": lambda n: feedback(title="t" * n)},
    "QUESTION_CHARS_MAX": {"feedback": lambda n: question(title="t" * n)},
    "QUESTION_CHARS_MIN": {"feedback": lambda n: question(title="t" * n)},
    "QUESTION_ID_CHARS_MAX": {"feedback": lambda n: question(id="i" * n)},
    "PLACEHOLDER_CHARS_MAX": {
        "feedback": lambda n: question(follow_up={"type": "free_form", "placeholder": "p" * n}),
    },
    "FEEDBACK_DAYS_MAX": {"feedback": lambda n: feedback(expires_in_days=n)},
    "OPT_IN_TITLE_CHARS_MAX": {"opt-in": lambda n: opt_in("t" * n)},
    "IMAGES_MAX": {"images": lambda n: images(n)},
}
"""Limit: messages that are just at it with its number, and beyond it with the next one."""

ELSEWHERE = {
    "MENU_ITEMS_MAX": "test_profile.py",
    "MENU_TITLE_CHARS_MAX": "test_profile.py",
    "GREETING_CHARS_MAX": "test_profile.py",
    "PROFILE_CALLS_MAX": "test_standing.py",
    "PROFILE_CALLS_MS": "test_standing.py",
    "PERSONA_NAME_CHARS_MAX": "test_standing.py",
    "BATCH_MAX": "test_sending.py",
    "WINDOW_MS": "test_sending.py",
    "TAG_WINDOW_MS": "test_sending.py",
    "SENDS_PER_SECOND_MAX": "test_sending.py",
    "MEDIA_SENDS_PER_SECOND_MAX": "test_sending.py",
    "LOOK_UPS_PER_SECOND_MAX": "test_sending.py",
    "TYPING_MS": "test_sending.py",
    "PRIVATE_REPLY_MS_MAX": "test_recipients.py",
    "UPLOAD_BYTES_MAX": "test_uploads.py",
    "UPLOAD_MS_MAX": "test_uploads.py",
    "CONTROL_METADATA_CHARS_MAX": "test_thread_control.py",
    "EXTENSION_SECONDS_MAX": "test_thread_control.py",
    "REF_CHARS_MAX": "test_deeds.py",
    "EDITS_MAX": "test_deeds.py",
    "WEBHOOK_SECONDS_MAX": "test_deliveries.py",
    "RETRY_MS_MAX": "test_deliveries.py",
}
"""Limits of something else than a message, and where they are held."""


@pytest.fixture(name="table")
async def table_of_all(shared_table: Table) -> Table:
    """Not reset: nothing here leaves anything that another test could notice."""
    await shared_table.say(text="hi")
    return shared_table


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, rows in LIMITS.items() for what in rows])
async def test_what_is_at_the_limit_is_taken_and_what_is_beyond_it_refused(table: Table, name: str, what: str) -> None:
    number, make = int(getattr(limits, name)), LIMITS[name][what]
    beyond = number - 1 if name.endswith("_MIN") else number + 1
    taken, refused = await table.send(make(number)), await table.send(make(beyond))
    assert taken.status_code == 200, taken.text
    assert error_of(refused) == (100, None)


@pytest.mark.parametrize(
    "required",
    [
        template(**{**RECEIPT, name: None})
        for name in ("recipient_name", "order_number", "currency", "payment_method", "summary")
    ]
    + [template(**{**COUPON, "title": None}), feedback(business_privacy=None), feedback(title=None)]
    + [cards(title=None), buttons(text=None), product(0), images(0), buttons(0), cards(0)]  # type: ignore[arg-type]
    + [
        template(template_type="media", elements=[]),
        template(template_type="generic", elements=[{"title": CARD["title"]}]),
    ]
    + [template(template_type="media", elements=[{"media_type": "image", "url": PICTURE, "attachment_id": "1"}])],
)
async def test_what_a_message_must_have_is_asked_for(table: Table, required: dict[str, Any]) -> None:
    assert error_of(await table.send(required))[0] == 100


def test_every_limit_of_metas_is_held_somewhere() -> None:
    unheld = set(limits_of_meta()) - LIMITS.keys() - ELSEWHERE.keys()
    assert not unheld, f"{sorted(unheld)}: add a row to LIMITS, or say in ELSEWHERE where it is held"
    assert not (LIMITS.keys() | ELSEWHERE.keys()) - set(limits_of_meta())


@pytest.mark.parametrize("path", sorted(set(ELSEWHERE.values())))
def test_the_places_of_the_other_limits_are_there(path: str) -> None:
    assert (ROOT / "tests/webhooks/simulator" / path).is_file()


def limits_of_meta() -> Iterator[str]:
    """The names in limits.py whose docstring begins with M."""
    body = ast.parse((ROOT / "webhooks/simulator/limits.py").read_text("utf-8")).body
    for named, said in pairwise(body):
        if (
            isinstance(named, ast.Assign)
            and isinstance(said, ast.Expr)
            and str(ast.literal_eval(said.value))[:1] == "M"
        ):
            yield from (each.id for each in named.targets if isinstance(each, ast.Name))
