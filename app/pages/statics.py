"""Style sheets, scripts and pictures of every room, under addresses that change with their content.

`app/<room>/static/<file>` is served at `/static/<hash>/<room>/<file>`. All are read once, at the first use, and kept in memory
(under half a megabyte); nothing else of the disk can be asked for.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

HASH_CHARS = 12
_ROOMS = Path(__file__).parent.parent
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
"""What is served at all; licences and manifests of vendored scripts are for people who read the repository."""
PACKED = (".css", ".js", ".svg")
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Static:
    """One file. `packed` is its gzip form, or empty."""

    address: str
    media_type: str
    content: bytes
    packed: bytes


@cache
def statics() -> Mapping[str, Static]:
    """Every file by its name in templates: `pages/style.css`."""
    found: dict[str, Static] = {}
    for folder in sorted(_ROOMS.rglob("static")):
        room = folder.parent.relative_to(_ROOMS).as_posix()
        for path in sorted(folder.rglob("*")):
            if path.suffix in TYPES and path.is_file():
                name = f"{room}/{path.relative_to(folder).as_posix()}"
                found[name] = _read(name, path)
    return found


def static(name: str) -> str:
    """The address of a file: `static("desk/desk.js")`. Raises KeyError for one that is not there."""
    return statics()[name].address


def create_routes() -> APIRouter:
    """`/static/...`."""
    router = APIRouter(include_in_schema=False)
    router.add_route("/static/{digest}/{name:path}", _get_static)
    return router


async def _get_static(request: Request) -> Response:
    wanted = statics().get(request.path_params["name"])
    if wanted is None or wanted.address != request.url.path:
        return PlainTextResponse("not found", 404)
    headers = {"Cache-Control": FOR_A_YEAR}
    if not wanted.packed:
        return Response(wanted.content, media_type=wanted.media_type, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(wanted.content, media_type=wanted.media_type, headers=headers)
    return Response(wanted.packed, media_type=wanted.media_type, headers={**headers, "Content-Encoding": "gzip"})


def _read(name: str, path: Path) -> Static:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:HASH_CHARS]
    packed = gzip.compress(content, mtime=0) if path.suffix in PACKED else b""
    return Static(f"/static/{digest}/{name}", TYPES[path.suffix], content, packed)
