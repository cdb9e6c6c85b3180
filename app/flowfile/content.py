"""A folder's files as one packed value, and such a value as a checked flow again: how a revision is kept. Knows no database.

Packed files are read by the same check as a folder is, so that nothing which would not go live today does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from app.errors import AppError
from app.flowfile import limits
from app.flowfile.check import Checked, check

UNPACKED_BYTES_MAX = 2 * limits.FOLDER_BYTES_MAX
"""Base64 makes four bytes of three, and names come to it: what unpacks to more was not packed here."""

Files = Mapping[str, bytes]
"""Names as seen from the folder, with `/`, and what is in them; in the order in which they were read."""


def pack(files: Files) -> bytes:
    """These files as compressed JSON."""
    written = [[name, base64.b64encode(raw).decode("ascii")] for name, raw in files.items()]
    return zlib.compress(json.dumps(written).encode(), level=9)


def unpack(packed: bytes) -> Files:
    """The files again. Raises AppError for bytes that hold none, or names that lead out of a folder."""
    reader = zlib.decompressobj()
    try:
        written = json.loads(reader.decompress(packed, UNPACKED_BYTES_MAX))
        files = {str(name): base64.b64decode(raw, validate=True) for name, raw in written}
    except (zlib.error, ValueError, TypeError):
        files = {}
    if not files or not all(_is_plain(name) for name in files):
        raise AppError("This revision cannot be read.", "Save the folder once more, so that it goes live anew.")
    return files


def read_files(folder: Path, checked: Checked) -> Files | None:
    """The bytes that `checked` was read from; None if the folder has changed since."""
    files = {path.relative_to(folder).as_posix(): raw for path in checked.files if (raw := _bytes_of(path)) is not None}
    return files if revision_of(files) == checked.revision else None


def revision_of(files: Files) -> str:
    """The content hash of these files, as `check` gives it for a folder that holds them."""
    content = hashlib.sha256()
    for name, raw in files.items():
        content.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return content.hexdigest()[:32]


def check_files(files: Files) -> Checked:
    """Everything about a folder that would hold these files and nothing else."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as made:
        folder = Path(made)
        for name, raw in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        return check(folder)


def _bytes_of(path: Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(limits.FEED_BYTES_MAX + 1)
    except OSError:
        return None


def _is_plain(name: str) -> bool:
    parts: Sequence[str] = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and "\\" not in name and ":" not in name and ".." not in parts
