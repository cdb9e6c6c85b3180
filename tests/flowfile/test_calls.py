"""`call` in a flow file: what is read, and what is told at which place."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.flow import Call, Placeholder
from tests.flowfile.bots import good, told, write

TOP = "flow: 1\nbot: {name: Piney}\nmessenger: {start: look}\nslots: {eta: text, number: text}\nstates:\n"
END = "  found: {say: On <eta>.}\n"


def bot(*lines: str) -> str:
    return TOP + "  look:\n" + "".join(f"    {line}\n" for line in lines) + END


GET = "call: GET https://api.shop.example/orders/<number>"


def test_a_call_is_read_with_all_its_parts(tmp_path: Path) -> None:
    lines = (
        "call: POST https://api.shop.example/orders/<number>",
        'headers: {Authorization: "Bearer <secret.SHOP>"}',
        "body: {lines: [{size: <number>}], note: hi}",
        "save: {eta: order.eta}",
        "goto: found",
    )
    call = good(write(tmp_path, bot("set: {number: 7}", *lines))).states["look"].call
    assert call == Call(
        "POST",
        ("https://api.shop.example/orders/", Placeholder("number")),
        {"Authorization": ("Bearer ", Placeholder("secret.SHOP"))},
        {"lines": [{"size": (Placeholder("number"),)}], "note": ("hi",)},
        {"eta": "order.eta"},
    )


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ((GET, "save: {eta: eta}"), "F202 at 7:5"),
        (("say: Hi", "save: {eta: eta}", "goto: found"), "F201 at 8:5"),
        (("call: get https://api.shop.example", "save: {eta: eta}", "goto: found"), "F222 at 7:11"),
        (("call: GET http://api.shop.example", "save: {eta: eta}", "goto: found"), "F801 at 7:15"),
        (("call: GET https://localhost/x", "save: {eta: eta}", "goto: found"), "F803 at 7:23"),
        (("call: GET https://10.0.0.1/x", "save: {eta: eta}", "goto: found"), "F803 at 7:23"),
        (("call: GET https://<number>.example/x", "save: {eta: eta}", "goto: found"), "F405 at 7:23"),
        (("call: GET https://shop.example@evil.example/x", "save: {eta: eta}", "goto: found"), "F405 at 7:23"),
        ((GET, "headers: {Host: x}", "save: {eta: eta}", "goto: found"), "F405 at 8:15"),
        ((GET, "headers: {X: abcdefghij0123456789}", "save: {eta: eta}", "goto: found"), "F804 at 8:18"),
        ((GET, "body: {x: <secret.SHOP>}", "save: {eta: eta}", "goto: found"), "F805 at 8:15"),
        ((GET, "save: {eta: a..b}", "goto: found"), "F405 at 8:17"),
        ((GET, "save: {eta: eta}", "goto: [{if: result is late, to: found}, {to: found}]"), "F406 at 9:27"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_at_its_place(lines: tuple[str, ...], place: str, tmp_path: Path) -> None:
    written = bot(*lines).replace("{eta: text, number: text}", "{eta: text, number: text}")
    assert place in told(write(tmp_path, written))


def test_a_host_is_advice_because_the_operators_list_is_unknown(tmp_path: Path) -> None:
    written = bot("set: {number: 7}", GET, "save: {eta: eta}", "goto: found")
    real = written.replace(".example", ".com")
    assert told(write(tmp_path, real), "F802") == ["F802 at 8:23"]
    assert told(write(tmp_path, written), "F802") == []
