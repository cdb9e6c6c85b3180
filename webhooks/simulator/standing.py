"""What Meta's dashboards hold about a Page and about the app: its state, its token, its rights, its addresses. Values only."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

SCOPES = ("pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement")
"""What a token of a connected Page is usually granted."""


@dataclass(slots=True)
class PageStanding:
    """One Page as Meta has it. Moments are Meta's milliseconds; 0 for a token that does not die by itself.

    `usage` is how much of the hour's calls is used up, in percent; `profile_calls` when its profile was asked for or changed.
    """

    is_published: bool = True
    scopes: tuple[str, ...] = SCOPES
    token_dies_ms: int = 0
    data_dies_ms: int = 0
    is_revoked: bool = False
    token_app_id: str = ""
    usage: int = 1
    personas: dict[str, dict[str, str]] = field(default_factory=dict)
    profile_calls: deque[int] = field(default_factory=deque)

    def is_dead(self, now_ms: int) -> bool:
        """Whether its token is no longer taken."""
        return self.is_revoked or 0 < self.token_dies_ms <= now_ms


@dataclass(slots=True)
class Subscription:
    """What the app hears of its Pages, and where."""

    callback_url: str
    fields: frozenset[str]
    is_active: bool = True


@dataclass(slots=True)
class AppStanding:
    """The app. `unknown_fields` are fields of it that this Meta has never heard of; without a subscription everything is delivered."""

    privacy_policy_url: str = "https://shop.example/privacy"
    data_deletion_url: str = "https://shop.example/delete-my-data"
    unknown_fields: tuple[str, ...] = ()
    subscription: Subscription | None = None
