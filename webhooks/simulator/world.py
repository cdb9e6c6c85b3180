"""What the local Messenger remembers: threads, their messages, who owns them, Pages' profiles. In memory, bounded, no I/O."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from app.chance import Chance
from app.clock import Clock
from webhooks.simulator.limits import COPIES_MAX, ENTRIES_MAX, THREADS_MAX, WINDOW_MS
from webhooks.simulator.settings import PageAccount
from webhooks.simulator.standing import AppStanding, PageStanding
from webhooks.simulator.things import Things, Uploads

Key = tuple[str, str]
"""Page id, customer id."""
INBOX_APP_ID = "263902037430900"
"""Meta's own Page inbox, where a person answers."""
NAMES = (
    "Ada Moreno", "Ben Okafor", "Chiara Lindt", "Daniel Kim", "Elif Demir", "Farid Haddad", "Greta Olsen", "Hugo Martins",
    "Ines Novak", "Jonas Weber", "Keiko Mori", "Liam Byrne", "Mira Shah", "Noor Aziz", "Olga Petrova", "Pablo Ruiz",
)  # fmt: skip
DEFAULT_PROFILE: Mapping[str, Any] = {"get_started": {"payload": "GET_STARTED"}}
"""Without get_started Messenger would offer no first tap at all."""


class MetaClock:
    """Meta's time: the machine's, moved by whoever controls the simulator."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shift = timedelta(0)
        self._last_ms = 0

    def now(self) -> datetime:
        return self._clock.now() + self._shift

    def now_ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def stamp_ms(self) -> int:
        """Now, but never twice the same: two messages of one moment keep their order when sorted."""
        now_ms = self.now_ms()
        self._last_ms = self._last_ms + 1 if 0 <= self._last_ms - now_ms < 1_000 else now_ms
        return self._last_ms

    @property
    def shift_seconds(self) -> float:
        """How far Meta's clock is ahead of the machine's."""
        return self._shift.total_seconds()

    def shift_to(self, seconds: float) -> None:
        self._shift = timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)

    def move_to(self, now: datetime) -> None:
        self._shift = now - self._clock.now()


@dataclass(slots=True)
class Entry:
    """One message of a thread. `message` is Meta's message object as it was sent or said; `shown` is false once it was unsent.

    `taken`: the bot answered 200 for it (a customer's message only). `reply_to`: the id of the message it answers.
    `answer`: what the customer put into the form, or did with the coupon, that this message holds. `persona`: the name under
    which the bot wrote it, if any.
    """

    mid: str
    written_by: Literal["customer", "bot", "person", "app"]
    at_ms: int
    message: dict[str, Any]
    metadata: str = ""
    persona: str = ""
    reaction: str = ""
    edits: int = 0
    shown: bool = True
    taken: bool = False
    reply_to: str = ""
    answer: str = ""


@dataclass(slots=True)
class Thread:
    """One customer's conversation with a Page. `owner_app_id` is empty while nobody owns it: then the default app, ours, answers.

    `delivered_ms`, `read_ms`: how far the customer got; `seen_ms`: how far the Page did. `refuses`: why nothing reaches the customer.
    `owner_until_ms`: the owner asked to keep the thread so long.
    """

    page_id: str
    customer_id: str
    name: str
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=ENTRIES_MAX))
    started: bool = False
    waiting_referral: dict[str, Any] | None = None
    customer_at_ms: int | None = None
    owner_app_id: str = ""
    typing_until_ms: int = 0
    delivered_ms: int = 0
    read_ms: int = 0
    seen_ms: int = 0
    refuses: str = ""
    owner_until_ms: int = 0
    said: int = 0
    got: int = 0
    under_way: int = 0
    overlaps: int = 0
    copies: OrderedDict[str, int] = field(default_factory=OrderedDict)

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id

    def owner(self, now_ms: int) -> str:
        """The app that owns the thread now; nobody owns it after a day in which the customer said nothing."""
        return self.owner_app_id if now_ms <= self.owned_until_ms() else ""

    def owned_until_ms(self) -> int:
        """When the thread becomes idle."""
        quiet_ms = -1 if self.customer_at_ms is None else self.customer_at_ms + WINDOW_MS
        return max(quiet_ms, self.owner_until_ms)

    def give_to(self, app_id: str) -> None:
        """This app owns the thread from now on; nobody with an empty one."""
        self.owner_app_id = app_id
        self.owner_until_ms = 0

    def find(self, mid: str) -> Entry | None:
        return next((entry for entry in reversed(self.entries) if entry.mid == mid), None)

    def open_window(self, at_ms: int, now_ms: int) -> None:
        """The customer did something; an owner who lost the thread meanwhile does not get it back by that."""
        self.owner_app_id = self.owner(now_ms)
        self.customer_at_ms = max(at_ms, self.customer_at_ms or at_ms)

    def count_copy(self, metadata: str) -> bool:
        """Whether a message with this metadata was taken before."""
        self.copies[metadata] = self.copies.get(metadata, 0) + 1
        if len(self.copies) > COPIES_MAX:
            self.copies.popitem(last=False)
        return self.copies[metadata] > 1


class World:
    """Every thread and Page of this Messenger, and the things that are no messages."""

    def __init__(self, pages: Mapping[str, PageAccount], clock: MetaClock, chance: Chance) -> None:
        self.pages = pages
        self.clock = clock
        self._chance = chance
        self.reset()

    def reset(self) -> None:
        """Forget everything but the Pages; message ids go on being new."""
        self.threads: OrderedDict[Key, Thread] = OrderedDict()
        self.profiles = {page_id: {**DEFAULT_PROFILE, **page.profile} for page_id, page in self.pages.items()}
        self.fields: dict[str, frozenset[str] | None] = dict.fromkeys(self.pages)
        self.things = Things(Uploads(self.clock.now_ms))
        self.standings = {page_id: PageStanding() for page_id in self.pages}
        self.app = AppStanding()
        self._run = self._chance.new_id()
        self._count = 0

    def new_mid(self) -> str:
        """A message id that no run of any simulator gave before: the bot keeps what it has seen for months."""
        self._count += 1
        return f"m_{self._run}{self._count:07d}"

    def new_customer_id(self) -> str:
        return str(int(self._chance.uniform(10**16, 10**17)))

    def find_thread(self, key: Key) -> Thread | None:
        return self.threads.get(key)

    def open_thread(self, key: Key, name: str = "") -> Thread:
        """The thread of this customer, a new one if there is none; the longest quiet one is forgotten when there are too many."""
        thread = self.threads.get(key)
        if thread is None:
            thread = Thread(*key, name=name or NAMES[len(self.threads) % len(NAMES)])
            self.threads[key] = thread
            if len(self.threads) > THREADS_MAX:
                self.threads.popitem(last=False)
        self.threads.move_to_end(key)
        return thread

    def new_id(self) -> str:
        """An id of the kind that is all digits."""
        self._count += 1
        return str(10**15 + self._count)

    def find_page_by_token(self, token: str) -> str | None:
        return next((page_id for page_id, page in self.pages.items() if token and page.token == token), None)

    def wants(self, page_id: str, field_name: str) -> bool:
        """Whether both the app and the Page are subscribed to this field; each to every field until some were chosen."""
        chosen, heard = self.fields.get(page_id), self.app.subscription
        return (chosen is None or field_name in chosen) and (heard is None or field_name in heard.fields)
