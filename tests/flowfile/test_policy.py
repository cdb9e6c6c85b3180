"""What policy asks of a bot: reminders in the window, no secrets, an honest bot, a way to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flowfile.check import check
from tests.flowfile.bots import TOP, WHOLE_BOT_ADVICE, told, write


def asking(text: str, slot: str = "answer", kind: str = "text") -> str:
    asked = f'states:\n  welcome:\n    ask: {{save: {slot}, say: "{text}"}}\n    goto: end\n'
    return f"{TOP}slots: {{{slot}: {kind}}}\n{asked}"


@pytest.mark.parametrize(
    "text",
    [
        "What is your password?",
        "Please send me your PIN code.",
        "What is your credit card number?",
        "And the CVV on the back?",
        "Your social security number, please",
        "Quel est votre mot de passe ?",
        "Quel est le numéro de votre carte ?",
        "Wie lautet Ihre Kreditkartennummer?",
        "Bitte nennen Sie Ihr Passwort.",
        "¿Cuál es su contraseña?",
        "¿Cuál es el número de tu tarjeta?",
        "Qual è il tuo codice fiscale?",
        "Wat is je wachtwoord?",
        "Wat is uw burgerservicenummer?",
        "Qual é a sua senha?",
        "Qual é o número do seu cartão?",
    ],
)
def test_a_question_for_a_secret_is_told_in_every_language(text: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, asking(text))) == ["F503 at 7:30"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is your order number?", "text"),
        ("What is the number of your gift card?", "text"),
        ("What is your gift card number?", "text"),
        ("Quel est le numéro de carte de fidélité ?", "text"),
        ("Shall I send the photo for your passport to the shop?", "text"),
        ("Which pin would you like, the rose or the bee?", "text"),
        ("Did you forget your password?", "yes_no"),
        ("Do you pay by credit card?", "[By card, In cash]"),
        ("When does your card number three arrive?", "date"),
    ],
)
def test_a_question_that_only_sounds_like_it_is_no_problem(text: str, kind: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, asking(text, kind=kind))) == []


@pytest.mark.parametrize("slot", ["password", "card_number", "pin", "credit_card", "passport_number", "cvv"])
def test_the_name_of_a_slot_tells_a_secret_too(slot: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, asking("And now?", slot))) == ["F503 at 4:9"]


@pytest.mark.parametrize("slot", ["order_number", "pinboard", "gift_card", "card"])
def test_other_names_of_slots_do_not(slot: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, asking("And now?", slot))) == []


def test_a_translation_and_a_hint_are_looked_at_too(tmp_path: Path) -> None:
    bot = asking("And now?", kind='{type: text, hint: "Only your password, please."}')
    pair = "translations:\n  - {en: And now?, fr: Votre mot de passe ?}\n"
    found = told(write(tmp_path, bot + "include: [fr.yaml]\n", fr=pair))
    assert found == ["F503 at 4:36", "F503 at 2:24 in fr.yaml"]


def reminding(after: str, say: str = "Still there?", kind: str = "choices: {Go: end}") -> str:
    head = f"{TOP}teams: {{care: [anna]}}\nstates:\n  welcome:\n    say: Hi\n    {kind}\n"
    return f'{head}    remind:\n      - {{after: {after}, say: "{say}"}}\n'


@pytest.mark.parametrize(
    ("after", "found"), [("23 hours", []), ("24 hours", ["F501 at 10:17"]), ("2 days", ["F501 at 10:17"])]
)
def test_a_reminder_must_come_within_the_window(after: str, found: list[str], tmp_path: Path) -> None:
    assert told(write(tmp_path, reminding(after))) == found


def test_in_a_handoff_a_late_reminder_may_lead_on(tmp_path: Path) -> None:
    assert told(write(tmp_path, reminding("2 days", kind="handoff: care"))) == []


@pytest.mark.parametrize(
    "say", ["Our summer sale has begun!", "-20% today", "20% off everything", "Die Gutscheine: ein Gutschein!"]
)
def test_a_reminder_that_advertises_gets_advice(say: str, tmp_path: Path) -> None:
    [problem] = [each for each in check(write(tmp_path, reminding("4 hours", say))).problems if each.code == "F502"]
    assert (problem.line, problem.column, problem.advice) == (10, 31, True)


@pytest.mark.parametrize(
    "say", ["Shall I show you a few more?", "50% of your form is filled in.", "Salesman Joe is here."]
)
def test_a_plain_reminder_gets_none(say: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, reminding("4 hours", say))) == []


def test_what_a_bot_lacks_is_advice_and_lets_it_go_live(tmp_path: Path) -> None:
    bot = (
        "flow: 1\nbot: {name: Piney, timezone: Europe/Paris}\nmessenger: {start: welcome}\nteams: {care: [anna]}\n"
        "hours: {mon-fri: 09:30-18:30}\nslots: {size: text}\nstates:\n  welcome: {say: Hi, choices: {Person: person}}\n"
        "  person: {handoff: care}\n"
    )
    checked = check(write(tmp_path, bot))
    assert told(tmp_path, *WHOLE_BOT_ADVICE) == ["F504 at 2:1", "F409 at 6:9", "F506 at 9:12", "F507 at 9:12"]
    assert all(problem.advice for problem in checked.problems)
    assert checked.flow is not None


def test_no_way_to_a_person_is_not_told_where_a_handoff_is_only_broken(tmp_path: Path) -> None:
    broken = f"{TOP}teams: {{care: [anna]}}\nstates: {{welcome: {{say: Hi, handoff: cares}}}}\n"
    assert told(write(tmp_path, broken), "F505") == ["F211 at 5:38"]
    assert told(write(tmp_path, f"{TOP}states: {{welcome: {{say: Hi}}}}\n"), "F505") == ["F505 at 4:1"]


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ("  welcome: {say: Hi, remind: {after: 1 hour, goto: welcome}}\n", ["F508 at 5:52"]),
        (
            "  welcome: {say: Hi, remind: {after: 1 hour, goto: other}}\n  other: {say: Still there?, goto: welcome}\n",
            ["F508 at 5:52"],
        ),
        (
            "  welcome: {say: Hi, goto: other}\n"
            "  other: {say: Hm, remind: [{after: 1 hour, say: A}, {after: 2 hours, goto: welcome}]}\n",
            ["F508 at 6:77"],
        ),
        ("  welcome: {suggest: products, remind: {after: 1 hour, goto: more}}\n", ["F508 at 5:62"]),
        ("  welcome: {suggest: products, none: end, remind: {after: 1 hour, goto: more}}\n", []),
        ("  welcome: {say: Hi, remind: {after: 1 hour, goto: end}}\n", []),
        ("  welcome: {say: Hi, remind: [{after: 1 hour, goto: end}, {after: 2 hours, goto: welcome}]}\n", []),
        (
            "  welcome: {say: Hi, remind: {after: 1 hour, goto: look}}\n"
            "  look: {say: I look., goto: [{if: open, to: welcome}, {to: end}]}\n",
            [],
        ),
    ],
)
def test_a_reminder_that_comes_back_for_ever_is_told(states: str, found: list[str], tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}states:\n{states}products: [{{id: a, name: A}}]\n")) == found
