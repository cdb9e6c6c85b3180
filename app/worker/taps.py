"""Taps carry where they lead and a short signature for one customer, so that nobody can tap what was not offered to him.

v1:<state>:<choice key>:<signature>       choices and buttons
v1c:<comment>:<state>:<choice key>:<signature>   the same in the one reply to a comment: who taps it is known only then
v1:@start  v1:@menu:<key>  v1:@starter:<key>     what the whole Page shares; the engine lets them reach only what is listed
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from urllib.parse import quote, unquote

from app.channel import TAP_VERSION, comment_of, customer_of_comment
from app.engine.events import TapReceived
from app.store.keys import Key

SIGNATURE_BYTES = 9
"""72 bits: far beyond guessing by taps, and twelve characters of a payload of 1,000."""
_OF_COMMENT = f"{TAP_VERSION}c"
SHARED = ("@start", "@menu", "@starter")


def sign(secret: bytes, key: Key, state: str, choice: str) -> str:
    """The payload of one choice or button for this customer."""
    if comment := comment_of(key[1]):
        way = f"{_OF_COMMENT}:{quote(comment, safe='')}:{state}:{choice}"  # a colon in it would end it
    else:
        way = f"{TAP_VERSION}:{state}:{choice}"
    return f"{way}:{_signature(secret, key, way)}"


def read(secret: bytes, key: Key, tap: TapReceived) -> TapReceived:
    """The tap with `state` and `choice` filled in; both stay empty when it is not ours, not this customer's, or forged."""
    version, _, rest = tap.payload.partition(":")
    if version == _OF_COMMENT:
        return _read_of_comment(secret, key[0], tap)
    if version != TAP_VERSION:
        return tap
    state, _, choice = rest.partition(":")
    if state in SHARED:
        return _leading(tap, state, choice)
    return _checked(secret, key, tap, f"{TAP_VERSION}:")


def _read_of_comment(secret: bytes, page_id: str, tap: TapReceived) -> TapReceived:
    """A tap in the reply to a comment: it names the comment, and only its writer ever saw it."""
    comment = tap.payload.partition(":")[2].partition(":")[0]
    return _checked(secret, (page_id, customer_of_comment(unquote(comment))), tap, f"{_OF_COMMENT}:{comment}:")


def _checked(secret: bytes, key: Key, tap: TapReceived, before: str) -> TapReceived:
    way, _, signature = tap.payload.rpartition(":")
    if not hmac.compare_digest(_signature(secret, key, way).encode(), signature.encode("utf-8", "surrogatepass")):
        return tap
    state, _, choice = way.removeprefix(before).partition(":")
    return _leading(tap, state, choice)


def _leading(tap: TapReceived, state: str, choice: str) -> TapReceived:
    """The same tap, which leads there."""
    return TapReceived(tap.payload, state, choice, tap.title, tap.mid, tap.ref, tap.reply_to)


def _signature(secret: bytes, key: Key, way: str) -> str:
    said = f"{key[0]}/{key[1]}/{way}".encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hashlib.blake2b(said, key=secret[:64], digest_size=SIGNATURE_BYTES).digest()).decode()
