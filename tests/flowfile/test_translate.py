"""`frontdesk translate`: what it adds, what it marks, and that nothing else in a file changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.flowfile.check import check
from app.flowfile.limits import INCLUDES_MAX
from app.flowfile.problems import Report
from app.flowfile.rules.yaml import UNPRINTABLE
from app.flowfile.source.nodes import plain_of
from app.flowfile.source.yamlfile import read_yaml
from app.flowfile.writing.pairs import STALE_MARK, pair_lines
from app.flowfile.writing.shares import PAIRS_MAX
from tests.flowfile.bots import TOP, told, write

SHOP = Path(__file__).parents[2] / "flows"
WELCOME = "states:\n  welcome: {say: Hello!, choices: {Good bye: end}}\n"
FRENCH = "# Ours.\ntranslations:\n  - {en: Hello!, fr: Bonjour !}  # as we say it\n\n  # the rest\n"
NEW = '  # New: write the fr of these between the quotes.\n  - en: Good bye\n    fr: ""\n'


def translate(folder: Path, language: str = "fr") -> int:
    return main(["translate", language, str(folder)])


def french(folder: Path, text: str) -> Path:
    """A bot whose French file holds this."""
    return write(folder, f"{TOP}include: [lang/fr.yaml]\n{WELCOME}", lang__fr=text)


def text_of(folder: Path, name: str = "lang/fr.yaml") -> str:
    return (folder / name).read_bytes().decode("utf-8")


def lines_stay(before: bytes, after: bytes) -> bool:
    """Whether every line of `before` is in `after`, in its order, to the last byte."""
    lines = iter(after.split(b"\n"))
    return all(line in lines for line in before.split(b"\n"))


# ---- adding ------------------------------------------------------------------------------------------------


def test_missing_sentences_are_added_behind_the_last_pair_and_nothing_else_changes(tmp_path: Path) -> None:
    folder = french(tmp_path, FRENCH)
    assert translate(folder) == 0
    assert text_of(folder) == FRENCH.replace("\n\n  # the rest\n", f"\n{NEW}\n  # the rest\n")
    assert text_of(folder, "bot.yaml") == f"{TOP}include: [lang/fr.yaml]\n{WELCOME}"


def test_a_second_time_nothing_is_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = french(tmp_path, FRENCH)
    translate(folder)
    before = text_of(folder)
    capsys.readouterr()
    assert translate(folder) == 0
    assert text_of(folder) == before
    assert capsys.readouterr().out == "Listed before, and still without fr: 1 sentence.\n"


def test_what_is_filled_in_is_said_and_then_there_is_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = french(tmp_path, FRENCH)
    translate(folder)
    (folder / "lang/fr.yaml").write_text(text_of(folder).replace('""', '"Au revoir"'), encoding="utf-8")
    assert told(folder, "F901", "F902") == []
    capsys.readouterr()
    assert translate(folder) == 0
    assert (
        capsys.readouterr().out
        == f"Nothing to add: every sentence of {folder.as_posix()} has its translation into fr.\n"
    )


@pytest.mark.parametrize(
    "file",
    [
        FRENCH,
        FRENCH.replace("\n", "\r\n"),
        FRENCH.rstrip("\n"),
        "\ufeff" + FRENCH,
        "translations:\n- en: Hello!\n  fr: Bonjour !\n",
        "translations:\n- en: Hello!\n  fr: >-\n    # no\n    comment\n\n\nstates:\n  other: {say: '1', goto: welcome}\nmoved: {}\n",
        'translations:\n  - {fr: "Bonjour\n    !", en: Hello!}\n# behind\n',
        "translations:\n  - {en: Hello!,\nfr: Bonjour !}\n",
        "translations:\n  -\n    en: Hello!\n    fr: |\n      Bonjour\n\n      !\n  # ours\n",
        "translations:\nstates: {other: {say: '1', goto: welcome}}\n",
        "translations:",
        "states: {other: {say: '1', goto: welcome}}",
        "# nothing yet\n",
        "",
        "translations:\n  - {en: Hello!\u2028, fr: Bonjour !}\n",
    ],
)
def test_only_lines_are_added_byte_for_byte(file: str, tmp_path: Path) -> None:
    folder = french(tmp_path, file)
    (folder / "lang/fr.yaml").write_bytes(file.encode("utf-8"))
    before, problems = (folder / "lang/fr.yaml").read_bytes(), check(folder).problems
    assert translate(folder) == 0
    after = (folder / "lang/fr.yaml").read_bytes()
    assert lines_stay(before, after)
    assert len(before) < len(after)
    assert {each.code for each in check(folder).problems if each.code[:2] in ("F1", "F9")} <= {
        each.code for each in problems
    }
    assert ("\r\n" in file) == (b"\r\n" in after)
    assert (b"\n" in after.replace(b"\r\n", b"")) == ("\r\n" not in file)
    again = (folder / "lang/fr.yaml").read_bytes()
    assert translate(folder) == 0
    assert (folder / "lang/fr.yaml").read_bytes() == again


def test_an_empty_list_makes_room_for_the_first_pairs(tmp_path: Path) -> None:
    folder = french(tmp_path, "translations: [ ]  # none yet\n")
    assert check(folder).flow is None
    assert translate(folder) == 0
    assert text_of(folder).startswith("translations:   # none yet\n  # New: ")
    assert told(folder) == []


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=60).map(str.strip).filter(lambda each: each and not UNPRINTABLE.search(each)))
def test_every_sentence_is_written_as_it_is_read_back(sentence: str) -> None:
    lines = "\n".join(["translations:", *pair_lines("en", "fr", [sentence], "  ")])
    report = Report()
    node = read_yaml("fr.yaml", lines.encode("utf-8"), report)
    assert report.sorted() == ()
    assert node is not None
    assert plain_of(node) == {"translations": [{"en": sentence, "fr": ""}]}


# ---- the language's file -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("include", "after"),
    [
        ("", f"{TOP.splitlines()[0]}\n{TOP.splitlines()[1]}\ninclude: [lang/fr.yaml]\n{TOP.splitlines()[2]}\n"),
        ("include: [more.yaml]  # ours\n", f"{TOP}include: [more.yaml, lang/fr.yaml]  # ours\n"),
        ('include: ["more.yaml" ]\n', f'{TOP}include: ["more.yaml", lang/fr.yaml ]\n'),
        ("include: more.yaml\n", f"{TOP}include: [more.yaml, lang/fr.yaml]\n"),
        ("include:\n- more.yaml # one\n", f"{TOP}include:\n- more.yaml # one\n- lang/fr.yaml\n"),
        ("include:\n  - more.yaml\n", f"{TOP}include:\n  - more.yaml\n  - lang/fr.yaml\n"),
    ],
)
def test_a_language_without_a_file_gets_one_that_is_included(include: str, after: str, tmp_path: Path) -> None:
    more = "states: {other: {say: '1', goto: welcome}}\n"
    write(tmp_path, f"{TOP}{include}{WELCOME}", **({"more": more} if include else {}))
    assert translate(tmp_path) == 0
    assert text_of(tmp_path, "bot.yaml") == after + WELCOME
    assert text_of(tmp_path).endswith('translations:\n  - en: Hello!\n    fr: ""\n  - en: Good bye\n    fr: ""\n')
    assert told(tmp_path, "F902") == (["F205 at 1:10 in more.yaml"] if include else [])


def test_pairs_go_where_most_of_the_language_are(tmp_path: Path) -> None:
    main_file = f"{TOP}include: [words.yaml]\n{WELCOME}"
    write(tmp_path, main_file, words="translations:\n  - {en: Hello!, fr: Bonjour !}\n")
    assert translate(tmp_path) == 0
    assert text_of(tmp_path, "words.yaml").endswith(NEW)
    assert text_of(tmp_path, "bot.yaml") == main_file


def many(number: int) -> str:
    said = "".join(f"      - Sentence {each} of many.\n" for each in range(number))
    return f"states:\n  welcome:\n    say:\n{said}"


def test_more_pairs_than_one_file_should_hold_go_on_in_another(tmp_path: Path) -> None:
    top = f"{TOP}include: [lang/fr.yaml]\n"
    write(tmp_path, top + many(PAIRS_MAX + 10), lang__fr="translations:\n  - {en: Sentence 0 of many., fr: Zéro.}\n")
    assert translate(tmp_path) == 0
    assert text_of(tmp_path).count("- ") == PAIRS_MAX
    assert text_of(tmp_path, "lang/fr-2.yaml").count("- ") == 10
    assert "include: [lang/fr.yaml, lang/fr-2.yaml]\n" in text_of(tmp_path, "bot.yaml")
    write(tmp_path, text_of(tmp_path, "bot.yaml") + "      - One more.\n")
    assert translate(tmp_path) == 0
    assert text_of(tmp_path, "lang/fr-2.yaml").endswith('  - en: One more.\n    fr: ""\n')
    assert text_of(tmp_path).count("- ") == PAIRS_MAX


def test_a_new_language_may_need_several_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, TOP + many(2 * PAIRS_MAX + 1))
    assert translate(tmp_path) == 0
    assert "\ninclude: [lang/fr.yaml, lang/fr-2.yaml, lang/fr-3.yaml]\n" in text_of(tmp_path, "bot.yaml")
    assert told(tmp_path) == []


def test_pairs_in_brackets_elsewhere_stay_and_the_language_gets_its_own_file(tmp_path: Path) -> None:
    pairs = "translations: [{en: Hello!, fr: Bonjour !}]\n"
    write(tmp_path, f"{TOP}{pairs}{WELCOME}")
    assert translate(tmp_path) == 0
    assert pairs in text_of(tmp_path, "bot.yaml")
    assert text_of(tmp_path).endswith('translations:\n  - en: Good bye\n    fr: ""\n')


def test_a_file_of_the_language_that_is_not_included_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, f"{TOP}{WELCOME}", lang__fr=FRENCH)
    assert translate(tmp_path) == 2
    assert "lang/fr.yaml" in capsys.readouterr().err
    assert text_of(tmp_path) == FRENCH


def test_a_folder_that_leads_elsewhere_gets_no_file(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "bot"
    outside.mkdir()
    folder.mkdir()
    write(folder, f"{TOP}{WELCOME}")
    (folder / "lang").symlink_to(outside)
    assert translate(folder) == 2
    assert list(outside.iterdir()) == []


def test_a_list_in_brackets_is_not_touched_and_the_owner_is_told_how_to_write_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = french(tmp_path, "translations: [{en: Hello!, fr: Bonjour !}]\n")
    assert translate(folder) == 2
    assert "a list with dashes" in capsys.readouterr().err
    assert text_of(folder) == "translations: [{en: Hello!, fr: Bonjour !}]\n"


def test_a_file_that_cannot_be_added_to_safely_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "{flow: 1, bot: {name: Piney, languages: [en, fr]}, messenger: {start: welcome}, states: {welcome: {say: Hi}}}\n"
    assert translate(write(tmp_path, text)) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert text_of(tmp_path, "bot.yaml") == text
    assert not (tmp_path / "lang").exists()


def test_no_more_files_are_included_than_may_be(tmp_path: Path) -> None:
    names = [f"f{number}" for number in range(INCLUDES_MAX)]
    more = {name: f"states: {{{name}: {{say: '1', goto: welcome}}}}\n" for name in names}
    write(tmp_path, f"{TOP}include: [{', '.join(f'{name}.yaml' for name in names)}]\n{WELCOME}", **more)
    assert translate(tmp_path) == 2
    assert not (tmp_path / "lang").exists()


def test_rights_and_links_stay(tmp_path: Path) -> None:
    folder = french(tmp_path, FRENCH)
    (folder / "lang/fr.yaml").rename(folder / "lang/french.yaml")
    (folder / "lang/fr.yaml").symlink_to("french.yaml")
    (folder / "lang/french.yaml").chmod(0o640)
    assert translate(folder) == 0
    assert (folder / "lang/fr.yaml").is_symlink()
    assert (folder / "lang/french.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in (folder / "lang").iterdir()) == ["fr.yaml", "french.yaml"]


def test_a_file_that_cannot_be_written_is_told_and_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = french(tmp_path, FRENCH)
    (folder / "lang/.fr.yaml.new").mkdir()
    assert translate(folder) == 2
    assert "lang/fr.yaml cannot be written" in capsys.readouterr().err
    assert text_of(folder) == FRENCH


def test_what_a_crash_has_left_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = french(tmp_path, FRENCH)
    (folder / "elsewhere").write_text("mine")
    (folder / "lang/.fr.yaml.new").symlink_to(folder / "elsewhere")
    assert translate(folder) == 0
    assert NEW in text_of(folder)
    assert (folder / "elsewhere").read_text() == "mine"


# ---- stale -------------------------------------------------------------------------------------------------

GONE = "translations:\n  - {en: Hello!, fr: Bonjour !}\n  - {en: Good day, fr: Bonne journée}\n"


def test_a_stale_pair_is_marked_and_its_likely_sentence_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = french(tmp_path, GONE)
    assert translate(folder) == 0
    assert text_of(folder) == GONE.replace("  - {en: Good day", f"  {STALE_MARK}\n  - {{en: Good day") + NEW
    assert f"{folder.as_posix()}/lang/fr.yaml:4: stale" in capsys.readouterr().out
    before = text_of(folder)
    assert translate(folder) == 0
    assert text_of(folder) == before


def test_a_mark_goes_when_its_sentence_is_said_again(tmp_path: Path) -> None:
    folder = french(tmp_path, GONE)
    translate(folder)
    write(folder, text_of(folder, "bot.yaml").replace("Good bye", "Good day"))
    assert translate(folder) == 0
    assert text_of(folder).startswith(GONE)


def test_a_pair_of_another_language_is_left_alone(tmp_path: Path) -> None:
    folder = french(tmp_path, FRENCH)
    german = "translations:\n  - {en: Gone, de: Weg}\n"
    write(folder, f"{TOP.replace(', fr', ', fr, de')}include: [lang/fr.yaml, de.yaml]\n{WELCOME}", de=german)
    assert translate(folder) == 0
    assert text_of(folder, "de.yaml") == german


def test_nothing_is_marked_while_a_text_could_not_be_read(tmp_path: Path) -> None:
    folder = french(tmp_path, GONE)
    write(folder, text_of(folder, "bot.yaml").replace("say:", "sya:"))
    assert translate(folder) == 0
    assert STALE_MARK not in text_of(folder)


# ---- refusals ----------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_read_is_reported_as_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = french(tmp_path, "translations:\n  - {en: Hello, you, fr: Salut}\n")
    assert translate(folder) == 1
    assert "lang/fr.yaml:2:17: F104 " in capsys.readouterr().out


@pytest.mark.parametrize(("language", "said"), [("de", "[en, fr, de]"), ("en", "written in en"), ("fra", 'mean "fr"')])
def test_a_language_that_it_cannot_be_is_told(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert translate(french(tmp_path, FRENCH), language) == 2
    assert said in capsys.readouterr().err


def test_the_shop_has_everything_in_french_and_gets_a_whole_new_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder)
    assert translate(folder) == 0
    assert capsys.readouterr().out.startswith("Nothing to add")
    bot = folder / "bot.yaml"
    bot.write_text(bot.read_text("utf-8").replace("[en, fr]", "[en, fr, de]"), encoding="utf-8")
    assert translate(folder, "de") == 0
    assert text_of(folder, "lang/fr.yaml") == (SHOP / "lang/fr.yaml").read_text("utf-8")
    assert 'Hi <first_name>! What can I do for you?\n    de: ""\n' in text_of(folder, "lang/de.yaml")
    assert [each.code for each in check(folder).problems] == ["F901"]
