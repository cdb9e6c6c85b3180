"""Mistakes planted on purpose, each by a subclass or wrapper put in the real one's place: the tests of the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.store.intake import Intake
from app.worker.worker import Worker
from tests.simulation.faults import Rates

if TYPE_CHECKING:
    from tests.simulation.process import Process


class Bug:
    """No mistake: the product as it is."""

    name = ""

    def change_rates(self, rates: Rates) -> None:
        """Make faults likelier that show this mistake."""

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return Intake(process.database, mark, woken)

    def fit(self, process: Process, worker: Worker) -> None:
        """Change a worker that is about to start."""


NO_BUG = Bug()
