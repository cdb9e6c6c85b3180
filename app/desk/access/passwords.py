"""Passwords: what is accepted, how they are kept (argon2id), how they are compared without telling who has an account.

Hashing is slow on purpose. It runs in threads of its own, a few at a time, so that signing in never delays what customers wrote.
"""

from __future__ import annotations

import asyncio
import gzip
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import UnavailableError

Result = TypeVar("Result")

PASSWORD_CHARS_MIN = 8
PASSWORD_CHARS_MAX = 128
"""More would only cost time; nobody is cut short in silence."""
AT_ONCE_MAX = 4
"""Hashes at the same moment: each takes 32 MiB and a processor."""
WAITING_MAX = 50
"""Further ones are told to come again: they would wait for five seconds."""
CONTEXT_CHARS_MIN = 4
"""Shorter parts of a name or an address are in many good passwords."""
_COMMON = Path(__file__).with_name("common_passwords.txt.gz")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash takes. 32 MiB, five rounds: about 110 ms on one of this year's small servers, more than OWASP asks for."""

    memory_kib: int = 32 * 1024
    rounds: int = 5


class Passwords:
    """Hashes and compares. Must be closed."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._hasher = Argon2Hasher(time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, "password")
        self._waiting = 0
        self._lock = Lock()
        self._nobodys = ""

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """What is kept of it. Raises UnavailableError when too many wait."""
        return await self._run(lambda: self._hasher.hash(_plain(password)))

    async def check(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the right one, and a new hash to keep where the old one was made at another cost.

        `kept` is None where there is no account: false after the same time. Raises UnavailableError when too many wait.
        """
        if len(password) > PASSWORD_CHARS_MAX:
            return False, None
        return await self._run(lambda: self._check(password, kept))

    def _check(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        password = _plain(password)
        # Without an account it takes as long as with one.
        right = self._hasher.verify(password, kept or self._decoy()) and bool(kept)
        if right and kept and self._hasher.check_needs_rehash(kept):
            return True, self._hasher.hash(password)
        return right, None

    def _decoy(self) -> str:
        with self._lock:
            self._nobodys = self._nobodys or self._hasher.hash("nobody has this password")
            return self._nobodys

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING_MAX:
            raise UnavailableError("Too many people sign in at this moment.", "Try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _plain(password: str) -> str:
    """One writing for what looks the same: keyboards differ in how they put an accent on a letter (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def find_weakness(password: str, context: Iterable[str]) -> str:
    """What is wrong with a new password, as the end of a key (`password.short`); empty if it is good.

    Any characters in any mixture are good (S9). `context`: names that an attacker would try first.
    """
    if len(password) < PASSWORD_CHARS_MIN:
        return "short"
    if len(password) > PASSWORD_CHARS_MAX:
        return "long"
    lower = password.lower()
    if lower in _common() or len(set(lower)) < 3:
        return "common"
    parts = {part for each in context for part in _parts(each)}
    if any(part in lower and len(lower) - len(part) < CONTEXT_CHARS_MIN for part in parts):
        return "context"
    return ""


def _parts(name: str) -> list[str]:
    """A name whole, and its words: `Harbour & Pine`, `ada@shop.example`."""
    words = "".join(each if each.isalnum() else " " for each in name.lower()).split()
    return [part for part in [*words, "".join(words)] if len(part) >= CONTEXT_CHARS_MIN]


@cache
def _common() -> frozenset[str]:
    """The 8,354 commonest passwords of eight characters or more, taken from the 20,000 that Django 5.2 ships (BSD licence),
    which Royce Williams counted in leaks. Shorter ones are refused anyway."""
    return frozenset(gzip.decompress(_COMMON.read_bytes()).decode().split())
