"""Plays one seed: a time of faults, then calm in which everything must come to its end. Decides nothing about what is right."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from tests.simulation.bugs import Bug
from tests.simulation.faults import FAULTS
from tests.simulation.loop import SimLoop, run
from tests.simulation.people import CUSTOMERS, People
from tests.simulation.world import Options, World

CALM_SECONDS_MAX = 600.0
"""How long after the faults everything must have come to its end."""
STEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a seed."""

    seed: int
    failures: tuple[str, ...]
    trace_hash: str
    lines: tuple[str, ...]
    counts: Counter[str]
    seconds: float
    without: frozenset[str] = frozenset()


def play(seed: int, options: Options = Options(), bug: type[Bug] = Bug) -> Report:  # noqa: B008 - frozen
    """One seed from beginning to end."""
    settings = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    loop = SimLoop(seed)
    world = World(loop, seed, replace(options, profile=bug.profile or options.profile), bug())
    try:
        run(loop, lambda: _story(world))
    finally:
        structlog.configure(**settings)
        world.store.close()
    return Report(seed, tuple(world.failures), loop.trace_hash(), tuple(loop.lines), world.counts, loop.time())


def shortest(failing: Sequence[tuple[Report, Options]], bug: type[Bug] = Bug) -> Report:
    """Of these failures the one that came first in its story, made shorter: without every kind of fault that it does not need."""
    report, options = min(failing, key=lambda each: each[0].seconds)
    for fault in FAULTS:
        fewer = replace(options, without=options.without | {fault})
        tried = play(report.seed, fewer, bug)
        if tried.failures and tried.seconds <= report.seconds:
            report, options = tried, fewer
    return replace(report, without=options.without)


async def _story(world: World) -> None:
    people, start = People(world), world.start
    for process in world.processes:
        process.start()
    cared_for = [key for key in CUSTOMERS if world.dice.random() < 0.5]
    start(world.replace_dead())
    strikes = start(world.strike())
    talks = [start(each) for each in (people.write(), *(people.staff(key) for key in cared_for))]
    changes = [start(world.change_flow()), start(people.colleagues())] if world.changing else []
    await _until(world, world.options.seconds, lambda: False)
    world.faults = False
    for task in [*talks, *changes]:
        task.cancel()
    for process in world.processes:
        process.frozen_until = 0.0
    await _until(world, CALM_SECONDS_MAX, lambda: strikes.done() and _quiet(world))
    if not world.failures:
        world.witness.check_end()
    for process in world.processes:
        process.kill()


async def _until(world: World, seconds: float, done: Callable[[], bool]) -> None:
    end = world.loop.time() + seconds
    while world.loop.time() < end and not world.failures and not done():  # noqa: ASYNC110 - virtual time
        await asyncio.sleep(STEP_SECONDS)


def _quiet(world: World) -> bool:
    """Nothing is on its way to us, and nothing waits."""
    if world.meta.posting:
        return False
    open_ = world.store.bare.execute(
        "SELECT (SELECT count(*) FROM inbox WHERE status = 'new'),"
        " (SELECT count(*) FROM conversations WHERE claimed_by NOT NULL),"
        " (SELECT count(*) FROM outbox WHERE status IN ('pending', 'in_flight', 'unknown'))"
    ).fetchone()
    return not any(open_)
