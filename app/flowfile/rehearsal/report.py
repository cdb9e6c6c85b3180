"""What came of the conversations: lines for people, JUnit for machines. Plays nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from app.flowfile.rehearsal.play import Miss
from app.flowfile.rehearsal.script import Conversation


@dataclass(frozen=True, slots=True)
class Played:
    """One conversation and where it went another way. `replay` names the trouble in which it was held, if any."""

    conversation: Conversation
    misses: tuple[Miss, ...]
    replay: str = ""

    @property
    def title(self) -> str:
        return f"{self.conversation.name} ({self.replay})" if self.replay else self.conversation.name

    @property
    def is_held(self) -> bool:
        return not self.misses


def played_lines(folder: str, played: Played) -> list[str]:
    """Everything that went another way."""
    return [line for miss in played.misses for line in _miss_lines(folder, played.title, miss)]


def _miss_lines(folder: str, title: str, miss: Miss) -> list[str]:
    """Where, what was wanted, what came, and how the last message was read."""
    return [
        f"{folder}/{miss.place.file}:{miss.place.line}:{miss.place.column}: {title}",
        f"  - {miss.wanted}",
        f"  + {miss.got}",
        *(f"      {step}" for step in miss.why),
    ]


def summary(played: Sequence[Played]) -> str:
    """How many were held, without trouble and in it."""
    plain, replayed = [each for each in played if not each.replay], [each for each in played if each.replay]
    told = f"{_held(plain, 'conversation')} held."
    return f"{told} {_held(replayed, 'replay')} in trouble held." if replayed else told


def _held(played: Sequence[Played], word: str) -> str:
    held = sum(each.is_held for each in played)
    return f"{held} of {len(played)} {word if len(played) == 1 else f'{word}s'}"


def to_junit(folder: str, played: Sequence[Played]) -> str:
    """The form that CI servers read: one suite, one case a conversation, and one for each of its replays."""
    failures = sum(not each.is_held for each in played)
    head = f'<testsuite name={_quoted(folder)} tests="{len(played)}" failures="{failures}">'
    cases = (line for each in played for line in _case(folder, each))
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *cases, "</testsuite>"]) + "\n"


def _case(folder: str, played: Played) -> Iterator[str]:
    yield f"  <testcase classname={_quoted(played.conversation.place.file)} name={_quoted(played.title)}>"
    for miss in played.misses:
        told = escape("\n".join(_printable(line) for line in _miss_lines(folder, played.title, miss)))
        yield f"    <failure message={_quoted(f'expected {miss.wanted}, got {miss.got}')}>{told}</failure>"
    yield "  </testcase>"


def _quoted(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(each if each.isprintable() else " " for each in text)
