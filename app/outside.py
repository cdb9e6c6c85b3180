"""What the worker tells outside besides its answers, put together: webhooks of owners, letters to staff. A composition root."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from email.utils import parseaddr

from app import rooms
from app.chance import Chance
from app.clock import Clock
from app.flowfile.live import LiveFlows
from app.service.post import Poster
from app.service.push import push_key
from app.settings import Settings, secret_key
from app.store.database import Database
from app.worker.letters import Letters
from app.worker.pushes import Pushes
from app.worker.webhooks import Telling
from app.worker.worker import Beside


def hook_key(settings: Settings) -> bytes:
    """What the secrets of webhooks are made of."""
    return hmac.digest(secret_key(settings), b"webhooks", "sha256")


def create_loops(
    settings: Settings, database: Database, clock: Clock, flows: LiveFlows, pages: Sequence[str]
) -> tuple[Beside, ...]:
    """The loops of one worker. Raises SettingsError when letters could not be sent."""
    telling = Telling(database, Poster(), clock, Chance(), hook_key(settings), settings.public_url)
    writing = Letters(database, clock, flows.flow_of, pages, rooms.create_mailer(settings), settings.public_url)
    key = rooms.access_key(settings)
    noting = Pushes(
        database, Poster(), clock, Chance(), push_key(key), push_contact(settings.public_url, settings.mail_from)
    )
    return telling.run, writing.run, noting.run


def push_contact(public_url: str, mail_from: str) -> str:
    """How a push service reaches the operator; empty where nobody said."""
    if mail_from:
        return f"mailto:{parseaddr(mail_from)[1]}"
    return public_url if public_url.startswith("https://") else ""
