"""One message's way at a collector: what comes by OTLP is decoded, joined from delivery to send, and the log names the same trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.house.source import ROOT
from tests.journeys.house import HOST, House, Plan, running
from tests.journeys.shop import copy_shop
from tests.ports import free_port

UNHAPPENED = {"refused_total"}
"""A counter with labels has no line before the first time."""


class Collector:
    """Takes spans by OTLP over HTTP, as the OpenTelemetry collector does (https://opentelemetry.io/docs/specs/otlp/#otlphttp)."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.paths: set[tuple[str, str]] = set()

    def take(self, path: str, kind: str, body: bytes) -> None:
        self.paths.add((path, kind))
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in each.resource.attributes}
            self.services.add(named["service.name"])
            self.spans += [span for scope in each.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    """A collector and its address."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.take(self.path, self.headers["Content-Type"], body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer((HOST, free_port()), Handler) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield collector, f"http://{HOST}:{server.server_port}"
        server.shutdown()
        serving.join()


def test_a_collector_sees_one_way_from_delivery_to_send_and_the_log_has_its_trace(tmp_path: Path) -> None:
    with collecting() as (collector, address):
        settings = {"OTLP_URL": address, "LOG_EVENTS": "true"}
        with running(Plan(tmp_path, copy_shop(tmp_path / "shop"), settings=settings)) as house:
            customer = house.new_customer()
            customer.types("hello")
            customer.types("I want a refund please")
            _scrape_has_all_that_the_dashboard_shows(house)
            assert house.bot.stop() == 0, "what is left is sent at the end"
            printed = house.bot.printed()
    assert collector.paths == {("/v1/traces", "application/x-protobuf")}
    assert collector.services == {"frontdesk"}
    webhook = next(span for span in collector.spans if span.name == "webhook" and not span.parent_span_id)
    joined = [span for span in collector.spans if span.trace_id == webhook.trace_id and span is not webhook]
    assert {span.name for span in joined} == {"turn", "send"}
    assert {span.parent_span_id for span in joined} == {webhook.span_id}
    assert all(webhook.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano for span in joined)
    assert "refund" not in str(collector.spans)
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    parts = {line["part"] for line in lines if line.get("trace") == webhook.trace_id.hex()}
    assert parts == {"webhook", "turn", "send"}


def _scrape_has_all_that_the_dashboard_shows(house: House) -> None:
    """Every name that it asks Prometheus for is in what a server serves."""
    board = json.loads((ROOT / "app/insights/grafana.json").read_text("utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"frontdesk_([a-z_]+)", target["expr"])
    }
    scraped = house.http.get(f"{house.bot_url}/metrics").text
    served = set(re.findall(r"^frontdesk_([a-z_]+)[{ ]", scraped, re.MULTILINE))
    assert len(asked) > 20
    assert asked - served <= UNHAPPENED, asked - served
