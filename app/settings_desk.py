"""The settings of the pages: who may stay signed in how long, which proxies are believed, how letters are sent. Read by `settings`."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

SESSION_HOURS_MAX = 24.0 * 30
PORT_MAX = 65_535


class DeskSettings(BaseModel):
    """A part of `Settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    session_idle_hours: float = Field(default=12.0, gt=0.0, le=SESSION_HOURS_MAX)
    """Who did nothing at the desk for this long is signed out"""
    session_hours: float = Field(default=168.0, gt=0.0, le=SESSION_HOURS_MAX)
    """After this long everybody signs in again"""
    second_factor: Literal["required", "offered"] = "required"
    """`required`: owners must have a second factor (a code from their phone); `offered`: they may"""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies in front of us, comma separated; these are believed about visitors (`X-Forwarded-For`)"""
    smtp_host: str = ""
    """Mail server for invitations and forgotten passwords; needs `PUBLIC_URL` and `MAIL_FROM`"""
    smtp_port: int = Field(default=587, ge=1, le=PORT_MAX)
    """Its port"""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is encrypted: `starttls`, `tls`, or `none`, which goes only to a mail server on this machine"""
    smtp_user: str = ""
    """Name at the mail server, if it asks for one"""
    smtp_password: SecretStr | None = None
    """Password at the mail server"""
    mail_from: str = ""
    """Who our letters are from, for example `desk@shop.example`"""

    oidc_issuer: str = ""
    """Address of an OpenID Connect provider, so that people sign in with their company's account; needs `PUBLIC_URL`"""
    oidc_client_id: str = ""
    """How the provider knows us"""
    oidc_client_secret: SecretStr | None = None
    """The secret that the provider gave us"""

    @field_validator("oidc_issuer")
    @classmethod
    def _is_a_provider(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
        except ValueError:
            safe = False
        if value and not (safe and parts.hostname and not (parts.query or parts.fragment)):
            raise ValueError("use an address that begins with https://")
        return value.rstrip("/")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            networks = [ip_network(each) for each in value]
        except ValueError:
            raise ValueError("use addresses or networks, for example 127.0.0.1,10.0.0.0/8") from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("use the addresses of your proxies; everybody's would let anybody name any address")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if value and ("@" not in value or not value.isprintable()):
            raise ValueError("use an e-mail address")
        return value
