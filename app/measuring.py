"""What one process has counted and timed, gathered for a scrape; where its spans go. A composition root: counts nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app import tracing
from app.errors import SettingsError
from app.measures import Sample, labelled
from app.store.intake import Intake
from app.worker.worker import Worker
from webhooks.messenger.routes import Counts, Door

NEEDS_EXTRA = "Install it with pip install -c constraints.txt '.[otel]', or unset it."


def of_door(counts: Counts, door: Door | None) -> Iterator[Sample]:
    """Deliveries."""
    for name in Counts.__slots__:
        yield Sample(f"webhook_{name}_total", getattr(counts, name))
    if door is not None:
        yield Sample("webhook_seconds", door.seconds)


def of_intake(intake: Intake) -> Iterator[Sample]:
    """What was taken in."""
    return labelled("intake_total", "kind", {name.lower(): count for name, count in intake.counts.items()})


def of_worker(worker: Worker) -> Iterator[Sample]:
    """Turns and sends."""
    turns, sender = worker.turns, worker.sender
    yield Sample("turns_total", turns.taken)
    yield Sample("turns_failed_total", turns.failed)
    yield Sample("handoffs_total", turns.seen.handoffs)
    yield Sample("event_seconds", turns.seen.seconds)
    yield Sample("send_seconds", sender.seconds)
    yield from labelled("page_events_total", "page", turns.seen.pages.counts)
    yield from labelled("faq_questions_total", "decision", turns.seen.questions)
    yield from labelled("sends_total", "outcome", sender.counts)
    yield from labelled("page_sends_total", "page", sender.pages.counts)
    for (by, code), count in sorted(sender.refusals.items()):
        yield Sample("refused_total", count, {"by": by, "code": code})
    yield from labelled("erased_by_age_total", "kind", worker.retention.counts)
    if thinking := worker.thinking:
        yield from labelled("model_total", "what", thinking.counts + thinking.model.counts)


def begin_tracing(otlp_url: str, *, in_log: bool) -> Callable[[], None]:
    """Tell the log, a collector, both or nobody of every event's way; what ends it. Raises SettingsError without the extra."""
    listeners = [tracing.write_to_log] if in_log else []
    if not otlp_url:
        tracing.listen(*listeners)
        return tracing.listen
    try:
        from app import otel
    except ModuleNotFoundError:
        raise SettingsError("FRONTDESK_OTLP_URL is set, but OpenTelemetry is not installed.", NEEDS_EXTRA) from None
    exporter = otel.start(otlp_url)
    tracing.listen(*listeners, exporter.tell)

    def close() -> None:
        tracing.listen()
        exporter.close()

    return close
