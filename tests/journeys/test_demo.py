"""`frontdesk demo`: one command, no account, a chat that works, and an end that leaves nothing behind."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.demo import closed_lines
from app.flowfile.check import read_flow
from app.settings import example_folder
from tests.journeys.house import text_of, wait_until
from tests.journeys.process import Command, run_to_the_end
from tests.journeys.shop import DISCLOSURE
from tests.ports import free_port

FURTHER = 100
"""The chat page's port is the bot's plus this."""


@contextmanager
def ready(folder: Path, *arguments: str) -> Iterator[Command]:
    """A demo that said `ready`, with temporary files in this folder."""
    port = free_port(FURTHER)
    command = Command(folder, ("demo", "--no-browser", *arguments, "--port", str(port)), {})
    command.surroundings["TMPDIR"] = str(folder)
    command.start(lambda: "ready" in command.printed().splitlines())
    try:
        yield command
    finally:
        if command.is_running:
            command.kill()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    with ready(tmp_path_factory.mktemp("demo")) as started:
        yield started


def addresses(demo: Command) -> tuple[str, str]:
    """What it prints: the chat page, and the bot's health."""
    chat, health = re.findall(r"http://127\.0\.0\.1:\d+/\S*", demo.printed())[-2:]
    return chat, health


def test_a_chat_works_at_the_printed_addresses(demo: Command) -> None:
    chat, health = addresses(demo)
    with httpx.Client(trust_env=False, timeout=40) as http:
        assert "<html" in http.get(chat).text
        assert http.get(health).json()["ready"]
        http.post(f"{chat}_control/customer", json={"customer": "1"})
        http.post(f"{chat}_control/say", json={"customer": "1", "tap": "Get Started"})
        thread = http.get(f"{chat}_control/thread/10001/1", params={"got": 2, "wait_seconds": 20}).json()
        assert text_of(thread["messages"][1]) == DISCLOSURE
        assert "Track my order" in thread["taps"]


def test_an_order_is_looked_up_by_a_call_that_the_demo_answers(demo: Command) -> None:
    chat, _ = addresses(demo)
    with httpx.Client(trust_env=False, timeout=40) as http:
        for customer, number, answer in (
            ("2", "10482", "Order 10482 is on its way"),
            ("3", "10480", "I cannot find order 10480"),
        ):
            http.post(f"{chat}_control/customer", json={"customer": customer})
            http.post(f"{chat}_control/say", json={"customer": customer, "text": number})
            thread = http.get(f"{chat}_control/thread/10001/{customer}", params={"got": 2, "wait_seconds": 20}).json()
            assert text_of(thread["messages"][-1]).startswith(answer)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_it_cleanly_and_leaves_nothing(tmp_path: Path, by: signal.Signals) -> None:
    with ready(tmp_path) as demo, httpx.Client(trust_env=False, timeout=40) as http:
        chat, _ = addresses(demo)
        with http.stream("GET", f"{chat}_control/stream") as open_page:
            assert open_page.status_code == 200
            assert demo.stop(by) == 0, demo.printed()
        assert "Traceback" not in demo.printed()
    assert not list(tmp_path.glob("frontdesk-*")), "the temporary database is gone"


def test_a_kept_demo_stays_and_is_not_for_two(tmp_path: Path) -> None:
    kept = ("--data", str(tmp_path / "kept"))
    with ready(tmp_path, *kept) as demo:
        refused = run_to_the_end(tmp_path, ("demo", "--no-browser", *kept, "--port", str(free_port())), {})
        assert refused.returncode == 2
        [line] = refused.stderr.splitlines()
        assert "Another process already works on" in line
        assert demo.stop(signal.SIGINT) == 0
    assert (tmp_path / "kept" / "frontdesk.db").is_file()


def test_a_taken_port_of_the_chat_page_is_told_in_one_line(tmp_path: Path, demo: Command) -> None:
    _, health = addresses(demo)
    taken = int(httpx.URL(health).port or 0)
    refused = run_to_the_end(tmp_path, ("demo", "--no-browser", "--port", str(taken - FURTHER)), {})
    assert refused.returncode == 2
    [line] = [each for each in refused.stderr.splitlines() if each.startswith("frontdesk:")]
    assert f"Port {taken}" in line
    assert "Traceback" not in refused.stderr
    wait_until(lambda: demo.is_running)


def test_who_starts_it_outside_the_shops_hours_is_told_what_to_expect() -> None:
    flow = read_flow(example_folder())
    sunday, monday = datetime(2026, 11, 29, 12, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert closed_lines(flow, monday) == []
    [line] = closed_lines(flow, sunday)
    assert "closed until tomorrow at 09:30" in line
