"""Who we are at Meta: the app, its secrets, its Pages. Values only; never reads a setting, never prints a secret."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Page:
    """One connected Page. `app_secrets`: only where the Page belongs to another app than the account's.

    `first_token`: the one that it came with, before a newer was given.
    """

    page_id: str
    token: str = field(repr=False)
    app_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    first_token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.first_token:
            object.__setattr__(self, "first_token", self.token)


@dataclass(frozen=True, slots=True)
class Account:
    """The app and its Pages by id. `app_secrets`: the newest first, older ones while they are being replaced.

    A Page in `pages` is replaced when it is given a new token: whoever needs one looks there each time. `features`: what Meta granted
    to the app in review (keys of `policy.FEATURES`).
    """

    app_id: str
    app_secrets: tuple[bytes, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    pages: dict[str, Page]
    features: frozenset[str] = frozenset()

    def secrets_of(self, page_id: str) -> tuple[bytes, ...]:
        """The secrets that may sign for this Page, the newest first."""
        page = self.pages.get(page_id)
        return page.app_secrets if page and page.app_secrets else self.app_secrets

    def signers(self) -> tuple[tuple[bytes, frozenset[str]], ...]:
        """Every secret with the Pages it may speak for: one app's secret must not forge another app's events."""
        pages_of: dict[bytes, set[str]] = {secret: set() for secret in self.app_secrets}
        for page_id in self.pages:
            for secret in self.secrets_of(page_id):
                pages_of.setdefault(secret, set()).add(page_id)
        return tuple((secret, frozenset(pages)) for secret, pages in pages_of.items())
