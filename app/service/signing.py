"""How what we post is signed: the Standard Webhooks convention (https://www.standardwebhooks.com, version 1, HMAC-SHA256). Pure."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
"""What a secret begins with; behind it stand its bytes in base64."""


def secret_of(key: bytes, hook_id: str, salt: str) -> str:
    """The secret of an address, made of the installation's key: it is kept nowhere."""
    return PREFIX + b64encode(hmac.digest(key, f"{hook_id}\0{salt}".encode(), "sha256")).decode()


def sign(secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers. With several secrets (one is being changed) there is a signature by each."""
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    made = [
        b64encode(hmac.digest(b64decode(each.removeprefix(PREFIX)), content, "sha256")).decode() for each in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }
