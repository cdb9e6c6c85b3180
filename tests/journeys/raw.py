"""Requests byte by byte, for what a well-behaved client never sends."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable

from tests.journeys.bodies import SIGNATURE, sign
from tests.journeys.house import HOST, House

ANSWER_SECONDS_MAX = 30.0


def post(house: House, *headers: str, pieces: Iterable[bytes] = ()) -> int:
    """Post to the webhook with exactly these headers; the status of the answer, 0 when the connection ended without one."""
    with socket.create_connection((HOST, house.bot_port), ANSWER_SECONDS_MAX) as connection:
        lines = ("POST /webhooks/messenger HTTP/1.1", f"Host: {HOST}", "Content-Type: application/json", *headers)
        try:
            connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass  # the server had heard enough; its answer may be waiting all the same
        return _status(connection)


def post_body(house: House, body: bytes, *headers: str) -> int:
    """Post with a length, and no signature but those of the headers."""
    return post(house, f"Content-Length: {len(body)}", *headers, pieces=[body])


def post_chunks(house: House, chunks: Iterable[bytes], signed: bytes) -> int:
    """Post in chunks, without a length, signed for these bytes."""
    framed = (b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return post(house, "Transfer-Encoding: chunked", f"{SIGNATURE}: {sign(signed)}", pieces=framed)


def drip(body: bytes, seconds_each: float) -> Iterable[bytes]:
    """The body byte by byte, slowly."""
    for place in range(len(body)):
        time.sleep(seconds_each)
        yield body[place : place + 1]


def _status(connection: socket.socket) -> int:
    try:
        received = connection.recv(4_096)
    except OSError:
        return 0
    return int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/1.1 ") else 0
