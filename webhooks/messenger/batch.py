"""Many sends as one Graph batch, and its answer as one outcome for each. Pure.

https://developers.facebook.com/docs/graph-api/batch-requests
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

import orjson

from app.channel import Outcome, Sent, Unsure
from webhooks.messenger.failures import read_failure

_QUOTED = [
    (each, quote_plus(each)) for each in "%" + string.punctuation.replace("%", "") + "\x7f" if quote_plus(each) != each
]
"""Every ASCII character that a form may not hold as it is, but for the space; `%` first."""
_QUOTED_AGAIN = [(each, code) for each, code in _QUOTED if each in '%+&="{}[]:,/']
"""Those that a JSON list of encoded forms can hold: looking for the others through the whole batch would cost as much as all else."""


def encode(page_id: str, rendered: Sequence[Mapping[str, Any]], token: str, proof: str) -> bytes:
    """The form body of a batch. The token stands in it, as Meta documents for batches, and never in an address."""
    address = f"{page_id}/messages"
    requests = [{"method": "POST", "relative_url": address, "body": _encode_send(each)} for each in rendered]
    listed = _replace(orjson.dumps(requests).decode(), _QUOTED_AGAIN)
    fields = f"&include_headers=false&access_token={quote_plus(token)}"
    if proof:
        fields += f"&appsecret_proof={proof}"
    return f"batch={listed}{fields}".encode()


def _encode_send(rendered: Mapping[str, Any]) -> str:
    """One send as a form whose values are JSON; words and ids stand as they are."""
    fields = (
        f"{name}={quote_plus(value) if isinstance(value, str) else _quote(value)}" for name, value in rendered.items()
    )
    return "&".join(fields)


def _quote(value: Any) -> str:
    """A JSON value as one field of a form."""
    text = orjson.dumps(value).decode()
    return _replace(text, _QUOTED).replace(" ", "+") if text.isascii() else quote_plus(text)


def _replace(text: str, codes: Sequence[tuple[str, str]]) -> str:
    """One replacement for each character costs about half of looking every byte up."""
    for character, code in codes:
        text = text.replace(character, code)
    return text


def decode(status: int, body: bytes, count: int) -> list[Outcome]:
    """One outcome for each of the `count` sends, in order. What the answer does not tell is unsure, each for itself."""
    try:
        answers = orjson.loads(body)
    except orjson.JSONDecodeError:
        answers = None
    if type(answers) is not list or status != 200:
        return [read_failure(status, body)] * count
    known = [_decode_one(each) for each in answers[:count]]
    return known + [Unsure("The batch's answer is short.")] * (count - len(known))


def _decode_one(answer: Any) -> Outcome:
    if type(answer) is not dict or type(answer.get("code")) is not int or type(answer.get("body")) is not str:
        return Unsure("The batch says nothing about it.")
    return decode_send(answer["code"], answer["body"].encode("utf-8", "replace"))


def decode_send(status: int, body: bytes) -> Outcome:
    """The outcome of one send: taken when there is a message id, else what the error says."""
    answer = read_values(body)
    mid = answer.get("message_id")
    return Sent(mid) if status == 200 and type(mid) is str and mid else read_failure(status, answer)


def decode_control(status: int, body: bytes) -> Outcome:
    """The outcome of a request that says no more than whether it succeeded."""
    answer = read_values(body)
    return Sent("") if status == 200 and answer.get("success") is True else read_failure(status, answer)


def read_values(body: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; an empty one for anything else."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if type(answer) is dict else {}
