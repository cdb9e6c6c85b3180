"""What a turn costs in bots of different sizes, and what a loaded bot weighs. Each bot in a process of its own.

python -m benchmarks.sizes [STATES ...]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.big_bot import write_bot
from benchmarks.machine import memory_megabytes

ROOT = Path(__file__).parent.parent
SIZES = (1_000, 10_000)
ROUNDS, WINDOWS = 2_000, 5
"""Turns in a window, and windows, taken in turn with those of the other bots."""
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def _serve(states: int) -> None:
    """Load the bot, say what it weighs, then time a window for every line that comes in."""
    from app.flowfile.check import read_flow

    with tempfile.TemporaryDirectory() as made:
        folder = write_bot(Path(made) / "bot", states, max(1, states // 34))
        before = memory_megabytes(os.getpid())
        flow = read_flow(folder)
        loaded = memory_megabytes(os.getpid())
    print(json.dumps({"states": len(flow.states), "loaded_mb": loaded, "bot_mb": loaded - before}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(_window(flow, states)), flush=True)


def _window(flow: Any, states: int) -> list[float]:
    """Median µs of each step of a walk through one of the bot's rooms, session read and stored included."""
    from app.engine.events import TapReceived, TextReceived
    from app.engine.session import from_dict, to_dict
    from app.engine.turn import take_turn

    room = states // 20
    first = f"s{room * 10}"
    steps = (
        TapReceived(state=first, choice=f"Advice on {room}", title=f"Advice on {room}"),
        TextReceived("party"),
        TextReceived("about 60"),
        TapReceived(state="@menu", choice="Begin again", title="Begin again"),
    )
    stored, figures = json.dumps({}), []
    for step in steps:
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter_ns()
            turn = take_turn(flow, from_dict(json.loads(stored)), step, NOW)
            after = json.dumps(to_dict(turn.session))
            times.append((time.perf_counter_ns() - began) / 1000)
        figures.append(statistics.median(times))
        stored = after
    return figures


def measure(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """For each size what was printed at the start, and the median turn of all windows in µs."""
    served = [_start(size) for size in sizes]
    rows = [json.loads(process.stdout.readline()) for process in served]
    windows: list[list[float]] = [[] for _ in sizes]
    for _ in range(WINDOWS):
        for process, found in zip(served, windows, strict=True):
            process.stdin.write("\n")
            process.stdin.flush()
            found.append(statistics.mean(json.loads(process.stdout.readline())))
    for process in served:
        process.stdin.close()
        process.wait()
    return [{**row, "turn_us": statistics.median(found)} for row, found in zip(rows, windows, strict=True)]


def _start(size: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.sizes", "--serve", str(size)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Print a table, and the ratio of the last size to the first."""
    if sys.argv[1:2] == ["--serve"]:
        return _serve(int(sys.argv[2]))
    rows = measure(tuple(map(int, sys.argv[1:])) or SIZES)
    print("| states | turn, median µs | process with the bot loaded, MB | the bot's part, MB |\n|---:|---:|---:|---:|")
    for row in rows:
        print(f"| {row['states']:,} | {row['turn_us']:.1f} | {row['loaded_mb']:.0f} | {row['bot_mb']:.0f} |")
    print(f"\nratio of the turns: {rows[-1]['turn_us'] / rows[0]['turn_us']:.2f}")
    return None


if __name__ == "__main__":
    main()
