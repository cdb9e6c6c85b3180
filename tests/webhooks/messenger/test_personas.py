"""The bot writes under the persona of its flow; whatever happens to the persona, the message goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from app.channel import Failed, Send, Sent
from app.clock import Clock
from app.engine.effects import Message
from tests.webhooks.messenger.kit import create_send
from tests.webhooks.simulator.kit import APP_ID, APP_SECRET, PAGE, TOKEN, VERIFY_TOKEN, Table, laid_table
from webhooks.messenger.account import Account, Page
from webhooks.messenger.graph_api import Graph, caller_of
from webhooks.messenger.http import create_client
from webhooks.messenger.personas import AGAIN_SECONDS, SOON_SECONDS, Personas
from webhooks.messenger.send import Beside, Messenger

ACCOUNT = Account(APP_ID, (APP_SECRET.encode(),), VERIFY_TOKEN, {PAGE: Page(PAGE, TOKEN)})


class GivenClock(Clock):
    """Goes on only when it is told to."""

    seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Crew:
    """A Messenger channel at the table; `name` is what the flow says."""

    table: Table
    messenger: Messenger
    personas: Personas
    clock: GivenClock
    name: list[str] = field(default_factory=lambda: ["Piney"])

    async def makes(self, name: str) -> str:
        picture = "https://shop.example/p.png"
        return str((await self.table.graph("POST", "me/personas", name=name, profile_picture_url=picture)).json()["id"])

    async def shown(self) -> list[str]:
        return [each["persona"] for each in (await self.table.thread())["messages"] if each["from"] == "bot"]


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    name, clock = ["Piney"], GivenClock()
    async with laid_table() as table, create_client() as client:
        url = f"{table.url}/v26.0"
        personas = Personas(Graph(url, client), {PAGE: caller_of(ACCOUNT, PAGE)}, lambda _: name[0], clock)
        await table.say(text="hi")
        yield Crew(table, Messenger(ACCOUNT, url, client, Clock(), Beside(personas=personas)), personas, clock, name)


def send(number: int = 1, **more: object) -> Send:
    return create_send(Message(f"Hello {number}"), customer_id="c1", outbox_id=f"o{number}", **more)


async def test_the_bot_writes_under_its_persona_once_it_is_known(crew: Crew) -> None:
    await crew.makes("Piney")
    assert isinstance(await crew.messenger.send(send(1)), Sent)
    await crew.personas.look()
    assert isinstance(await crew.messenger.send(send(2)), Sent)
    assert isinstance((await crew.messenger.send_batch([send(3)]))[0], Sent)
    assert await crew.shown() == ["", "Piney", "Piney"]


async def test_staff_write_under_the_name_of_the_page(crew: Crew) -> None:
    await crew.makes("Piney")
    await crew.personas.look()
    await crew.messenger.send(send(written_by="staff"))
    assert await crew.shown() == [""]


async def test_a_change_of_the_flow_is_followed(crew: Crew) -> None:
    await crew.makes("Piney")
    await crew.makes("Oaky")
    await crew.personas.look()
    crew.name[0] = "Oaky"
    assert not crew.personas.id_of(PAGE)
    await crew.personas.look()
    await crew.messenger.send(send())
    assert await crew.shown() == ["Oaky"]
    crew.name[0] = ""
    await crew.personas.look()
    assert not crew.personas.id_of(PAGE)


async def test_a_persona_that_is_made_later_is_found_soon(crew: Crew) -> None:
    await crew.personas.look()
    persona_id = await crew.makes("Piney")
    await crew.personas.look()
    assert not crew.personas.id_of(PAGE)
    crew.clock.seconds += SOON_SECONDS
    await crew.personas.look()
    assert crew.personas.id_of(PAGE) == persona_id


async def test_without_an_answer_what_was_known_is_kept(crew: Crew) -> None:
    persona_id = await crew.makes("Piney")
    await crew.personas.look()
    await crew.table.control("page", revoked=True)
    crew.clock.seconds += AGAIN_SECONDS
    await crew.personas.look()
    assert crew.personas.id_of(PAGE) == persona_id


@pytest.mark.parametrize("in_batch", [True, False])
async def test_a_message_refused_for_its_persona_goes_once_more_without(in_batch: bool, crew: Crew) -> None:
    persona_id = await crew.makes("Piney")
    await crew.personas.look()
    await crew.table.graph("DELETE", persona_id)
    first = (await crew.messenger.send_batch([send()]))[0] if in_batch else await crew.messenger.send(send())
    assert isinstance(first, Failed)
    assert first.retry
    assert isinstance(await crew.messenger.send(send()), Sent)
    assert await crew.shown() == [""]


async def test_a_message_that_is_wrong_itself_fails_for_good(crew: Crew) -> None:
    await crew.makes("Piney")
    await crew.personas.look()
    wrong = create_send(Message(""), customer_id="c1")
    outcomes = [await crew.messenger.send(wrong) for _ in range(2)]
    assert [isinstance(each, Failed) and each.retry for each in outcomes][1] is False
