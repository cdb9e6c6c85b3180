"""Links that count: `/go/<token>` holds the address that it leads to, signed, so that it leads nowhere else. Knows no product.

token   base64url of: mark (12 bytes), signature (12 bytes), address (UTF-8)

The mark says whose link to which product it is, to us alone: nothing of a customer can be read from it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

PATH = "/go/"
MARK_BYTES = 12
SIGNATURE_BYTES = 12
"""96 bits: nobody guesses one by asking a server."""
TOKEN_CHARS_MAX = 4_000
"""Longer ones were not made here."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a token holds: the mark as text, and the address."""

    mark: str
    address: str


def mark_of(key: bytes, page_id: str, customer_id: str, product_id: str) -> str:
    """The mark of one customer's link to one product, as it is kept."""
    said = "\0".join((page_id, customer_id, product_id)).encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(_digest(key, b"mark", said, MARK_BYTES)).decode()


def make_token(key: bytes, link: Link) -> str:
    """The signed token."""
    mark, address = urlsafe_b64decode(link.mark), link.address.encode("utf-8", "surrogatepass")
    return (
        urlsafe_b64encode(mark + _digest(key, b"link", mark + address, SIGNATURE_BYTES) + address).decode().rstrip("=")
    )


def read_token(key: bytes, token: str) -> Link | None:
    """The link of a token of ours; None for any other."""
    if len(token) > TOKEN_CHARS_MAX:
        return None
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (Base64Error, ValueError):
        return None
    mark, signature, address = (
        raw[:MARK_BYTES],
        raw[MARK_BYTES : MARK_BYTES + SIGNATURE_BYTES],
        raw[MARK_BYTES + SIGNATURE_BYTES :],
    )
    if not hmac.compare_digest(_digest(key, b"link", mark + address, SIGNATURE_BYTES), signature):
        return None
    return Link(urlsafe_b64encode(mark).decode(), address.decode("utf-8", "replace"))


def _digest(key: bytes, use: bytes, said: bytes, size: int) -> bytes:
    return hashlib.blake2b(said, key=key[:64], digest_size=size, person=use).digest()
