"""Many sends as one Graph batch, and its answer as one outcome for each. Pure.

https://developers.facebook.com/docs/graph-api/batch-requests
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from yarl import URL

from app.channel import Outcome, Sent, Unsure
from webhooks.messenger.failures import read_failure


def encode(page_id: str, rendered: Sequence[Mapping[str, Any]], token: str, proof: str) -> bytes:
    """The form body of a batch. The token stands in it, as Meta documents for batches, and never in an address."""
    address = f"{page_id}/messages"
    requests = [{"method": "POST", "relative_url": address, "body": _form(each)} for each in rendered]
    fields = {"batch": requests, "include_headers": "false", "access_token": token}
    return _form(fields | {"appsecret_proof": proof} if proof else fields).encode()


def _form(fields: Mapping[str, Any]) -> str:
    """A form whose values are JSON; words and ids stand as they are. yarl writes it, for a query is written like a form: half of a
    batch's cost is what has to be quoted, and quoted once more around it, and yarl does that in C."""
    texts = {name: each if isinstance(each, str) else orjson.dumps(each).decode() for name, each in fields.items()}
    return URL.build(query=texts).raw_query_string


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
