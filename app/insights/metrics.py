"""Metrics as Prometheus reads them: every name with its kind and meaning, the text of one scrape. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Literal

from app.measures import BOUNDS_SECONDS, Histogram, Sample

PREFIX = "frontdesk_"


@dataclass(frozen=True, slots=True)
class Metric:
    """`labels`: the names of its labels. `whole`: every process shows the same value, because it is the database's."""

    kind: Literal["counter", "gauge", "histogram"]
    says: str
    labels: tuple[str, ...] = ()
    whole: bool = False


def _counter(says: str, *labels: str) -> Metric:
    return Metric("counter", says, labels)


def _shared(says: str, *labels: str) -> Metric:
    return Metric("gauge", says, labels, whole=True)


METRICS: Mapping[str, Metric] = {
    "database_up": Metric("gauge", "1 when this process reaches the database"),
    "oldest_event_seconds": _shared("how long the oldest unhandled event has waited"),
    "waiting_events": _shared("unhandled events, counted up to 10,000"),
    "oldest_message_seconds": _shared("how long the oldest message has waited for a worker to take it"),
    "outbox_messages": _shared("messages that are not at an end, by `pending`, `in_flight`, `unknown`", "status"),
    "quarantined_events": _shared("events that were set aside and wait for `frontdesk replay`"),
    "pages_in_trouble": _shared("Pages that may send nothing at the moment"),
    "feeds_in_trouble": _shared("product feeds that could not be taken the last time; what was live stays live"),
    "handoffs_waiting": _shared("conversations that wait for a person"),
    "oldest_handoff_seconds": _shared("how long the first of them has waited"),
    "timers_late_seconds": _shared("by how much the timer that is due first is late"),
    "workers": _shared("workers on the list"),
    "webhook_seconds": Metric("histogram", "from the first byte of a delivery to its 200"),
    "event_seconds": Metric("histogram", "from an event's arrival to the commit of its turn"),
    "send_seconds": Metric("histogram", "a request of the Send API, alone or as a batch"),
    "webhook_accepted_total": _counter("deliveries answered with 200"),
    "webhook_items_total": _counter("items in them"),
    "webhook_forged_total": _counter("deliveries with a missing or wrong signature"),
    "webhook_broken_total": _counter("deliveries that were no JSON"),
    "webhook_too_large_total": _counter("deliveries over 1 MiB"),
    "webhook_too_slow_total": _counter("deliveries that did not come in time"),
    "webhook_unavailable_total": _counter("deliveries answered with 503"),
    "webhook_deletions_total": _counter("requests to delete a person's data"),
    "webhook_deletions_forged_total": _counter("such requests with a wrong signature"),
    "intake_total": _counter("items taken in, by `received`, `echoed`, `receipt`, `ignored`, `unreadable`", "kind"),
    "turns_total": _counter("events whose turn was committed"),
    "turns_failed_total": _counter("turns that failed, and are tried again or set aside"),
    "page_events_total": _counter("the same by Page", "page"),
    "faq_questions_total": _counter("questions, by `answer`, `clarify`, `fallback` (nothing fits), `tap`", "decision"),
    "handoffs_total": _counter("conversations handed to people"),
    "sends_total": _counter("requests by outcome: `sent`, `failed`, `again`, `unknown`", "outcome"),
    "page_sends_total": _counter("messages sent, by Page", "page"),
    "refused_total": _counter(
        "messages that did not go, by `policy` (ours) or `channel`, and code; `window_closed` is a missed window",
        "by",
        "code",
    ),
    "model_total": _counter("questions to the language model by what came of them, and its tokens", "what"),
    "erased_by_age_total": _counter("rows erased at night", "kind"),
    "clicks_total": _counter("clicks on products that were counted"),
    "worker_breakdowns_total": _counter("times that this process's worker broke down and began anew"),
}
"""Every metric, without its prefix."""


def render(samples: Iterable[Sample]) -> str:
    """The text of a scrape, version 0.0.4 of the format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
    order = {name: place for place, name in enumerate(METRICS)}
    lines: list[str] = []
    for name, group in groupby(sorted(samples, key=lambda each: order[each.name]), key=lambda each: each.name):
        metric = METRICS[name]
        lines += [f"# HELP {PREFIX}{name} {metric.says}", f"# TYPE {PREFIX}{name} {metric.kind}"]
        lines += [line for sample in group for line in _lines(sample)]
    return "\n".join(lines) + "\n"


def _lines(sample: Sample) -> Iterator[str]:
    if not isinstance(sample.value, Histogram):
        yield f"{PREFIX}{sample.name}{_labels(sample.labels)} {sample.value:.15g}"
        return
    bounds = [*(f"{bound:g}" for bound in BOUNDS_SECONDS), "+Inf"]
    for bound, count in zip(bounds, accumulate(sample.value.buckets), strict=True):
        yield f"{PREFIX}{sample.name}_bucket{_labels({**sample.labels, 'le': bound})} {count}"
    yield f"{PREFIX}{sample.name}_sum{_labels(sample.labels)} {sample.value.seconds:.6f}"
    yield f"{PREFIX}{sample.name}_count{_labels(sample.labels)} {sample.value.count}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    escaped = ((name, _escaped(value)) for name, value in labels.items())
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def rows() -> Iterator[str]:
    """The table of the paper: one row for each metric."""
    for name, metric in METRICS.items():
        labels = "{" + ", ".join(metric.labels) + "}" if metric.labels else ""
        yield f"| `{PREFIX}{name}{labels}` | {metric.kind}{', whole' if metric.whole else ''} | {metric.says} |"
