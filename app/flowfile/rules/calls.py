"""F221 and F8xx: what a call may do, and where secrets may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from app.flowfile.problems import Place, Problem, did_you_mean, problem_at, quoted
from app.flowfile.source.nodes import Scalar

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_TOKEN = re.compile(r"(?=[^ ]*[0-9])(?=[^ ]*[A-Za-z])[A-Za-z0-9_+/=.-]{20,}")
"""A word of a header that is too long and too mixed to be anything but a token."""

_NEAR = (".local", ".localhost", ".internal", ".lan", ".home")


def result_without_call(place: Place) -> Iterator[Problem]:
    """F221: `result` in a condition that follows no call."""
    hint = "Only the goto of a state with call can ask for it."
    yield problem_at(place, "F221", "There is no result here.", hint)


def unknown_method(place: Place, method: str) -> Iterator[Problem]:
    """F222: a call that does not begin with what it wants."""
    if method not in METHODS:
        hint = did_you_mean(method.upper(), METHODS)
        example = "Write for example call: GET https://api.shop.example/orders/<order_number>."
        yield problem_at(place, "F222", f"A call cannot begin with {quoted(method)}.", hint or example)


def host_to_be_allowed(place: Place, host: str) -> Iterator[Problem]:
    """F802: an advice: whoever runs the bot has to allow the host."""
    what = f"The bot may call {quoted(host)} only where the operator allows it."
    hint = f"Ask whoever runs the bot to put {host} into FRONTDESK_CALL_HOSTS."
    yield replace(problem_at(place, "F802", what, hint), advice=True)


def private_address(place: Place, host: str) -> Iterator[Problem]:
    """F803: a number instead of a name, or a name that only this house knows."""
    if not host or "." not in host or host.lower().rstrip(".").endswith(_NEAR) or _is_number(host):
        what = f"{quoted(host)} is not the name of a host that everybody can reach."
        yield problem_at(place, "F803", what, "Write its name on the internet, as in api.shop.example.")


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return host.replace(".", "").isdecimal()
    return True


def secret_in_file(header: Scalar) -> Iterator[Problem]:
    """F804: a token written where everybody who has the file reads it."""
    found = _TOKEN.search(re.sub(r"<[^>]*>", " ", header.text))
    if found:
        what = "This looks like a secret, and everybody who has the file can read it."
        hint = 'Write "Bearer <secret.SHOP_TOKEN>"; whoever runs the bot sets FRONTDESK_CALL_SECRET_SHOP_TOKEN.'
        yield problem_at(header.place, "F804", what, hint)


def secret_outside_headers(place: Place, name: str) -> Iterator[Problem]:
    """F805: a secret where customers, staff or a list of addresses would show it."""
    what = f"<{name}> can only stand in the headers of a call."
    yield problem_at(place, "F805", what, f'Write headers: {{Authorization: "Bearer <{name}>"}}.')
