"""What translations lack, told at its place, and what they do not need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flowfile.bots import TOP, good, problems_in, told, write

SLOTS = "slots: {occasion: [Work, Party], email: email}\n"
STATES = "states:\n  welcome: {say: Hi <email>!}\n"
CODES = ("F901", "F902", "F903", "F904")


def bot(pairs: str = "", states: str = STATES) -> str:
    return f"{TOP}{SLOTS}translations:\n  - {{en: Work, fr: Travail}}\n  - {{en: Party, fr: Fête}}\n{pairs}{states}"


# ---- missing -----------------------------------------------------------------------------------------------


def test_a_missing_translation_is_told_where_its_sentence_stands(tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot()), *CODES)
    assert (problem.code, problem.line, problem.column, problem.advice) == ("F901", 9, 18, True)
    assert '"Hi <email>!"' in problem.message
    assert "frontdesk translate fr" in problem.hint


def test_many_missing_translations_are_told_once_for_a_language(tmp_path: Path) -> None:
    said = "".join(f"      - Sentence {'x' * number}\n" for number in range(1, 100))
    folder = write(tmp_path, bot(states=f"states:\n  welcome:\n    say:\n{said}").replace("[en, fr]", "[en, fr, de]"))
    german, french = problems_in(folder, *CODES)
    assert (french.code, french.line, french.column) == ("F901", 11, 9)
    assert french.message.startswith("99 texts are in en only, without a translation into fr: ")
    assert french.message.endswith('"Sentence xxx" …')
    assert (german.line, german.message[:9]) == (4, "101 texts")


@pytest.mark.parametrize(
    "said",
    [
        "<email>",
        "https://shop.example/<email>",
        "https://shop.example",
        "12 + 3",
        "👍",
        '"<email>, <occasion>"',
        "S",
        "4 x 5",
    ],
)
def test_what_nobody_could_translate_is_not_missing(said: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(states=f"states:\n  welcome: {{say: {said}}}\n")), *CODES) == []


def test_codes_and_currencies_are_the_same_everywhere(tmp_path: Path) -> None:
    receipt = "{receipt: {order: A7, name: <bot_name>, currency: EUR, payment: '1', total: 55}}"
    say = f"say: ['1', {{coupon: {{title: 10%, code: PINE}}}}, {receipt}]"
    assert told(write(tmp_path, bot(states=f"states:\n  welcome: {{{say}}}\n")), *CODES) == []


@pytest.mark.parametrize("said", ["OK", "à", "是", "XL", "Buy <email>"])
def test_a_word_however_short_wants_a_translation(said: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(states=f"states:\n  welcome: {{say: {said}}}\n")), *CODES) == ["F901 at 9:18"]


def test_a_note_for_staff_need_not_be_translated_but_may_be(tmp_path: Path) -> None:
    handoff = "teams: {care: [anna]}\nstates:\n  welcome: {handoff: care, note: Order lost, remind: {after: 1 hour, goto: end}}\n"
    assert told(write(tmp_path, bot(states=handoff)), *CODES) == []
    assert told(write(tmp_path, bot("  - {en: Order lost, fr: Colis perdu}\n", handoff)), *CODES) == []


@pytest.mark.parametrize(
    "part",
    [
        "messenger: {start: welcome, menu: {%s: welcome}}",
        "messenger: {start: welcome, starters: {%s: welcome}}",
        "messenger: {start: welcome, greeting: %s}",
        "messenger: {start: welcome, comments: {hear: [%s], goto: welcome}}",
        "anywhere: [{hear: [%s], goto: welcome}]",
        "faq: [{id: a, ask: [%s], answer: '1'}]",
        "faq: [{id: a, ask: ['1'], answer: %s}]",
        "slots: {a: [%s]}",
        "products: [{id: a, name: %s}]",
        "products: [{id: a, name: '1', description: %s}]",
        "slots: {a: {type: number, hint: %s}}",
    ],
)
def test_whatever_customers_read_or_write_wants_a_translation(part: str, tmp_path: Path) -> None:
    top = "flow: 1\nbot: {name: Piney, languages: [en, fr]}\n"
    top += "" if part.startswith("messenger") else "messenger: {start: welcome}\n"
    folder = write(tmp_path, f"{top}{part % 'Words'}\nstates:\n  welcome: {{say: '1'}}\n")
    (problem,) = problems_in(folder, *CODES)
    line = top.count("\n") + 1
    assert (problem.code, problem.line, problem.column) == ("F901", line, part.index("%s") + 1)


def test_a_bot_of_one_language_lacks_nothing(tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP.replace(', fr', '')}{STATES.replace('<email>', 'you')}"), *CODES) == []


def test_one_file_for_each_language_is_as_good_as_one_for_all(tmp_path: Path) -> None:
    top = TOP.replace("[en, fr]", "[en, fr, de]") + "include: [fr.yaml, de.yaml]\n"
    flow = good(
        write(
            tmp_path,
            f"{top}states: {{welcome: {{say: Hello!}}}}\n",
            fr="translations: [{en: Hello!, fr: Bonjour !}]\n",
            de="translations: [{en: Hello!, de: Hallo!}]\n",
        ),
        *CODES,
    )
    assert set(flow.states["welcome"].say[0].by_language) == {"en", "fr", "de"}  # type: ignore[union-attr]


# ---- stale -------------------------------------------------------------------------------------------------

GREETED = "  - {en: Hi <email>!, fr: Salut <email> !}\n"


def test_a_stale_pair_is_told_with_the_sentence_that_may_be_meant(tmp_path: Path) -> None:
    stale, missing = problems_in(write(tmp_path, bot("  - {en: Hi <email>., fr: Salut <email>.}\n")), *CODES)
    assert (missing.code, stale.code, stale.line, stale.column, stale.advice) == ("F901", "F902", 8, 10, True)
    assert stale.hint == 'Did you mean "Hi <email>!" (bot.yaml, line 10)?'


def test_long_sentences_are_near_by_their_beginnings(tmp_path: Path) -> None:
    long = "We are open from Monday to Friday, and on Saturday until noon, but never on Sunday"
    states = f"states:\n  welcome: {{say: '{long} in the winter months.'}}\n"
    stale = problems_in(write(tmp_path, bot(f"  - {{en: '{long}.', fr: Horaires}}\n", states)), *CODES)[0]
    assert stale.hint.startswith('Did you mean "We are open')


def test_a_stale_pair_that_is_like_nothing_says_what_to_do(tmp_path: Path) -> None:
    (stale,) = problems_in(write(tmp_path, bot(f"{GREETED}  - {{en: Brrr, fr: Grrr}}\n")), *CODES)
    assert (stale.code, stale.line, stale.column) == ("F902", 9, 10)
    assert "letter by letter" in stale.hint


def test_nothing_is_called_stale_while_a_text_could_not_be_read(tmp_path: Path) -> None:
    states = "states:\n  welcome:\n    sya: Hi <email>!\n"
    assert told(write(tmp_path, bot(GREETED, states)), *CODES) == ["F202 at 10:3", "F201 at 11:5"]


def test_blanks_around_a_sentence_do_not_matter(tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(GREETED.replace("Hi <email>!", '" Hi <email>! "'))), *CODES) == []


# ---- identical ---------------------------------------------------------------------------------------------


def test_a_translation_that_only_repeats_its_sentence_is_advice(tmp_path: Path) -> None:
    states = "states:\n  welcome: {say: Good bye}\n"
    (problem,) = problems_in(write(tmp_path, bot("  - {en: Good bye, fr: Good bye}\n", states)), *CODES)
    assert (problem.code, problem.line, problem.column, problem.advice) == ("F903", 8, 24, True)


def test_one_word_may_be_the_same_in_two_languages(tmp_path: Path) -> None:
    states = "states:\n  welcome: {say: OK 24/7 <email>}\n"
    assert told(write(tmp_path, bot("  - {en: OK 24/7 <email>, fr: OK 24/7 <email>}\n", states)), *CODES) == []


# ---- variables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("french", "place", "hint"),
    [
        ("Salut !", "8:27", "Write <email> where its value belongs."),
        ("Salut <said> !", "8:33", "Did you mean <email>?"),
        ("'Salut <email>, <said> !'", "8:43", "Take it out"),
        ('"\\\\<email>"', "8:27", "Write <email>"),
    ],
)
def test_a_translation_with_other_values_is_a_problem(french: str, place: str, hint: str, tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot(f"  - {{en: Hi <email>!, fr: {french}}}\n")), *CODES)
    assert (problem.code, f"{problem.line}:{problem.column}", problem.advice) == ("F904", place, False)
    assert problem.hint.startswith(hint)


def test_values_may_stand_in_another_order_and_twice(tmp_path: Path) -> None:
    states = "states:\n  welcome: {say: Hi <email> from <bot_name>!}\n"
    pair = "  - {en: Hi <email> from <bot_name>!, fr: <bot_name> salue <email> et <email> !}\n"
    assert told(write(tmp_path, bot(pair, states)), *CODES) == []


def test_a_value_that_nothing_has_is_told_once(tmp_path: Path) -> None:
    pair = "  - {en: Hi <email>!, fr: Salut <emial> !}\n"
    assert told(write(tmp_path, bot(pair)), *CODES) == ["F401 at 8:33"]
