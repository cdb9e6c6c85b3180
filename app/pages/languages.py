"""The words of the pages in every language that they speak. Knows no page.

Each room keeps its own in `app/<room>/words/<language>.toml`: `[sign_in]` and `title = "Sign in"` make `sign_in.title`.
Text in braces is filled in: `"Hello {name}"`. Where a number decides there are two keys, `waiting.one` and `waiting.other`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
"""The first is for browsers that ask for neither."""
ACCEPTED_CHARS_MAX = 500
"""Of an Accept-Language header; browsers send under 100."""
_ROOMS = Path(__file__).parent.parent
_FIELD = re.compile(r"\{(\w+)\}")


class Words:
    """One language: `t("sign_in.title")`, `t("hello", name="Ada")`, `t.count("waiting", 3)`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of this key, values put in as they are; a template escapes it. Raises KeyError for an unknown key or value."""
        return _FIELD.sub(lambda found: str(values[found[1]]), self.texts[key])

    def count(self, key: str, number: int, **values: object) -> str:
        """The text for that many things: `key.one` or `key.other`, with `{number}`."""
        single = number == 1 or (number == 0 and self.language == "fr")
        return self(f"{key}.{'one' if single else 'other'}", number=number, **values)


@cache
def words_of(language: str) -> Words:
    """All rooms' words. Raises ValueError when two rooms use one key."""
    texts: dict[str, str] = {}
    for path in sorted(_ROOMS.rglob(f"words/{language}.toml")):
        for key, text in _flat(tomllib.loads(path.read_text("utf-8"))):
            if key in texts:
                raise ValueError(f"{path.parent.parent.name}/words/{language}.toml: {key} stands in another room too")
            texts[key] = text
    return Words(language, texts)


def choose_language(accepted: str) -> str:
    """The language of ours that an Accept-Language header likes best: `fr-CH, fr;q=0.9, en;q=0.8` gives fr."""
    liked: list[tuple[float, str]] = []
    for part in accepted[:ACCEPTED_CHARS_MAX].split(","):
        name, _, weight = part.strip().partition(";q=")
        language = name.partition("-")[0].strip().lower()
        if language in LANGUAGES:
            liked.append((_weight(weight), language))
    # Of two that are liked alike the first one stands first.
    best = max(liked, key=lambda each: each[0], default=(0.0, LANGUAGES[0]))
    return best[1] if best[0] > 0 else LANGUAGES[0]


def _weight(written: str) -> float:
    try:
        return min(max(float(written or 1), 0.0), 1.0)
    except ValueError:
        return 0.0


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)
