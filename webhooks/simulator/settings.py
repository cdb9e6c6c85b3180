"""What a local Messenger is started with. Values only; never reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webhooks.simulator.limits import RETRY_SECONDS_FIRST, RETRY_SECONDS_MAX


@dataclass(frozen=True, slots=True)
class PageAccount:
    """One Page. `profile` is the Messenger profile it starts with (greeting, get_started, persistent_menu, ice_breakers).

    `app_secret`: only where the Page belongs to another app than the settings' one; the proofs of its calls are made with it.
    """

    name: str
    token: str = field(repr=False)
    profile: Mapping[str, Any] = field(default_factory=dict)
    app_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """The bot's address, its app at Meta, and its Pages by id.

    `verify_first`: no webhook leaves before the bot answered the handshake. `receipts`: deliveries and reads are reported.
    `items_per_webhook`: so many items of different customers may share one body. `enforce_rates`: Meta's calls per second are held.
    """

    bot_url: str
    app_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    pages: Mapping[str, PageAccount]
    verify_first: bool = True
    receipts: bool = True
    items_per_webhook: int = 1
    retry_seconds_first: float = RETRY_SECONDS_FIRST
    retry_seconds_max: float = RETRY_SECONDS_MAX
    enforce_rates: bool = False
