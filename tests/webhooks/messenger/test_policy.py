"""The messaging window."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from tests.webhooks.messenger.kit import NOW, create_send
from webhooks.messenger.policy import may_send


@pytest.mark.parametrize("written_by", ["bot", "staff"])
@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=23, minutes=54, seconds=59), timedelta(seconds=-3)])
def test_inside_24_hours_less_a_margin_a_message_may_go(ago: timedelta, written_by: Literal["bot", "staff"]) -> None:
    assert may_send(create_send(last_customer_at=NOW - ago, written_by=written_by), NOW) is None


@pytest.mark.parametrize("written_by", ["bot", "staff"])
@pytest.mark.parametrize("ago", [timedelta(hours=23, minutes=55), timedelta(hours=24), timedelta(days=400)])
def test_after_the_window_nobody_may_write(ago: timedelta, written_by: Literal["bot", "staff"]) -> None:
    refusal = may_send(create_send(last_customer_at=NOW - ago, written_by=written_by), NOW)
    assert refusal
    assert refusal.code == "window_closed"
    assert "24 hours" in refusal.sentence


def test_who_never_wrote_is_never_written_to() -> None:
    refusal = may_send(create_send(), NOW)
    assert refusal
    assert refusal.code == "window_closed"
