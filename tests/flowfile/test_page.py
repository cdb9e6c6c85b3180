"""Comments, persona and domains: what is read, and what is told at its very place."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.page import Comments, Persona
from tests.flowfile.bots import good, told, write
from webhooks.messenger.profile import render_profile


def bot(line: str) -> str:
    return (
        "flow: 1\nbot: {name: Piney, languages: [en, fr]}\nmessenger:\n"
        f"  {line}\n  start: welcome\nstates:\n  welcome: {{say: Hello!}}\n  price: {{say: It is 10 euros.}}\n"
        "anywhere: [{hear: cost, goto: price}]\n"
        "translations: [{en: Hello!, fr: Bonjour !}, {en: It is 10 euros., fr: C'est 10 euros.}, {en: how much, fr: combien}]\n"
    )


def test_comments_are_heard_in_every_language_and_lead_to_a_state(tmp_path: Path) -> None:
    flow = good(write(tmp_path, bot("comments: {hear: [price, how much], goto: price}")))
    assert flow.entrances.comments == Comments(("price", "how much", "combien"), "price")


def test_a_state_that_only_comments_lead_to_is_reached(tmp_path: Path) -> None:
    text = bot("comments: {hear: price, goto: price}").replace("anywhere: [{hear: cost, goto: price}]\n", "")
    assert good(write(tmp_path, text)).entrances.comments is not None


def test_persona_and_domains_are_read_and_domains_reach_the_page(tmp_path: Path) -> None:
    line = "persona: {name: Piney the bot, picture: https://shop.example/p.png}\n  domains: [https://shop.example/, pay.example]"
    flow = good(write(tmp_path, bot(line)))
    assert flow.entrances.persona == Persona("Piney the bot", "https://shop.example/p.png")
    assert render_profile(flow)["whitelisted_domains"] == ["https://shop.example", "https://pay.example"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("comments: {hear: [price]}", "F202 at 4:13"),
        ("comments: {goto: welcome}", "F202 at 4:13"),
        ("comments: {hear: [price], goto: prices}", "F203 at 4:35"),
        ("comments: {hear: [price], goto: welcome, if: open}", "F201 at 4:44"),
        ("comments: price", "F212 at 4:13"),
        ("persona: {name: Piney}", "F202 at 4:12"),
        ("persona: {name: Piney, picture: http://shop.example/p.png}", "F801 at 4:35"),
        (f"persona: {{name: {'P' * 51}, picture: https://shop.example/p.png}}", "F310 at 4:19"),
        ("domains: [shop]", "F405 at 4:13"),
        ("domains: [shop.example, https://shop.example/sale]", "F405 at 4:27"),
        ("domains: [" + ", ".join(f"d{each}.example" for each in range(51)) + "]", "F310 at 4:653"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(line: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(line))) == [problem]
