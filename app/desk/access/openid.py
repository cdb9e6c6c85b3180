"""Signing in with the account of a company (OpenID Connect, authorization code with PKCE). Lets in only who has an account here.

https://openid.net/specs/openid-connect-core-1_0.html, section 3.1. The identity comes straight from the provider over TLS, so its
signature need not be checked (3.1.3.7, point 6); issuer, audience, time and nonce are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import orjson
import structlog

log = structlog.get_logger()

WAIT_SECONDS = 10.0
ANSWER_BYTES_MAX = 256 * 1024
CLOCKS_DIFFER = timedelta(minutes=2)
BACK = "/sign-in/openid/back"


class BadAnswerError(Exception):
    """The provider's answer is not what it must be. Says which rule, never a value."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser keeps, signed, while it is at the provider's."""

    state: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class OpenId:
    """A provider that knows the people. `public_url`: where it sends them back to."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    public_url: str

    async def find_address(self, begun: Begun, *, again: bool) -> str | None:
        """Where to send the browser; None when the provider does not say so. `again`: the person is to prove it anew there."""
        try:
            endpoint = await self._endpoint("authorization_endpoint")
        except (BadAnswerError, httpx.HTTPError, ValueError) as error:
            log.warning("the company's sign-in does not answer", error=type(error).__name__, reason=_reason(error))
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": f"{self.public_url}{BACK}",
            "scope": "openid email", "state": begun.state, "nonce": begun.nonce, "code_challenge": challenge,
            "code_challenge_method": "S256", **({"prompt": "login"} if again else {}),
        }  # fmt: skip
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    async def find_email(self, begun: Begun, code: str, now: datetime) -> str | None:
        """The address that the provider vouches for; None when it does not, or its answer is not good."""
        try:
            endpoint = await self._endpoint("token_endpoint")
            given = {
                "grant_type": "authorization_code", "code": code, "redirect_uri": f"{self.public_url}{BACK}",
                "code_verifier": begun.verifier, "client_id": self.client_id, "client_secret": self.client_secret,
            }  # fmt: skip
            answer = await _ask("POST", endpoint, given)
            claims = _claims(answer.get("id_token"))
            self._check(claims, begun, now)
        except (BadAnswerError, httpx.HTTPError, ValueError) as error:
            log.warning(
                "signing in with the company's account failed", error=type(error).__name__, reason=_reason(error)
            )
            return None
        return str(claims["email"]).lower()

    async def _endpoint(self, name: str) -> str:
        """Asked for anew each time: people sign in rarely, and providers move."""
        described = await _ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        if described.get("issuer", "").rstrip("/") != self.issuer:
            raise BadAnswerError("another issuer")
        endpoint = described.get(name)
        if not isinstance(endpoint, str) or urlsplit(endpoint).scheme not in ("https", urlsplit(self.issuer).scheme):
            raise BadAnswerError("no safe endpoint")
        return endpoint

    def _check(self, claims: dict[str, Any], begun: Begun, now: datetime) -> None:
        audience = claims.get("aud")
        ours = audience == self.client_id or (
            isinstance(audience, list) and self.client_id in audience and claims.get("azp") == self.client_id
        )
        if not ours:
            raise BadAnswerError("for somebody else")
        if str(claims.get("iss", "")).rstrip("/") != self.issuer:
            raise BadAnswerError("another issuer")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
            raise BadAnswerError("another nonce")
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or expires < (now - CLOCKS_DIFFER).timestamp():
            raise BadAnswerError("too old")
        if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
            raise BadAnswerError("no address that was checked")


def pack(begun: Begun, key: bytes) -> str:
    """What the cookie holds: signed, so that nobody begins for somebody else."""
    body = base64.urlsafe_b64encode(orjson.dumps([begun.state, begun.nonce, begun.verifier, begun.next])).decode()
    return f"{body}.{hmac.digest(key, b'openid' + body.encode(), 'sha256').hex()}"


def unpack(packed: str, key: bytes) -> Begun | None:
    body, _, signature = packed.partition(".")
    right = hmac.digest(key, b"openid" + body.encode(), "sha256").hex()
    if not hmac.compare_digest(signature.encode(), right.encode()):
        return None
    return Begun(*orjson.loads(base64.urlsafe_b64decode(body)))


async def _ask(method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON object. Raises BadAnswerError, httpx.HTTPError, ValueError."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    body = b""
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=WAIT_SECONDS) as client,
        client.stream(method, address, data=form, headers=headers) as response,
    ):
        if response.status_code != 200:
            raise BadAnswerError(f"status {response.status_code}")
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > ANSWER_BYTES_MAX:
                raise BadAnswerError("too long")
    answer = orjson.loads(body)
    if not isinstance(answer, dict):
        raise BadAnswerError("no object")
    return answer


def _claims(token: Any) -> dict[str, Any]:
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:
        raise BadAnswerError("no identity")
    claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    if not isinstance(claims, dict):
        raise BadAnswerError("no identity")
    return claims


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, BadAnswerError) else ""
