"""The settings of how work is done: how much at once, how long it waits, when a worker counts as dead."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

DAY_SECONDS = 24 * 3600.0
DELIVERIES_MAX = 2_000
"""More requests than these the server does not take at once."""


class WorkSettings(BaseModel):
    """A part of `Settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    deliveries_at_once: int = Field(default=500, ge=1, le=DELIVERIES_MAX)
    """How many deliveries may wait at once to be written; more get 503, so that nobody waits long, and Meta comes again"""
    worker_beat_seconds: float = Field(default=1.0, gt=0.0, le=60.0)
    """How often a worker says that it is alive"""
    worker_dead_seconds: float = Field(default=6.0, gt=0.0, le=600.0)
    """A worker silent for this long counts as dead and its work is taken over; at least three beats"""
    page_wait_seconds_max: float = Field(default=DAY_SECONDS, ge=1.0, le=DAY_SECONDS)
    """How long a Page that Messenger refuses waits at most until one message tries again; most refusals have shorter times"""
