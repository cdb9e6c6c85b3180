"""The rooms with pages, put together for the web process: who may enter, the owner's pages, files. A composition root."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable
from datetime import timedelta

from fastapi import FastAPI

from app.aside import on_database
from app.chance import Chance
from app.clock import Clock
from app.desk.access import account_routes, openid_routes, push_routes, routes
from app.desk.access.access import Access, Terms
from app.desk.access.links import make_setup_link
from app.desk.access.openid import OpenId
from app.desk.access.passwords import Passwords
from app.errors import SettingsError
from app.flowfile.live import LiveFlows
from app.mail import Mailer
from app.owner import alerts, exports, tools
from app.owner import audit as audit_page
from app.owner import team as team_pages
from app.pages import statics
from app.pages.frame import Tab
from app.settings import LOOPBACK, PREFIX, Settings, pages, secret_key
from app.store.database import Database

TABS = (
    Tab("/desk", "tab.desk"),
    Tab("/owner/team", "tab.team", owner_only=True),
    Tab("/owner/alerts", "tab.alerts", owner_only=True),
    Tab("/owner/tools", "tab.tools", owner_only=True),
    Tab("/owner/audit", "tab.audit", owner_only=True),
    Tab("/owner/export", "tab.export", owner_only=True),
)


def add_rooms(app: FastAPI, access: Access, hook_key: bytes) -> None:
    """All pages, and what they need."""
    app.state.access = access
    app.state.tabs = TABS
    app.state.tools = tools.Tools(hook_key)
    for room in (routes, account_routes, push_routes, openid_routes, team_pages, audit_page, exports, alerts, tools):
        app.include_router(room.router)
    app.include_router(statics.create_routes())


def create_access(settings: Settings, database: Database, names: dict[str, str]) -> Access:
    """Raises SettingsError when letters could not be sent. `names`: the connected Pages, id to name."""
    terms = Terms(
        timedelta(hours=settings.session_idle_hours),
        timedelta(hours=settings.session_hours),
        settings.public_url,
        settings.second_factor == "required",
        names,
    )
    key = access_key(settings)
    mailer, openid = create_mailer(settings), create_openid(settings)
    return Access(database, Clock(), Chance(), Passwords(), key, terms, mailer, openid)


def access_key(settings: Settings) -> bytes:
    """The installation's key for everything about people who sign in."""
    return hmac.digest(secret_key(settings), b"people who sign in", "sha256")


def page_names(flows: LiveFlows, page_ids: Iterable[str]) -> dict[str, str]:
    """Each connected Page as its bot calls it."""
    found = {page_id: flows.flow_of(page_id) for page_id in page_ids}
    return {page_id: flow.name if flow else page_id for page_id, flow in found.items()}


def create_mailer(settings: Settings) -> Mailer | None:
    """None where no mail server is named. Raises SettingsError."""
    if not settings.smtp_host:
        return None
    for name in ("public_url", "mail_from"):
        if not getattr(settings, name):
            raise SettingsError(f"{PREFIX}{name.upper()} is missing: letters cannot be sent without it.")
    if settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        raise SettingsError(
            f"{PREFIX}SMTP_SECURITY is wrong: letters hold links that let people in.", "Use starttls or tls."
        )
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    return Mailer(
        settings.smtp_host, settings.smtp_port, settings.mail_from, settings.smtp_security, settings.smtp_user, password
    )


def create_openid(settings: Settings) -> OpenId | None:
    """None where no provider is named. Raises SettingsError."""
    if not settings.oidc_issuer:
        return None
    for name in ("public_url", "oidc_client_id", "oidc_client_secret"):
        if not getattr(settings, name):
            raise SettingsError(f"{PREFIX}{name.upper()} is missing: nobody can sign in at the provider without it.")
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    return OpenId(settings.oidc_issuer, settings.oidc_client_id, secret, settings.public_url)


def first_owner_link(settings: Settings, own_address: str) -> str:
    """While there is no owner: a link that makes one, once, within 24 hours. Empty when there is one."""

    async def run(database: Database) -> str | None:
        access = create_access(settings, database, {})
        try:
            return await make_setup_link(access)
        finally:
            access.passwords.close()

    path = asyncio.run(on_database(settings, run))
    return f"{settings.public_url or own_address}{path}" if path else ""


def all_page_names(settings: Settings) -> dict[str, str]:
    """The connected Pages for the command line, which reads no flows: id to id."""
    return {page.page_id: page.page_id for page in pages(settings)}
