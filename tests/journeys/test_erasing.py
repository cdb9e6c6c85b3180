"""A customer is forgotten: by Messenger's deletion callback and by the command. Not a word is left in any file, and late deliveries
bring none back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.bodies import APP_SECRET, PAGE, message, wrap
from tests.journeys.house import Customer, House, Plan, running
from tests.journeys.process import FRONTDESK, ROOT
from tests.journeys.shop import DISCLOSURE, copy_shop


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("erasing")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started


def words_of(customer: Customer) -> str:
    """What only this customer writes."""
    return f"Planted{customer.id}words"


@pytest.fixture
def customer(house: House) -> Customer:
    """Somebody who wrote, sent a picture, filled a slot, and of whom an event was set aside."""
    customer = house.new_customer()
    words = words_of(customer)
    customer.types("hello")
    customer.types(f"{words} in the beginning")
    customer.sends_photo(f"{words} beside a photo")
    customer.types("order")
    customer.types(f"{words} of an order")
    customer.posts(message(customer.id, {"odd": f"{words} that nobody can read"}))
    return customer


def ask(house: House, user_id: str, secret: str = APP_SECRET) -> httpx.Response:
    said = json.dumps({"algorithm": "HMAC-SHA256", "issued_at": int(time.time()), "user_id": user_id}).encode()
    payload = encoded(said)
    signature = encoded(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())
    path = f"{house.bot_url}/webhooks/messenger/data-deletion"
    return house.http.post(path, data={"signed_request": f"{signature}.{payload}"})


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def frontdesk(house: House, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *FRONTDESK, *arguments],
        cwd=house.plan.folder,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "FRONTDESK_DATABASE_URL": house.plan.url},
        input=typed, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def files_with_words(house: House, customer: Customer) -> list[str]:
    files = [path for path in house.plan.folder.glob("frontdesk.db*") if path.is_file()]
    assert any(path.name == "frontdesk.db-wal" for path in files)
    return [path.name for path in files if words_of(customer).encode() in path.read_bytes()]


def assert_forgotten_for_good(house: House, customer: Customer) -> None:
    """No word is left, a late delivery brings none back, and what comes next begins anew."""
    assert files_with_words(house, customer) == []
    late = message(customer.id, f"{words_of(customer)} late")
    late["timestamp"] -= 3_600_000
    customer.read = len(customer.sees())
    assert customer.posts(late) == []
    assert house.rows("SELECT count(*) FROM inbox WHERE status = 'ignored' AND reason LIKE 'It happened before%'") > [
        (0,)
    ]
    assert house.rows(f"SELECT text FROM history WHERE customer_id = '{customer.id}'") == []
    assert customer.types("hello again")[0] == DISCLOSURE


def test_who_asks_messenger_is_forgotten_and_can_read_so(house: House, customer: Customer) -> None:
    assert files_with_words(house, customer)
    answer = ask(house, customer.id)
    assert answer.status_code == 200
    page = house.http.get(answer.json()["url"])
    assert (page.status_code, "has been deleted" in page.text) == (200, True)
    assert customer.id not in page.text
    assert_forgotten_for_good(house, customer)


def test_who_is_no_customer_is_told_how_to_go_on_and_the_page_outlives_a_restart(house: House) -> None:
    told = ask(house, "999900001").json()
    assert ask(house, "999900001").json() == told
    house.bot.kill()
    house.start_bot()
    assert "We keep nothing" in house.http.get(told["url"]).text
    assert '"999900001"' not in house.bot.printed()
    assert "data deletion asked for" in house.bot.printed()


def test_a_forged_wish_changes_nothing(house: House, customer: Customer) -> None:
    assert ask(house, customer.id, "another-secret").status_code == 403
    assert house.rows(f"SELECT count(*) FROM history WHERE customer_id = '{customer.id}'") > [(0,)]


def test_the_command_shows_everything_then_erases_it_after_a_yes(house: House, customer: Customer) -> None:
    shown = frontdesk(house, "export", customer.id)
    assert shown.returncode == 0
    [kept] = json.loads(shown.stdout)
    assert (kept["page"], kept["customer"]) == (PAGE, customer.id)
    assert [line["text"] for line in kept["transcript"] if line["who"] == "customer"][:2] == [
        "hello",
        f"{words_of(customer)} in the beginning",
    ]
    assert {line["who"] for line in kept["transcript"]} == {"customer", "bot"}
    assert f"{words_of(customer)} that nobody can read" in json.dumps(kept["events"])
    no = frontdesk(house, "erase", customer.id, typed="n\n")
    assert (no.returncode, no.stdout.endswith("Nothing was erased.\n")) == (1, True)
    assert files_with_words(house, customer)
    yes = frontdesk(house, "erase", customer.id, "--page", PAGE, typed="y\n")
    assert yes.returncode == 0, yes.stderr
    assert "5 lines of the customer's side" in yes.stdout
    assert_forgotten_for_good(house, customer)


def test_the_words_of_another_customer_stay(house: House, customer: Customer) -> None:
    other = house.new_customer()
    other.types("hello")
    other.types("words of another one")
    assert frontdesk(house, "erase", customer.id, "--yes").returncode == 0
    assert "words of another one" in str(house.rows(f"SELECT text FROM history WHERE customer_id = '{other.id}'"))


def test_a_customer_whom_nobody_knows_is_told_so(house: House) -> None:
    for command in ("export", "erase"):
        ran = frontdesk(house, command, "999900002")
        assert (ran.returncode, ran.stdout) == (1, "Nothing is kept of customer 999900002.\n")


def test_who_asks_the_bot_leaves_nothing_either(house: House, customer: Customer) -> None:
    customer.types("delete my data")
    customer.taps("Delete everything")
    assert house.rows(f"SELECT text FROM history WHERE customer_id = '{customer.id}'") == []
    late = message(customer.id, f"{words_of(customer)} late")
    late["timestamp"] -= 3_600_000
    assert customer.posts(late) == []
    assert house.post(wrap(late)).status_code == 200
