"""Phrases and entries that are added to an owner's FAQ, however he writes it; what cannot be added to safely is left alone."""

from __future__ import annotations

import pytest

from app.flowfile.problems import Report
from app.flowfile.source.nodes import Pairs, plain_of
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.writing.entries import add_entry, add_phrase, entry_lines, find_entry
from app.flowfile.writing.sheet import Sheet


def read(raw: bytes) -> Pairs:
    root = read_yaml("faq.yaml", raw, Report())
    assert isinstance(root, Pairs)
    return root


def with_phrase(written: str, phrase: str) -> str | None:
    top = "faq:\r\n" if "\r" in written else "faq:\n"
    raw = (top + written).encode()
    sheet, entry = Sheet(raw), find_entry(read(raw), "swap")
    assert entry is not None
    return sheet.written().decode().removeprefix(top) if add_phrase(sheet, entry, phrase) else None


BLOCK = "  - id: swap\n    ask:%s\n    answer: Yes.\n"
BRACES = "  - {id: swap, ask: %s, answer: Yes.}\n"


@pytest.mark.parametrize(
    ("form", "before", "after"),
    [
        (BLOCK, " swap   # one", " [swap, can I?]   # one"),
        (BRACES, "swap", "[swap, can I?]"),
        (BRACES, "[a b, 'c, d']", "[a b, 'c, d', can I?]"),
        (BLOCK, " [a,\n      b]", " [a,\n      b, can I?]"),
        (BLOCK, "\n    - a  # why\n    # more", "\n    - a  # why\n    - can I?\n    # more"),
        (BLOCK.replace("\n", "\r\n"), "\r\n      - a", "\r\n      - a\r\n      - can I?"),
    ],
)
def test_a_phrase_stands_last_and_nothing_else_differs(form: str, before: str, after: str) -> None:
    assert with_phrase(form % before, "can I?") == form % after


@pytest.mark.parametrize("form", [BRACES % "[a]", BLOCK % "\n      - a"])
@pytest.mark.parametrize(
    "phrase", ["a, b", 'say "no": #1', "- [x]", "{y}", "it's &me *you !", "null", "?", "straße 5 ünd", "a\\b"]
)
def test_any_words_are_read_back_as_they_were(phrase: str, form: str) -> None:
    changed = with_phrase(form, phrase)
    assert changed is not None
    assert plain_of(read(f"faq:\n{changed}".encode())) == {
        "faq": [{"id": "swap", "ask": ["a", phrase], "answer": "Yes."}]
    }


@pytest.mark.parametrize("written", [BRACES % "", BLOCK % " hello, you", BLOCK % " >\n      long"])
def test_what_cannot_be_added_to_safely_is_left_alone(written: str) -> None:
    assert with_phrase(written, "can I?") is None


def test_an_entry_stands_last_with_its_answer_word_for_word() -> None:
    raw = b"# mine\nfaq:\n- {id: a, ask: [b], answer: C.}\n# the end\nstates: {}\n"
    sheet = Sheet(raw)
    answer = 'Yes: "always" <3\nCome in.'
    assert add_entry(sheet, read(raw), entry_lines("dogs", "pets", ["my dog", "a, dog"], answer))
    text = sheet.written().decode()
    assert text.startswith("# mine\nfaq:\n- {id: a, ask: [b], answer: C.}\n- id: dogs\n")
    [_, added] = plain_of(read(text.encode()))["faq"]
    assert added == {"id": "dogs", "topic": "pets", "ask": ["my dog", "a, dog"], "answer": answer.replace("<", "\\<")}
    assert text.endswith("# the end\nstates: {}\n")


def test_a_list_in_brackets_gets_no_entry() -> None:
    raw = b"faq: [{id: a, ask: b, answer: C.}]\n"
    sheet = Sheet(raw)
    assert not add_entry(sheet, read(raw), entry_lines("x", "", ["y"], "Z."))
    assert sheet.written() == raw
