"""Meta's signed requests: who asks to be forgotten. Never believes a word of one before its signature.

https://developers.facebook.com/docs/apps/delete-data and docs/games/gamesonfacebook/login#parsingsr
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webhooks.messenger.limits import CLOCK_AHEAD_SECONDS_MAX, SIGNED_REQUEST_CHARS_MAX, SIGNED_REQUEST_SECONDS_MAX

ALGORITHM = "HMAC-SHA256"
_PART = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Signers = Sequence[tuple[bytes, frozenset[str]]]
"""Every secret with the Pages that it may speak for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """This person of the app wants everything deleted; `pages` are those that the app may speak for."""

    user_id: str = field(repr=False)
    pages: frozenset[str]


def read_wish(signed: str, signers: Signers, now: datetime) -> Wish | None:
    """What a signed request says; None unless a secret of ours signed it, in the one algorithm, and lately."""
    given, dot, payload = signed.partition(".")
    if not dot or len(signed) > SIGNED_REQUEST_CHARS_MAX or not (_PART.fullmatch(given) and _PART.fullmatch(payload)):
        return None
    pages = _find_pages(_decode(given), payload.encode(), signers)
    said = _read_json(_decode(payload)) if pages is not None else None
    if pages is None or not isinstance(said, dict):
        return None
    user_id = said.get("user_id")
    user_id = str(user_id) if isinstance(user_id, int | str) else ""
    is_ours = str(said.get("algorithm", "")).upper() == ALGORITHM and _is_recent(said.get("issued_at"), now)
    return Wish(user_id, pages) if is_ours and _ID.fullmatch(user_id) else None


def _find_pages(given: bytes, payload: bytes, signers: Signers) -> frozenset[str] | None:
    """Every secret is tried whatever comes out, so the time taken does not tell which one fits. An empty secret never fits."""
    found = None
    for secret, pages in signers:
        if hmac.compare_digest(hmac.digest(secret, payload, "sha256"), given) and secret:
            found = pages
    return found


def _is_recent(issued_at: Any, now: datetime) -> bool:
    """A request that somebody kept and sends again much later would delete what was said since."""
    if not isinstance(issued_at, int) or isinstance(issued_at, bool):
        return False
    # In whole seconds: a number of 400 digits fits no float.
    return -CLOCK_AHEAD_SECONDS_MAX <= int(now.timestamp()) - issued_at <= SIGNED_REQUEST_SECONDS_MAX


def _decode(part: str) -> bytes:
    """Base64 for addresses, with or without its padding; nothing where it is none."""
    bare = part.rstrip("=")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return b""


def _read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
