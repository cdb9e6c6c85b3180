"""Lines for a language's pairs: new ones at the end of their list, a mark above stale ones, the file's name in `include`.

Each function changes a `Sheet` and says whether it could: what is written in another way than lines with dashes is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from app.flowfile.problems import Place
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar
from app.flowfile.writing.sheet import Sheet

STALE_MARK = "# Stale: nothing says this any more. Take this pair out, or correct its first sentence."
INDENT = "  "

_BARE = re.compile(r"[^\W\d_][^:#\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
"""What YAML reads as it stands: begins with a letter, and has no sign that could end it."""
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def new_file(first: str, language: str, sentences: Sequence[str], newline: str) -> bytes:
    """A whole file with these sentences, still to be translated."""
    lines = [
        f"# {language}: each sentence of the bot with its translation.",
        f"# Write it between the quotes; until then the bot says it in {first}.",
        "translations:",
        *pair_lines(first, language, sentences, INDENT),
    ]
    return "".join(f"{line}{newline}" for line in lines).encode("utf-8")


def pair_lines(first: str, language: str, sentences: Sequence[str], indent: str) -> list[str]:
    """A pair for each sentence, its translation left open."""
    pairs = ((f"- {first}: {written(each)}", f'{INDENT}{language}: ""') for each in sentences)
    return [f"{indent}{line}" for pair in pairs for line in pair]


def written(sentence: str) -> str:
    """The sentence as YAML reads it back: as it stands where that is safe, else in double quotes."""
    if _BARE.fullmatch(sentence) and not sentence.endswith((" ", "\t")):
        return sentence
    quoted = json.dumps(sentence, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def can_add(sheet: Sheet, root: Pairs) -> bool:
    """Whether the pairs of a file are a list with dashes."""
    node = root.get("translations")
    return isinstance(node, Items) and dash_before(sheet, node.place) is not None


def add_pairs(sheet: Sheet, root: Pairs, languages: tuple[str, str], sentences: Sequence[str]) -> bool:
    """Add these sentences to the `translations` of a file, with a line above that says what to do. `languages`: from and to."""
    node, key = root.get("translations"), root.key("translations")
    if node is None or key is None:
        sheet.add_lines(sheet.lines_count, ["translations:", *_lines(languages, sentences, INDENT)])
        return True
    if isinstance(node, Items) and can_add(sheet, root):
        dash = node.place.column - 1
        sheet.add_lines(sheet.last_line(last_line_of(node), dash), _lines(languages, sentences, " " * dash))
        return True
    if not _empty(sheet, node):
        return False
    sheet.add_lines(key.place.line, _lines(languages, sentences, " " * (key.place.column - 1) + INDENT))
    return True


def _lines(languages: tuple[str, str], sentences: Sequence[str], indent: str) -> list[str]:
    note = f"{indent}# New: write the {languages[1]} of these between the quotes."
    return [note, *pair_lines(*languages, sentences, indent)]


def last_line_of(node: Node) -> int:
    """The line in which the last part of a node begins."""
    match node:
        case Items(items, place):
            return max([place.line, *(last_line_of(each) for each in items[-1:])])
        case Pairs(entries, place):
            return max([place.line, *(last_line_of(value) for _, value in entries[-1:])])
        case _:
            return node.place.line


def _empty(sheet: Sheet, node: Node) -> bool:
    """Make room where nothing is listed yet: after the key, or in empty brackets on its line."""
    if isinstance(node, Scalar):
        return node.is_missing()
    found = re.match(r"\[[ \t]*\]", sheet.rest(node.place))
    if found:
        sheet.insert(node.place, "", instead_of=found.end())
    return found is not None


def dash_before(sheet: Sheet, place: Place) -> int | None:
    """How many blanks stand before the dash of the list that begins there; None for a list in brackets."""
    found = re.match(r"( *)-(\s|$)", sheet.line(place.line))
    return len(found[1]) if found and place.column == len(found[1]) + 1 else None


# ---- stale ones --------------------------------------------------------------------------------------------


def mark_stale(sheet: Sheet, pair: Place) -> bool:
    """Put the mark above the pair that begins there; False if it is there already, or if no line is the pair's own."""
    before = sheet.line(pair.line)[: pair.column - 1]
    if before.strip() not in ("", "-") or is_marked(sheet, pair):
        return False
    indent = before[: len(before) - len(before.lstrip())]
    sheet.add_lines(pair.line - 1, [f"{indent}{STALE_MARK}"])
    return True


def unmark(sheet: Sheet, pair: Place) -> bool:
    """Take the mark away from a pair that is used again; False if there is none."""
    if not is_marked(sheet, pair):
        return False
    sheet.drop_line(pair.line - 1)
    return True


def is_marked(sheet: Sheet, pair: Place) -> bool:
    """Whether the mark stands above the pair that begins there."""
    return sheet.line(pair.line - 1).strip() == STALE_MARK


# ---- include -----------------------------------------------------------------------------------------------


def add_include(sheet: Sheet, root: Pairs, files: Sequence[str]) -> bool:
    """Name these files in the `include` of bot.yaml."""
    node, names = root.get("include"), ", ".join(files)
    if node is None:
        after = root.key("bot") or root.key("flow")
        if after:
            sheet.add_lines(sheet.last_line(after.place.line, after.place.column - 1), [f"include: [{names}]"])
        return after is not None
    if isinstance(node, Scalar):
        return _make_list(sheet, node, names)
    if not isinstance(node, Items) or not node.items:
        return False
    last, dash = node.items[-1], dash_before(sheet, node.place)
    if dash is not None:
        sheet.add_lines(sheet.last_line(last.place.line, dash), [f"{' ' * dash}- {file}" for file in files])
        return True
    return isinstance(last, Scalar) and insert_behind(sheet, last, f", {names}")


def _make_list(sheet: Sheet, name: Scalar, more: str) -> bool:
    """One name becomes a list."""
    if name.is_missing() or not insert_behind(sheet, name, f", {more}]"):
        return False
    sheet.insert(name.place, "[")
    return True


def insert_behind(sheet: Sheet, name: Scalar, words: str) -> bool:
    """Words right behind a text that stands on one line."""
    length = len(name.text) + (0 if name.plain else 2)
    if not name.one_line or name.text not in sheet.rest(name.place)[:length]:
        return False
    sheet.insert(name.place.moved(length), words)
    return True
