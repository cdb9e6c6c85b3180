"""The profile of a flow in all its languages, and what stands between it and the one that a Page has."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.flowfile.check import read_flow
from app.settings import example_folder
from tests.flowfile.bots import write
from webhooks.messenger.difference import compare_profiles
from webhooks.messenger.locales import LOCALES, locales_of
from webhooks.messenger.profile import FIELDS, render_profile

BOT = """flow: 1
bot: {name: Piney, languages: [LANGUAGES], disclosure: I am a bot.}
messenger:
  greeting: "Hello <first_name>!"
  start: hello
  menu: {Orders: hello}
  starters: {Where is my order?: hello}
states:
  hello: {say: Hello.}
translations: [TRANSLATIONS]
"""
GERMAN = '{en: "Hello <first_name>!", de: "Moin <first_name>!"}, {en: Orders, de: Bestellungen}'


def profile_of(folder: Path, languages: str, translations: str = "") -> dict[str, Any]:
    text = BOT.replace("LANGUAGES", languages).replace("TRANSLATIONS", translations)
    (folder / "bot.yaml").write_text(text if translations else text.partition("translations:")[0])
    return render_profile(read_flow(folder))


# ---- rendering ---------------------------------------------------------------------------------------------


def test_each_language_stands_under_its_locale_and_the_first_under_default(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, "en, de", GERMAN)
    assert profile["greeting"] == [
        {"locale": "default", "text": "Hello {{user_first_name}}!"},
        {"locale": "de_DE", "text": "Moin {{user_first_name}}!"},
    ]
    titles = {each["locale"]: each["call_to_actions"][0]["title"] for each in profile["persistent_menu"]}
    assert titles == {"default": "Orders", "de_DE": "Bestellungen"}


def test_a_tap_means_the_same_in_every_language(tmp_path: Path) -> None:
    menu = profile_of(tmp_path, "en, de", GERMAN)["persistent_menu"]
    assert len({each["call_to_actions"][0]["payload"] for each in menu}) == 1


def test_a_locale_in_which_nothing_differs_is_left_to_the_default(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, "en, de", GERMAN)
    assert [each["locale"] for each in profile["ice_breakers"]] == ["default"]


def test_a_language_without_a_locale_of_metas_is_left_to_the_default(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, "en, tlh", GERMAN.replace(" de:", " tlh:"))
    assert [each["locale"] for each in profile["greeting"]] == ["default"]


def test_a_regional_language_stands_under_its_own_locale_alone() -> None:
    assert locales_of("fr-CA") == ("fr_CA",)
    assert locales_of("fr") == ("fr_FR", "fr_CA")


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_every_locale_is_written_as_meta_writes_them(language: str) -> None:
    for locale in LOCALES[language]:
        head, _, country = locale.partition("_")
        assert head == language[:2] or (language, head) == ("no", "nb")
        assert (country.isupper(), len(country)) == (True, 2)


def test_the_example_is_within_metas_own_limits() -> None:
    profile = render_profile(read_flow(example_folder()))
    assert set(profile) <= set(FIELDS)
    assert all(each[0]["locale"] == "default" for each in profile.values() if isinstance(each, list) and each)


# ---- the difference ----------------------------------------------------------------------------------------


@pytest.fixture
def wanted(tmp_path: Path) -> dict[str, Any]:
    commands = [{"locale": "default", "commands": [{"name": "order", "description": "My order"}]}]
    more = {"whitelisted_domains": ["https://a.example", "https://b.example"], "commands": commands}
    return {**profile_of(tmp_path, "en, de", GERMAN), **more}


def test_a_profile_does_not_differ_from_itself(wanted: dict[str, Any]) -> None:
    difference = compare_profiles(wanted, deepcopy(wanted))
    assert difference.is_none
    assert not difference.lines


def test_what_meta_adds_leaves_out_or_orders_otherwise_is_no_difference(wanted: dict[str, Any]) -> None:
    found = deepcopy(wanted)
    found["greeting"].reverse()
    found["whitelisted_domains"] = ["https://b.example/", "https://a.example/"]
    found["get_started"]["id"] = "17"
    for each in found["persistent_menu"]:
        del each["composer_input_disabled"]
        each["disabled_surfaces"] = []
    assert compare_profiles(wanted, found).is_none


def test_fields_that_no_flow_decides_count_on_neither_side(wanted: dict[str, Any]) -> None:
    found = {**wanted, "account_linking_url": "https://shop.example", "home_url": {"url": "https://shop.example"}}
    assert compare_profiles(wanted, found).is_none


def test_commands_stand_in_each_language_and_are_told_in_words(tmp_path: Path) -> None:
    bot = "flow: 1\nbot: {name: P, languages: [en, de]}\ninclude: [lang/de.yaml]\nmessenger: {start: a, commands: {order: My order}}\n"
    pairs = "translations: [{en: order, de: bestellung}, {en: My order, de: Meine Bestellung}]\n"
    folder = write(
        tmp_path, f"{bot}anywhere: [{{hear: [order], goto: a}}]\nstates: {{a: {{say: Hi}}}}\n", lang__de=pairs
    )
    profile = render_profile(read_flow(folder))
    assert profile["commands"][0] == {"locale": "default", "commands": [{"name": "order", "description": "My order"}]}
    assert profile["commands"][1]["commands"] == [{"name": "bestellung", "description": "Meine Bestellung"}]
    lines = compare_profiles(profile, {**profile, "commands": profile["commands"][1:]}).lines
    assert lines == ("commands (default) is new", "  + /order  (My order)")
    assert compare_profiles({}, {"commands": profile["commands"]}).to_delete == ("commands",)


def test_only_what_differs_is_to_be_sent(wanted: dict[str, Any]) -> None:
    found = deepcopy(wanted)
    found["greeting"][0]["text"] = "Hi"
    difference = compare_profiles(wanted, found)
    assert set(difference.to_set) == {"greeting"}
    assert difference.to_set["greeting"] == wanted["greeting"]
    assert difference.lines == (
        "greeting (default) changes", "  - Hi", "  + Hello {{user_first_name}}!"
    )  # fmt: skip


def test_a_locale_that_only_the_page_has_is_a_difference(wanted: dict[str, Any]) -> None:
    found = deepcopy(wanted)
    found["greeting"].append({"locale": "fr_FR", "text": "Bonjour"})
    assert compare_profiles(wanted, found).lines == ("greeting (fr_FR) goes", "  - Bonjour")


def test_what_the_flow_no_longer_has_is_to_be_deleted(wanted: dict[str, Any]) -> None:
    del wanted["ice_breakers"]
    found = {**wanted, "ice_breakers": [{"locale": "default", "call_to_actions": [{"question": "Q", "payload": "P"}]}]}
    difference = compare_profiles(wanted, found)
    assert (dict(difference.to_set), difference.to_delete) == ({}, ("ice_breakers",))
    assert difference.lines == ("starters (default) goes", "  - Q  (P)")


def test_an_order_and_what_is_not_shown_are_told_in_words(wanted: dict[str, Any]) -> None:
    wanted["persistent_menu"] = [menu("A", "B")]
    assert compare_profiles(wanted, {**wanted, "persistent_menu": [menu("B", "A")]}).lines == (
        "menu (default) changes", "    the order is another"
    )  # fmt: skip
    compact = deepcopy(wanted["persistent_menu"])
    compact[0]["call_to_actions"][0]["type"] = "nested"
    assert compare_profiles(wanted, {**wanted, "persistent_menu": compact}).lines == (
        "menu changes in what is not shown",
    )


def menu(*titles: str) -> dict[str, Any]:
    actions = [{"type": "postback", "title": each, "payload": each} for each in titles]
    return {"locale": "default", "composer_input_disabled": False, "call_to_actions": actions}


@pytest.mark.parametrize("odd", [None, [], {}, "x", 7, [None], [{"locale": "default", "call_to_actions": [None, 3]}]])
@pytest.mark.parametrize("name", FIELDS)
def test_an_odd_answer_of_metas_is_a_difference_and_never_an_error(name: str, odd: Any, wanted: dict[str, Any]) -> None:
    assert name in compare_profiles(wanted, {**wanted, name: odd}).to_set
