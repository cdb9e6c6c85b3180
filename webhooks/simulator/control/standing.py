"""Moves what Meta's dashboards hold: a Page taken off, a right or a token lost, an address that is missing."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from webhooks.simulator.control.orders import AppOrder, BadOrderError, PageOrder
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.standing import Subscription


def change_page(sim: Simulator, order: PageOrder) -> dict[str, Any]:
    """Change what was given; how the Page stands now."""
    page_id = order.page or next(iter(sim.settings.pages))
    standing = sim.world.standings.get(page_id)
    if standing is None:
        raise BadOrderError("There is no such Page.", f"Pages: {', '.join(sim.settings.pages)}.")
    now_ms = sim.meta_clock.now_ms()
    if order.token_expires_in is not None:
        standing.token_dies_ms = now_ms + int(order.token_expires_in * 1000)
    if order.data_access_expires_in is not None:
        standing.data_dies_ms = now_ms + int(order.data_access_expires_in * 1000)
    if order.token is not None:
        sim.world.pages = {**sim.world.pages, page_id: replace(sim.world.pages[page_id], token=order.token)}
        standing.is_revoked, standing.token_dies_ms = False, 0
    given = {
        "is_published": order.published, "scopes": order.scopes, "is_revoked": order.revoked,
        "token_app_id": order.token_app_id, "usage": order.usage,
    }  # fmt: skip
    for name, value in given.items():
        if value is not None:
            setattr(standing, name, value)
    shown = asdict(standing)
    return {**shown, "profile_calls": len(standing.profile_calls), "page": page_id}


def change_app(sim: Simulator, order: AppOrder) -> dict[str, Any]:
    """The same for the app."""
    app = sim.world.app
    for name in ("privacy_policy_url", "data_deletion_url", "unknown_fields"):
        if getattr(order, name) is not None:
            setattr(app, name, getattr(order, name))
    if order.callback_url is not None:
        app.subscription = Subscription(order.callback_url, frozenset(order.fields), order.active)
    kept = app.subscription
    heard = (
        {"callback_url": kept.callback_url, "fields": sorted(kept.fields), "active": kept.is_active} if kept else None
    )
    return {
        "privacy_policy_url": app.privacy_policy_url,
        "data_deletion_url": app.data_deletion_url,
        "unknown_fields": app.unknown_fields,
        "subscription": heard,
    }
