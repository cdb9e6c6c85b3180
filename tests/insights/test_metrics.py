"""Metrics: the paper lists them all, a scrape is what Prometheus reads, the dashboard shows what exists."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from app.insights.metrics import METRICS, PREFIX, render, rows
from app.measures import BOUNDS_SECONDS, NAMES_MAX, ByPage, Histogram, Sample, labelled
from app.store import inbox, standing
from app.store.database import open_database
from app.store.migrate import migrate
from app.store.tables import conversations
from app.store.timers import NewTimer, start
from tests.house.papers import read
from tests.house.source import ROOT
from tests.store.kit import NOW, PAGE, event, know, message, put

LINE = re.compile(r'frontdesk_[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? [-+0-9.e]+')
PARTS = ("_bucket", "_sum", "_count")


def test_the_paper_lists_every_metric() -> None:
    listed = [line for line in read("app/insights/README.md").splitlines() if line.startswith(f"| `{PREFIX}")]
    assert listed == list(rows()), "app/insights/README.md needs these rows:\n" + "\n".join(rows())


def test_a_metric_that_counts_up_ends_in_total_and_no_other_does() -> None:
    assert {name for name, each in METRICS.items() if each.kind == "counter"} == {
        name for name in METRICS if name.endswith("_total")
    }


def test_the_dashboard_shows_only_what_exists_and_all_that_waits() -> None:
    board = json.loads((ROOT / "app/insights/grafana.json").read_text("utf-8"))
    shown = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(rf"{PREFIX}([a-z_]+)", target["expr"])
    }
    known = {*METRICS, *(name + part for name, each in METRICS.items() if each.kind == "histogram" for part in PARTS)}
    assert shown - known == set()
    whole = {name for name, each in METRICS.items() if each.whole}
    assert whole - shown == set(), "what waits belongs on the dashboard"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_a_scrape_is_what_prometheus_reads() -> None:
    took = Histogram()
    for seconds in (0.001, 0.3, 1_000):
        took.observe(seconds)
    samples = [
        Sample("event_seconds", took),
        Sample("turns_total", 7),
        *labelled("page_events_total", "page", {'a"\n\\': 2}),
    ]
    lines = render(samples).splitlines()
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("# "))
    assert 'frontdesk_page_events_total{page="a\\"\\n\\\\"} 2' in lines
    buckets = [int(line.rpartition(" ")[2]) for line in lines if "_bucket" in line]
    assert (len(buckets), buckets[0], buckets[-1]) == (len(BOUNDS_SECONDS) + 1, 1, 3)
    assert buckets == sorted(buckets)
    assert "frontdesk_event_seconds_count 3" in lines
    assert [line.split()[2] for line in lines if line.startswith("# TYPE")] == [
        "frontdesk_event_seconds", "frontdesk_turns_total", "frontdesk_page_events_total",
    ]  # fmt: skip


def test_a_time_on_a_bound_counts_below_it() -> None:
    took = Histogram()
    took.observe(BOUNDS_SECONDS[0])
    assert took.buckets[0] == 1


def test_a_thousand_pages_have_a_bounded_number_of_names_and_no_count_is_lost() -> None:
    pages = ByPage()
    for each in range(1_000):
        pages.add(str(each))
        pages.add("0")
    assert len(pages.counts) == NAMES_MAX + 1
    assert (pages.counts["0"], sum(pages.counts.values())) == (1_001, 2_000)


async def test_what_waits_is_counted_with_its_age(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    database = open_database(f"sqlite:///{tmp_path / 'waits.db'}")
    await migrate(database)

    def fill(connection: Connection) -> None:
        know(connection, "1", "2")
        inbox.add(connection, [event("1", "again", now)])
        put(connection, message("2", 1, created_at=now - timedelta(minutes=2)))
        start(connection, [NewTimer(PAGE, "1", "ask", "", now)])
        waits = update(conversations).where(conversations.c.customer_id == "1")
        connection.execute(waits.values(answered_by="waiting", handed_off_at=NOW))

    await database.transaction(fill)
    seen = await database.read(standing.look)
    assert (seen.events, seen.handoffs, seen.workers) == (1, 1, 0)
    assert seen.free_since == now - timedelta(minutes=2)
    assert (seen.handoff_since, seen.next_timer_at) == (NOW, now)
    await database.close()


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_can_be_shown(name: str) -> None:
    metric = METRICS[name]
    value = Histogram() if metric.kind == "histogram" else 1
    assert f"# TYPE {PREFIX}{name} {metric.kind}" in render([Sample(name, value, dict.fromkeys(metric.labels, "x"))])
