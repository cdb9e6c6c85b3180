"""What takes input from outside, each with what must hold for any: the promised errors and no other, within a bounded time."""

from __future__ import annotations

import io
import json
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from app import links
from app.answers.book import Book, book_of, look_up
from app.answers.entries import Entry
from app.errors import BrokenPayloadError
from app.flowfile.check import check
from app.flowfile.feeds.read import Summary, read_feed
from app.flowfile.feeds.shapes import FeedError
from app.mask import masked
from app.store.intake import to_event
from tests.fuzz.inputs import any_text, near
from tests.house.source import ROOT
from tests.store.kit import NOW
from tests.webhooks.messenger.kit import ACCOUNT, APP_ID, SECRET
from webhooks.messenger import payload, signed_request
from webhooks.messenger.parse import parse, parse_again

BODIES = sorted((ROOT / "tests/webhooks/messenger/bodies").glob("*.json"))
SHOP = {path.name: path.read_bytes() for path in sorted((ROOT / "flows").glob("*.yaml"))}
KEY = b"a key for links, of 32 bytes ..."


@dataclass(frozen=True, slots=True)
class Part:
    """`holds` is given each input, and raises where something does not hold. `seconds_max`: of one input, on a busy machine."""

    name: str
    inputs: st.SearchStrategy[Any]
    holds: Callable[[Any], None]
    seconds_max: float = 2.0

    def try_one(self, given: Any) -> None:
        began = time.process_time()
        self.holds(given)
        took = time.process_time() - began
        assert took < self.seconds_max, f"it took {took:.1f} seconds"


# ---- webhooks ----------------------------------------------------------------------------------------------


def body_holds(body: bytes) -> None:
    """A delivery's body is read, or refused as no JSON; what comes of each item can be written."""
    try:
        value = payload.read(body)
    except BrokenPayloadError:
        return
    for item in parse(value, NOW, APP_ID, ACCOUNT.pages.keys()):
        if hasattr(item, "reason") and hasattr(item, "raw"):
            parse_again(item.raw, item.page_id, NOW, APP_ID, ACCOUNT.pages.keys())
        elif hasattr(item, "event"):
            event = to_event(item, NOW)
            assert "\\u0000" not in orjson.dumps(event.body).decode()
            assert len(event.event_key) == 16


JSON_PIECES = (
    b"null", b"[]", b"{}", b"[[", b'"x":', b'"\\ud800"', b'"\\u0000"', b"1e400", b"-1", b"9" * 30, b"9" * 400, b"9" * 5_000, b"true",
    b',"messaging":', b"NaN", b'"mid":"m_1",', b'"message":{"text":7}', b'"sender":{"id":[]}', b'"timestamp":99999999999999999',
    b"[" * 200, b'"id":{"id":1}',
)  # fmt: skip
PAYLOAD = Part("payload", near([path.read_bytes() for path in BODIES], JSON_PIECES), body_holds)

MASKED = Part("mask", any_text, lambda text: _is_text(masked({"text": text})["text"]))


def _is_text(value: Any) -> None:
    assert isinstance(value, str)


# ---- what owners write -------------------------------------------------------------------------------------


def folder_holds(given: tuple[str, bytes]) -> None:
    """A folder with one odd file in it is checked: a flow, or problems with their places."""
    with tempfile.TemporaryDirectory() as made:
        for name, data in SHOP.items():
            (Path(made) / name).write_bytes(data)
        (Path(made) / given[0]).write_bytes(given[1])
        checked = check(Path(made))
    assert checked.flow is not None or any(not problem.advice for problem in checked.problems)
    for problem in checked.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert "\n" not in problem.message


YAML_PIECES = (
    b"\n", b": ", b"- ", b"  ", b"\t", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ", b"{", b"[", b"}", b"|", b">\n", b"'",
    b'"', b"#", b"---\n", b"\xff", b"\xf0\x9f", b"\xef\xbb\xbf", b"? ", b"%YAML 1.1\n", b"0x1f", b"yes", b"1e999", b"2026-12-01",
    b"goto: nowhere\n", b"say: <\n", b"<slot>", b"hear: [(]\n", b"a" * 3_000, b"if: x > 1 and\n",
    b"include: bot.yaml\n", b"states:\n",
)  # fmt: skip
YAML = Part(
    "yaml",
    st.sampled_from(sorted(SHOP)).flatmap(lambda name: st.tuples(st.just(name), near([SHOP[name]], YAML_PIECES))),
    folder_holds,
    seconds_max=8.0,
)


# ---- product feeds -----------------------------------------------------------------------------------------

_CSV = b'id,title,price,availability,link,image_link,brand\n1,"Blue, shirt",19.99 EUR,in stock,https://s.example/1,https://s.example/1.jpg,A\n'
_XML = (
    b'<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>1</g:id><g:title>A &amp; B</g:title>'
    b"<g:price>5.00 EUR</g:price><g:link>https://s.example</g:link></item></channel></rss>"
)
FEED_PIECES = (
    b",", b";", b"\t", b'"', b'""', b"\n", b"\r", b"\0", b"\xff\xfe", b"<", b">", b"&#x0;", b"&x;", b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    b"<![CDATA[", b"<item>", b"</item>", b"1e400 EUR", b"-1", b"price", b"id", b"<a>" * 500, b"x" * 200_000, b"NaN", b"\xe2\x80\xae",
)  # fmt: skip


def feed_holds(data: bytes) -> None:
    """A feed's rows are products or told; what is no feed is refused as such."""
    summary = Summary()
    try:
        products = list(read_feed(io.BytesIO(data), summary))
    except FeedError:
        return
    assert len(products) == summary.products <= summary.rows
    assert len({each.id for each in products}) == len(products)


FEEDS = Part(
    "feeds", near([_CSV * 3, _CSV.replace(b",", b"\t"), _XML, b"\xef\xbb\xbf" + _CSV], FEED_PIECES), feed_holds
)


# ---- what customers write ----------------------------------------------------------------------------------


@cache
def _book() -> Book:
    return book_of(
        [
            Entry(f"e{n}", (text, f"{text} please"))
            for n, text in enumerate(("opening hours", "où est mon colis", "返品したい", "🙂"))
        ]
    )


def question_holds(text: str) -> None:
    """Any text has an answer, a decision between 0 and 1."""
    answer = look_up(_book(), text)
    assert answer.decision in ("answer", "clarify", "fallback")
    assert all(0.0 <= each.score <= 1.0 for each in answer.ranked)


ANSWERS = Part("answers", any_text, question_holds)


# ---- signed things -----------------------------------------------------------------------------------------


def wish_holds(signed: str) -> None:
    """What nobody signed says nothing."""
    assert signed_request.read_wish(signed, ACCOUNT.signers(), NOW) is None


_GOOD_WISH = json.dumps({"user_id": "1", "algorithm": "HMAC-SHA256", "issued_at": int(NOW.timestamp())}).encode()
_SIGNED = urlsafe_b64encode(b"0" * 32).rstrip(b"=") + b"." + urlsafe_b64encode(_GOOD_WISH).rstrip(b"=")
WISHES = Part(
    "signed_request",
    any_text | near([_SIGNED], (b".", b"=", b"-", b"_", b"\xc3\xa9")).map(lambda raw: raw.decode("utf-8", "replace")),
    wish_holds,
)


def signed_wish_holds(said: bytes) -> None:
    """What is signed may still hold anything: a wish, or nothing."""
    part = urlsafe_b64encode(said).rstrip(b"=")
    found = signed_request.read_wish(f"{_signature(part)}.{part.decode()}", ACCOUNT.signers(), NOW)
    assert found is None or found.user_id


def _signature(part: bytes) -> str:
    import hmac

    return urlsafe_b64encode(hmac.digest(SECRET, part, "sha256")).rstrip(b"=").decode()


SIGNED = Part("signed_wish", near([_GOOD_WISH], JSON_PIECES), signed_wish_holds)

_LINK = links.Link(links.mark_of(KEY, "1", "2", "p"), "https://shop.example/p?a=1#é")
_TOKEN = links.make_token(KEY, _LINK)


def token_holds(token: str) -> None:
    """Only our own token leads anywhere, whatever is done to it."""
    found = links.read_token(KEY, token)
    assert found is None or found == _LINK


TOKENS = Part(
    "go_token",
    any_text | near([_TOKEN.encode()], (b"=", b"-", b"A", b"/")).map(lambda raw: raw.decode("utf-8", "replace")),
    token_holds,
)

PARTS = (PAYLOAD, MASKED, YAML, FEEDS, ANSWERS, WISHES, SIGNED, TOKENS)
