"""What a flow's calls need of the operator and do not have: hosts that are not allowed, secrets that are not set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from app.engine.flow import SECRET_PREFIX, Call, Flow, Placeholder
from app.service.addresses import Allowed


def missing(flow: Flow, allowed: tuple[Allowed, ...], secrets: Mapping[str, str]) -> tuple[str, ...]:
    """One sentence for each setting that is missing; names only. Calls that lack one end as `failed`."""
    told = [
        sentence
        for state in flow.states.values()
        if state.call
        for sentence in _missing_of(state.call, allowed, secrets)
    ]
    return tuple(dict.fromkeys([*told, *_feed_missing(flow.shop.feed, allowed)]))


def _feed_missing(feed: str, allowed: tuple[Allowed, ...]) -> Iterator[str]:
    """A feed with an address is fetched from hosts that the operator allows, like everything else."""
    parts = urlsplit(feed)
    host, port = (parts.hostname or "").lower(), parts.port or 443
    if feed.startswith("https://") and not any((each.host, each.port) == (host, port) for each in allowed):
        yield f"Products from {host} are not allowed: put {host} into FRONTDESK_CALL_HOSTS."


def _missing_of(call: Call, allowed: tuple[Allowed, ...], secrets: Mapping[str, str]) -> Iterator[str]:
    parts = urlsplit("".join(part if isinstance(part, str) else "x" for part in call.url))
    host, port = parts.hostname or "", parts.port or 443
    if not any((each.host, each.port) == (host, port) for each in allowed):
        yield f"Calls to {host} are not allowed: put {host} into FRONTDESK_CALL_HOSTS."
    for template in call.headers.values():
        for part in template:
            if isinstance(part, Placeholder) and part.name.startswith(SECRET_PREFIX):
                name = part.name.removeprefix(SECRET_PREFIX)
                if name not in secrets:
                    yield f"Calls to {host} need a secret: set FRONTDESK_CALL_SECRET_{name}."
