"""Bytes to JSON that is safe to keep."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BrokenPayloadError
from webhooks.messenger.limits import DEPTH_MAX, RAW_CHARS_MAX
from webhooks.messenger.payload import TooDeep, clean_text, dump, read


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'{"a":NaN,"b":-Infinity,"c":1e999}', {"a": None, "b": None, "c": None}),
        (b'{"a":' + b"9" * 5000 + b"}", {"a": "9" * 100}),
        (b'{"a":"x\\ud800y","b":9223372036854775807}', {"a": "x\ufffdy", "b": "9223372036854775807"}),
        (b'{"a\\u0000":"\\u0000x"}', {"a\ufffd": "\ufffdx"}),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":1,"a":"\\ud800"}', {"a": "\ufffd"}),
        (b"null", None),
    ],
)
def test_what_any_reader_takes_is_made_safe(body: bytes, value: Any) -> None:
    assert read(body) == value
    orjson.dumps(read(body))


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b"x=1", b"\xff\xfe", b'"\xff"', b"<html>", b"{'a':1}", b'{"a":1}}', b"[1,]", b"\0\0\0\0"]
)
def test_what_no_reader_takes_is_broken(body: bytes) -> None:
    with pytest.raises(BrokenPayloadError):
        read(body)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_limited_to_the_level(opening: bytes, closing: bytes) -> None:
    core = b"1"
    assert not isinstance(read(opening * DEPTH_MAX + core + closing * DEPTH_MAX), TooDeep)
    for depth in (DEPTH_MAX + 1, 1_000, 1_100, 100_000):
        assert isinstance(read(opening * depth + core + closing * depth), TooDeep)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(read(b"[" + b",".join([b"[{}]"] * 1000) + b"]")) == 1000


def test_a_deep_body_keeps_the_beginning_of_its_text() -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    assert read(body) == TooDeep("[" * RAW_CHARS_MAX)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_broken(body: bytes) -> None:
    try:
        value = read(body)
    except BrokenPayloadError:
        return
    assert orjson.loads(dump(value)) == value


@given(st.text(alphabet=st.characters(), max_size=50))
def test_clean_text_is_what_encoders_and_databases_take(text: str) -> None:
    cleaned = clean_text(text)
    assert len(cleaned) == len(text)
    assert "\0" not in cleaned
    cleaned.encode()
