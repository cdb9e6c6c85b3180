"""A text as YAML's events, by the exact reader or by the quick one. Builds nothing; knows what neither reader's words mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

LINE_END = re.compile("\r\n|[\n\r]")
"""Where a new line begins for the exact reader."""
NO_SIGN = "a character that no text can hold"
"""`BrokenYamlError.said` for a character that YAML does not allow anywhere."""


class BrokenYamlError(Exception):
    """The text is no YAML from here on. `said` is the library's reason, for programmers; line and column count from 1."""

    def __init__(self, said: str, line: int, column: int) -> None:
        super().__init__(said)
        self.said, self.line, self.column = said, line, column


def exact_events(text: str) -> Iterator[Any]:
    """From ruamel.yaml in pure Python: its reasons and places are the best there are. Raises BrokenYamlError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from YAML(typ="base", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _broken(error) from None
    except ReaderError as error:
        raise _no_sign(text[: error.position]) from None


def quick_events(text: str) -> Iterator[Any]:
    """From libyaml, by PyYAML: thirty times as fast, a little older in what it takes for YAML. Raises BrokenYamlError."""
    from yaml import MarkedYAMLError
    from yaml.cyaml import CParser
    from yaml.reader import ReaderError

    try:
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            yield event
    except MarkedYAMLError as error:
        raise _broken(error) from None
    except ReaderError as error:
        raise _no_sign(text.encode()[: error.position].decode("utf-8", "replace")) from None


@cache
def can_be_quick() -> bool:
    """Whether there is libyaml: PyYAML can be built without."""
    try:
        import yaml.cyaml  # noqa: F401
    except ImportError:
        return False
    return True


def _broken(error: Any) -> BrokenYamlError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return BrokenYamlError(error.problem or "", line, column)


def _no_sign(before: str) -> BrokenYamlError:
    lines = LINE_END.split(before)
    return BrokenYamlError(NO_SIGN, len(lines), len(lines[-1]) + 1)
