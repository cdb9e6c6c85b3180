"""Push notes to browsers: encrypted so that their push service reads nothing, signed so that it knows who sends. Posts nothing.

https://www.rfc-editor.org/rfc/rfc8291 (encryption), rfc8188 (its coding), rfc8292 (VAPID, who sends).
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BODY_BYTES_MAX = 3_000
"""A push service takes 4,096 bytes at least, the coding and its header included."""
RECORD_BYTES = 4_096
AUTH_BYTES, POINT_BYTES, SALT_BYTES = 16, 65, 16
GOES_FOR = timedelta(hours=12)
"""How long a signature is good; a push service takes 24 hours at most."""
KEPT_SECONDS = 1_800
"""How long a push service keeps a note for a browser that is not there: who waits has been seen by then, or there is a newer note."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached: the address that its push service gave it, its public key, and the secret that both know."""

    endpoint: str
    public: bytes
    auth: bytes = field(repr=False)


def read_browser(endpoint: str, public: str, auth: str) -> Browser | None:
    """As a browser told it; None for what none tells."""
    try:
        browser = Browser(endpoint, from_text(public), from_text(auth))
        _point(browser.public)
    except (ValueError, TypeError):
        return None
    return browser if len(browser.auth) == AUTH_BYTES and len(browser.public) == POINT_BYTES else None


def encrypt(browser: Browser, body: bytes, salt: bytes, ours: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """What only this browser reads. `salt` is fresh each time; `ours` is, too, and only given to compare with RFC 8291."""
    if len(body) > BODY_BYTES_MAX or len(salt) != SALT_BYTES:
        raise ValueError("a note of this size, or with this salt, is not sent")
    ours = ours or ec.generate_private_key(ec.SECP256R1())
    public = _bytes_of(ours.public_key())
    shared = ours.exchange(ec.ECDH(), _point(browser.public))
    key, nonce = derive(shared, browser.auth, b"WebPush: info\0" + browser.public + public, salt)
    # 2 says that this record is the last; there is only one.
    sealed = AESGCM(key).encrypt(nonce, body + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4) + bytes((len(public),)) + public + sealed


def derive(shared: bytes, auth: bytes, info: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """(key, nonce) of the one record, as both sides work them out."""
    secret = _hkdf(shared, auth, info, 32)
    return (
        _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16),
        _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12),
    )


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)


def _bytes_of(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


# ---- who sends ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vapid:
    """The installation's key for push notes. `contact`: an address of the operator, empty or one that begins with https: or mailto:."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)
    contact: str = ""

    @property
    def public(self) -> str:
        """What browsers are told when they subscribe."""
        return to_text(_bytes_of(self.private.public_key()))

    def headers(self, endpoint: str, now: datetime) -> dict[str, str]:
        """What goes with a note to that address."""
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + GOES_FOR).timestamp())}
        if self.contact:
            claims["sub"] = self.contact
        said = b".".join(to_text(orjson.dumps(each)).encode() for each in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = utils.decode_dss_signature(self.private.sign(said, ec.ECDSA(hashes.SHA256())))
        token = f"{said.decode()}.{to_text(r.to_bytes(32) + s.to_bytes(32))}"
        return {
            "Authorization": f"vapid t={token}, k={self.public}",
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
            "Topic": "waiting",
        }


def push_key(key: bytes) -> bytes:
    """What seals the key of push notes, from the one for people who sign in."""
    return hmac.digest(key, b"push notes", "sha256")


def new_sealed(key: bytes) -> str:
    """A fresh key as it is kept."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return Fernet(urlsafe_b64encode(key)).encrypt(number.to_bytes(32)).decode()


def unseal(key: bytes, kept: str, contact: str = "") -> Vapid | None:
    """None when it was sealed by another key, or changed."""
    try:
        number = int.from_bytes(Fernet(urlsafe_b64encode(key)).decrypt(kept.encode()))
        return Vapid(ec.derive_private_key(number, ec.SECP256R1()), contact)
    except (InvalidToken, ValueError):
        return None


def to_text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
