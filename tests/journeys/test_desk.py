"""The whole way over sockets: customer, bot, queue, staff, bot; live screens; files; what is refused."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import Servers
from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.process import Command
from tests.journeys.shop import CALLING, DISCLOSURE, RATING_ASKED, copy_shop
from tests.journeys.staff import Screen
from tests.ports import free_port


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    plan = Plan(
        folder, copy_shop(folder / "shop"), settings={"PUBLIC_URL": "https://desk.example", "STAFF_UNDO_SECONDS": "1"}
    )
    with running(plan) as started:
        yield started


@pytest.fixture(scope="module")
def anna(house: House) -> Iterator[Screen]:
    screen = Screen(house, "Anna")
    yield screen
    screen.close()


@pytest.fixture(scope="module")
def luc(house: House) -> Iterator[Screen]:
    screen = Screen(house, "Luc")
    yield screen
    screen.close()


@pytest.fixture
def waiting(house: House) -> Customer:
    customer = house.new_customer()
    customer.types("hello")
    assert customer.taps("Talk to a person") == [CALLING]
    return customer


def test_from_the_bot_to_staff_and_back(anna: Screen, luc: Screen, waiting: Customer) -> None:
    waiting.types("my parcel is wet")
    assert "my parcel is wet" in anna.sees("/desk")
    seen = anna.epoch(waiting)
    assert anna.does(waiting, "take", epoch=seen).status_code == 200
    late = luc.does(waiting, "take", epoch=seen)
    assert (late.status_code, late.json()["error"]["message"]) == (409, "Anna has this conversation now.")
    assert waiting.types("are you there?") == []
    for _ in range(2):
        assert anna.writes(waiting, "Hello, I am Anna.", key="hello-anna").status_code == 200
    assert luc.writes(waiting, "Me too!").status_code == 409
    wait_until(lambda: "Hello, I am Anna." in waiting.sees())
    assert waiting.sees().count("Hello, I am Anna.") == 1
    waiting.sees_new()
    page = anna.sees(anna.path(waiting))
    assert "Anna took the conversation" in page
    assert re.search(r"Hello, I am Anna\. .{0,40}(sent|delivered|read)", page)
    assert anna.does(waiting, "hand_back").status_code == 200
    assert waiting.sees_new() == [DISCLOSURE, RATING_ASKED]
    assert waiting.taps("Great") == ["Goodbye from Harbour & Pine!"]


def test_a_customer_who_waits_sees_that_they_were_read_and_what_an_answer_answers(
    anna: Screen, waiting: Customer
) -> None:
    waiting.types("one more thing")
    waiting.types("my parcel is wet")
    said = [each for each in waiting.screen()["messages"] if each["from"] == "customer"][-1]
    assert said["mark"] != "read"
    anna.looks(waiting)
    wait_until(
        lambda: [each["mark"] for each in waiting.screen()["messages"] if each["mid"] == said["mid"]] == ["read"]
    )
    anna.does(waiting, "take")
    assert anna.writes(waiting, "It dries", answers="h1" + "9" * 15).status_code == 409
    assert anna.writes(waiting, "It dries", answers="m_a1").status_code == 400
    assert anna.writes(waiting, "It dries", answers=anna.last_line(waiting)).status_code == 200
    wait_until(lambda: "It dries" in waiting.sees())
    assert waiting.messages()[-1]["reply_to"] == {"mid": said["mid"], "from": "customer", "text": "my parcel is wet"}


def test_what_is_resolved_is_answered_by_the_bot_at_the_next_message(anna: Screen, waiting: Customer) -> None:
    anna.does(waiting, "take")
    assert anna.does(waiting, "resolve").status_code == 200
    assert waiting.sees_new() == []
    assert "Resolved" in anna.sees(anna.path(waiting))
    assert waiting.types("menu")[-1].endswith("What can I do for you?")


def test_who_is_put_back_into_the_queue_waits_again(anna: Screen, luc: Screen, waiting: Customer) -> None:
    anna.does(waiting, "take")
    assert anna.does(waiting, "assign", to="team:style").status_code == 200
    wait_until(lambda: "Waiting style" in luc.sees(luc.path(waiting)) or "style" in luc.sees("/desk"))
    assert luc.does(waiting, "take").status_code == 200


def test_a_person_in_the_pages_own_inbox_shows_as_such(anna: Screen, waiting: Customer) -> None:
    waiting.is_answered_by_person("I saw it on my phone")
    page = anna.sees(anna.path(waiting))
    assert "in the Page's own inbox" in page
    assert "I saw it on my phone" in page


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \u202eevil"


def test_whatever_customers_write_is_text(anna: Screen, waiting: Customer) -> None:
    waiting.types(HOSTILE)
    for path in ("/desk", anna.path(waiting), f"{anna.path(waiting)}/parts", "/desk/search?q=alert"):
        page = anna.http.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_no_page_is_larger_than_150_kb_however_much_was_written(anna: Screen, waiting: Customer) -> None:
    for number in range(20):
        waiting.says(text=f"{number} " + "<'\u4e16" * 660)
    waiting.house.wait_until_quiet()
    assert len(anna.http.get(anna.path(waiting)).content) < 150_000


def test_files_are_fetched_by_us_and_shown_only_if_they_are_what_they_say(anna: Screen, house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    for name in ("photo.svg", "style.css"):
        url = f"{house.messenger_url}/static/{name}"
        customer.says(attachment={"type": "image", "url": url})
    customer.says(attachment={"type": "image", "url": "http://127.0.0.1:1/inside.png"})
    house.wait_until_quiet()
    page = anna.http.get(anna.path(customer)).text
    assert house.messenger_url not in page
    addresses = sorted(set(re.findall(r'src="(/desk/c/[^"]+/file/[^"]+)"', page)))
    answers = [anna.http.get(address) for address in addresses]
    assert 404 in {each.status_code for each in answers}
    for each in answers:
        if each.status_code == 200:
            assert each.headers["content-type"] == "application/octet-stream"
            assert each.headers["content-disposition"].startswith("attachment")
            assert each.headers["content-security-policy"].startswith("sandbox")
            assert each.headers["x-content-type-options"] == "nosniff"


def test_nobody_comes_in_who_is_not_signed_in_or_comes_from_elsewhere(anna: Screen, waiting: Customer) -> None:
    with httpx.Client(base_url=anna.house.bot_url, trust_env=False) as stranger:
        for path in ("/desk", "/desk/events", anna.path(waiting), "/desk/search", "/desk/canned"):
            assert stranger.get(path).status_code == 401
    foreign = anna.http.post(
        f"{anna.path(waiting)}/text",
        data={"text": "x", "form_key": "abcdefgh"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert foreign.status_code == 403


def test_unknown_fields_and_deeds_are_refused(anna: Screen, waiting: Customer) -> None:
    path = anna.path(waiting)
    for form in ({"deed": "erase", "epoch": "0"}, {"deed": "take", "epoch": "0", "staff_id": "x"}, {"deed": "take"}):
        assert anna.http.post(f"{path}/deed", data=form).status_code == 400
    assert anna.http.get("/desk/c/99999/1").status_code == 404


# ---- live --------------------------------------------------------------------------------------------------


class Listener:
    """What a screen's stream says, read in a thread."""

    def __init__(self, screen: Screen, last_id: str = "") -> None:
        self.events: list[tuple[str, Any, float]] = []
        self.last_id, self.ended = last_id, threading.Event()
        self._screen = screen
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        name = ""
        try:
            with (
                httpx.Client(cookies=self._screen.http.cookies, trust_env=False, timeout=30) as http,
                http.stream("GET", f"{self._screen.url}/desk/events", headers=headers) as answer,
            ):
                for line in answer.iter_lines():
                    if line.startswith("id: "):
                        self.last_id = line[4:]
                    elif line.startswith("event: "):
                        name = line[7:]
                    elif line.startswith("data: "):
                        self.events.append((name, json.loads(line[6:]), time.monotonic()))
        except httpx.HTTPError:
            pass
        self.ended.set()

    def rows(self, customer: Customer) -> list[tuple[dict[str, Any], float]]:
        return [
            (row, at)
            for name, data, at in list(self.events)
            if name == "rows"
            for row in data
            if row["customer"] == customer.id
        ]


def test_a_screen_hears_within_a_second_of_what_happens(anna: Screen, waiting: Customer) -> None:
    listener = Listener(anna)
    wait_until(lambda: bool(listener.events))
    told_at = time.monotonic()
    waiting.says(text="news for the screen")
    wait_until(lambda: any(row["said"] == "news for the screen" for row, _ in listener.rows(waiting)))
    [heard_at, *_] = [at for row, at in listener.rows(waiting) if row["said"] == "news for the screen"]
    assert heard_at - told_at < 3.0  # 1 s is measured by benchmarks/desk.py; this machine runs other tests too


def test_who_comes_back_is_told_of_what_happened_meanwhile(anna: Screen, house: House, waiting: Customer) -> None:
    first = Listener(anna)
    wait_until(lambda: bool(first.last_id))
    waiting.types("while nobody listened")
    second = Listener(anna, first.last_id)
    wait_until(lambda: any(row["said"] == "while nobody listened" for row, _ in second.rows(waiting)))


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_end_of_the_calendar_breaks_nothing(anna: Screen, written: str) -> None:
    place = base64.urlsafe_b64encode(json.dumps([written, "10001", "1"]).encode()).decode().rstrip("=")
    assert anna.http.get("/desk", params={"view": "all", "behind": place}).status_code == 200
    with anna.http.stream("GET", "/desk/events", params={"since": written}) as answer:
        assert next(answer.iter_lines()) == "retry: 1000"


def test_a_screen_at_another_process_hears_it_too_and_holds_up_no_stop(servers: Servers, tmp_path: Path) -> None:
    plan = Plan(tmp_path, copy_shop(tmp_path / "shop"), database_url=servers.address("postgres", tmp_path))
    with running(plan) as house:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        other = Command(tmp_path, ("serve", "--port", str(port)), house.bot.settings)
        other.start(lambda: is_up(url))
        screen = Screen(house, "Eva", url)
        listener = Listener(screen)
        wait_until(lambda: bool(listener.events))
        customer = house.new_customer()
        customer.types("hello from afar")
        wait_until(lambda: any(row["said"] == "hello from afar" for row, _ in listener.rows(customer)))
        began = time.monotonic()
        assert other.stop() == 0
        assert time.monotonic() - began < 10  # an open stream holds up no stop
        wait_until(listener.ended.is_set)
        screen.close()


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_stream_ends_with_the_session(house: House, waiting: Customer) -> None:
    screen = Screen(house, "Eva")
    listener = Listener(screen)
    wait_until(lambda: bool(listener.events))
    assert screen.http.post("/sign-out").status_code == 303
    waiting.types("a secret of after that")
    wait_until(listener.ended.is_set)
    assert listener.events[-1][0] == "signed_out"
    assert "a secret of after that" not in str(listener.events)
    screen.close()
