"""Takes out what a bot must never keep: card numbers, bank accounts, passwords, access tokens. Pure; only what is certain goes.

Certain: for a card its length, its issuer's numbers and its check digit; for an account its country's length and its check digits; for
a password or code the words before it. So order numbers, telephone numbers and dates stay as they are.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

REMOVED = "[•••]"
"""What stands in the place of what was taken out."""

CARD_DIGITS_MIN, CARD_DIGITS_MAX = 13, 19
"""ISO/IEC 7812; cards of 12 digits are no longer issued."""

SECRET_CHARS_MAX = 200
"""A password longer than this is none."""

_ISSUERS = (
    ("4", (13, 16, 19)),  # Visa
    *((str(each), (16,)) for each in range(51, 56)),  # Mastercard
    *((str(each), (16,)) for each in range(2221, 2721)),  # Mastercard
    *((each, (15,)) for each in ("34", "37")),  # American Express
    *((each, (16, 17, 18, 19)) for each in ("6011", "644", "645", "646", "647", "648", "649", "65")),  # Discover
    *((str(each), (14, 16, 17, 18, 19)) for each in (300, 301, 302, 303, 304, 305, 309, 36, 38, 39)),  # Diners Club
    *((str(each), (16, 17, 18, 19)) for each in range(3528, 3590)),  # JCB
    ("62", (16, 17, 18, 19)),  # UnionPay
    *((each, (13, 14, 15, 16, 17, 18, 19)) for each in ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")),
)  # fmt: skip
"""First digits and lengths, from the issuers' public ranges; the last line is Maestro."""
_LENGTHS_BY_PREFIX = dict(_ISSUERS)

_IDENTITIES = frozenset({"mid", "payload", "ref", "user_ref", "url", "reply_to", "emoji", "kind", "action", "status"})
"""Names of what the channel made, not a person: it may look like a number of a card, and must stay what it is."""

_IBAN_CHARS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
    "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
    "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27,
    "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Length of an IBAN by country (SWIFT's IBAN registry)."""

_BETWEEN = r"[\s\-._/·•\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff]{1,3}"
"""What people, and programs, put between groups of digits."""
_DIGITS = re.compile(r"\d+")
_GAP = re.compile(_BETWEEN)
_IBAN = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}(?:{_BETWEEN})?\d{{2}}(?:(?:{_BETWEEN})?[A-Za-z0-9]){{11,28}}")
_TOKEN = re.compile(
    r"\bEAA[A-Za-z0-9]{20,}"  # Meta
    r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*"
)
_PASSWORDS = (
    "pass ?word|pass ?phrase|passcode|mot de passe|passwort|kennwort|contrase[ñn]a|parola d.ordine"
    "|wachtwoord|senha|palavra.passe"
)
_CODES = (
    r"pin(?: ?code| ?number)?|cvv2?|cvc2?|security code|verification code|one.time code|otp"
    r"|code (?:pin|secret|de s[ée]curit[ée]|de v[ée]rification)"
    r"|geheimzahl|pr[üu]fnummer|sicherheitscode|best[äa]tigungscode|tan.?nummer"
    r"|clave secreta|c[óo]digo (?:pin|de seguridad|de verificaci[óo]n)|codice (?:pin|di sicurezza|di verifica)"
    r"|beveiligingscode|verificatiecode|c[óo]digo de (?:seguran[çc]a|verifica[çc][ãa]o)"
)
"""Codes have a digit: "the pin is broken" speaks of another pin."""
_CUE_PARTS = (
    "pass", "kennwort", "contrase", "parola", "wachtwoord", "senha", "pin", "cvv", "cvc", "cod", "cód", "otp", "geheimzahl", "fnummer",
    "tan", "clave",
)  # fmt: skip
"""One of these is in every cue: looking for them first costs a tenth."""
_TOKEN_PARTS = ("EAA", "k_live_", "k_test_", "gh", "xox", "AKIA", "eyJ", "earer ")
_CUE = re.compile(
    rf"\b(?:(?P<password>{_PASSWORDS})|{_CODES})\b(?P<link>\s*[:=]\s*|\s+(?:is|est|ist|es|[eè]|é|lautet|was|are)\s*[:=]?\s+)(?P<secret>\S+)",
    re.IGNORECASE,
)
_NO_SECRETS = frozenset(
    """
    a about again always an and any asked at be because been being blocked by expired for forgotten from gone here how i in incorrect
    invalid it its just locked lost missing my needed never new no not now of ok old on only or please protected refused required reset
    safe secret so still that the there this to too unknown what where why with wrong you your
    aucun bloqué bloque cassé demandé expiré faux incorrecte inconnu invalide jamais la le les ma mauvais mon ne nécessaire obligatoire
    oublié où pas perdu que quoi refusé toujours trop un une
    abgelaufen das dein der die ein eine falsch gesperrt ist kein mein nicht nie noch ungültig unbekannt vergessen verloren weg zu
    bloqueada caducada el equivocada errada esta incorrecta inválida la mi muy nunca olvidada perdida que su un una
    bloccata dimenticata errata il la mia non persa sbagliata scaduta una
    de een fout geblokkeerd het kwijt mijn niet onjuist vergeten verkeerd verlopen
    bloqueada errada esquecida expirada incorreta minha não perdida uma
    """.split()  # noqa: SIM905 - read more easily than two hundred quotes
)
"""What follows "my password is" when it is no password."""


def mask(text: str) -> str:
    """The same text without what must not be kept. Gives `text` itself when there is nothing of the kind."""
    spans = [*_tokens(text), *_secrets(text), *_numbers(text)]
    if not spans:
        return text
    parts: list[str] = []
    end = 0
    for first, last in sorted(spans):
        if last <= end:
            continue
        parts += [text[end : max(first, end)], REMOVED]
        end = last
    return "".join([*parts, text[end:]])


def masked(value: Any, name: str = "") -> Any:
    """A JSON value with every text in it masked, but for those whose name says that they are identities or addresses."""
    if isinstance(value, str):
        return value if name in _IDENTITIES or name.endswith("id") else mask(value)
    if isinstance(value, Mapping):
        return {key: masked(each, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(each, name) for each in value]
    return value


def masked_json(raw: str) -> str:
    """A JSON text likewise; one that is broken, or cut, is masked as a whole."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return mask(raw)
    clean = masked(value)
    return raw if clean == value else json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    if any(part in text for part in _TOKEN_PARTS):
        yield from (found.span() for found in _TOKEN.finditer(text))


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Passwords and codes behind the words that announce them."""
    lower = text.lower()
    if not any(part in lower for part in _CUE_PARTS):
        return
    for found in _CUE.finditer(text):
        secret = found["secret"].rstrip(".,;!?)\"'»”’")[:SECRET_CHARS_MAX]
        if _is_secret(secret, found["link"], may_be_words=found["password"] is not None):
            yield found.start("secret"), found.start("secret") + len(secret)


def _is_secret(written: str, link: str, *, may_be_words: bool) -> bool:
    if not may_be_words:
        return any(each.isdigit() for each in written)
    announced = ":" in link or "=" in link
    return bool(written) and (announced or written.strip("\"'«“‘").lower() not in _NO_SECRETS)


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Cards and accounts, whatever stands between their digits."""
    plain = _plain_digits(text)
    if sum(each.isdigit() for each in plain) < CARD_DIGITS_MIN - 1:
        return
    yield from _ibans(plain)
    for groups in _rows_of_groups(plain):
        yield from _cards(plain, groups)


def _plain_digits(text: str) -> str:
    """The same length, with every digit of every script as an ASCII one."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def _rows_of_groups(plain: str) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits that stand in a row, with nothing but separators between them."""
    row: list[tuple[int, int]] = []
    for found in _DIGITS.finditer(plain):
        if row and not _GAP.fullmatch(plain, row[-1][1], found.start()):
            yield row
            row = []
        row.append(found.span())
    if row:
        yield row


def _cards(plain: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(groups):
        last = _card_from(plain, groups, first)
        if last is None:
            first += 1
        else:
            yield groups[first][0], groups[last][1]
            first = last + 1


def _card_from(plain: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last of the groups that make a card number together, the longest one; None if there is none."""
    digits, found = "", None
    for place in range(first, len(groups)):
        digits += plain[groups[place][0] : groups[place][1]]
        if len(digits) > CARD_DIGITS_MAX or (len(digits) >= 4 and not _lengths_of(digits)):
            break
        if is_card(digits):
            found = place
    return found


def is_card(digits: str) -> bool:
    """Whether these digits are a card number: length, issuer, check digit (Luhn)."""
    if len(digits) not in _lengths_of(digits):
        return False
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _lengths_of(digits: str) -> tuple[int, ...]:
    """How long a card that begins so may be; empty if none does."""
    return next((_LENGTHS_BY_PREFIX[digits[:size]] for size in (4, 3, 2, 1) if digits[:size] in _LENGTHS_BY_PREFIX), ())


def _ibans(plain: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN.finditer(plain):
        characters = [
            (place, each) for place, each in enumerate(found[0], found.start()) if each.isascii() and each.isalnum()
        ]
        size = _IBAN_CHARS.get(found[0][:2].upper(), 0)
        if not size or len(characters) < size:
            continue
        last = characters[size - 1][0] + 1
        is_whole = last == len(plain) or not (plain[last].isascii() and plain[last].isalnum())
        if is_whole and is_iban("".join(each for _, each in characters[:size])):
            yield found.start(), last


def is_iban(written: str) -> bool:
    """Whether these letters and digits, without blanks, are an account: its country's length and its check digits (ISO 13616)."""
    account = written.upper()
    if _IBAN_CHARS.get(account[:2]) != len(account):
        return False
    return int("".join(str(int(each, 36)) for each in account[4:] + account[:4])) % 97 == 1
