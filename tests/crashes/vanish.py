"""Addresses of this machine that can fall silent, as when a machine loses its power: nothing arrives there, and nobody says so.

Only as root and in a network of one's own, which `unshare -n` makes: elsewhere the machine's own routes would change.
"""

from __future__ import annotations

import socket
import subprocess

HOSTS = ("10.9.0.1", "10.9.0.2")
NOTICED_SECONDS = 4.0
"""What fails over takes its time, too."""
FIRST, LOCAL = "10", "100"
"""Places in the list of rules: ours comes before the one that finds the addresses of this machine."""


def prepare() -> None:
    """Give this network the addresses."""
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        raise SystemExit("This blow changes routes: run it by `unshare -n`, as root.")
    _ip("link", "set", "lo", "up")
    for host in HOSTS:
        _ip("addr", "add", f"{host}/32", "dev", "lo")
    _ip("rule", "add", "prio", LOCAL, "lookup", "local")
    _ip("rule", "del", "prio", "0", "lookup", "local")


def silence(host: str) -> None:
    _ip("rule", "add", "to", host, "prio", FIRST, "blackhole")


def unsilence(host: str) -> None:
    _ip("rule", "del", "to", host, "prio", FIRST, "blackhole")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
