"""`call` with its headers, body and save. Calls nothing, and knows no secret: only their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from app.engine.flow import Call, Rule, Template
from app.flowfile.parts.known import Known, Names
from app.flowfile.parts.shapes import as_pairs, as_scalar
from app.flowfile.parts.texts import template_of
from app.flowfile.parts.ways import read_rules
from app.flowfile.rules import calls as rules
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

CALL_PARTS = ("headers", "body", "save")

EXAMPLE_NAMES = ".example"
"""Names that nobody has (RFC 2606): they stand for a host, and no operator is asked for them."""

_EXAMPLE = "call: GET https://api.shop.example/orders/<order_number>"
_HEADERS = 'headers: {Authorization: "Bearer <secret.SHOP_TOKEN>"}'
_SECRET = re.compile(r"<(secret\.[A-Z][A-Z0-9_]*)>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_PATH = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,9}")
_OURS = frozenset(("host", "content-length", "transfer-encoding", "connection", "accept-encoding"))
"""Headers that the program sets itself."""


def read_goto(pairs: Pairs, known: Known) -> tuple[Rule, ...]:
    """`goto` of a state; beside a call it may ask for the result."""
    goto = pairs.get("goto")
    known.after_call = pairs.key("call") is not None
    rules_read = read_rules(goto, known) if goto else ()
    known.after_call = False
    return rules_read


def read_call(pairs: Pairs, known: Known) -> Call | None:
    """The call of a state, or None."""
    for part in CALL_PARTS:
        known.report.take(structure.key_without_partner(pairs, part, "call"))
    node, key = pairs.get("call"), pairs.key("call")
    if node is None or key is None:
        return None
    if not pairs.key("goto"):
        known.report.take(structure.missing_key(key.place, "goto", "a state with call", "goto: order_found"))
    scalar = as_scalar(node, known.report, "request", _EXAMPLE)
    headers, body, save = (pairs.get(part) for part in CALL_PARTS)
    read_headers = _read_headers(headers, known) if headers else {}
    read_body = _read_body(body, known) if body else None
    read_save = _read_save(save, known) if save else {}
    if scalar is None:
        return None
    method, _, address = scalar.text.partition(" ")
    known.report.take(rules.unknown_method(scalar.place, method))
    url = Scalar(address.strip(), scalar.place_of(len(scalar.text) - len(address.lstrip())))
    template = _template(url, known)
    if known.report.take(values.not_https(Scalar(re.sub(r"<[^>]*>", "x", url.text), url.place))):
        return None
    return Call(method, template, read_headers, read_body, read_save) if _is_host_fine(url, known) else None


def _is_host_fine(url: Scalar, known: Known) -> bool:
    """The host is written out, is everybody's, and is the operator's to allow."""
    try:
        parts = urlsplit(url.text)
        host, has_user = parts.hostname or "", bool(parts.username or parts.password)
    except ValueError:
        host, has_user = "", True
    place = url.place.moved(len("https://"))
    if has_user or "<" in _before_path(url.text):
        wanted = "an address whose host is written out"
        return not known.report.take(values.wrong_value(place, url.text, wanted, _EXAMPLE))
    if known.report.take(rules.private_address(place, host)):
        return False
    if not host.endswith(EXAMPLE_NAMES):
        known.report.take(rules.host_to_be_allowed(place, host))
    return True


def _before_path(url: str) -> str:
    """The scheme and host of an address."""
    return re.split(r"[/?#]", url.removeprefix("https://"), maxsplit=1)[0]


def _template(scalar: Scalar, known: Known) -> Template:
    """A text of the call in which slots may stand, but no secret."""
    for found in _SECRET.finditer(scalar.text):
        known.report.take(rules.secret_outside_headers(scalar.place_of(found.start()), found[1]))
        return ()
    return template_of(scalar, known)


def _read_headers(node: Node, known: Known) -> Mapping[str, Template]:
    pairs = as_pairs(node, known.report, "headers with their values", _HEADERS)
    headers: dict[str, Template] = {}
    for name, value in pairs.entries if pairs else ():
        scalar = as_scalar(value, known.report, "header", "Bearer <secret.SHOP_TOKEN>")
        if not _HEADER_NAME.fullmatch(name.text) or name.text.lower() in _OURS:
            known.report.take(values.wrong_value(name.place, name.text, "a header that you can set", "Authorization"))
        elif scalar is not None and not known.report.take(rules.secret_in_file(scalar)):
            headers[name.text] = template_of(scalar, known, _names_in_header(scalar, known))
    return headers


def _names_in_header(scalar: Scalar, known: Known) -> Collection[str]:
    secrets = [found[1] for found in _SECRET.finditer(scalar.text)]
    return Names((known.slot_names, structure.BUILT_IN_NAMES, secrets))


def _read_body(node: Node, known: Known) -> Any:
    """The body as JSON, each text a template."""
    match node:
        case Pairs():
            return {key.text: _read_body(value, known) for key, value in node.entries}
        case Items():
            return [_read_body(item, known) for item in node.items]
        case _:
            return _template(node, known)


def _read_save(node: Node, known: Known) -> Mapping[str, str]:
    pairs = as_pairs(node, known.report, "slots with their places in the answer", "save: {order_eta: eta}")
    saved: dict[str, str] = {}
    for slot, path in pairs.entries if pairs else ():
        known.report.take(values.unknown_slot(slot.place, slot.text, known.slot_names))
        scalar = as_scalar(path, known.report, "place in the answer", "order.eta")
        if scalar is None:
            continue
        if not _PATH.fullmatch(scalar.text):
            known.report.take(values.wrong_value(scalar.place, scalar.text, "a place in the answer", "order.eta"))
        saved[slot.text] = scalar.text
    return saved
