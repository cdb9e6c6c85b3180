"""Chance and fresh ids: the only place that draws random numbers. A simulation hands in a seeded one."""

from __future__ import annotations

import random
import secrets


class Chance:
    """The machine's randomness; ids cannot be guessed."""

    def __init__(self) -> None:
        self._random = random.Random(secrets.randbits(64))  # noqa: S311 - jitter, no secret

    def uniform(self, low: float, high: float) -> float:
        """A number between `low` and `high`, for jitter; not for secrets."""
        return self._random.uniform(low, high)

    def new_salt(self) -> bytes:
        """16 bytes that were never there before."""
        return secrets.token_bytes(16)

    def new_id(self) -> str:
        """A fresh id: 22 characters, 128 random bits, safe in an address."""
        return secrets.token_urlsafe(16)
