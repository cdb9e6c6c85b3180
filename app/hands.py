"""What a worker is given from the settings: its terms, its hands, and what its flows' calls lack. For `main.py`."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import timedelta

from app.channel import Channel
from app.clock import Clock
from app.flowfile.finders import run_search
from app.flowfile.live import LiveFlows
from app.service.addresses import read_allowed
from app.service.client import Service
from app.service.model import Model, ModelTerms
from app.service.needs import missing
from app.settings import Settings, secret_key, sqlite_file
from app.worker.handle import Hands
from app.worker.handled import Manners
from app.worker.links import Links
from app.worker.thinking import Thinking
from app.worker.worker import Terms


def create_hands(settings: Settings, flows: LiveFlows, channel: Channel, clock: Clock) -> Hands:
    """What handling needs from outside."""
    return Hands(
        flows.flow_of,
        hmac.digest(secret_key(settings), b"taps", "sha256"),
        channel,
        run_search,
        _service(settings),
        _manners(settings),
        _thinking(settings, clock),
        links(settings),
    )


def terms(settings: Settings) -> Terms:
    """What a worker goes by."""
    return Terms(
        sqlite_file(settings) is not None,
        settings.worker_beat_seconds,
        settings.worker_dead_seconds,
        settings.look_up_after_seconds,
        settings.echo_grace_seconds,
        settings.gather_seconds,
        settings.retention_days,
        settings.ask_names,
        settings.page_wait_seconds_max,
    )


def links(settings: Settings) -> Links:
    """How cards lead to the shop: by way of us where the outside can reach us."""
    return Links(hmac.digest(secret_key(settings), b"links", "sha256"), settings.public_url)


def calls_lack(settings: Settings, flows: LiveFlows) -> list[str]:
    """What the calls of all flows that are live need and do not have."""
    service = _service(settings)
    return list(_lacks(flows, service))


def _lacks(flows: LiveFlows, service: Service) -> Iterable[str]:
    for watched in flows.watched:
        yield from missing(watched.live.flow, service.allowed, service.secrets)


def _service(settings: Settings) -> Service:
    """Whom flows may call, with the operator's secrets."""
    secrets = {name: value.get_secret_value() for name, value in settings.call_secrets.items()}
    return Service(read_allowed(settings.call_hosts), secrets)


def _manners(settings: Settings) -> Manners:
    """What the operator chose of how the bot behaves."""
    hours = settings.person_silences_hours
    silence = timedelta(hours=hours) if hours else None
    return Manners(silence, settings.handoff_to == "page_inbox", settings.messages_a_minute)


def _thinking(settings: Settings, clock: Clock) -> Thinking | None:
    """The language model that unsure questions are put to, if there is one."""
    if not settings.llm_url:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    asked = ModelTerms(settings.llm_url, settings.llm_model, key, settings.llm_seconds, settings.llm_a_day)
    return Thinking(Model(asked), clock, settings.llm_rephrases)
