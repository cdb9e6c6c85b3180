"""What services answer in a test: only what its `given` says. Never makes a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.calls import saved
from app.flowfile.rehearsal.script import HttpAnswer

UNKNOWN = HttpAnswer("failed")
"""A call that `given` does not name has failed."""
_RESULTS = {"404": "not_found", "410": "not_found", "slow": "slow"}


def answer_of(
    given: Mapping[str, HttpAnswer], method: str, url: str, save: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    """How this call ends and what is saved of its answer."""
    answer = given.get(f"{method} {url}", UNKNOWN)
    result = "ok" if answer.status.startswith("2") else _RESULTS.get(answer.status, "failed")
    return result, saved(answer.body, save) if result == "ok" else {}
