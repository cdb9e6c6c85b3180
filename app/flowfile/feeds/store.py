"""A feed as one packed value, and such a value as products again: how a catalogue is kept. Knows no database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from app.catalogue.item import Item, Packer, unpack
from app.flowfile.feeds.kinds import kinds_of, typed
from app.flowfile.feeds.read import Progress, Summary, read_feed


@dataclass(frozen=True, slots=True)
class PackedFeed:
    """The products of a feed. `content` is the hash of what they are, so that the same feed again is no change."""

    content: str
    packed: bytes = field(repr=False)
    kinds: Mapping[str, str] = field(default_factory=dict)
    summary: Summary = field(default_factory=Summary)


def pack_feed(stream: BinaryIO, progress: Progress | None = None, bad_pictures: Collection[str] = ()) -> PackedFeed:
    """Read a feed and pack what can be sold; pictures that cannot be shown are left out. Raises FeedError."""
    summary, packer = Summary(), Packer()
    for item in read_feed(stream, summary, progress):
        packer.add(replace(item, image="") if item.image in bad_pictures else item)
    packed = packer.finish()
    kinds = kinds_of(summary.kinds)
    content = hashlib.sha256(repr(sorted(kinds.items())).encode() + packed).hexdigest()[:32]
    return PackedFeed(content, packed, kinds, summary)


def products_of(packed: bytes, kinds: Mapping[str, str]) -> Iterator[Item]:
    """The products again, each field as what its column is."""
    for item in unpack(packed):
        yield typed(item, kinds)


def pictures_in(stream: BinaryIO) -> tuple[str, ...]:
    """The addresses of all pictures in a feed, each once. Raises FeedError."""
    return tuple(dict.fromkeys(item.image for item in read_feed(stream, Summary()) if item.image))
