"""Nobody but this machine moves the simulator: no web page of somebody else's, no other machine."""

from __future__ import annotations

import httpx
import pytest
from fastapi.routing import APIRoute

from app.clock import Clock
from tests.webhooks.simulator.kit import PAGE, TOKEN, Table, settings_for
from webhooks.simulator import create_simulator
from webhooks.simulator.control.pages import router as pages_router
from webhooks.simulator.control.routes import router as control_router


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "192.168.1.5:8100"},
        {"Host": "[::1"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_foreign_page_cannot_move_or_read_the_simulator(table: Table, headers: dict[str, str]) -> None:
    order = {"page": PAGE, "customer": "c1", "text": "forged"}
    assert (await table.http.post(f"{table.url}/_control/say", json=order, headers=headers)).status_code in (400, 403)
    assert (await table.http.get(f"{table.url}/_control/report", headers=headers)).status_code in (400, 403)
    assert (await table.http.get(f"{table.url}/", headers=headers)).status_code in (400, 403)
    assert (await table.report())["customers"] == {}


async def test_every_route_of_the_control_api_is_guarded(table: Table) -> None:
    routes = [route for each in (control_router, pages_router) for route in each.routes if isinstance(route, APIRoute)]
    assert len(routes) > 15
    for route in routes:
        path = route.path.format(page=PAGE, customer="c1")
        for method in route.methods:
            answer = await table.http.request(
                method, f"{table.url}{path}", json={}, headers={"Origin": "https://evil.example"}
            )
            assert answer.status_code == 403, route.path


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_every_name_of_this_machine_is_taken(table: Table, host: str) -> None:
    port = table.url.rpartition(":")[2]
    headers = {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}"}
    assert (await table.http.get(f"{table.url}/_control/report", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("10.0.0.7", 403), ("unix", 403)]
)
async def test_only_callers_on_this_machine_are_answered(address: str, status: int) -> None:
    app = create_simulator(settings_for("http://127.0.0.1:1"), Clock())
    transport = httpx.ASGITransport(app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8100") as http:
        assert (await http.get("/_control/report")).status_code == status


async def test_the_chat_page_allows_no_inline_script_and_nothing_from_elsewhere(table: Table) -> None:
    answer = await table.http.get(f"{table.url}/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


async def test_a_photo_is_kept_in_memory_and_given_back_as_what_it_is(table: Table) -> None:
    photo = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    kept = await table.http.post(f"{table.url}/_control/media", content=photo, headers={"Content-Type": "image/png"})
    answer = await table.http.get(kept.json()["url"])
    assert (answer.content, answer.headers["content-type"]) == (photo, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("media_type", "size", "status"),
    [("text/html", 10, 422), ("image/svg+xml", 10, 422), ("image/png", 4_000_000, 413)],
)
async def test_what_is_no_photo_or_too_large_is_refused(table: Table, media_type: str, size: int, status: int) -> None:
    answer = await table.http.post(
        f"{table.url}/_control/media", content=b"x" * size, headers={"Content-Type": media_type}
    )
    assert answer.status_code == status


async def test_the_token_is_never_shown(table: Table) -> None:
    await table.say(text="hi")
    await table.send("x")
    for path in ("_control/report", "_control/threads", f"_control/thread/{PAGE}/c1"):
        assert TOKEN not in (await table.http.get(f"{table.url}/{path}")).text
    assert TOKEN not in repr(settings_for("http://127.0.0.1:1"))
