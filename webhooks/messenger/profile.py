"""The Messenger Profile of a flow: greeting, Get Started, menu and starters as Meta takes them. Pure; sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.channel import shared_payload
from app.engine.flow import Entrances, Flow, Placeholder, Template, Text

LOCALE = "default"
"""Every localised list must hold this one; it is shown to whoever speaks none of the others."""
NAMES = {
    "first_name": "{{user_first_name}}",
    "last_name": "{{user_last_name}}",
    "full_name": "{{user_full_name}}",
}
"""What Meta fills in itself: the greeting is shown before the bot knows anybody."""


def render_profile(flow: Flow) -> dict[str, Any]:
    """The profile in the flow's first language."""
    entrances, language = flow.entrances, flow.languages[0]
    profile: dict[str, Any] = {"get_started": {"payload": shared_payload("@start")}}
    if entrances.greeting:
        profile["greeting"] = [{"locale": LOCALE, "text": _plain(entrances.greeting, language, flow.name)}]
    if entrances.menu:
        items = [_menu_item(entrances, key, target, language) for key, target in entrances.menu.items()]
        profile["persistent_menu"] = [{"locale": LOCALE, "composer_input_disabled": False, "call_to_actions": items}]
    if entrances.starters:
        starters = [
            {"question": _title(entrances.starter_titles, key, language), "payload": shared_payload("@starter", key)}
            for key in entrances.starters
        ]
        profile["ice_breakers"] = [{"locale": LOCALE, "call_to_actions": starters}]
    if entrances.domains:
        profile["whitelisted_domains"] = [f"https://{each}" for each in entrances.domains]
    return profile


def _menu_item(entrances: Entrances, key: str, target: str, language: str) -> dict[str, str]:
    title = _title(entrances.menu_titles, key, language)
    if target.startswith("https://"):
        return {"type": "web_url", "title": title, "url": target, "webview_height_ratio": "full"}
    return {"type": "postback", "title": title, "payload": shared_payload("@menu", key)}


def _title(titles: Mapping[str, Text], key: str, language: str) -> str:
    return _plain(titles[key], language, "") if key in titles else key


def _plain(text: Text, language: str, bot_name: str) -> str:
    template: Template = text.by_language[language]
    return "".join(_part(part, bot_name) for part in template)


def _part(part: str | Placeholder, bot_name: str) -> str:
    if isinstance(part, str):
        return part
    return bot_name if part.name == "bot_name" else NAMES.get(part.name, "")
