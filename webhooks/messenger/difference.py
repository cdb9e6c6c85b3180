"""What stands between a Page's profile and the flow's: what to set, what to delete, and both in a reader's words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webhooks.messenger.profile import FIELDS

CALLED = {
    "get_started": "Get Started",
    "greeting": "greeting",
    "persistent_menu": "menu",
    "ice_breakers": "starters",
    "whitelisted_domains": "domains",
    "commands": "commands",
}
"""The fields in the owner's words."""
USUAL: Mapping[str, Any] = {"composer_input_disabled": False, "webview_height_ratio": "full"}
"""What Meta may leave out when it tells a profile (remembered, not documented)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`to_set`: fields as the flow has them; `to_delete`: fields that the flow no longer has; `lines`: both, for a reader."""

    to_set: Mapping[str, Any]
    to_delete: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.to_set or self.to_delete)


def compare_profiles(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Difference:
    """`wanted` from the flow, `found` as Meta tells it. Fields that no flow decides count on neither side."""
    to_set = {name: wanted[name] for name in FIELDS if name in wanted and not _is_same(name, wanted[name], found)}
    to_delete = tuple(name for name in FIELDS if name not in wanted and found.get(name))
    changed = [name for name in FIELDS if name in to_set or name in to_delete]
    lines = [line for name in changed for line in _lines(name, wanted.get(name), found.get(name))]
    return Difference(to_set, to_delete, tuple(lines))


def _is_same(name: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    return name in found and _is_like(_sorted(name, wanted), _sorted(name, found[name]))


def _sorted(name: str, value: Any) -> Any:
    """The order of locales and domains says nothing; Meta tells domains with a slash at their end."""
    if not isinstance(value, list):
        return value
    if name == "whitelisted_domains":
        return sorted(str(each).rstrip("/") for each in value)
    return sorted(value, key=lambda each: str(each.get("locale")) if isinstance(each, dict) else "")


def _is_like(wanted: Any, found: Any) -> bool:
    """The same, but for keys that Meta adds to objects of ours, or leaves out because their value is the usual one."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            _is_like(value, found.get(key, USUAL.get(key))) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(_is_like(ours, theirs) for ours, theirs in zip(wanted, found, strict=True))
        )
    return bool(wanted == found)


def _lines(name: str, wanted: Any, found: Any) -> Iterator[str]:
    """One headline for each locale in which they differ, below it what goes and what comes."""
    ours, theirs = dict(_parts(name, wanted)), dict(_parts(name, found))
    for place in dict.fromkeys((*ours, *theirs)):
        after, before = ours.get(place, []), theirs.get(place, [])
        if after == before:
            continue
        what = "is new" if not before else "goes" if not after else "changes"
        yield f"{place} {what}"
        gone, come = [each for each in before if each not in after], [each for each in after if each not in before]
        yield from (f"  - {each}" for each in gone)
        yield from (f"  + {each}" for each in come)
        if not (gone or come):
            yield "    the order is another"
    if all(ours.get(place) == theirs.get(place) for place in (*ours, *theirs)):
        yield f"{CALLED[name]} changes in what is not shown"


def _parts(name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    """A field as places, each with its lines."""
    called = CALLED[name]
    listed = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(each, dict) for each in listed):
        yield called, sorted(str(each).rstrip("/") for each in listed)
        return
    for each in listed:
        place = f"{called} ({each['locale']})" if "locale" in each else called
        yield place, list(_entries(each))


def _entries(part: Mapping[str, Any]) -> Iterator[str]:
    if "text" in part:
        yield str(part["text"])
    elif "payload" in part:
        yield str(part["payload"])
    actions = part.get("call_to_actions")
    for each in (each for each in actions if isinstance(each, dict)) if isinstance(actions, list) else ():
        title = each.get("title") or each.get("question") or ""
        yield f"{title}  ({each.get('url') or each.get('payload') or each.get('type')})"
    commands = part.get("commands")
    for each in (each for each in commands if isinstance(each, dict)) if isinstance(commands, list) else ():
        yield f"/{each.get('name')}  ({each.get('description')})"
    if part.get("composer_input_disabled"):
        yield "nothing can be typed"
