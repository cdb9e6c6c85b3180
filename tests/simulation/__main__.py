"""The command line of the simulation. Prints what came of seeds; the exit code is 1 when one of them failed."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.simulation.bugs import BUGS, Bug, find_bug
from tests.simulation.seeds import Report, play
from tests.simulation.world import PROFILES, Options

LINES_SHOWN = 40
BUG_SEEDS = 25
"""Within so many seeds every planted bug must be found."""


def main() -> int:
    asked = _read_arguments()
    options = Options(asked.seconds, asked.profile)
    bug = find_bug(asked.bug) if asked.bug else Bug
    if asked.bugs:
        return _find_all(options)
    if asked.seed is not None:
        return _show(play(asked.seed, options, bug), None if asked.v else LINES_SHOWN)
    return _play_many(range(asked.start, asked.start + asked.seeds), options, bug)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds to play")
    parser.add_argument("--start", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="play this one and show the end of its trace")
    parser.add_argument("-v", action="store_true", help="show all of its trace that was kept")
    parser.add_argument("--profile", choices=PROFILES, default="honest")
    parser.add_argument("--seconds", type=float, default=60.0, help="virtual seconds with faults")
    parser.add_argument("--bug", choices=[each.name for each in BUGS], help="plant this mistake")
    parser.add_argument("--bugs", action="store_true", help=f"find every planted mistake within {BUG_SEEDS} seeds")
    return parser.parse_args()


def _show(report: Report, lines: int | None) -> int:
    print("\n".join(report.lines[-lines:] if lines else report.lines))
    print(f"seed {report.seed}: {report.seconds:.0f} virtual seconds, trace {report.trace_hash}")
    print("\n".join(report.failures) or "no failure")
    return bool(report.failures)


def _play_many(seeds: range, options: Options, bug: type[Bug]) -> int:
    began, virtual, failing = time.perf_counter(), 0.0, 0
    counts: Counter[str] = Counter()
    for seed in seeds:
        report = play(seed, options, bug)
        counts += report.counts
        virtual += report.seconds
        if report.failures:
            failing += 1
            _show(report, LINES_SHOWN)
    took = time.perf_counter() - began
    for fault, count in sorted(counts.items()):
        print(f"{count:8d}  {fault}")
    print(f"{len(seeds)} seeds, {failing} failing; {virtual / 3600:.1f} virtual hours in {took:.0f} s,", end=" ")
    print(f"{len(seeds) / took:.2f} seeds/s, {virtual / took:.0f} times real time")
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
