"""The Messenger Profile of a flow: greeting, Get Started, menu, starters, commands, in every language. Pure; sends nothing.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.channel import shared_payload
from app.engine.flow import Command, Entrances, Flow, Placeholder, Text
from webhooks.messenger.locales import DEFAULT, locales_of

NAMES = {
    "first_name": "{{user_first_name}}",
    "last_name": "{{user_last_name}}",
    "full_name": "{{user_full_name}}",
}
"""What Meta fills in itself: the greeting is shown before the bot knows anybody."""
FIELDS = ("get_started", "greeting", "persistent_menu", "ice_breakers", "whitelisted_domains", "commands")
"""What a flow decides. All else that a Page's profile may hold is left as somebody set it."""

Languages = Sequence[str]
"""In which order a text is looked for: the wished one, then the first of the bot."""


def render_profile(flow: Flow) -> dict[str, Any]:
    """The profile, in the flow's first language for everybody and in the others for who speaks them."""
    entrances = flow.entrances
    profile: dict[str, Any] = {"get_started": {"payload": shared_payload("@start")}}
    if greeting := entrances.greeting:
        profile["greeting"] = _localise(flow, lambda to: {"text": _plain(greeting, to, flow.name)})
    if entrances.menu:
        profile["persistent_menu"] = _localise(flow, lambda to: _menu(entrances, to))
    if entrances.starters:
        profile["ice_breakers"] = _localise(flow, lambda to: {"call_to_actions": _starters(entrances, to)})
    if commands := entrances.commands:
        profile["commands"] = _localise(flow, lambda to: {"commands": [_command(each, to) for each in commands]})
    if entrances.domains:
        profile["whitelisted_domains"] = [f"https://{each}" for each in entrances.domains]
    return profile


def _localise(flow: Flow, render: Callable[[Languages], dict[str, Any]]) -> list[dict[str, Any]]:
    """The same for each locale; a locale in which nothing would differ is left to the default."""
    first, *others = flow.languages
    default = render((first,))
    listed = {DEFAULT: default}
    for language in others:
        rendered = render((language, first))
        if rendered != default:
            listed |= {locale: rendered for locale in locales_of(language) if locale not in listed}
    return [{"locale": locale, **rendered} for locale, rendered in listed.items()]


def _menu(entrances: Entrances, to: Languages) -> dict[str, Any]:
    items = [_menu_item(entrances, key, target, to) for key, target in entrances.menu.items()]
    return {"composer_input_disabled": False, "call_to_actions": items}


def _menu_item(entrances: Entrances, key: str, target: str, to: Languages) -> dict[str, str]:
    title = _title(entrances.menu_titles, key, to)
    if target.startswith("https://"):
        return {"type": "web_url", "title": title, "url": target, "webview_height_ratio": "full"}
    return {"type": "postback", "title": title, "payload": shared_payload("@menu", key)}


def _starters(entrances: Entrances, to: Languages) -> list[dict[str, str]]:
    return [
        {"question": _title(entrances.starter_titles, key, to), "payload": shared_payload("@starter", key)}
        for key in entrances.starters
    ]


def _command(command: Command, to: Languages) -> dict[str, str]:
    return {"name": _plain(command.name, to, ""), "description": _plain(command.description, to, "")}


def _title(titles: Mapping[str, Text], key: str, to: Languages) -> str:
    return _plain(titles[key], to, "") if key in titles else key


def _plain(text: Text, to: Languages, bot_name: str) -> str:
    language = next(each for each in to if each in text.by_language)
    return "".join(_part(part, bot_name) for part in text.by_language[language])


def _part(part: str | Placeholder, bot_name: str) -> str:
    if isinstance(part, str):
        return part
    return bot_name if part.name == "bot_name" else NAMES.get(part.name, "")
