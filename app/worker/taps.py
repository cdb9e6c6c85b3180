"""Taps carry where they lead and a short signature for one customer, so that nobody can tap what was not offered to him.

v1:<state>:<choice key>:<signature>       choices and buttons
v1:@start  v1:@menu:<key>  v1:@starter:<key>     what the whole Page shares; the engine lets them reach only what is listed
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import replace

from app.channel import TAP_VERSION
from app.engine.events import TapReceived
from app.store.keys import Key

SIGNATURE_BYTES = 9
"""72 bits: far beyond guessing by taps, and twelve characters of a payload of 1,000."""
SHARED = ("@start", "@menu", "@starter")


def sign(secret: bytes, key: Key, state: str, choice: str) -> str:
    """The payload of one choice or button for this customer."""
    way = f"{TAP_VERSION}:{state}:{choice}"
    return f"{way}:{_signature(secret, key, way)}"


def read(secret: bytes, key: Key, tap: TapReceived) -> TapReceived:
    """The tap with `state` and `choice` filled in; both stay empty when it is not ours, not this customer's, or forged."""
    version, _, rest = tap.payload.partition(":")
    if version != TAP_VERSION:
        return tap
    state, _, choice = rest.partition(":")
    if state in SHARED:
        return replace(tap, state=state, choice=choice)
    way, _, signature = tap.payload.rpartition(":")
    if not hmac.compare_digest(_signature(secret, key, way).encode(), signature.encode("utf-8", "surrogatepass")):
        return tap
    state, _, choice = way.removeprefix(f"{TAP_VERSION}:").partition(":")
    return replace(tap, state=state, choice=choice)


def _signature(secret: bytes, key: Key, way: str) -> str:
    said = f"{key[0]}/{key[1]}/{way}".encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hashlib.blake2b(said, key=secret[:64], digest_size=SIGNATURE_BYTES).digest()).decode()
