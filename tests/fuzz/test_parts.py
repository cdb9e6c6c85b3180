"""A short run of each part of the fuzzing, always the same; `python -m benchmarks.fuzz` goes on for as long as there is time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import run_state_machine_as_test

from app.store.database import open_database
from app.store.migrate import migrate
from tests.databases import Servers
from tests.fuzz.lines import Lines
from tests.fuzz.machine import Machine, in_memory, on
from tests.fuzz.parts import PARTS, Part
from tests.fuzz.sends import Sends
from tests.needs import only_when_all_run

EXAMPLES = {"yaml": 25}
EXAMPLES_USUAL = 150
SHORT = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_any_input_is_taken_or_refused_as_promised(part: Part) -> None:
    @settings(SHORT, max_examples=EXAMPLES.get(part.name, EXAMPLES_USUAL))
    @given(part.inputs)
    def each(value: object) -> None:
        part.try_one(value)

    each()


MACHINES = pytest.mark.parametrize("machine", [Lines, Sends])


@MACHINES
def test_the_store_loses_doubles_and_disorders_nothing_whoever_dies_when(machine: type[Machine]) -> None:
    with asyncio.Runner() as runner:
        here = in_memory(machine, runner)
        try:
            run_state_machine_as_test(here, settings=settings(SHORT, max_examples=30, stateful_step_count=40))
        finally:
            runner.run(here.database.close())


@MACHINES
def test_the_same_on_postgresql(servers: Servers, tmp_path: Path, machine: type[Machine]) -> None:
    only_when_all_run()
    address = servers.migrated("postgres", tmp_path)
    with asyncio.Runner() as runner:
        database = open_database(address)
        runner.run(migrate(database))
        try:
            here = on(machine, runner, database)
            run_state_machine_as_test(here, settings=settings(SHORT, max_examples=4, stateful_step_count=25))
        finally:
            runner.run(database.close())
