"""Results as a table: in the terminal, and between two marks in README.md. Rounds; never leaves a bad figure out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import comparison, matrix

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

HEAD = (
    "what", "events/s", "of the script", "CPU µs an event", "CPU in use", "ack p50 / p99 ms", "reply p50 / p99 ms", "refused, lost"
)  # fmt: skip

WIDTH_MIN = 130
"""Columns; a table squeezed into 80 cannot be read, in a file it may be as wide as it likes."""

Row = tuple[str, ...]


def rows(results: dict[str, Any]) -> Iterator[Row]:
    """Every measurement under load, one row each."""
    rates = results.get("rates", {})
    script = rates.get("afternoon script", {}).get("events_per_second", 0.0)
    if "harness" in results:
        yield _row("generator and sink alone", results["harness"], script)
    for name, result in rates.items():
        yield _row(name, result, script)
    if "afternoon_best" in results:
        best = results["afternoon_best"]
        yield _row(f"afternoon script, best number at once ({best['customers']})", best, script)
    for name, result in results.get("echoes", {}).items():
        yield _row(f"{name}, every echo sent back", result, script)
    for name, result in results.get("variants", {}).items():
        yield _row(name, result, script)
    for name, pair in results.get("latencies", {}).items():
        for result in pair.values():
            yield _row(f"{name} at {result['rate']:.0f}/s, Graph {result['graph_delay_ms']} ms", result, 0.0)


def tables(results: dict[str, Any]) -> Iterator[tuple[Row, list[Row]]]:
    """Every table that has something in it: its head and its rows."""
    if lines := list(rows(results)):
        yield HEAD, lines
    if "matrix" in results:
        yield matrix.HEAD, matrix.rows(results["matrix"])
    if "peers" in results:
        yield comparison.HEAD, comparison.rows(results["peers"])


def facts(results: dict[str, Any]) -> Iterator[str]:
    """What does not fit into the table, one sentence each."""
    machine = results["machine"]
    yield (
        f"Taken on {results['taken_on']}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['system']}, Python {machine['python']}."
    )
    if results.get("quick"):
        yield "A quick run: the harness was tried, these are no figures to quote."
    if memory := results.get("memory"):
        yield (
            f"Memory (VmRSS): {memory['idle_mb']:.0f} MB after the start, {memory['after_mb']:.0f} MB after "
            f"{memory['customers']:,} customers went through the conversation."
        )
    if turn := results.get("turn"):
        yield f"One turn of the engine, session read and stored included: {turn['median_us']} µs (median of its steps)."
    if harness := results.get("harness"):
        own = harness["cpu_us_per_event"]
        yield f"Generator alone: {own['generator']:.0f} µs of CPU an event, the sink's mirror {own['sink']:.0f} µs."
    for items, result in results.get("sink", {}).items():
        rate, cost = result["events_per_second"] * int(items), result["cpu_us_per_event"]["sink"] / int(items)
        yield f"Sink alone, {items} in a request: {rate:,.0f} messages/s, {cost:.0f} µs of CPU each."
    for name, seconds in results.get("start_seconds", {}).items():
        yield f"Start to ready, {name}: {seconds} s, first migration included."
    if "matrix" in results:
        yield from matrix.facts(results["matrix"])
    yield from _ratios(results.get("rates", {}))


def _ratios(rates: dict[str, Any]) -> Iterator[str]:
    rate = {name: result["events_per_second"] for name, result in rates.items()}
    for name, value in rate.items():
        if name.startswith("afternoon") and value and rate.get("SQLite"):
            yield f"SQLite against the {name}: {rate['SQLite'] / value:.1f} times its events/s."
    if rate.get("SQLite") and rate.get("PostgreSQL"):
        yield f"PostgreSQL against SQLite: {rate['PostgreSQL'] / rate['SQLite']:.2f} of its events/s."
    for name, result in rates.items():
        each = ", ".join(f"{value:,.0f}" for value in result["all_rates"])
        yield f"All windows of {name}, events/s: {each}."


def show(results: dict[str, Any]) -> None:
    """Print table and sentences."""
    console = Console()
    console.width = max(console.width, WIDTH_MIN)
    for head, lines in tables(results):
        table = Table(*head)
        for row in lines:
            table.add_row(*row)
        console.print(table)
    for sentence in facts(results):
        console.print(sentence)


def markdown(results: dict[str, Any]) -> str:
    """Table and sentences for README.md."""
    lines: list[str] = []
    for head, found in tables(results):
        lines += ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in found] + [""]
    return "\n".join([*lines, *(f"- {sentence}" for sentence in facts(results))])


def write_readme(results: dict[str, Any]) -> None:
    """Put the figures between the two marks."""
    before, rest = README.read_text().split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    README.write_text(f"{before}{BEGIN}\n{markdown(results)}\n{END}{after}")


def _row(name: str, result: dict[str, Any], script: float) -> Row:
    rate = result["events_per_second"]
    cpu = result["server_cpu_us_per_event"]
    database = result["cpu_us_per_event"].get("database")
    return (
        name,
        f"{rate:,.0f}",
        f"{rate / script:.1f}x" if script else "",
        (f"{cpu:.0f}" if cpu else "") + (f" + {database:.0f} in PostgreSQL" if database else ""),
        f"{result['server_busy']:.0%}" if result["server_busy"] else "",
        _times(result["ack_ms"]),
        _times(result["reply_ms"]),
        f"{result['refused']}, {result['lost']}",
    )


def _times(values: dict[str, float]) -> str:
    return f"{values['p50']:.1f} / {values['p99']:.1f}" if values else ""
