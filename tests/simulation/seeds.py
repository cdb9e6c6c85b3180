"""Plays one seed: a time of faults, then calm in which everything must come to its end. Decides nothing about what is right."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from tests.simulation.bugs import Bug
from tests.simulation.loop import SimLoop, run
from tests.simulation.world import CUSTOMERS, Options, People, World

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


async def _story(world: World) -> None:
    people, start = People(world), world.start
    for process in world.processes:
        process.start()
    cared_for = [key for key in CUSTOMERS if world.dice.random() < 0.5]
    start(world.replace_dead())
    strikes = start(world.strike())
    talks = [start(each) for each in (people.write(), *(people.staff(key) for key in cared_for))]
    await _until(world, world.options.seconds, lambda: False)
    world.faults = False
    for task in talks:
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
