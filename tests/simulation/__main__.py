"""The command line of the simulation. Prints what came of seeds; the exit code is 1 when one of them failed."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.simulation.bugs import BUGS, Bug, find_bug
from tests.simulation.seeds import Report, play, shortest
from tests.simulation.world import PROFILES, Options

LINES_SHOWN = 40
USUAL = ("honest", "changing", "echo_lossy", "alone")
"""Worlds that many seeds are played in; an outage takes too long for that."""
BUG_SEEDS = 25
"""Within so many seeds every planted bug must be found."""


def main() -> int:
    asked = _read_arguments()
    bug = find_bug(asked.bug) if asked.bug else Bug
    if asked.bugs:
        return _find_all(Options(asked.seconds, "honest"))
    if asked.seed is not None:
        return _show(play(asked.seed, _options(asked, asked.seed), bug), None if asked.v else LINES_SHOWN)
    return _play_many(range(asked.start, asked.start + asked.seeds), asked, bug)


def _options(asked: argparse.Namespace, seed: int) -> Options:
    return Options(asked.seconds, USUAL[seed % len(USUAL)] if asked.profile == "all" else asked.profile)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds to play")
    parser.add_argument("--minutes", type=float, default=0.0, help="end after so long, however many seeds are left")
    parser.add_argument("--start", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="play this one and show the end of its trace")
    parser.add_argument("-v", action="store_true", help="show all of its trace that was kept")
    parser.add_argument("--profile", choices=(*PROFILES, "all"), default="all", help="all: the next one with each seed")
    parser.add_argument("--seconds", type=float, default=60.0, help="virtual seconds with faults")
    parser.add_argument("--bug", choices=[each.name for each in BUGS], help="plant this mistake")
    parser.add_argument("--bugs", action="store_true", help=f"find every planted mistake within {BUG_SEEDS} seeds")
    return parser.parse_args()


def _show(report: Report, lines: int | None) -> int:
    print("\n".join(report.lines[-lines:] if lines else report.lines))
    print(f"seed {report.seed}: {report.seconds:.0f} virtual seconds, trace {report.trace_hash}")
    if report.without:
        print(f"without {', '.join(sorted(report.without))}")
    print("\n".join(report.failures) or "no failure")
    return bool(report.failures)


def _play_many(seeds: range, asked: argparse.Namespace, bug: type[Bug]) -> int:
    began, virtual = time.perf_counter(), 0.0
    failing: list[tuple[Report, Options]] = []
    counts: Counter[str] = Counter()
    played = 0
    for played, seed in enumerate(seeds, start=1):  # noqa: B007 - told at the end
        options = _options(asked, seed)
        report = play(seed, options, bug)
        counts += report.counts
        virtual += report.seconds
        if report.failures:
            failing.append((report, options))
            print(f"seed {seed} ({options.profile}): {report.failures[0]}", flush=True)
        if asked.minutes and time.perf_counter() - began > asked.minutes * 60:
            break
    took = time.perf_counter() - began
    for fault, count in sorted(counts.items()):
        print(f"{count:8d}  {fault}")
    print(f"{played} seeds, {len(failing)} failing; {virtual / 3600:.1f} virtual hours in {took:.0f} s,", end=" ")
    print(f"{played / took:.2f} seeds/s, {virtual / took:.0f} times real time, {sum(counts.values())} faults")
    if failing:
        print("\nThe shortest trace that fails:")
        _show(shortest(failing, bug), LINES_SHOWN)
    return bool(failing)


def _find_all(options: Options) -> int:
    missed = 0
    for bug in BUGS:
        reports = (play(seed, options, bug) for seed in range(BUG_SEEDS + bug.more_seeds))
        found = next((report for report in reports if report.failures), None)
        missed += found is None
        print(f"{bug.name:24s} {f'seed {found.seed}: {found.failures[0][:100]}' if found else 'NOT FOUND'}", flush=True)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
