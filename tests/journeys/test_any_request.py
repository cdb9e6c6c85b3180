"""Requests to the API made from its own description: answered as it says, never with 5xx, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.fuzz.api import Fuzz, make_keys
from tests.journeys.house import House

SHORT = settings(
    max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
"""`python -m benchmarks.fuzz api` asks for as long as there is time."""


@pytest.fixture
def fuzz(house: House) -> Iterator[Fuzz]:
    customers = [house.new_customer() for _ in range(2)]
    for each in customers:
        each.types("human")
    made = Fuzz(house, make_keys(house), [each.id for each in customers])
    yield made
    made.close()


def test_every_operation_answers_any_request_as_it_says(fuzz: Fuzz) -> None:
    found = []
    for name, run in fuzz.runs(SHORT):
        try:
            run()
        except Exception as error:
            found.append(f"{name}: {error}")
    assert not found, "\n\n".join(found)
    assert {200, 400, 404} <= set(fuzz.statuses), fuzz.statuses
    assert fuzz.house.is_ready()
