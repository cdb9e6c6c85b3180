"""What calls need of the operator is told by name before a customer meets it."""

from __future__ import annotations

from app.engine.flow import Call, Flow
from app.service.addresses import read_allowed
from app.service.needs import missing
from tests.engine.transcript import flow, state, template

CALL = Call(
    "GET",
    template("https://api.shop.example:8443/orders/<number>"),
    {"Authorization": template("Bearer <secret.SHOP_TOKEN>")},
)


def bot() -> Flow:
    return flow(state("find", call=CALL), state("again", call=CALL), state("welcome"))


def test_a_host_that_is_not_allowed_and_a_secret_that_is_not_set_are_told_once_each() -> None:
    assert missing(bot(), (), {}) == (
        "Calls to api.shop.example are not allowed: put api.shop.example into FRONTDESK_CALL_HOSTS.",
        "Calls to api.shop.example need a secret: set FRONTDESK_CALL_SECRET_SHOP_TOKEN.",
    )


def test_the_port_counts() -> None:
    secrets = {"SHOP_TOKEN": "x"}
    assert len(missing(bot(), read_allowed(["api.shop.example"]), secrets)) == 1
    assert missing(bot(), read_allowed(["api.shop.example:8443"]), secrets) == ()


def test_a_flow_without_calls_needs_nothing() -> None:
    assert missing(flow(state("welcome")), (), {}) == ()
