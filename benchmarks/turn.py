"""The median time of one `take_turn`, with no I/O around it. Each turn starts from the stored form of a session.

python -m benchmarks.turn [FOLDER]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROUNDS = 3_000
FLOWS = Path(__file__).parent / "flows"
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def measure(folder: Path = FLOWS) -> dict[str, Any]:
    """Median and p99 in µs of each step of the conversation, and of storing and reading the session."""
    from app.engine.events import Event, TapReceived, TextReceived
    from app.engine.session import from_dict, to_dict
    from app.engine.turn import take_turn
    from app.flowfile.check import read_flow

    flow = read_flow(folder)
    events: dict[str, Event] = {
        "menu": TextReceived("menu"),
        "choice": TapReceived(state="welcome", choice="Say something back", title="Say something back"),
        "text": TextReceived("my wish"),
        "not understood": TextReceived("nothing that the flow knows"),
    }
    stored, figures = json.dumps({}), dict[str, dict[str, float]]()
    for name, event in events.items():
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter_ns()
            turn = take_turn(flow, from_dict(json.loads(stored)), event, NOW)
            after = json.dumps(to_dict(turn.session))
            times.append((time.perf_counter_ns() - began) / 1000)
        figures[name] = {
            "p50_us": round(statistics.median(times), 1),
            "p99_us": round(sorted(times)[int(ROUNDS * 0.99)], 1),
        }
        stored = after
    return {**figures, "median_us": round(statistics.median(each["p50_us"] for each in figures.values()), 1)}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else FLOWS), indent=2))
