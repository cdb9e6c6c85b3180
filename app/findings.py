"""What a check-up finds: one value for every room that looks at something. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "advice", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `check` is its short name, `page_id` the Page that it is about, if it is about one.

    A problem keeps the bot from working or from passing review; advice does not, or could not be found out. Both have a `todo`.
    """

    check: str
    verdict: Verdict
    says: str
    todo: str = ""
    page_id: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(check, "ok", says)


def advice(check: str, says: str, todo: str) -> Finding:
    return Finding(check, "advice", says, todo)


def problem(check: str, says: str, todo: str) -> Finding:
    return Finding(check, "problem", says, todo)
