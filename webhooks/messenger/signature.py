"""Meta's signatures: over webhook bodies, and the proof that goes with a token. Never parses what it checks.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import lru_cache

HEADER = "X-Hub-Signature-256"
_PREFIX = "sha256="
_HEADER_CHARS = len(_PREFIX) + 64


def find_signer(body: bytes, header: str | bytes | None, secrets: Sequence[bytes]) -> int | None:
    """The index of the secret that signed `body`, None if none did.

    Every secret is tried whatever comes out, so the time taken does not tell which one fits. An empty secret never fits.
    """
    given = _to_bytes(header)
    if len(given) != _HEADER_CHARS:
        return None
    found = None
    for index, secret in enumerate(secrets):
        if hmac.compare_digest(_signature(body, secret), given) and secret:
            found = index
    return found


def sign(body: bytes, secret: bytes) -> str:
    """The header's value for this body: `sha256=` and 64 lower-case hex digits."""
    return _signature(body, secret).decode()


def appsecret_proof(token: str, secret: bytes) -> str:
    """What shows Graph that the holder of this token also knows the app's secret."""
    return hmac.digest(secret, token.encode(), "sha256").hex()


def _signature(body: bytes, secret: bytes) -> bytes:
    keyed = _keyed(secret).copy()
    keyed.update(body)
    return b"sha256=" + keyed.hexdigest().encode()


@lru_cache(maxsize=64)
def _keyed(secret: bytes) -> hmac.HMAC:
    """Worked out once: `hmac.digest` does it for each body, and lets go of the interpreter's lock, for which it then waits."""
    return hmac.new(secret, digestmod="sha256")


def _to_bytes(header: str | bytes | None) -> bytes:
    """Bytes, because `compare_digest` raises TypeError for a text that is not ASCII."""
    if isinstance(header, str):
        return header.encode("ascii", "replace")
    return header or b""
