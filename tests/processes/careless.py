"""A tiny server that keeps each webhook in SQLite before it answers, with the `synchronous` it is given: the check's own test."""

from __future__ import annotations

import socket
import sqlite3
import sys


def main(file: str, synchronous: str) -> None:
    kept = sqlite3.connect(file, isolation_level=None)
    kept.execute("PRAGMA journal_mode=WAL")
    kept.execute(f"PRAGMA synchronous={synchronous}")
    kept.execute("CREATE TABLE IF NOT EXISTS events (body BLOB)")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            with connection:
                kept.execute("INSERT INTO events VALUES (?)", (connection.recv(65_536),))
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
