"""Makes a bot's questions ready to be asked, as the settings say, and shows how far it is where somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.flowfile import shelves
from app.flowfile.answering import Reading, prepare, read_as

if TYPE_CHECKING:
    from app.answers.index import Progress
    from app.engine.flow import Flow
    from app.settings import Settings
    from app.stocking import Stock

PROGRESS_PHRASES_MIN = 500
"""From so many phrases on their reading takes long enough to show how far it is."""


def reading_of(settings: Settings) -> Reading:
    """How this installation reads questions."""
    return Reading(settings.answers_by_meaning, settings.answers_folder)


def read_like(flow: Flow, *, by_letters: bool = False) -> Flow:
    """A flow that a command asks, read as the server would, or by letters alone."""
    from app.settings import read_settings

    settings = read_settings()
    return read_as(flow, Reading(settings.answers_by_meaning and not by_letters, settings.answers_folder))


def preparer(settings: Settings, stock: Stock, *, asked: bool) -> Callable[[Flow], Flow]:
    """The flow as customers meet it, with what is in stock. Where nobody asks it, it is made ready at the first question."""
    reading = reading_of(settings)

    def ready(flow: Flow) -> Flow:
        filled = stock.fill(read_as(flow, reading))
        if asked:
            with shown_progress() as told:
                prepare(filled, told)
            shelves.prepare(filled)
        return filled

    return ready


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar on the terminal while many phrases are read for the first time."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    bar = Bar(console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("Reading the phrases")

    def told(done: int, total: int) -> None:
        if total >= PROGRESS_PHRASES_MIN:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()
