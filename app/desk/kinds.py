"""What a file is by its first bytes. Its name and what somebody says of it count for nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """`kind`: image, video, audio, file. `may_be_shown`: a browser may show it within a page; anything else is only downloaded."""

    kind: str
    mime: str
    ending: str
    may_be_shown: bool = True


_PDF = FileKind("file", "application/pdf", ".pdf", may_be_shown=False)
_ZIP = FileKind("file", "application/zip", ".zip", may_be_shown=False)
_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileKind("image", "image/png", ".png")),
    (b"\xff\xd8\xff", FileKind("image", "image/jpeg", ".jpg")),
    (b"GIF87a", FileKind("image", "image/gif", ".gif")),
    (b"GIF89a", FileKind("image", "image/gif", ".gif")),
    (b"%PDF-", _PDF),
    (b"PK\x03\x04", _ZIP),
    (b"OggS", FileKind("audio", "audio/ogg", ".ogg")),
    (b"ID3", FileKind("audio", "audio/mpeg", ".mp3")),
    (b"\xff\xfb", FileKind("audio", "audio/mpeg", ".mp3")),
    (b"\xff\xf3", FileKind("audio", "audio/mpeg", ".mp3")),
    (b"\xff\xf1", FileKind("audio", "audio/aac", ".aac")),
    (b"\x1aE\xdf\xa3", FileKind("video", "video/webm", ".webm")),
)
_RIFF = {
    b"WEBP": FileKind("image", "image/webp", ".webp"),
    b"WAVE": FileKind("audio", "audio/wav", ".wav"),
}
_MP4 = FileKind("video", "video/mp4", ".mp4")
_M4A = FileKind("audio", "audio/mp4", ".m4a")


def kind_of(data: bytes) -> FileKind | None:
    """One of the kinds that are known to be harmless; None for everything else, SVG and HTML among it."""
    head = data[:64]
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _M4A if head[8:11] == b"M4A" else _MP4
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)
