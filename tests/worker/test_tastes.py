"""What a customer likes: kept where the owner sees it, and forgotten there too."""

from __future__ import annotations

from sqlalchemy import select

from app.engine.flow import Anywhere, Product, Suggest
from app.store.tables import suggestions
from tests.engine.transcript import choice, flow, state
from tests.engine.transcript import text as words
from tests.store.kit import event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, add


async def test_tastes_that_a_state_forgets_are_forgotten_where_the_owner_would_see_them(
    both: Troubled, clock: GivenClock
) -> None:
    looks = state("looks", "Look:", suggest=Suggest(show=1), buttons=(choice("I like it", "like"),))
    shirt = Product("shirt", words("Shirt"), url="https://shop.example/1", fields={"price": 5.0})
    fresh = state("fresh", "Forgotten.", forget=("tastes",))
    heard = tuple(Anywhere(each, hear=(each,)) for each in ("looks", "fresh"))
    bot = flow(looks, fresh, products={"shirt": shirt}, anywhere=heard, start="looks")
    crew = Crew(both, clock, flow=bot)

    async def taste_after(*said: str) -> list[str | None]:
        for each in said:
            await add(both, event("ana", each))
            await crew.turns.run_batch()
        return await both.read(lambda connection: list(connection.execute(select(suggestions.c.taste)).scalars()))

    assert await taste_after("looks", "i like it") == ["like"]
    assert await taste_after("fresh") == [None]
