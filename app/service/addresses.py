"""Where a call may go: the operator's list, and which addresses of a host are everybody's. Opens no connection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of CALL_HOSTS. `played_by`: the address on this machine that answers in the host's place, for tests."""

    host: str
    port: int = 443
    played_by: str = ""


def read_allowed(entries: Iterable[str]) -> tuple[Allowed, ...]:
    """`host`, `host:port`, `host=http://127.0.0.1:9000`, as the settings have checked them."""
    return tuple(_read(entry) for entry in entries)


def _read(entry: str) -> Allowed:
    name, _, played_by = entry.partition("=")
    host, _, port = name.partition(":")
    return Allowed(host.lower(), int(port or 443), played_by)


def is_public(address: str) -> bool:
    """Whether everybody could reach it: not private, loopback, link-local, shared, multicast, reserved, nor one in disguise."""
    found = ip_address(address)
    return _is_public_six(found) if isinstance(found, IPv6Address) else _is_public_four(found)


def _is_public_four(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_public_six(address: IPv6Address) -> bool:
    if address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64 or address.scope_id:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_site_local)
