"""A feed in XML, and feeds read from memory."""

from __future__ import annotations

import io

from app.catalogue.item import Item
from app.flowfile.feeds.read import Summary, read_feed

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>1</g:id><title>Red <![CDATA[& blue]]> dress</title><g:price>12.50 EUR</g:price><link>https://shop.example/1</link>
<g:image_link>https://shop.example/1.jpg</g:image_link><g:shipping><g:price>3 EUR</g:price></g:shipping></item>
</channel></rss>"""


def read(raw: bytes | str) -> tuple[list[Item], Summary]:
    """The products of a feed, and what is told of it."""
    summary = Summary()
    return list(read_feed(io.BytesIO(raw if isinstance(raw, bytes) else raw.encode()), summary)), summary
