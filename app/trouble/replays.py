"""Each kind of trouble, and a conversation replayed in it: the outcome must be the same. Never sends anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from app.engine.flow import Flow
from app.flowfile.rehearsal.play import Miss, beginning, rehearse
from app.flowfile.rehearsal.scene import Manner, Outcome
from app.flowfile.rehearsal.script import Conversation
from app.flowfile.rehearsal.translated import Translations, translations_of
from app.flowfile.stage import Stage
from app.log import silenced
from app.store.memory import MemoryDatabase
from app.trouble.house import House, Setting
from app.trouble.messenger import ReadError, Trouble

KINDS = (
    Trouble("every message delivered twice", twice=True),
    Trouble("the echo before the answer", echo_first=True),
    Trouble("server errors and retries", server_errors=True),
    Trouble("stopped and started again", restarts=True),
    Trouble("taps typed", typed=True),
)
"""What happens to every conversation; in the bot's other languages nothing else goes wrong."""


def kinds_of(flow: Flow, conversation: Conversation) -> tuple[Trouble, ...]:
    """The kinds of trouble in which this conversation is replayed."""
    own = conversation.language or flow.languages[0]
    others = [Trouble(f"in {each}", language=each) for each in flow.languages if each != own]
    return (*KINDS, *others)


@dataclass(slots=True)
class Replays:
    """Replays the conversations of one flow, in a `with` block. `create_house` may make another house, one with a mistake."""

    flow: Flow
    read_error: ReadError
    create_house: Callable[[Setting, MemoryDatabase], House] = House
    _database: MemoryDatabase = field(default_factory=MemoryDatabase)
    _translations: Translations | None = None

    def __enter__(self) -> Replays:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close_now()

    def play(self, conversation: Conversation, trouble: Trouble) -> list[Miss]:
        """Where this replay went another way than the conversation without trouble."""
        manner = Manner(trouble.typed, wanted=self._outcomes(conversation))
        if trouble.language:
            manner = Manner(same=partial(self._translated().same, trouble.language), wanted=manner.wanted)
        setting = Setting(self.flow, conversation, trouble, self.read_error)
        with silenced(), self.create_house(setting, self._database) as house:
            return rehearse(conversation, house, manner)[0]

    def _outcomes(self, conversation: Conversation) -> tuple[Outcome, ...]:
        """What comes of each step when nothing goes wrong."""
        return rehearse(conversation, Stage(self.flow, *beginning(self.flow, conversation)))[1]

    def _translated(self) -> Translations:
        if self._translations is None:
            self._translations = translations_of(self.flow)
        return self._translations
