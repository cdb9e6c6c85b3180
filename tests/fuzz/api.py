"""Requests that nobody thought of, made from the API's own description and sent to a running server with keys that open it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import requests
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.api.docs import document
from tests.journeys.bodies import PAGE
from tests.journeys.house import House
from tests.journeys.process import run_here

KEYS = 4
"""One alone may ask ten times a second (app/desk/api/who.py)."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.status_code_conformance,
]


def make_keys(house: House, count: int = KEYS) -> list[str]:
    """Keys of owners, made by the command."""
    found = []
    for number in range(count):
        code, said = run_here(
            house.plan.folder,
            ("api-key", "add", f"Fuzz {number}", "--owner"),
            house.plan.bot_settings(house.messenger_port),
        )
        assert code == 0, said
        found.append(next(word for word in said.split() if word.startswith("fd_")))
    return found


class Fuzz:
    """Every operation with requests of all kinds; `customers` are some that are there. `statuses` counts what came back."""

    def __init__(self, house: House, keys: Sequence[str], customers: Sequence[str]) -> None:
        self.house, self.customers = house, customers
        self.keys = itertools.cycle(keys)
        self.statuses: Counter[int] = Counter()
        self.session = requests.Session()
        self.operations = [each.ok() for each in schemathesis.openapi.from_dict(document()).get_all_operations()]

    def close(self) -> None:
        self.session.close()

    def runs(self, how: settings) -> list[tuple[str, Callable[[], None]]]:
        """For each operation its name, and what tries it."""
        return [(f"{each.method.upper()} {each.path}", self._run(each, how)) for each in self.operations]

    def _run(self, operation: Any, how: settings) -> Callable[[], None]:
        modes = list(schemathesis.GenerationMode)
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

        @how
        @given(cases, st.sampled_from((*self.customers, None)))
        def each(case: Any, customer: str | None) -> None:
            self.ask(case, customer)

        return each

    def ask(self, case: Any, customer: str | None) -> None:
        """`customer`: asked after instead of one that is not there."""
        if customer and "customer" in case.path_parameters:
            case.path_parameters |= {"page": PAGE, "customer": customer}
        headers = {"Authorization": f"Bearer {next(self.keys)}"}
        answer = case.call(base_url=self.house.bot_url, headers=headers, session=self.session, timeout=20)
        self.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
