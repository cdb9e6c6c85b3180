"""The way of one event has one id, from the delivery to the send; it tells nothing of the customer, and costs nothing while off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from app import log as logs
from app import measuring, tracing
from app.tracing import Span
from tests.house.source import ROOT

AT = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
TRACE, OTHER = "0af7651916cd43dd8448eb211c80319c", "1" * 32
WAY = (
    Span("webhook", TRACE, AT, 0.002, {"page": "10001", "kind": "TextReceived"}),
    Span("turn", TRACE, AT + timedelta(seconds=1), 0.01, {"queued": 1}, (OTHER,)),
    Span("send", TRACE, AT + timedelta(seconds=2), 0.05, {"outcome": "sent"}),
)


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    yield
    tracing.listen()


def test_a_trace_is_the_same_with_the_same_key_and_tells_no_event_by_itself() -> None:
    logs.key_tags(b"one key")
    first = logs.trace_of(b"k" * 16)
    logs.key_tags(b"another key")
    second = logs.trace_of(b"k" * 16)
    logs.key_tags(b"one key")
    assert (logs.trace_of(b"k" * 16), len(first), int(first, 16) > 0) == (first, 32, True)
    assert len({first, second, logs.trace_of(b"l" * 16)}) == 3


def test_the_log_has_a_line_for_each_part_with_the_same_trace() -> None:
    out = StringIO()
    logs.set_up("json", stream=out)
    close = measuring.begin_tracing("", in_log=True)
    for span in WAY:
        tracing.tell(span)
    close()
    tracing.tell(WAY[0])
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(each["part"], each["trace"]) for each in lines] == [("webhook", TRACE), ("turn", TRACE), ("send", TRACE)]
    assert lines[1]["also"] == [OTHER]


def test_spans_of_one_event_hang_under_its_delivery() -> None:
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from app import otel

    memory = InMemorySpanExporter()
    exporter = otel.export_to(SimpleSpanProcessor(memory))
    tracing.listen(exporter.tell)
    for span in (*WAY, Span("send", "", AT, 0.0, {})):
        tracing.tell(span)
    webhook, turn, send = memory.get_finished_spans()
    assert {f"{each.context.trace_id:032x}" for each in (webhook, turn, send)} == {TRACE}
    assert webhook.parent is None
    assert {turn.parent.span_id, send.parent.span_id} == {webhook.context.span_id}
    assert len({webhook.context.span_id, turn.context.span_id, send.context.span_id}) == 3
    assert [f"{link.context.trace_id:032x}" for link in turn.links] == [OTHER]
    assert (send.end_time - send.start_time, dict(send.attributes)) == (50_000_000, {"outcome": "sent"})
    exporter.close()


def _exits(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False).returncode


def test_without_the_setting_nothing_of_opentelemetry_is_loaded() -> None:
    begun = "import sys; from app import main, measuring; measuring.begin_tracing('', in_log=True)"
    assert _exits(f"{begun}; sys.exit(3 + ('opentelemetry.sdk' in sys.modules))") == 3


def test_with_the_setting_and_without_the_extra_it_says_what_to_install() -> None:
    without = "import sys; sys.modules['opentelemetry.sdk'] = None; from app import measuring; from app.errors import SettingsError"
    begun = "measuring.begin_tracing('http://127.0.0.1:4318', in_log=False)"
    code = f"{without}\ntry:\n    {begun}\nexcept SettingsError as error:\n    sys.exit(3 if '[otel]' in error.hint else 4)"
    assert _exits(code) == 3
