"""Spans for OpenTelemetry, by OTLP over HTTP. Loaded only where `OTLP_URL` is set; needs the extra `otel`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags

from app import __version__
from app.tracing import Span

SPAN_DIGITS = 16
"""Of 32 that a trace has, the first: the id of the delivery's span, under which all others of the event hang."""
NANOSECONDS = 1_000_000_000
"""In one second."""


class _Ids(IdGenerator):
    """Our own id for the first span of a trace, chance for the others."""

    def __init__(self) -> None:
        self.first = ""
        self._chance = RandomIdGenerator()

    def generate_trace_id(self) -> int:
        return int(self.first, 16)

    def generate_span_id(self) -> int:
        return _span_id(self.first) if self.first else self._chance.generate_span_id()


@dataclass(frozen=True, slots=True)
class Exporter:
    """`tell` is a listener for `tracing`; `close` sends what is left, which may take seconds."""

    tell: Callable[[Span], None]
    close: Callable[[], None]


def start(address: str) -> Exporter:
    """Send spans to the collector at that address (`/v1/traces` is added), in the background and in batches."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return export_to(BatchSpanProcessor(OTLPSpanExporter(f"{address}/v1/traces")))


def export_to(processor: SpanProcessor) -> Exporter:
    """The same by any processor."""
    ids = _Ids()
    resource = Resource.create({"service.name": "frontdesk", "service.version": __version__})
    provider = TracerProvider(resource=resource, id_generator=ids, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("frontdesk")

    def tell(span: Span) -> None:
        if not span.trace:
            return
        is_first = span.part == "webhook"
        ids.first = span.trace if is_first else ""
        began = int(span.began_at.timestamp() * NANOSECONDS)
        parent = None if is_first else trace.set_span_in_context(NonRecordingSpan(_context(span.trace)))
        links = [Link(_context(each)) for each in span.also]
        told = tracer.start_span(span.part, context=parent, links=links, attributes=dict(span.says), start_time=began)
        told.end(end_time=began + int(span.seconds * NANOSECONDS))

    return Exporter(tell, provider.shutdown)


def _span_id(trace_id: str) -> int:
    return int(trace_id[:SPAN_DIGITS], 16) or 1


def _context(trace_id: str) -> SpanContext:
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace_id, 16), _span_id(trace_id), is_remote=True, trace_flags=sampled)
