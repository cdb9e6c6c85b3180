"""A customer who asks the bot to be forgotten: no word is left, and neither the next one is lost nor a late one kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import event as signal

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


async def test_the_audit_is_written_last_for_whoever_else_writes_there_waits(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await add(both, event("ana", "delete my data"))
    await crew.turns.run_batch()
    await add(both, event("ana", "yes"))
    with listed_statements() as statements:
        await crew.turns.run_batch()
    assert both.were_brief[-1] is False, "who is forgotten may have said much: not on the event loop"
    behind = statements[1 + max(place for place, each in enumerate(statements) if "INSERT INTO audit" in each) :]
    assert not [each for each in takewhile(lambda each: each != "commit", behind) if "audit" not in each]


@contextmanager
def listed_statements() -> Iterator[list[str]]:
    """What every database is told meanwhile, and `commit` where SQLAlchemy commits: SQLite's writer does so by itself."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    def end(_connection: Any) -> None:
        told.append("commit")

    signal.listen(Engine, "before_cursor_execute", note)
    signal.listen(Engine, "commit", end)
    yield told
    signal.remove(Engine, "before_cursor_execute", note)
    signal.remove(Engine, "commit", end)
