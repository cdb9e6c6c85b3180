"""The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), and codes for whoever lost the phone.

The secret is kept nowhere: it is made of the account's salt and the installation's key, so that a stolen database opens nothing.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import segno

from app.chance import Chance

STEP_SECONDS = 30
DIGITS = 6
STEPS_AROUND = 1
"""Codes of the step before and after are taken too: phones' clocks are up to half a minute off."""
SECRET_BYTES = 20
"""160 bits, as RFC 4226 advises."""
RECOVERY_CODES = 10
RECOVERY_CHARS = 10
"""50 random bits: with ten tries in 15 minutes nobody finds one."""
ISSUER = "Frontdesk"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Makes and checks codes. `key` is the installation's, for this use alone."""

    key: bytes

    def secret(self, staff_id: str, salt: bytes) -> bytes:
        return hmac.digest(self.key, b"totp\0" + staff_id.encode() + b"\0" + salt, "sha256")[:SECRET_BYTES]

    def find_step(self, staff_id: str, salt: bytes, code: str, now: datetime) -> int | None:
        """The step that this code belongs to, if it is one of now; the caller lets no step be used twice."""
        secret, present = self.secret(staff_id, salt), int(now.timestamp()) // STEP_SECONDS
        found = None
        for step in range(present - STEPS_AROUND, present + STEPS_AROUND + 1):
            if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
                found = step
        return found

    def hash_code(self, staff_id: str, code: str) -> bytes:
        """What is kept of a recovery code; small letters, blanks and dashes make no difference."""
        plain = "".join(each for each in code.upper() if each.isalnum())
        return hmac.digest(self.key, b"recovery\0" + staff_id.encode() + b"\0" + plain.encode(), "sha256")


def code_at(secret: bytes, step: int) -> str:
    """RFC 4226, section 5.3."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def address_of(email: str, secret: bytes) -> str:
    """What an authenticator app reads from the picture."""
    label = quote(f"{ISSUER}:{email}")
    return f"otpauth://totp/{label}?secret={written(secret)}&issuer={ISSUER}&digits={DIGITS}&period={STEP_SECONDS}"


def written(secret: bytes) -> str:
    """The secret as people type it."""
    return base64.b32encode(secret).decode()


def picture_of(address: str) -> str:
    """The same as a QR picture, for `src` of an image."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=1, dark="#000"))


def new_codes(chance: Chance) -> list[str]:
    """Fresh recovery codes: `ABCDE-23456`."""
    made = []
    for _ in range(RECOVERY_CODES):
        random = hmac.digest(chance.new_id().encode(), b"recovery code", "sha256")
        plain = base64.b32encode(random).decode()[:RECOVERY_CHARS]
        made.append(f"{plain[:5]}-{plain[5:]}")
    return made
