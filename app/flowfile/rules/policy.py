"""F5xx: what Messenger's policy, the law or plain decency ask of a bot. Words are looked for as whole words, in every language here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from app.engine.fold import fold_own
from app.flowfile.problems import Place, Problem, problem_at, quoted
from app.flowfile.rules.structure import RING_NAMES_MAX
from app.flowfile.source.nodes import Scalar

WINDOW_HOURS = 24
"""Messenger's standard messaging window: so long after a customer's last message may a bot write (its policy page)."""

SECRETS = {
    "a password": (
        "password", "passcode", "passphrase", "mot de passe", "passwort", "kennwort", "contrasena", "parola d ordine",
        "wachtwoord", "palavra passe", "senha",
    ),
    "a PIN": (
        "pin code", "pin number", "your pin", "code pin", "votre pin", "pincode", "ihre pin", "deine pin", "codigo pin", "su pin",
        "tu pin", "codice pin", "il tuo pin", "uw pin", "je pin", "seu pin",
    ),
    "the number or code of a card": (
        "card number", "card no", "card details", "number of your card", "cvv", "cvc", "cvv2", "cvc2", "card security code",
        "numero de carte", "numero de votre carte", "numero de ta carte", "cryptogramme", "kartennummer", "kreditkartennummer",
        "prufnummer", "numero de tarjeta", "numero de su tarjeta", "numero de la tarjeta", "numero de tu tarjeta", "numero di carta",
        "numero della carta", "numero della tua carta", "kaartnummer", "creditcardnummer", "numero do cartao", "numero do seu cartao",
        "numero de cartao",
    ),
    "an identity number": (
        "social security number", "social security no", "ssn", "national insurance number", "identity number", "id number",
        "id card number", "identity card number", "passport number", "national id", "numero de securite sociale",
        "numero de passeport", "numero de carte d identite", "numero d identite", "ausweisnummer", "personalausweisnummer",
        "reisepassnummer", "sozialversicherungsnummer", "steuernummer", "numero de pasaporte", "numero de identidad", "numero de dni",
        "su dni", "tu dni", "numero de la seguridad social", "codice fiscale", "numero di passaporto", "numero del passaporto",
        "numero di carta d identita", "burgerservicenummer", "bsn", "paspoortnummer", "numero do passaporte", "numero de identidade",
        "seu cpf", "numero do cpf",
    ),
}  # fmt: skip
"""What a bot must not collect, as people ask for it; folded: small letters, no accents, no punctuation. An order number, a photo for a
passport or "card or cash?" are none of these."""

SECRET_SLOTS = {
    "pin": "a PIN",
    "credit_card": "the number or code of a card",
    "debit_card": "the number or code of a card",
}
"""Whole names of slots that say it too, where the same words in a sentence might not."""

HARMLESS_CARDS = (
    "gift card", "loyalty card", "customer card", "member card", "membership card", "club card", "library card", "business card",
    "bonus card", "discount card", "student card", "carte cadeau", "carte de fidelite", "carte client", "tarjeta regalo",
    "tarjeta de regalo", "tarjeta de socio", "tarjeta de cliente", "carta regalo", "carta fedelta", "cartao presente",
    "cartao fidelidade", "cartao de cliente",
)  # fmt: skip
"""Cards whose number may be asked for."""

PROMOTION = (
    "sale", "discount", "discounts", "special offer", "special offers", "limited offer", "promo", "promo code", "promotion",
    "coupon", "voucher", "black friday", "free shipping", "buy now", "best price", "deal of the day", "soldes", "remise", "promotions",
    "code promo", "bon d achat", "offre speciale", "livraison gratuite", "rabatt", "sonderangebot", "gutschein", "ausverkauf",
    "angebot der woche", "rebajas", "descuento", "descuentos", "oferta", "ofertas", "cupon", "envio gratis", "saldi", "sconto",
    "sconti", "offerta speciale", "buono sconto", "korting", "uitverkoop", "aanbieding", "kortingscode", "desconto", "descontos",
    "promocao", "promocoes", "cupom", "frete gratis",
)  # fmt: skip
"""Words by which a reminder becomes an advertisement."""

_PERCENT_OFF = re.compile(
    r"(?:-\s?[0-9]{1,2}\s?%|[0-9]{1,2}\s?%\s*(?:off|de remise|rabatt|de descuento|di sconto|korting|de desconto))"
)


def reminder_after_window(after: Scalar, length: timedelta) -> Iterator[Problem]:
    """F501: a reminder that can never be sent, because Messenger lets nobody write so late."""
    if length >= timedelta(hours=WINDOW_HOURS):
        yield problem_at(
            after.place,
            "F501",
            f"{quoted(after.text)} is too late: a bot may write for {WINDOW_HOURS} hours after the customer's last message.",
            "Write less than 24 hours, as in after: 20 hours.",
        )


def promotion_in_reminder(said: Scalar) -> Iterator[Problem]:
    """F502: a reminder that advertises. Advice: words alone do not prove it."""
    percent = _PERCENT_OFF.search(said.text)
    found = percent.group() if percent else _phrase_in(fold_own(said.text), PROMOTION)
    if found:
        what = f"{quoted(found)} makes this reminder sound like an advertisement, which people report as spam."
        yield _advice(
            said.place, "F502", what, "Remind of what the customer began; offer what is new when they write again."
        )


def asks_for_secret(written: Scalar) -> Iterator[Problem]:
    """F503: a question for what a bot must not collect."""
    folded = f" {fold_own(written.text)} "
    for card in HARMLESS_CARDS:
        folded = folded.replace(f" {card} ", " ")
    for what, phrases in SECRETS.items():
        if _phrase_in(folded, phrases):
            yield _secret_problem(written, what)
            return


def slot_for_secret(name: Scalar) -> Iterator[Problem]:
    """F503: a slot whose name says that it holds such a thing."""
    if what := SECRET_SLOTS.get(name.text):
        yield _secret_problem(name, what)
    else:
        yield from asks_for_secret(replace(name, text=name.text.replace("_", " ")))


def _secret_problem(written: Scalar, what: str) -> Problem:
    return problem_at(
        written.place,
        "F503",
        f"This asks for {what}, which a bot must not collect in a chat.",
        "Lead to your own web page by a button, or to a person; ask here only for what is no secret, as an order number.",
    )


def no_disclosure(place: Place) -> Iterator[Problem]:
    """F504: nothing says that the bot is a machine. Advice: some countries want it, and Messenger asks for it."""
    hint = "Write under bot for example disclosure: I am the automated assistant of our shop."
    yield _advice(place, "F504", "Nothing tells customers that they talk to a machine.", hint)


def no_way_to_person(place: Place) -> Iterator[Problem]:
    """F505: a bot that leads to nobody. Advice."""
    hint = "Add a team and a state, as in teams: {care: [anna]} and person: {handoff: care, say: I call a colleague.}"
    yield _advice(place, "F505", "No state leads to a person, so a customer whom the bot cannot help is stuck.", hint)


def handoff_without_closed(handoff: Scalar) -> Iterator[Problem]:
    """F506: a handoff that does not say what happens at night, in a bot with hours. Advice."""
    hint = "Write closed: and a state that asks where to write to, as in closed: leave_message."
    what = "Outside the hours nobody comes, and this handoff does not say what happens then."
    yield _advice(handoff.place, "F506", what, hint)


def handoff_without_end(handoff: Scalar) -> Iterator[Problem]:
    """F507: a handoff in which a customer waits for ever when nobody answers. Advice."""
    hint = "Add for example remind: [{after: 30 minutes, goto: leave_message}]."
    what = "If nobody answers, this handoff leaves the customer waiting for ever."
    yield _advice(handoff.place, "F507", what, hint)


def reminder_for_ever(goto: Scalar, ring: Sequence[str], after: str) -> Iterator[Problem]:
    """F508: a reminder that leads back to itself by these states, so that a silent customer is reminded again and again."""
    told = ring if len(ring) <= RING_NAMES_MAX else (*ring[: RING_NAMES_MAX - 2], "…", ring[-1])
    way = " -> ".join(told)
    yield problem_at(
        goto.place,
        "F508",
        f"Who stays silent is reminded again and again, every {after} or so: {way}.",
        "Say something instead, as in remind: {after: 4 hours, say: Are you still there?}; or lead to a state that does not lead back.",
    )


def _advice(place: Place, code: str, message: str, hint: str) -> Problem:
    return replace(problem_at(place, code, message, hint), advice=True)


def _phrase_in(folded: str, phrases: Iterable[str]) -> str:
    """The first of these that stands in the text as whole words; empty if none does."""
    return next((phrase for phrase in phrases if f" {phrase} " in f" {folded} "), "")
