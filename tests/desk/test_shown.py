"""What a transcript shows of what strangers wrote and sent, and what a file is by its content."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.kinds import kind_of
from app.desk.shown import Around, Quote, linked, show, show_lines, size_of, visible
from app.store.lines import Line

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
KEY = ("10001", "30001")


def around(**given: Any) -> Around:
    usual: dict[str, Any] = {
        "delivered_until": None,
        "read_until": None,
        "names": {"anna": "Anna"},
        "public_url": "",
        "now": NOW,
    }
    return Around(KEY, **{**usual, **given})


def ours(status: str, **given: Any) -> Line:
    usual: dict[str, Any] = {
        "at": NOW,
        "who": "staff",
        "kind": "message",
        "text": "hi",
        "body": {"text": "hi"},
        "staff_id": "anna",
    }
    return Line("o1", status=status, **{**usual, **given})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "see https://shop.example/a?b=1.",
            [("see ", ""), ("https://shop.example/a?b=1", "https://shop.example/a?b=1"), (".", "")],
        ),
        ("javascript:alert(1)", [("javascript:alert(1)", "")]),
        ("https://", [("https://", "")]),
        (
            'http://x.example/"onmouseover=alert(1)',
            [("http://x.example/", "http://x.example/"), ('"onmouseover=alert(1)', "")],
        ),
        ("https://a.example/\u202egnp.exe", [("https://a.example/", "https://a.example/"), ("\u202egnp.exe", "")]),
        ("http://[::1", [("http://[::1", "")]),
    ],
)
def test_only_whole_web_addresses_become_links(text: str, parts: list[tuple[str, str]]) -> None:
    assert linked(text) == parts


@given(st.text())
def test_a_text_in_parts_is_the_same_text(text: str) -> None:
    assert "".join(words for words, _ in linked(text)) == text


def test_nothing_hides_in_a_name() -> None:
    assert visible("An\u202ena\u200b") == "An\ufffdna\ufffd"
    assert visible(None) == ""


def test_files_are_shown_at_addresses_of_ours_only() -> None:
    attachments = [
        {"kind": "image", "url": "https://evil.example/track.png?who=anna"},
        {"kind": "image"},
        {"kind": "place", "latitude": 1.5, "longitude": 2},
    ]
    shown = show(Line("h7", NOW, "customer", "AttachmentReceived", "", {"attachments": attachments}), around())
    assert [each.address for each in shown.files] == ["/desk/c/10001/30001/file/h7/0"]
    assert shown.places == (("", 1.5, 2.0),)


def test_a_transcript_shows_what_was_answered_even_when_it_is_gone_or_has_no_words() -> None:
    body = {"reply_to": "m_1", "product": "777", "attachments": [{"kind": "image", "url": "https://cdn.example/a.png"}]}
    line = Line("h8", NOW, "customer", "AttachmentReceived", "", body, "m_2")
    assert (show(line, around()).quote, show(line, around()).about) == (Quote(), "777")
    answered = {"m_1": Line("o3", NOW, "bot", "message", " Which\none? ", {})}
    assert show(line, around(answered=answered)).quote == Quote("o3", "Which one?")
    assert show(line, around(answered={"m_1": line})).quote == Quote("h8", "", "image")
    assert show(line, around()).may_be_answered


def test_a_file_that_staff_sent_is_shown_from_here_and_nobody_elses() -> None:
    for address, path in (
        ("https://desk.example/files/abc.png", "/files/abc.png"),
        ("https://desk.example.evil/files/abc.png", "/desk/c/10001/30001/file/o1/0"),
    ):
        line = ours("sent", text="", body={"media": ["image", address]})
        assert show(line, around(public_url="https://desk.example")).files[0].address == path


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (ours("pending", not_before=NOW + timedelta(seconds=3)), "undo"),
        (ours("pending", not_before=NOW - timedelta(seconds=3)), "waits"),
        (ours("pending", reason_code="connect"), "waits"),
        (ours("in_flight"), "sending"),
        (ours("unknown"), "unknown"),
        (ours("failed"), "failed"),
        (ours("failed", reason_code="unknown"), "unclear"),
        (ours("cancelled"), "cancelled"),
        (ours("sent"), "sent"),
    ],
)
def test_each_message_says_how_far_it_got(line: Line, state: str) -> None:
    assert show(line, around()).state == state


def test_what_was_delivered_and_read_is_told_by_the_moment() -> None:
    assert show(ours("sent"), around(delivered_until=NOW)).state == "delivered"
    assert show(ours("sent"), around(delivered_until=NOW, read_until=NOW)).state == "read"
    assert show(ours("sent"), around(delivered_until=NOW - timedelta(seconds=1))).state == "sent"


def test_a_transcript_stays_within_its_bytes_and_the_latest_are_shown() -> None:
    long = "<'\u4e16" * 900
    lines = [Line(f"h{number}", NOW, "customer", "TextReceived", long, None) for number in range(60)]
    shown = show_lines(lines, around())
    assert shown[-1].id == "h59"
    assert sum(size_of(each.text) for each in shown) <= 60_000


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"RIFF1234WEBPrest", "image/webp"),
        (b"RIFF1234AVI rest", None),
        (b"\0\0\0\x20ftypisomrest", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg xmlns='x'><script>1</script></svg>", None),
        (b"<!doctype html><script>1</script>", None),
        (b"GIF89<script>", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, mime: str | None) -> None:
    kind = kind_of(data)
    assert (kind.mime if kind else None) == mime


@given(st.binary(max_size=80))
def test_any_bytes_are_some_kind_or_none(data: bytes) -> None:
    kind = kind_of(data)
    assert kind is None or "html" not in kind.mime
