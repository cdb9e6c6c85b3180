"""Fuzzing for as long as there is time: every part that takes input from outside, the store, the API on a running server.

python -m benchmarks.fuzz [--minutes N] [--guided] [PART ...]

Prints runs and findings by part; the exit code is 1 if there was a finding. Each is shrunk, and shown with how it failed. `--guided`
lets atheris (the extra `fuzz`) look for inputs that take ways through the code which none took before, instead of hypothesis.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test

from app.store.database import open_database
from app.store.migrate import migrate
from tests.fuzz.lines import Lines
from tests.fuzz.machine import Machine, in_memory, on
from tests.fuzz.parts import PARTS, Part
from tests.fuzz.sends import Sends
from tests.postgres import NoPostgresError, private_cluster

ROOT = Path(__file__).parent.parent
ROUND = 400
"""Inputs between two looks at the clock."""
ROUND_OF = {"yaml": 60}
STEPS = 50
MACHINES = (Lines, Sends)
FOUND_MAX = 3
"""Of one part; then it is left, for what it finds is the same again."""
RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
HOW = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)
)


class Tally:
    """Of one part: how many inputs were tried, and what was found."""

    def __init__(self, name: str) -> None:
        self.name, self.runs = name, 0
        self.found: list[str] = []
        self.began = time.monotonic()

    def try_out(self, go: Callable[[], None]) -> None:
        try:
            go()
        except Exception as error:
            self.found.append(_told(error))

    def line(self) -> str:
        took = time.monotonic() - self.began
        return f"| {self.name} | {self.runs:,} | {len(self.found)} | {took:.0f} | {self.runs / max(took, 0.001):,.0f} |"


def _told(error: Exception) -> str:
    notes = "\n".join(getattr(error, "__notes__", ()))
    return f"{''.join(traceback.format_exception_only(error))}{notes}\n{''.join(traceback.format_tb(error.__traceback__)[-3:])}"


def fuzz_part(part: Part, seconds: float) -> Tally:
    tally = Tally(part.name)

    @settings(HOW, max_examples=ROUND_OF.get(part.name, ROUND))
    @given(part.inputs)
    def each(value: object) -> None:
        tally.runs += 1
        part.try_one(value)

    while time.monotonic() - tally.began < seconds and len(tally.found) < FOUND_MAX:
        tally.try_out(each)
    return tally


def fuzz_machines(name: str, machines: Sequence[type[Machine]], seconds: float) -> Tally:
    """All of them, by turns."""
    tally = Tally(name)

    def counted(machine: type[Machine]) -> type[Machine]:
        class Counted(machine):  # type: ignore[valid-type,misc]
            def __init__(self) -> None:
                super().__init__()
                tally.runs += 1

        return Counted

    how = settings(HOW, max_examples=20, stateful_step_count=STEPS)
    for machine in itertools.cycle(map(counted, machines)):
        if time.monotonic() - tally.began >= seconds or len(tally.found) >= FOUND_MAX:
            break
        tally.try_out(partial(run_state_machine_as_test, machine, settings=how))
    return tally


def store(seconds: float) -> Tally:
    with asyncio.Runner() as runner:
        machines = [in_memory(each, runner) for each in MACHINES]
        tally = fuzz_machines("store", machines, seconds)
        for each in machines:
            runner.run(each.database.close())
    return tally


def postgres(seconds: float) -> Tally:
    with private_cluster() as cluster, asyncio.Runner() as runner:
        database = open_database(cluster.create_database("fuzz"))
        runner.run(migrate(database))
        tally = fuzz_machines("postgres", [on(each, runner, database) for each in MACHINES], seconds)
        runner.run(database.close())
    return tally


@contextmanager
def _house() -> Iterator[object]:
    from tests.journeys.house import Plan, running
    from tests.journeys.shop import copy_shop

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with running(Plan(folder, copy_shop(folder / "shop"))) as house:
            yield house


def api(seconds: float) -> Tally:
    """Every operation in turn, on a server as a process."""
    from tests.fuzz.api import Fuzz, make_keys

    with _house() as house:
        customers = [house.new_customer() for _ in range(5)]  # type: ignore[attr-defined]
        for each in customers:
            each.types("human")
        fuzz = Fuzz(house, make_keys(house, 60), [each.id for each in customers])  # type: ignore[arg-type]
        tally = Tally("api")
        runs = fuzz.runs(settings(HOW, max_examples=15))
        while time.monotonic() - tally.began < seconds and len(tally.found) < FOUND_MAX:
            for name, run in runs:
                before = len(tally.found)
                tally.try_out(run)
                tally.found[before:] = [f"{name}: {each}" for each in tally.found[before:]]
            tally.runs = fuzz.statuses.total()
        sys.stdout.write(f"api answered {dict(sorted(fuzz.statuses.items()))}\n")
        fuzz.close()
    return tally


def webhook(seconds: float) -> Tally:
    """Bodies that nobody thought of, signed and posted to the same."""
    from tests.journeys.test_any_body import ANY_BODY, post

    with _house() as house:
        tally = Tally("webhook")

        @settings(HOW, max_examples=ROUND)
        @given(ANY_BODY)
        def each(body: bytes) -> None:
            tally.runs += 1
            status = post(house, body).status_code  # type: ignore[arg-type]
            assert status == 200 or 400 <= status < 500, status

        while time.monotonic() - tally.began < seconds and len(tally.found) < FOUND_MAX:
            tally.try_out(each)
    return tally


WHOLE: dict[str, Callable[[float], Tally]] = {"store": store, "postgres": postgres, "api": api, "webhook": webhook}


# ---- by coverage -------------------------------------------------------------------------------------------


def guided(part: Part, seconds: float) -> Tally:
    """In a process of its own, which atheris ends when it has found something."""
    tally = Tally(f"{part.name}, guided")
    command = [sys.executable, "-m", "benchmarks.fuzz", "--guide", part.name, "--minutes", str(seconds / 60)]
    with tempfile.TemporaryDirectory() as made:  # where what it found is left
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        ran = subprocess.run(
            command, cwd=made, env=surroundings, capture_output=True, text=True, errors="replace", check=False
        )
    if runs := RUNS.search(ran.stderr):
        tally.runs = int(runs[1])
    if ran.returncode:
        tally.found.append((ran.stdout + ran.stderr)[-3_000:])
    return tally


def guide(name: str, seconds: float) -> None:
    """What that process does; does not return."""
    import atheris

    part = next(each for each in PARTS if each.name == name)

    @settings(HOW)
    @given(part.inputs)
    def each(value: object) -> None:
        part.try_one(value)

    atheris.instrument_all()
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds:.0f}", "-max_len=4096", "-print_final_stats=1", "-verbosity=0"],
        lambda data: each.hypothesis.fuzz_one_input(data),
    )
    atheris.Fuzz()


# ---- the command line --------------------------------------------------------------------------------------


def main() -> int:
    names = [*(part.name for part in PARTS), *WHOLE]
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(names)}; all if none is named")
    asked.add_argument("--minutes", type=float, default=5.0, help="for each part together")
    asked.add_argument("--guided", action="store_true", help="by coverage, with atheris")
    asked.add_argument("--guide", help=argparse.SUPPRESS)
    given_ = asked.parse_args()
    if given_.guide:
        guide(given_.guide, given_.minutes * 60)
    if unknown := set(given_.parts) - set(names):
        asked.error(f"no such part: {', '.join(sorted(unknown))}")
    wanted = given_.parts or ([part.name for part in PARTS] if given_.guided else names)
    seconds = given_.minutes * 60 / len(wanted)
    sys.stdout.write("| part | runs | findings | seconds | a second |\n|---|---:|---:|---:|---:|\n")
    return int(sum(_run(name, seconds, by_coverage=given_.guided) for name in wanted) > 0)


def _tally(name: str, part: Part | None, seconds: float, *, by_coverage: bool) -> Tally:
    if part is None:
        return WHOLE[name](seconds)
    return guided(part, seconds) if by_coverage else fuzz_part(part, seconds)


def _run(name: str, seconds: float, *, by_coverage: bool) -> bool:
    part = next((each for each in PARTS if each.name == name), None)
    try:
        tally = _tally(name, part, seconds, by_coverage=by_coverage)
    except NoPostgresError as error:
        sys.stdout.write(f"| {name} | left out: {error} | | | |\n")
        return False
    sys.stdout.write(tally.line() + "\n")
    for each in tally.found:
        sys.stdout.write(f"\n{each}\n")
    sys.stdout.flush()
    return bool(tally.found)


if __name__ == "__main__":
    sys.exit(main())
