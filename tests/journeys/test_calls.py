"""An order is looked up in a service that answers over a real socket: found, unknown, late, and with the bot killed in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.journeys.house import HOST, House, Plan, running, wait_until

BOT = """
flow: 1
bot: {name: Piney, languages: [en], disclosure: I am Piney, timezone: Europe/Paris}
messenger: {start: order}
slots:
  order_number: {type: text, pattern: "[0-9]{5,8}"}
  order_eta: text
states:
  order:
    ask: {save: order_number, say: Which order?}
    goto: find_order
  find_order:
    say: I am looking.
    call: GET https://api.shop.example/orders/<order_number>
    headers: {Authorization: "Bearer <secret.SHOP>"}
    save: {order_eta: order.eta}
    goto:
      - {if: result is ok, to: found}
      - {if: result is not_found, to: unknown}
      - {to: broken}
  found: {say: Your order comes on <order_eta>.}
  unknown: {say: There is no such order.}
  broken: {say: I cannot look that up now.}
"""


class Shop(ThreadingHTTPServer):
    """A service of orders. `gate` is shut while it thinks; `asked` are the paths and tokens that came."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Orders)
        self.asked: list[tuple[str, str]] = []
        self.gate = threading.Event()
        self.gate.set()


class _Orders(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        self.server.gate.wait(30)
        status = 200 if self.path == "/orders/10482" else 404 if self.path == "/orders/99999" else 500
        body = b'{"order": {"eta": "3 December"}}'
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Shop() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.gate.set()
        server.shutdown()


@pytest.fixture(scope="module")
def house(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("calls")
    bot = folder / "shop"
    bot.mkdir()
    (bot / "bot.yaml").write_text(BOT, "utf-8")
    hosts = f"api.shop.example=http://{HOST}:{shop.server_address[1]}"
    with running(Plan(folder, bot, settings={"CALL_HOSTS": hosts, "CALL_SECRET_SHOP": "not-to-be-seen"})) as started:
        yield started


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("10482", "Your order comes on 3 December."),
        ("99999", "There is no such order."),
        ("55555", "I cannot look that up now."),
    ],
)
def test_the_answer_of_the_service_decides_where_the_flow_goes(
    house: House, shop: Shop, number: str, answer: str
) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.says(text=number)
    wait_until(lambda: customer.sees()[-1:] == [answer], lambda: str(customer.sees()))
    assert (f"/orders/{number}", "Bearer not-to-be-seen") in shop.asked
    assert "not-to-be-seen" not in house.bot.printed()


def test_a_bot_that_is_killed_in_the_middle_asks_again_and_says_the_answer_once(house: House, shop: Shop) -> None:
    shop.asked.clear()
    shop.gate.clear()
    customer = house.new_customer()
    customer.types("hello")
    customer.says(text="10482")
    wait_until(lambda: len(shop.asked) == 1, lambda: str(shop.asked))
    house.bot.kill()
    shop.gate.set()
    house.start_bot()
    wait_until(lambda: "Your order comes on 3 December." in customer.sees(), lambda: str(customer.sees()))
    house.wait_until_quiet()
    assert customer.sees().count("Your order comes on 3 December.") == 1
    assert len(shop.asked) == 2
