"""Brings a Page's profile and persona in step with a flow: asks, compares, sends the difference. Sends nothing where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.flow import Flow
from webhooks.messenger.difference import CALLED, Difference, compare_profiles
from webhooks.messenger.graph_api import Caller, Graph, Refused, Told, Unanswered, find_personas, find_profile
from webhooks.messenger.profile import render_profile


@dataclass(frozen=True, slots=True)
class Gap:
    """What the Page lacks. `persona`: the name of one that the flow writes under and the Page does not have."""

    profile: Difference
    persona: str = ""

    @property
    def is_none(self) -> bool:
        return self.profile.is_none and not self.persona

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.profile.lines, *(("persona is new", f"  + {self.persona}") if self.persona else ()))


async def find_gap(graph: Graph, caller: Caller, page_id: str, flow: Flow) -> Gap | Refused | Unanswered:
    """What stands between the Page and the flow."""
    found = await find_profile(graph, caller, page_id)
    if isinstance(found, Refused | Unanswered):
        return found
    persona = flow.entrances.persona
    if persona is None:
        return Gap(compare_profiles(render_profile(flow), found))
    known = await find_personas(graph, caller, page_id)
    if isinstance(known, Refused | Unanswered):
        return known
    return judge_gap(flow, found, known)


def judge_gap(flow: Flow, found: Mapping[str, object], personas: Mapping[str, str]) -> Gap:
    """The same from what was found."""
    persona = flow.entrances.persona
    lacks = persona.name if persona and persona.name not in personas else ""
    return Gap(compare_profiles(render_profile(flow), found), lacks)


async def close_gap(
    graph: Graph, caller: Caller, page_id: str, flow: Flow, gap: Gap
) -> tuple[list[str], Refused | Unanswered | None]:
    """Send the difference. What was done, and why it went no further, if it did not."""
    done: list[str] = []
    difference, persona = gap.profile, flow.entrances.persona
    path = f"{page_id}/messenger_profile"
    if difference.to_set:
        answer = await graph.order(caller, path, **difference.to_set)
        if not isinstance(answer, Told):
            return done, answer
        done.append(f"set: {_listed(difference.to_set)}")
    if difference.to_delete:
        answer = await graph.delete(caller, path, fields=list(difference.to_delete))
        if not isinstance(answer, Told):
            return done, answer
        done.append(f"deleted: {_listed(difference.to_delete)}")
    if gap.persona and persona:
        answer = await graph.order(
            caller, f"{page_id}/personas", name=persona.name, profile_picture_url=persona.picture
        )
        if not isinstance(answer, Told):
            return done, answer
        done.append(f"made: the persona {persona.name}")
    return done, None


def _listed(names: Mapping[str, object] | tuple[str, ...]) -> str:
    return ", ".join(CALLED[name] for name in names)
