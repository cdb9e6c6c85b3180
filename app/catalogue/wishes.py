"""Reads what a customer wishes for out of free text: price, size, colour, for whom, and the words that are left. Searches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from text_to_num import alpha2digit

from app.catalogue import phrases as say
from app.catalogue.colours import bit_of
from app.catalogue.negated import END, NOT, Negation
from app.catalogue.trouble import speaks_of_trouble
from app.letters import number_value, plain_digits, without_accents

CHARS_MAX = 400
"""Characters of a message that are looked at: a longer one tells a story."""

WORDS_MAX = 40
"""The same in words."""

ABOUT = 0.25
"""How far from "about 60" a price may be, as a part of it."""

_NUMBER_WORDS = ("en", "fr", "de", "es", "it", "pt", "nl")
"""Languages whose number words are read."""

_SMALL = 3.0
"""Number words below this are articles and pronouns far more often."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was read. `low`, `high` bound the price, 0 for none. `colours`, `other_colours`: bits of those that are
    wished for, and of those that are not. `words` are folded, without what was read otherwise; `shopping`: it speaks of buying.
    """

    low: float = 0.0
    high: float = 0.0
    about: bool = False
    colours: int = 0
    other_colours: int = 0
    colour_word: str = ""
    sizes: tuple[str, ...] = ()
    gender: str = ""
    age: str = ""
    cheap: bool = False
    sale: bool = False
    shopping: bool = False
    words: tuple[str, ...] = ()
    relations: tuple[str, ...] = field(default=())
    """Words that said for whom, for shops whose products do not say so."""
    spoken: tuple[tuple[str, str], ...] = ()
    """Of `words` those that may be a size, and which: "large"."""
    without: tuple[str, ...] = ()
    """Folded words of what is not wanted."""
    trouble: bool = False
    """It speaks of what was bought already."""


def read_wishes(text: str, languages: Sequence[str], sizes: frozenset[str] = frozenset()) -> Wishes:
    """The wishes of a message. `sizes`: those that the shop has, folded, so that a bare "42" can be one."""
    capitals = _capital_size(text, sizes)
    plain = _plain(text.replace(f" {capitals}", " ") if capitals else text, languages)
    wishes = Wishes(shopping=bool(_CUES.search(f" {_WORD.sub(' ', plain)} ")))
    wishes = replace(wishes, trouble=speaks_of_trouble(plain))
    plain, wishes = _read_sizes(plain, wishes, sizes)
    wishes = replace(wishes, sizes=(capitals.lower(),)) if capitals and not wishes.sizes else wishes
    plain, wishes = _read_price(plain, wishes, sizes)
    for phrase in say.CHEAP_PHRASES:
        if f" {phrase} " in f" {plain} ":
            plain, wishes = plain.replace(phrase, " "), replace(wishes, cheap=True)
    return _read_words(plain, wishes)


_WORD = re.compile(r"[^\w]+")
_JOINED = re.compile(r"(?<![\w'])([a-z])-(?=[a-z]{3})()")
_CUES = re.compile(rf" (?:{say.CUES}) ")
_SPLIT = re.compile(r"[^\w&+-]+|(?<=\w)-(?=\w)|_")
_PART = re.compile(r"(?<!\d)[,.;:!?]+|[,.;:!?]+(?!\d)")
_N = f"(?:{say.NUMBER})"
_C = f"(?:{say.CURRENCY})"
_PRICED = rf"(?:{_C} ?)?(?P<%s>{_N})(?: ?k\b)?(?: ?{_C}(?!\w))?"
_UP_TO = re.compile(rf"(?<!\w)(?:{say.UP_TO}) ?{_PRICED % 'n'}")
_FROM = re.compile(rf"(?<!\w)(?:{say.FROM}) ?{_PRICED % 'n'}(?! ?(?:to|a|bis|-) ?\d)")
_ABOUT = re.compile(rf"(?<!\w)(?:{say.ABOUT}) ?{_PRICED % 'n'}")
_BETWEEN = re.compile(rf"(?<!\w)(?:{say.BETWEEN}) ?{_PRICED % 'a'} ?(?:{say.AND}) ?{_PRICED % 'b'}")
_SPAN = re.compile(
    rf"(?<![\w-])(?:(?:from|de|von|desde|da|van) )?(?P<c>{_C} ?)?(?P<a>{_N})(?: ?{_C})? ?(?:to|a|bis|-|–|tot) "
    rf"?(?:{_C} ?)?(?P<b>{_N})(?P<d> ?{_C}(?!\w))?"
)
_AFTER_UP_TO = re.compile(rf"{_PRICED % 'n'} ?(?:{say.AFTER_UP_TO})(?!\w)")
_AFTER_FROM = re.compile(rf"{_PRICED % 'n'} ?(?:{say.AFTER_FROM})(?!\w)")
_BARE = re.compile(rf"(?<![\w.,-])(?:(?:{_C}) ?(?P<n>{_N})|(?P<m>{_N}) ?{_C}(?!\w))")
_SIZE = re.compile(rf"(?<!\w)(?:{say.SIZE_WORDS})(?![a-z]) ?:? ?(?P<s>\w{{1,5}}(?:[.,/-]\w{{1,4}})?)(?!\w)")
_LETTERS = "|".join(say.SPOKEN_SIZES)
_SPOKEN = re.compile(
    rf"(?<!\w)(?:(?:{say.SIZE_WORDS}) ?:? ?(?P<a>{_LETTERS})(?!\w)|(?P<b>{_LETTERS}) (?:{say.SIZE_WORDS})(?!\w)|"
    rf"in (?:a |an )?(?P<c>{_LETTERS})(?=[.,!?]|$| please))"
)
_IN_SIZE = re.compile(r"(?<!\w)(?:in|en|in a|in an|a|un) (?P<s>xx?s|xx?x?l|[2-5]xl|[sml])(?![\w'’])")


def _plain(text: str, languages: Sequence[str]) -> str:
    """Small letters without accents, numbers in digits, one blank between words."""
    cut = plain_digits(text[:CHARS_MAX]).replace("’", "'")
    for language in dict.fromkeys(each[:2] for each in languages):
        if language in _NUMBER_WORDS:
            cut = str(alpha2digit(cut, language, _SMALL))
    plain = _JOINED.sub(r"\1\2", without_accents(cut.casefold()).replace("ß", "ss"))
    return " ".join(plain.split()[:WORDS_MAX])


def _capital_size(text: str, sizes: frozenset[str]) -> str:
    """A size of one letter, written as one: "t-shirt M". In a message of capitals it may be any letter."""
    if text.isupper():
        return ""
    found = _CAPITAL.search(text)
    return found[1] if found and found[1].lower() in sizes else ""


_CAPITAL = re.compile(r"(?<=[^\s])\s([SML])(?=[\s,.!?]|$)")


# ---- sizes -------------------------------------------------------------------------------------------------


def _read_sizes(plain: str, wishes: Wishes, sizes: frozenset[str]) -> tuple[str, Wishes]:
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        size = match["s"]
        if size in say.LETTER_SIZES or size in sizes or size[:1].isdigit():
            found.append(size)
            return " "
        return match[0]

    plain = _SIZE.sub(take, plain)
    for spoken, size in say.SIZE_PHRASES.items():
        if size in sizes and f" {spoken} " in f" {plain} ":
            plain = f" {plain} ".replace(f" {spoken} ", " ", 1).strip()
            found.append(size)
    for match in _SPOKEN.finditer(plain):
        spoken_size = say.SPOKEN_SIZES[match["a"] or match["b"] or match["c"]]
        if spoken_size in sizes:
            plain = plain.replace(match[0], " ", 1)
            found.append(spoken_size)
    plain = _IN_SIZE.sub(take, plain)
    for word in plain.split():
        if word.strip(".,!?") in say.LETTER_SIZES and len(word.strip(".,!?")) > 1 and word.strip(".,!?") in sizes:
            found.append(word.strip(".,!?"))
            plain = f" {plain} ".replace(f" {word} ", " ", 1).strip()
    perhaps = () if found else tuple(_spoken_sizes(plain, sizes))
    return plain, replace(wishes, sizes=tuple(dict.fromkeys(found)), spoken=perhaps)


def _spoken_sizes(plain: str, sizes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Words that may be a size; only the products that are meant tell."""
    words = f" {_WORD.sub(' ', plain)} "
    for spoken, size in say.SPOKEN_SIZES.items():
        if size in sizes and f" {spoken} " in words:
            words = words.replace(f" {spoken} ", " ")
            yield spoken, size


# ---- prices ------------------------------------------------------------------------------------------------


def _read_price(plain: str, wishes: Wishes, sizes: frozenset[str]) -> tuple[str, Wishes]:
    """The first way in which a price is said counts."""
    for pattern in (_BETWEEN, _SPAN):
        match = pattern.search(plain)
        if match and not _is_measure(plain, match) and (pattern is _BETWEEN or _is_money(match)):
            low, high = sorted((_amount(match["a"]), _amount(match["b"])))
            if 0 < low < high:
                return _without(plain, match), replace(wishes, low=low, high=high)
    for pattern, kind in (
        (_UP_TO, "high"),
        (_AFTER_UP_TO, "high"),
        (_ABOUT, "about"),
        (_FROM, "low"),
        (_AFTER_FROM, "low"),
        (_BARE, "high"),
    ):
        for match in pattern.finditer(plain):
            if not _is_measure(plain, match):
                amount = _amount(match["n"] or match["m"]) if pattern is _BARE else _amount(match["n"])
                if amount > 0:
                    return _further(_without(plain, match), _with_amount(wishes, kind, amount))
    return _bare_size(plain, wishes, sizes)


def _further(plain: str, wishes: Wishes) -> tuple[str, Wishes]:
    """The other bound: "over 20 and under 60"."""
    pattern = _UP_TO if not wishes.high else _FROM
    match = pattern.search(plain) if not wishes.about and (wishes.low or wishes.high) else None
    if match is None or _is_measure(plain, match):
        return plain, wishes
    amount = _amount(match["n"])
    fits = amount > wishes.low if pattern is _UP_TO else 0 < amount < wishes.high
    if not fits:
        return plain, wishes
    return _without(plain, match), _with_amount(wishes, "high" if pattern is _UP_TO else "low", amount)


def _with_amount(wishes: Wishes, kind: str, amount: float) -> Wishes:
    match kind:
        case "high":
            return replace(wishes, high=amount)
        case "low":
            return replace(wishes, low=amount)
        case _:
            return replace(wishes, low=amount * (1 - ABOUT), high=amount * (1 + ABOUT), about=True)


def _is_money(match: re.Match[str]) -> bool:
    """ "40-60" may be a size; with a currency it is none."""
    return bool(match["c"] or match["d"]) or match[0].startswith(("from ", "de ", "von ", "desde "))


def _is_measure(plain: str, match: re.Match[str]) -> bool:
    return say.UNITS.match(plain, match.end()) is not None and not re.search(_C, match[0])


def _amount(written: str) -> float:
    try:
        return number_value(written.strip())
    except ValueError:
        return 0.0


def _without(plain: str, match: re.Match[str]) -> str:
    return f"{plain[: match.start()]} {plain[match.end() :]}"


def _bare_size(plain: str, wishes: Wishes, sizes: frozenset[str]) -> tuple[str, Wishes]:
    """A number that is a size of the shop, alone: "sneakers 42"."""
    if wishes.sizes:
        return plain, wishes
    for match in re.finditer(r"(?<![\w.,-])\d{2}(?:[.,]5)?(?![\w.,-]*\w)", plain):
        if match[0] in sizes and not _is_measure(plain, match):
            return _without(plain, match), replace(wishes, sizes=(match[0],))
    return plain, wishes


# ---- words -------------------------------------------------------------------------------------------------


def _read_words(plain: str, wishes: Wishes) -> Wishes:
    """Colours, for whom, and what is left."""
    reading = _Reading()
    parted = _PART.sub(f" {END} ", plain.replace("'", " "))
    words = [part for each in parted.split() for part in ((END,) if each == END else _SPLIT.split(each)) if part]
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        if not reading.negation.takes(word, after):
            reading.take(word, words[place - 1] if place else "", after)
    return replace(
        wishes,
        colours=reading.colours & ~reading.others,
        other_colours=reading.others,
        colour_word=reading.colour_word,
        gender=reading.gender,
        age=reading.age,
        cheap=wishes.cheap or reading.cheap,
        sale=reading.sale,
        shopping=wishes.shopping or bool(reading.relations),
        words=tuple(dict.fromkeys(reading.words)),
        relations=tuple(reading.relations),
        without=tuple(dict.fromkeys(reading.negation.without)),
    )


@dataclass(slots=True)
class _Reading:
    """What was found, word by word."""

    colours: int = 0
    others: int = 0
    colour_word: str = ""
    gender: str = ""
    age: str = ""
    cheap: bool = False
    sale: bool = False
    words: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    negation: Negation = field(default_factory=Negation)

    def take(self, word: str, before: str, after: str) -> None:
        is_word = word not in say.EMPTY and word not in NOT and len(word) > 1
        if is_word and self.negation.is_unwanted():
            self._take_unwanted(word, before)
        elif bit := bit_of(word, before):
            self.colours |= bit
            self.colour_word = self.colour_word or word
        elif self._is_for(word):
            self.relations.append(word)
        elif word in say.CHEAP:
            self.cheap = True
        elif word in say.SALE and after != "price":
            self.sale = True
        elif word == "montre" and after == "moi":
            return  # "show me", and not a watch
        elif is_word:
            self.words.append(word)

    def _take_unwanted(self, word: str, before: str) -> None:
        """For whom it is not, or what is not to be cheap, says nothing of products."""
        if bit := bit_of(word, before):
            self.others |= bit
        elif word not in say.CHEAP and not any(word in words for words, _, _ in _PEOPLE):
            self.negation.without.append(word)

    def _is_for(self, word: str) -> bool:
        """Whether a word says for whom it is; noted, if so."""
        for words, gender, age in _PEOPLE:
            if word in words:
                self.gender = self.gender or gender
                self.age = self.age or age
                return True
        return False


_PEOPLE = (
    (say.WOMEN | say.HER, "female", ""),
    (say.MEN | say.HIM, "male", ""),
    (say.GIRLS, "female", "kids"),
    (say.BOYS, "male", "kids"),
    (say.CHILDREN, "", "kids"),
    (say.BABIES, "", "infant"),
    (say.OTHERS, "", ""),
)
