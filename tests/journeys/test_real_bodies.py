"""A body of every kind in Meta's contract, posted signed to a running server: taken, kept as it should be, and harmful to nobody."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.bodies import OTHER_PAGE, PAGE, TOKENS, to_bytes
from tests.journeys.house import House, Plan, running
from tests.journeys.shop import DISCLOSURE, copy_shop
from webhooks.simulator import PageAccount

BODIES = Path(__file__).resolve().parents[1] / "webhooks" / "messenger" / "bodies"
NAMES = sorted(path.stem for path in BODIES.glob("*.json"))
CANARY_SECONDS = 5.0
"""A healthy customer is answered within this, whatever came before; 0.1 s on a machine that does nothing else."""
LEAVE_NOTHING = (
    "customer_information", "dashboard_test", "dead_checkout", "dead_game", "dead_message_request", "dead_payment",
    "dead_pre_checkout", "delivery", "delivery_text_watermark", "echo_ours", "echo_ours_without_our_id", "feed_post",
    "instagram", "marketing_failed", "comment_edited", "comment_own", "read", "standby_nothing", "standby_own_echo",
    "standby_read",
)  # fmt: skip
"""Receipts, our own echoes, and what is of no use to us: counted at the door, not kept."""
ABOUT_THE_PAGE = (
    "app_roles", "optin_checkbox", "policy_block", "policy_old_spelling", "postback_of_a_user_ref", "template_status",
)  # fmt: skip
"""Kept and shown; no session is moved."""
SEVERAL = {"several_pages_and_customers": 4, "ad_message": 2}
PLACES_TAKEN = {"unsent": 8, "comment_removed": 8}
"""The keys under which the message that was taken back, or a change of it, could still come late."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two Pages, as the bodies have. A person who answered keeps the bot silent: of months ago, each silence would be over at once."""
    folder = tmp_path_factory.mktemp("bodies")
    shop = copy_shop(folder / "shop")
    pages = {page: {"flows": "shop", "token": TOKENS[page]} for page in (PAGE, OTHER_PAGE)}
    (folder / "pages.yaml").write_text(json.dumps(pages))
    accounts = {page: PageAccount(page, TOKENS[page]) for page in pages}
    settings = {"PAGES": str(folder / "pages.yaml"), "PERSON_SILENCES_HOURS": "0"}
    with running(Plan(folder, shop, settings=settings, pages=accounts)) as started:
        yield started


def body_of(name: str) -> bytes:
    """The body with a customer and message ids of its own: bodies share them, and none must decide what becomes of the next."""
    own = str(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))
    written = (BODIES / f"{name}.json").read_text("utf-8")
    return to_bytes(json.loads(written.replace("20002", own).replace('"m_', f'"m_{own}_')))


def kept(house: House) -> list[tuple[int, str]]:
    return [(number, status) for number, status in house.rows("SELECT id, status FROM inbox ORDER BY id")]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_body_is_taken_and_comes_to_its_end(house: House, name: str) -> None:
    before = kept(house)
    assert house.post(body_of(name)).status_code == 200
    house.wait_until_quiet()
    statuses = [status for number, status in kept(house) if (number, status) not in before]
    if name in LEAVE_NOTHING:
        assert statuses == []
    elif name in ABOUT_THE_PAGE:
        assert statuses == ["ignored"]
    else:
        assert statuses == ["done"] * SEVERAL.get(name, 1) + ["ignored"] * PLACES_TAKEN.get(name, 0)


def test_every_kind_of_body_may_come_again_and_changes_nothing(house: House) -> None:
    for name in NAMES:
        house.post(body_of(name))
    house.wait_until_quiet()
    before, messages = kept(house), house.rows("SELECT count(*) FROM outbox")
    for name in reversed(NAMES):
        assert house.post(body_of(name)).status_code == 200
    house.wait_until_quiet()
    assert (kept(house), house.rows("SELECT count(*) FROM outbox")) == (before, messages)


def test_a_healthy_customer_is_answered_soon_after_all_of_them(house: House) -> None:
    for name in NAMES:
        house.post(body_of(name))
    began = time.monotonic()
    assert house.new_customer().types("hello")[0] == DISCLOSURE
    assert time.monotonic() - began < CANARY_SECONDS
    house.wait_until_quiet()
    assert house.counts().keys() <= {"done", "ignored"}


def test_customers_of_the_bodies_had_their_window_closed_and_were_sent_nothing(house: House) -> None:
    """The bodies are months old: what the bot would say to them waits for nothing and ends as a failure with its reason."""
    for name in ("text", "postback"):
        house.post(body_of(name))
    house.wait_until_quiet()
    assert house.rows(
        "SELECT DISTINCT status, reason_code FROM outbox WHERE customer_id <> '' AND status <> 'sent'"
    ) == [("failed", "window_closed")]
