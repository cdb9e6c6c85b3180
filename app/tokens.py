"""Which token speaks for a Page: the settings' or a newer one that `connect` was given. Joins settings, store and Messenger's account.

A given token is kept in the database, encrypted (Fernet: AES-128-CBC with HMAC-SHA256) with a key made of SECRET_KEY, and its Page's
id is sealed with it, so that a row cannot be put in another one's place. The newer of both counts: the given one until the settings
have another token than at the moment when it was given.
"""

from __future__ import annotations

import asyncio
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection

from app.aside import on_database
from app.clock import Clock
from app.errors import AppError, UnavailableError
from app.settings import Settings, app_secrets, pages, secret_key, sqlite_file
from app.store import audit, facts, tokens
from app.store import pages as troubles
from app.store.database import Database
from app.store.tokens import Sealed
from webhooks.messenger.account import Account, Page

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How soon a running server takes a token that somebody gave."""
ABOUT_TOKENS = frozenset({"token_dead", "permission_missing", "page_not_connected"})
"""Why a Page stopped, where a new token may be the cure."""


def read_account(settings: Settings) -> Account:
    """Who we are at Meta, by the settings alone."""
    verify_token = settings.verify_token.get_secret_value() if settings.verify_token else ""
    ours = {page.page_id: Page(page.page_id, page.token, page.app_secrets) for page in pages(settings)}
    return Account(settings.app_id, app_secrets(settings), verify_token, ours, frozenset(settings.app_features))


def read_account_now(settings: Settings) -> Account:
    """The same with the tokens that were given; for commands, which run without a database, too."""
    account = read_account(settings)
    with suppress(AppError):  # whoever needs database and key says so himself
        if account.pages and (given := _list_given(settings)):
            renew(account, secret_key(settings), given)
    return account


def list_unopened(settings: Settings) -> list[str]:
    """The Pages of the settings whose given token does not open, so that the one of the settings speaks for them."""
    ours = read_account(settings).pages
    with suppress(AppError):
        given = [each for each in _list_given(settings) if each.page_id in ours]
        return [each.page_id for each in given if unseal(secret_key(settings), each) is None]
    return []


def _list_given(settings: Settings) -> list[Sealed]:
    """The tokens that were given. Raises AppError where the database cannot be read."""
    file = sqlite_file(settings)
    if file is not None and not file.is_file():
        return []
    return asyncio.run(on_database(settings, lambda database: database.read(tokens.list_all)))


def renew(account: Account, key: bytes, given: Sequence[Sealed]) -> list[str]:
    """Give the account the tokens that are newer than its own; the Pages whose token changed. `account` has the settings' ones, or
    those of an earlier call."""
    changed = []
    for each in given:
        page = account.pages.get(each.page_id)
        token = unseal(key, each) if page and mark_of(key, page.first_token) == each.instead_of else None
        if page and token and token != page.token:
            account.pages[each.page_id] = replace(page, token=token)
            changed.append(each.page_id)
    return changed


# ---- sealing -----------------------------------------------------------------------------------------------


def seal(key: bytes, page: Page, token: str, now: datetime) -> Sealed:
    """The token as it is kept."""
    sealed = _cipher(key).encrypt(f"{page.page_id}\n{token}".encode()).decode()
    return Sealed(page.page_id, sealed, mark_of(key, page.first_token), now)


def unseal(key: bytes, kept: Sealed) -> str | None:
    """The token; None where the key is another one or somebody changed the row."""
    try:
        page_id, _, token = _cipher(key).decrypt(kept.sealed.encode()).decode().partition("\n")
    except (InvalidToken, UnicodeError):
        return None
    return token if page_id == kept.page_id and token else None


def _cipher(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(hmac.digest(key, b"page tokens", "sha256")))


def mark_of(key: bytes, token: str) -> str:
    """By which a token is known again and not found out."""
    return hmac.digest(key, b"mark of a page token " + token.encode(), "sha256").hex()


# ---- for the server ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Given:
    """The tokens that were given, for an account that is in use."""

    database: Database
    account: Account
    key: bytes
    clock: Clock
    _seen: list[Sealed] = field(default_factory=list)

    async def take_in(self) -> None:
        """At the start: note settings whose token is new, and take the given ones that are newer. Raises UnavailableError."""
        now, pages_of = self.clock.now(), self.account.pages.items()
        marks = {page_id: mark_of(self.key, page.first_token) for page_id, page in pages_of}
        await self.database.transaction(lambda connection: _note_settings(connection, marks, now))
        self._renew(await self.database.read(tokens.list_all))

    async def look(self) -> list[str]:
        """Take what was given since; the Pages whose token changed, which may send again. Raises UnavailableError."""
        given = await self.database.read(tokens.list_all)
        if given == self._seen:
            return []
        changed = self._renew(given)
        if changed:
            await self.database.transaction(lambda connection: _set_free(connection, changed))
        for page_id in changed:
            log.info("page connected anew", page=page_id)
        return changed

    def _renew(self, given: list[Sealed]) -> list[str]:
        self._seen = given
        for each in given:
            if unseal(self.key, each) is None:
                hint = "SECRET_KEY is another one than before: frontdesk connect --new-token"
                log.error("what was given to connect a Page cannot be opened", page=each.page_id, hint=hint)
        return renew(self.account, self.key, given)

    async def wait(self) -> list[str]:
        """The same after a while; nothing while the database is away."""
        await self.clock.sleep(LOOK_SECONDS)
        try:
            return await self.look()
        except UnavailableError:
            return []


def _note_settings(connection: Connection, marks: Mapping[str, str], now: datetime) -> None:
    changed = [page_id for page_id, mark in marks.items() if facts.put(connection, _fact_of(page_id), mark)]
    for page_id in changed:
        audit.add(connection, "token_changed", now, who="settings", page_id=page_id)


def _fact_of(page_id: str) -> str:
    """Under what name the mark is kept of the token that the server's settings have."""
    return f"token of {page_id}"


def _set_free(connection: Connection, page_ids: Sequence[str]) -> None:
    for trouble in troubles.list_troubles(connection):
        if trouble.page_id in page_ids and trouble.code in ABOUT_TOKENS:
            troubles.clear(connection, trouble.page_id)


# ---- for `connect` -----------------------------------------------------------------------------------------


def check_server_takes(settings: Settings, page: Page) -> None:
    """Raises AppError where there is no database, and where the server that was started last would pass over a token that these
    settings seal."""
    mark, name = mark_of(secret_key(settings), page.first_token), _fact_of(page.page_id)
    servers = asyncio.run(
        on_database(settings, lambda database: database.read(lambda connection: facts.find(connection, name)))
    )
    if servers not in (None, mark):
        raise AppError(
            f"The server was started with another SECRET_KEY, or another token of Page {page.page_id}, than the settings here.",
            "Run this with the server's settings, or start the server anew with these first.",
        )


def keep(settings: Settings, page: Page, token: str) -> None:
    """Keep the token, which Messenger has taken already. Raises AppError where there is no database."""
    now, key = Clock().now(), secret_key(settings)
    sealed = seal(key, page, token, now)

    def work(connection: Connection) -> None:
        tokens.save(connection, sealed)
        audit.add(connection, "token_changed", now, who=audit.COMMAND_LINE, page_id=page.page_id)

    asyncio.run(on_database(settings, lambda database: database.transaction(work)))


def note_connected(settings: Settings, page_ids: Sequence[str]) -> None:
    """Into the audit, where there is a database yet."""
    file, now = sqlite_file(settings), Clock().now()
    if file is not None and not file.is_file():
        return

    def work(connection: Connection) -> None:
        for page_id in page_ids:
            audit.add(connection, "page_connected", now, who=audit.COMMAND_LINE, page_id=page_id)

    asyncio.run(on_database(settings, lambda database: database.transaction(work)))
