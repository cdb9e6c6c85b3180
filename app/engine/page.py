"""How a Page meets people beside its conversations, as the flow has it: comments under its posts, the name it writes under."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comments:
    """`comments`: a comment under a post that holds one of these phrases gets one private reply, from the state `goto`."""

    hear: tuple[str, ...]
    goto: str


@dataclass(frozen=True, slots=True)
class Persona:
    """`persona`: the name and picture under which the bot writes."""

    name: str
    picture: str
