"""Bodies that nobody thought of, signed and posted to a running server: 200 or 4xx, never 5xx; no address in one is fetched."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.bodies import APP_SECRET, SIGNATURE, sign, to_bytes
from tests.journeys.house import House, Plan, running
from tests.journeys.shop import DISCLOSURE, copy_shop
from tests.needs import RUN_ALL

BODIES = Path(__file__).resolve().parents[1] / "webhooks" / "messenger" / "bodies"
KNOWN = [json.loads(path.read_text("utf-8")) for path in sorted(BODIES.glob("*.json"))]
EXAMPLES = 10_000 if RUN_ALL else 300
"""The same ones each time; `python -m benchmarks.fuzz webhook` posts new ones for as long as there is time."""

_odd = st.sampled_from(
    (
        None, True, False, 0, -1, 2**31, 2**63, -(2**63), 10**18, 10**40, 1e308, -1e-308, 1_790_000_000_100, "", " ", "\0", "\ud800",
        "\u202e",
        "a/b", "comment:9_77", "comment:", "10001", "20002", "fd:", "fd:x.1", "v1:@menu:x", "v1c::::", "9" * 5_000, "x" * 3_000,
        "https://cdn.example/a", "javascript:alert(1)", [], {}, [[]], [None], {"id": None}, {"": {}}, "delete my data", "human", "menu",
    )
)  # fmt: skip
_value = _odd | st.recursive(
    _odd | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*path, name))


def put(body: Any, path: tuple[Any, ...], value: Any, deed: str) -> None:
    """Change what stands there, take it out, write it twice, or call it by another name."""
    holder = body
    for name in path[:-1]:
        holder = holder[name]
    if deed == "change":
        holder[path[-1]] = value
    elif deed == "remove":
        del holder[path[-1]]
    elif isinstance(holder, list):
        holder.append(holder[path[-1]])
    else:
        holder[str(value)[:40]] = holder[path[-1]]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A body of Meta's with some things in it changed."""
    body = json.loads(json.dumps(draw(st.sampled_from(KNOWN))))
    for _ in range(draw(st.integers(1, 4))):
        if not (found := list(places(body))):
            break
        put(
            body,
            draw(st.sampled_from(found)),
            json.loads(json.dumps(draw(_value))),
            draw(st.sampled_from(("change", "remove", "again"))),
        )
    return to_bytes(body)


ANY_BODY = st.one_of(
    mutated(), mutated(), _value.map(lambda value: json.dumps(value).encode()), st.binary(max_size=200)
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("any")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started


def test_no_body_is_answered_with_5xx_or_fails_a_turn(house: House) -> None:
    found: dict[int, int] = {}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(ANY_BODY)
    def each_body(body: bytes) -> None:
        status = post(house, body).status_code
        assert status == 200 or 400 <= status < 500, status
        found[status] = found.get(status, 0) + 1

    each_body()
    assert set(found) == {200, 400}, found
    house.control("policy", action="unblock")  # one of the bodies may have said that Meta blocks the Page
    house.wait_until_quiet()
    assert house.new_customer().types("hello")[0] == DISCLOSURE
    counts = metrics(house)
    assert (counts["turns_failed_total"], counts["worker_breakdowns_total"]) == (0, 0)
    assert not house.rows("SELECT reason FROM inbox WHERE reason LIKE 'The database refused%'")


def post(house: House, body: bytes) -> httpx.Response:
    headers = {SIGNATURE: sign(body, APP_SECRET), "Content-Type": "application/json"}
    return house.http.post(f"{house.bot_url}/webhooks/messenger", content=body, headers=headers)


def metrics(house: House) -> Mapping[str, float]:
    lines = house.http.get(f"{house.bot_url}/metrics").text.splitlines()
    values = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name.removeprefix("frontdesk_"): float(value) for name, value in values}


def test_no_address_that_a_customer_sends_is_ever_fetched(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/secret.png"
        for kind in ("image", "video", "audio", "file", "sticker", "fallback", "reel", "post"):
            customer.says(attachment={"type": kind, "url": address})
        customer.says(attachments=[{"type": "image", "url": f"{address}?{number}"} for number in range(5)])
        customer.says(text=f"look at {address}")
        customer.is_answered_by_person(f"and at {address}")
        customer.sees_new()
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    kept = house.rows(f"SELECT body FROM history WHERE customer_id = '{customer.id}'")
    assert address in str(kept), "it was kept, and nothing more"
