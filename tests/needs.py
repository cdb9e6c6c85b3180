"""What a test needs that is not on every machine, and the tests that take long."""

from __future__ import annotations

import os

import pytest

RUN_ALL = os.environ.get("FRONTDESK_TEST_ALL") == "1"
"""Set where everything is installed that a test may want: then nothing is skipped."""


def skip_without(what: str) -> None:
    """Skip this test because `what` is not on this machine; fail instead where everything has to run."""
    if RUN_ALL:
        pytest.fail(f"FRONTDESK_TEST_ALL=1, but {what} is missing: install it (.ci/run does) or unset the variable.")
    pytest.skip(f"{what} is missing")


def only_when_all_run() -> None:
    """Skip a test that takes long, except with FRONTDESK_TEST_ALL=1."""
    if not RUN_ALL:
        pytest.skip("takes long: runs with FRONTDESK_TEST_ALL=1")
