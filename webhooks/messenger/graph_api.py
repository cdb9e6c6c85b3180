"""Questions and orders about Pages and the app, by Graph. Sends no message; failures are values, secrets travel in headers.

The one exception is `debug_token`, whose documented form names the token that is asked about in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.mask import mask
from webhooks.messenger.account import Account
from webhooks.messenger.http import Answer, Ask, Client, Lost, NotSent, create_url, request
from webhooks.messenger.limits import LISTING_BYTES_MAX, PROFILE_WAIT_MINUTES, SETUP_SECONDS_MAX
from webhooks.messenger.profile import FIELDS
from webhooks.messenger.signature import appsecret_proof

TOO_MANY = frozenset({4, 9, 32, 613, 80006})
TOKEN_DEAD, PERMISSION, CALLBACK_REFUSED, BAD_PARAMETER = 190, 200, 2200, 100
NO_PERMISSION = frozenset({10, PERMISSION})
REASON_CHARS_MAX = 200
"""O: Meta's own sentence is shown to who sets the Page up; a page of HTML is not."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Graph answered. `headers` as in `http.Answer`."""

    values: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The objects of its `data`."""
        data = self.values.get("data")
        return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


@dataclass(frozen=True, slots=True)
class Refused:
    """Graph said no."""

    code: int
    subcode: int | None
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        number = str(self.code) if self.subcode is None else f"{self.code}/{self.subcode}"
        return f"{self.reason} (Meta {number})"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that could be read."""

    reason: str

    def __str__(self) -> str:
        return self.reason


Result = Told | Refused | Unanswered


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a Page by its token, or the app. `secret` is the app's."""

    token: str = field(repr=False)
    secret: bytes = field(default=b"", repr=False)


def caller_of(account: Account, page_id: str) -> Caller:
    """A Page of ours, with the newest secret of its app."""
    secrets = account.secrets_of(page_id)
    return Caller(account.pages[page_id].token, secrets[0] if secrets else b"")


def caller_of_app(account: Account) -> Caller | None:
    """The app itself, by its newest secret; None where its id or secret is not known."""
    if not (account.app_id and account.app_secrets):
        return None
    secret = account.app_secrets[0]
    return Caller(f"{account.app_id}|{secret.decode()}", secret)


class Graph:
    """Graph at one address, on a client that others may share."""

    def __init__(self, graph_url: str, client: Client, seconds_max: float = SETUP_SECONDS_MAX) -> None:
        self._graph_url = graph_url.rstrip("/")
        self._client = client
        self._seconds_max = seconds_max

    async def ask(self, caller: Caller, path: str, **query: str) -> Result:
        """`GET`."""
        return await self._call("GET", caller, path, query)

    async def order(self, caller: Caller, path: str, **values: Any) -> Result:
        """`POST`."""
        return await self._call("POST", caller, path, values)

    async def delete(self, caller: Caller, path: str, **values: Any) -> Result:
        return await self._call("DELETE", caller, path, values)

    async def _call(self, method: str, caller: Caller, path: str, values: Mapping[str, Any]) -> Result:
        if caller.secret:
            values = {**values, "appsecret_proof": appsecret_proof(caller.token, caller.secret)}
        url, headers = f"{self._graph_url}/{path}", {"Authorization": f"Bearer {caller.token}"}
        headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if method == "GET":
            asked = Ask(method, create_url(url, values), headers)
        else:
            asked = Ask(method, create_url(url), headers, orjson.dumps(values))
        match await request(self._client, asked, LISTING_BYTES_MAX, self._seconds_max):
            case Answer() as answer:
                return read_answer(answer)
            case NotSent():
                return Unanswered("Messenger could not be reached.")
            case Lost(reason):
                return Unanswered(f"Messenger did not answer: {reason}.")


def read_answer(answer: Answer) -> Result:
    """What an answer of Graph says."""
    try:
        values = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, dict):
        return Unanswered(f"Messenger's answer (status {answer.status}) cannot be read.")
    error = values.get("error")
    if isinstance(error, dict):
        return _read_refusal(error, answer.headers)
    if answer.status != 200:
        return Unanswered(f"Messenger answered with status {answer.status}.")
    return Told(values, answer.headers)


def _read_refusal(error: Mapping[str, Any], headers: Mapping[str, str]) -> Refused:
    """Meta may quote the token that it refuses, so of a dead one nothing is quoted."""
    code, subcode = error.get("code"), error.get("error_subcode")
    said = str(error.get("error_user_msg") or error.get("message") or "no reason given")
    reason = "The token is not taken." if code == TOKEN_DEAD else mask(said)[:REASON_CHARS_MAX]
    return Refused(code if type(code) is int else 0, subcode if type(subcode) is int else None, reason, headers)


# ---- one Page ----------------------------------------------------------------------------------------------


async def find_profile(graph: Graph, caller: Caller, page_id: str) -> Mapping[str, Any] | Refused | Unanswered:
    """The fields of the Page's profile that a flow decides."""
    answer = await graph.ask(caller, f"{page_id}/messenger_profile", fields=",".join(FIELDS))
    if not isinstance(answer, Told):
        return answer
    return {name: value for part in answer.listed for name, value in part.items()}


async def find_personas(graph: Graph, caller: Caller, page_id: str) -> Mapping[str, str] | Refused | Unanswered:
    """The ids of the Page's personas by name, the first of each name."""
    answer = await graph.ask(caller, f"{page_id}/personas", limit="100")
    if not isinstance(answer, Told):
        return answer
    return {str(each["name"]): str(each["id"]) for each in reversed(answer.listed) if "name" in each and "id" in each}


def hint_for(refusal: Refused | Unanswered, now: datetime) -> str:
    """What to do about a call that came to nothing just now."""
    if isinstance(refusal, Unanswered):
        return "Try again; if it stays so, look whether FRONTDESK_GRAPH_URL can be reached from here."
    if refusal.code in TOO_MANY:
        until = (now + timedelta(minutes=PROFILE_WAIT_MINUTES)).astimezone(UTC)
        return f"Messenger takes few such calls (10 in 10 minutes about a profile). Try again after {until:%H:%M} UTC."
    if refusal.code == TOKEN_DEAD:
        return (
            "The Page's token is not taken any more. Generate a new one and give it to frontdesk connect --new-token, or set it as "
            "FRONTDESK_PAGE_TOKEN."
        )
    if refusal.code in NO_PERMISSION:
        return "Generate the Page's token anew and grant pages_messaging and pages_manage_metadata."
    if refusal.code == CALLBACK_REFUSED:
        return "Messenger called the address and heard no challenge. Start the server with the same verify token first."
    return "frontdesk doctor may know more."
