"""Changed threads as server-sent events. A page that reconnects asks for everything again, so nothing needs to be repeated."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from webhooks.simulator.limits import STREAM_PING_SECONDS
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.views import summary_json
from webhooks.simulator.world import Key


async def events(sim: Simulator) -> AsyncIterator[str]:
    """`hello` at once, `thread` with a summary for each change, `reset` and `page` when more than one thread is concerned."""
    with sim.streams.listen() as stream:
        yield "retry: 1000\nevent: hello\ndata: {}\n\n"
        while not sim.streams.stopped.is_set():
            changed = await stream.wait(STREAM_PING_SECONDS)
            if not changed:
                yield ": still here\n\n"
            for key in changed:
                yield _event(sim, key)


def _event(sim: Simulator, key: Key) -> str:
    page_id, customer_id = key
    if not page_id:
        return "event: reset\ndata: {}\n\n"
    thread = sim.world.find_thread(key)
    if thread is None:
        return f"event: page\ndata: {json.dumps({'page': page_id, 'customer': customer_id})}\n\n"
    return f"event: thread\ndata: {json.dumps(summary_json(sim, thread))}\n\n"
