"""Takes out what a bot must never keep: card numbers, bank accounts, passwords, access tokens. Pure; only what is certain goes.

Certain: for a card its length, its issuer's numbers and its check digit; for an account its country's length and its check digits; for
a password or code the words before it. So order numbers, telephone numbers and dates stay as they are.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
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
_GERMAN_MOBILES = ("4915", "4916", "4917")
"""How a telephone number of 13 digits begins that could be a Visa card."""

_IDENTITIES = frozenset({"id", "mid", "user_ref", "url", "reply_to"})
"""Names of what the channel made, not a person: it may look like a number of a card, and must stay what it is. So do names that
end in `_id`. What holds a blank is no identity, whatever its name."""
_SECRETS_BY_NAME = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passcode",
        "passphrase",
        "pin",
        "cvv",
        "cvc",
        "access_token",
        "api_key",
        "client_secret",
    }
)
"""Names of JSON values that are secrets whatever they look like."""
_OUR_TAP = "v1:"
"""How what our own buttons carry begins (`app.channel.TAP_VERSION`): signed, and of no use when a character is gone."""

_IBAN_CHARS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
    "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
    "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27,
    "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Length of an IBAN by country (SWIFT's IBAN registry)."""

_BETWEEN = (
    r"[\s\-._/·•|()*~#'’\"\\\u00ad\u061c\u180e\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\u20e3\ufe0e\ufe0f\ufeff]"
    r"{1,8}"
)
"""What people, and programs, put between groups of digits; the digits of emoji have two signs behind each. No comma and no colon:
lists of numbers and moments have them."""
_DIGITS = re.compile(r"\d+")
_GAP = re.compile(_BETWEEN)
_AS_PRINTED = re.compile(r"(?<!\d)\d{4}(?P<sign>[,;:=])(?:\d{4}(?P=sign)\d{4}(?P=sign)\d{4}|\d{6}(?P=sign)\d{5})(?!\d)")
"""Between groups of the size that they have on a card a comma or a colon may stand, too."""
_COUNTRIES = "|".join(f"{each[0]}(?:{_BETWEEN})?{each[1]}" for each in _IBAN_CHARS)
_ORDERS = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])")
"""Numbers of orders at Amazon; every tenth that begins with 30 would be a card."""
_DATES = re.compile(
    r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d(?![\d.])"
    r"|(?<![\d/])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)\d\d(?![\d/])"
    r"|(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])"
)
"""With a telephone number behind, every tenth that begins with 30, 36 or 38 would be a card."""
_IBAN = re.compile(
    rf"(?<![^\W_])(?:{_COUNTRIES})(?:(?:{_BETWEEN})?\d){{2}}(?:(?:{_BETWEEN})?[A-Za-z0-9]){{11,28}}", re.IGNORECASE
)
_TOKEN = re.compile(
    r"\bEAA[A-Za-z0-9]{20,}|\bIGQV[A-Za-z0-9_-]{20,}|\b\d{14,17}\|[A-Za-z0-9_-]{20,}"  # Meta
    r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bAIza[A-Za-z0-9_-]{35}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*"
)
_IN_ADDRESS = re.compile(
    r"(?<=[?&#])(?P<name>access_token|token|auth|api_?key|key|password|passwd|pwd|secret|client_secret)=(?P<secret>[^&#\s]{4,})",
    re.IGNORECASE,
)
"""What lets one in, as a part of an address."""
_PASSWORDS = (
    "pass ?word|pass ?phrase|passcode|mot de passe|passwort|kennwort|contrase[ñn]a|parola d.ordine"
    "|wachtwoord|senha|palavra.passe"
)
_SHORT_PASSWORDS = r"pwd|passwd|pw|mdp|access[ _]token|api[ _-]?key|secret[ _]key|client[ _]secret|app[ _]secret"
"""Cues only with a colon or an equals sign: in a sentence they may be about something else."""
_CODES = (
    r"pin(?: ?code| ?number)?|cvv2?|cvc2?|security code|verification code|one.time code|otp"
    r"|code (?:pin|secret|de s[ée]curit[ée]|de v[ée]rification)"
    r"|geheimzahl|pr[üu]fnummer|sicherheitscode|best[äa]tigungscode|tan.?nummer"
    r"|clave secreta|c[óo]digo (?:pin|de seguridad|de verificaci[óo]n)|codice (?:pin|di sicurezza|di verifica)"
    r"|beveiligingscode|verificatiecode|c[óo]digo de (?:seguran[çc]a|verifica[çc][ãa]o)"
)
"""Codes have a digit: "the pin is broken" speaks of another pin."""
_CUE_PART = re.compile(
    "pass|kennwort|contrase|parola|wachtwoord|senha|pin|cvv|cvc|cod|cód|otp|geheimzahl|fnummer|tan|clave|pwd|pw|mdp|token|key|secret"
)
"""One of these is in every cue, in small letters: looking for them first costs a tenth."""
_TOKEN_PART = re.compile(r"EAA|IGQV|\||k_live_|k_test_|sk-|AIza|gh|git|glpat|xox|AKIA|eyJ|earer ")
_WORD_CHARS_MAX = 19
"""Letters alone, no more than these, are none of all that: the shortest token without a sign or a digit has 20."""
_SPACE = re.compile(r"\s")
_OBJECTS = (dict, Mapping)
"""The usual one first: a look at what else is a mapping takes several times as long."""
_IS = r"\s+(?:is|est|ist|es|[eè]|é|lautet|was|are)\s*[:=：]?\s+"
_WORD = r"\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|‘[^’\n]{1,200}’|“[^”\n]{1,200}”|«[^»\n]{1,200}»|„[^“”\n]{1,200}[“”]|\S+"
"""In quotes it may have blanks."""
_CUE = re.compile(
    rf"(?<![?&#])\b(?:(?:(?P<password>{_PASSWORDS})|(?P<code>{_CODES}))\b(?P<link>[\"']?\s*[:=：]\s*|{_IS})"
    rf"|(?:{_SHORT_PASSWORDS})\b[\"']?\s*[:=：]\s*)(?P<secret>{_WORD})",
    re.IGNORECASE,
)
_MORE_OF_CODE = re.compile(r"(?:[ \-]\d{2,4}(?!\d))+")
"""The rest of a code that was written in groups."""
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
    if len(text) <= _WORD_CHARS_MAX and text.isalpha():
        return text
    found: list[tuple[int, int]] = []
    # Nearly every text is cleared by looks for what each kind cannot be without.
    if _TOKEN_PART.search(text):
        found += (token.span() for token in _TOKEN.finditer(text))
    if "=" in text:
        found += _in_address(text)
    if _CUE_PART.search(text.lower()):
        found += _secrets(text)
    if sum(map(str.isdigit, text)) >= CARD_DIGITS_MIN - 1:
        found += _numbers(text)
    return _cut(text, found) if found else text


def _cut(text: str, found: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    end = 0
    for first, last in sorted(found):
        if first >= end:
            parts += [text[end:first], REMOVED]
        end = max(last, end)
    return "".join([*parts, text[end:]])


def masked(value: Any, name: str = "") -> Any:
    """A JSON value with every text in it masked, names too; identities and addresses only lose what lets one in."""
    if isinstance(value, str):
        return _masked_text(value, name)
    if isinstance(value, _OBJECTS):
        return {mask(key): masked(each, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(each, name) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    if name.lower() in _SECRETS_BY_NAME:
        return REMOVED
    if isinstance(value, int):
        return REMOVED if not _is_identity(name) and is_card(str(value)) else value
    return value


def _masked_text(text: str, name: str) -> str:
    if name.lower() in _SECRETS_BY_NAME:
        return REMOVED if text else text
    if name == "payload" and text.startswith(_OUR_TAP):
        return text
    if _is_identity(name) and not _SPACE.search(text):
        return _cut(text, _in_address(text)) if "=" in text else text
    return mask(text)


def _is_identity(name: str) -> bool:
    return name in _IDENTITIES or name.endswith("_id")


def masked_json(raw: str) -> str:
    """A JSON text likewise; one that is broken, or cut, is masked as a whole, whichever way its signs are written."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        plain = _ESCAPE.sub(_unescaped, raw)
        clean = mask(plain)
        return raw if clean == plain else clean
    clean = masked(value)
    return raw if clean == value else json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt/]))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "/": "/"}


def _unescaped(found: re.Match[str]) -> str:
    """The sign that a JSON escape means; halves of pairs and NULs stay written out."""
    if found[2]:
        return _ESCAPED[found[2]]
    code = int(found[1], 16)
    return found[0] if code < ord(" ") or 0xD800 <= code < 0xE000 else chr(code)


def _in_address(text: str) -> Iterator[tuple[int, int]]:
    return (found.span("secret") for found in _IN_ADDRESS.finditer(text))


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Passwords and codes behind the words that announce them."""
    for found in _CUE.finditer(text):
        secret = found["secret"].rstrip(".,;!?)\"'»”’“")[:SECRET_CHARS_MAX]
        start = found.start("secret")
        if found["code"]:
            if any(each.isdigit() for each in secret):
                yield start, _end_of_code(text, start, secret)
        elif _is_password(secret, found["link"] or ":"):
            yield start, start + len(secret)


def _end_of_code(text: str, start: int, secret: str) -> int:
    """Behind the groups of a code that is written in several of one length: 884 422."""
    end = start + len(secret)
    more = _MORE_OF_CODE.match(text, end)
    if not (more and secret.isdigit()):
        return end
    groups = re.findall(r"\d+", more[0])
    return more.end() if all(len(each) == len(secret) for each in groups) else end


def _is_password(written: str, link: str) -> bool:
    announced = any(sign in link for sign in ":=：")
    return bool(written) and (announced or written.strip("\"'«“‘„ ").lower() not in _NO_SECRETS)


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Cards and accounts, whatever stands between their digits."""
    plain = _plain(text)
    for no_card in (_ORDERS, _DATES):
        plain = no_card.sub(lambda found: "x" * len(found[0]), plain)
    yield from _ibans(plain)
    yield from (found.span() for found in _AS_PRINTED.finditer(plain) if is_card(re.sub(r"\D", "", found[0])))
    for groups in _rows_of_groups(plain):
        yield from _cards(plain, groups)


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _plain(text: str) -> str:
    """The same length, with every digit of every script, and every letter of another width, as an ASCII one."""
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _plain_sign(found[0]), text)


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    usual = unicodedata.normalize("NFKC", sign)
    return usual if len(usual) == 1 and usual.isascii() and usual.isalpha() else sign


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
        if is_card(digits) and not (
            len(digits) == CARD_DIGITS_MIN and _calls_abroad(plain[max(groups[first][0] - 6, 0) : groups[first][0]])
        ):
            found = place
    return found


def _calls_abroad(before: str) -> bool:
    """Whether a telephone number with its country's code follows. Visa's cards of 13 digits were all replaced long ago."""
    return before.rstrip(" (").endswith(("+", "00"))


def is_card(digits: str) -> bool:
    """Whether these digits are a card number: length, issuer, check digit (Luhn)."""
    if len(digits) not in _lengths_of(digits) or _is_no_card_of_old(digits):
        return False
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _is_no_card_of_old(digits: str) -> bool:
    """Whether 13 digits are a German mobile number or the code of a product (EAN): such cards are hardly to be met any more."""
    if len(digits) != CARD_DIGITS_MIN:
        return False
    code = sum(int(each) * (3 if place % 2 else 1) for place, each in enumerate(digits))
    return digits.startswith(_GERMAN_MOBILES) or code % 10 == 0


def _lengths_of(digits: str) -> tuple[int, ...]:
    """How long a card that begins so may be; empty if none does."""
    return next((_LENGTHS_BY_PREFIX[digits[:size]] for size in (4, 3, 2, 1) if digits[:size] in _LENGTHS_BY_PREFIX), ())


def _ibans(plain: str) -> Iterator[tuple[int, int]]:
    start = 0
    while found := _IBAN.search(plain, start):
        last = _end_of_iban(plain, found)
        if last is not None:
            yield found.start(), last
        # What only begins like one may have a whole one in it: "at 12 DE89 ...".
        start = last or found.start() + 1


def _end_of_iban(plain: str, found: re.Match[str]) -> int | None:
    characters = [
        (place, each) for place, each in enumerate(found[0], found.start()) if each.isascii() and each.isalnum()
    ]
    # A letter that is another one's capital somewhere, İ for one, fits the pattern and names no country.
    size = _IBAN_CHARS.get("".join(each for _, each in characters[:2]).upper())
    if size is None or len(characters) < size:
        return None
    last = characters[size - 1][0] + 1
    is_whole = last == len(plain) or not (plain[last].isascii() and plain[last].isalnum())
    return last if is_whole and is_iban("".join(each for _, each in characters[:size])) else None


def is_iban(written: str) -> bool:
    """Whether these letters and digits, without blanks, are an account: its country's length and its check digits (ISO 13616)."""
    account = written.upper()
    if _IBAN_CHARS.get(account[:2]) != len(account):
        return False
    return int("".join(str(int(each, 36)) for each in account[4:] + account[:4])) % 97 == 1
