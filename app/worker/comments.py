"""What a state says, as the one message by which a comment under a post can be answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TAPPED = ("choices", "buttons", "payloads")


def as_one(messages: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Several messages in their stored form as one: their texts, with what can be tapped on the last; None if none says anything.

    Pictures and cards stay only where nothing is said beside them.
    """
    said = [each for each in messages if not each.get("hands_over")]
    texts = [str(each["text"]) for each in said if each.get("text")]
    if not texts:
        return said[0] if said else None
    last = said[-1]
    kept: dict[str, Any] = {} if "cards" in last else {name: last[name] for name in TAPPED if name in last}
    return {**kept, "text": "\n\n".join(texts)}
