"""Python's search for circles of garbage, paused while a large tree grows. Never stays off: at most as long as one check."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Inside, no circles are looked for. A check makes none, and the search through all that it keeps takes as long as the check.

    Two threads may be inside at once: the first one out ends the pause for both.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
