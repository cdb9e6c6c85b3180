"""A customer who asks the bot to be forgotten: no word is left, and neither the next one is lost nor a late one kept."""

from __future__ import annotations

from datetime import timedelta

from app.store import history
from app.store.erase import LATE
from tests.store.kit import NOW, PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, add, ends, written

ANA = (PAGE, "ana")


async def test_who_asks_to_be_forgotten_leaves_no_words_behind(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "my name is Ana"))
    await crew.turns.run_batch()
    for words in ("delete my data", "yes"):
        await add(both, event("ana", words))
        await crew.turns.run_batch()
    lines_of_ana = await both.read(lambda connection: history.transcript(connection, ANA))
    assert [each.text for each in lines_of_ana if each.who == "customer"] == []
    *before, last = await written(both, "ana")
    assert last == "Done. I have deleted what I knew about you."
    assert [each for each in before[1:] if each] == []  # the first one is on its way


async def test_what_is_written_behind_the_wish_to_be_forgotten_is_answered_and_what_comes_late_is_not(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "delete my data"))
    await crew.turns.run_batch()
    clock.move(60)
    await add(both, event("ana", "yes", at=NOW + timedelta(seconds=5)))
    await crew.turns.run_batch()
    late = event("ana", "this came late", at=NOW + timedelta(seconds=4))
    await add(both, late, event("ana", "hello again", at=NOW + timedelta(seconds=6)))
    await crew.turns.run_batch()
    lines_of_ana = await both.read(lambda connection: history.transcript(connection, ANA))
    assert [each.text for each in lines_of_ana if each.who == "customer"] == ["hello again"]
    assert (await ends(both, "ana"))[-2:] == [("ignored", LATE), ("done", None)]
