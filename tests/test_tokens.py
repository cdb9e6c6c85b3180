"""Which of two tokens speaks for a Page, and that a kept one opens with its key and at its Page alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.store.tokens import Sealed
from app.tokens import mark_of, renew, seal, unseal
from webhooks.messenger.account import Account, Page

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PAGE = Page("10001", "from the settings")
GIVEN = seal(KEY, PAGE, "given later", NOW)


def account(token: str = PAGE.token) -> Account:
    return Account("4242", (b"secret",), "", {"10001": Page("10001", token), "10002": Page("10002", "x")})


def test_a_given_token_is_newer_than_the_one_it_came_instead_of() -> None:
    ours = account()
    assert renew(ours, KEY, [GIVEN]) == ["10001"]
    assert (ours.pages["10001"].token, ours.pages["10002"].token) == ("given later", "x")
    assert renew(ours, KEY, [GIVEN]) == []


def test_a_second_given_token_is_newer_than_the_first() -> None:
    ours = account()
    renew(ours, KEY, [GIVEN])
    second = seal(KEY, ours.pages["10001"], "given last", NOW)
    assert renew(ours, KEY, [second]) == ["10001"]
    assert ours.pages["10001"].token == "given last"
    fresh = account()
    assert renew(fresh, KEY, [second]) == ["10001"], "after a restart, too"


def test_settings_that_changed_since_are_newer() -> None:
    ours = account("another in the settings")
    assert renew(ours, KEY, [GIVEN]) == []
    assert ours.pages["10001"].token == "another in the settings"


def test_a_kept_token_opens_with_its_key_at_its_page_and_unchanged_only() -> None:
    assert unseal(KEY, GIVEN) == "given later"
    assert unseal(OTHER_KEY, GIVEN) is None
    assert unseal(KEY, replace(GIVEN, page_id="10002")) is None
    assert unseal(KEY, replace(GIVEN, sealed=GIVEN.sealed[:-9] + "AAAAAAAA=")) is None
    assert unseal(KEY, Sealed("10001", "nothing", "", NOW)) is None
    moved = Sealed("10002", GIVEN.sealed, mark_of(KEY, "x"), NOW)
    assert renew(account(), KEY, [moved]) == [], "a row of another Page opens nothing here"


def test_a_page_is_never_shown_with_a_token() -> None:
    ours = account()
    renew(ours, KEY, [GIVEN])
    assert "given later" not in repr(ours)
    assert PAGE.token not in repr(ours)
