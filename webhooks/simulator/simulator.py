"""Everything one local Messenger consists of, as one value that the routes pass on. Decides nothing."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from app.chance import Chance
from app.clock import Clock
from webhooks.simulator.faults import Faults
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import MEDIA_MAX
from webhooks.simulator.postman import Postman
from webhooks.simulator.settings import SimulatorSettings
from webhooks.simulator.streams import Streams
from webhooks.simulator.world import MetaClock, Thread, World


@dataclass(slots=True)
class SendCounts:
    """What became of the bot's sends since the last reset."""

    accepted: int = 0
    refused: int = 0
    copies: int = 0
    look_ups: int = 0
    batches: int = 0


@dataclass(slots=True)
class Simulator:
    """One local Messenger."""

    settings: SimulatorSettings
    clock: Clock
    chance: Chance
    meta_clock: MetaClock
    world: World
    faults: Faults
    postman: Postman
    streams: Streams
    sends: SendCounts = field(default_factory=SendCounts)
    media: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    calls_in_second: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def queue(self, webhook: Webhook) -> None:
        """Send this to the bot, if its app is subscribed to such events."""
        if self.world.wants(webhook.page_id, webhook.field):
            self.postman.queue(webhook)

    def changed(self, thread: Thread) -> None:
        self.streams.tell(thread.key)

    def keep_media(self, media_type: str, data: bytes) -> str:
        """The id under which this picture can be seen."""
        media_id = self.chance.new_id()
        self.media[media_id] = (media_type, data)
        if len(self.media) > MEDIA_MAX:
            self.media.popitem(last=False)
        return media_id

    def reset(self) -> None:
        """Forget every thread, fault and count; the clock goes back to the machine's."""
        self.postman.reset()
        self.faults.reset()
        self.world.reset()
        self.meta_clock.move_to(self.clock.now())
        self.media.clear()
        self.sends = SendCounts()
        self.streams.tell(("", ""))


def create(settings: SimulatorSettings, clock: Clock, chance: Chance) -> Simulator:
    """A simulator in which nothing has happened yet."""
    meta_clock = MetaClock(clock)
    faults, streams = Faults(chance), Streams()
    return Simulator(
        settings=settings,
        clock=clock,
        chance=chance,
        meta_clock=meta_clock,
        world=World(settings.pages, meta_clock, chance),
        faults=faults,
        postman=Postman(settings, clock, meta_clock, faults, streams),
        streams=streams,
    )
