"""Ports of loopback for servers that a test starts: each is given once in a run, to one process, and to no connection.

A port that the system itself hands out (`bind(0)`) may be taken by any outgoing connection between the moment it was asked for and the
moment a server listens on it. These lie below the range that Linux gives to connections (32768 to 60999), and a locked file keeps the
other processes of a run away from them.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

LOWEST, HIGHEST = 11_000, 31_999
FOLDER = Path(tempfile.gettempdir()) / f"frontdesk-ports-{os.getuid()}"

_held: dict[int, IO[bytes]] = {}
"""Locks end with the process that holds them."""


def free_port(*further: int) -> int:
    """A port on which nobody listens and which no other caller gets, nor any port that lies this much `further`."""
    FOLDER.mkdir(exist_ok=True)
    while True:
        port = random.randint(LOWEST, HIGHEST - max(further, default=0))
        wanted = [port, *(port + each for each in further)]
        if all(_hold(each) for each in wanted):
            return port


def _hold(port: int) -> bool:
    if port in _held:
        return False
    file = (FOLDER / str(port)).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        file.close()
        return False
    _held[port] = file
    return True
