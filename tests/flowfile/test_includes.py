"""`include`: files of the folder and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.flowfile import limits
from app.flowfile.check import check
from tests.flowfile.bots import TOP, good, told, write

WELCOME = "states: {welcome: {say: Hello!, goto: promo}}\n"
PROMO = "states: {promo: {say: PINE15}}\n"


def test_states_may_stand_in_another_file(tmp_path: Path) -> None:
    flow = good(write(tmp_path, f"{TOP}include: [more.yaml]\n{WELCOME}", more=PROMO))
    assert set(flow.states) == {"welcome", "promo"}


def test_a_problem_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    folder = write(
        tmp_path, f"{TOP}include: [more.yaml]\n{WELCOME}", more="states:\n  promo: {say: PINE15, goto: nowhere}\n"
    )
    assert told(folder) == ["F203 at 2:30 in more.yaml"]


def test_a_state_in_two_files_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path, f"{TOP}include: [a.yaml, b.yaml]\n{WELCOME}", a=PROMO, b=PROMO)
    assert told(folder) == ["F102 at 1:10 in b.yaml"]


@pytest.mark.parametrize(
    "name",
    [
        "../out.yaml",
        "/etc/hosts.yaml",
        "a/../../out.yaml",
        "./more.yaml",
        "a\\\\more.yaml",
        "C:/more.yaml",
        "more.txt",
        "more",
        "~/x.yaml/..",
    ],
)
def test_a_name_that_leaves_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path.parent / "out.yaml").write_text(PROMO, encoding="utf-8")
    assert told(write(tmp_path, f'{TOP}include: ["{name}"]\n{WELCOME}', more=PROMO)) == ["F111 at 4:11"]


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    secret, folder = tmp_path / "secret.yaml", tmp_path / "bot"
    folder.mkdir()
    secret.write_text(PROMO, encoding="utf-8")
    (folder / "more.yaml").symlink_to(secret)
    assert told(write(folder, f"{TOP}include: [more.yaml]\n{WELCOME}")) == ["F111 at 4:11"]


def test_a_main_file_that_is_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text(TOP + WELCOME, encoding="utf-8")
    folder = tmp_path / "bot"
    folder.mkdir()
    (folder / "bot.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (problem,) = check(folder).problems
    assert (problem.code, problem.line) == ("F101", 1)
    assert "leads out of the folder" in problem.message


def test_a_main_file_that_is_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    """As a mounted configuration has it."""
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "bot.yaml").write_text(f"{TOP}states:\n  welcome: {{say: Hello!}}\n", encoding="utf-8")
    (tmp_path / "bot.yaml").symlink_to(Path("..data") / "bot.yaml")
    assert good(tmp_path).states.keys() == {"welcome"}


def test_beyond_the_size_of_a_folder_no_file_is_read_any_more(tmp_path: Path) -> None:
    filler = "# " + "x" * 4_000 + "\n"
    fitting = limits.FOLDER_BYTES_MAX // limits.FILE_BYTES_MAX
    names = [f"f{each}" for each in range(2 * fitting)]
    big = filler * (limits.FILE_BYTES_MAX // len(filler) - 1) + "translations: []\n"
    folder = write(
        tmp_path,
        f"{TOP}include: [{', '.join(f'{name}.yaml' for name in names)}]\n{WELCOME}",
        **dict.fromkeys(names, big),
    )
    checked = check(folder)
    assert [each.code for each in checked.problems].count("F109") == 1
    assert len(checked.files) < fitting + 4


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    (code,) = told(write(tmp_path, f"{TOP}include: [a.yaml]\n{WELCOME}"))
    assert code in ("F111 at 4:11", "F101 at 4:11")


def test_a_file_is_included_once_and_only_by_the_first_file(tmp_path: Path) -> None:
    folder = write(tmp_path, f"{TOP}include: [more.yaml, more.yaml]\n{WELCOME}", more=PROMO)
    assert told(folder) == ["F112 at 4:22"]
    write(tmp_path, f"{TOP}include: [more.yaml]\n{WELCOME}", more=f"{PROMO}include: [bot.yaml]\n")
    assert told(folder) == ["F112 at 2:1 in more.yaml"]


def test_an_included_file_has_only_what_may_stand_in_one(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        f"{TOP}include: [more.yaml]\n{WELCOME}",
        more=f"{PROMO}slots: {{size: number}}\nteams: {{care: [anna]}}\n",
    )
    assert told(folder) == ["F201 at 2:1 in more.yaml", "F201 at 3:1 in more.yaml"]


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    names = [f"f{i}" for i in range(limits.INCLUDES_MAX + 1)]
    listed = "".join(f"  - {name}.yaml\n" for name in names)
    folder = write(
        tmp_path, f"{TOP}include:\n{listed}{WELCOME}", **{**dict.fromkeys(names, "translations: []\n"), "f0": PROMO}
    )
    assert told(folder) == [f"F109 at {5 + limits.INCLUDES_MAX}:5"]


def test_broken_yaml_in_one_file_is_told_together_with_that_of_the_others(tmp_path: Path) -> None:
    folder = write(tmp_path, f"{TOP}include: [a.yaml, b.yaml]\n{WELCOME}", a="states: 'x\n", b="states:\n\tx: y\n")
    assert told(folder) == ["F113 at 2:1 in a.yaml", "F107 at 2:1 in b.yaml"]


def test_the_revision_changes_with_any_file_that_is_used_and_with_no_other(tmp_path: Path) -> None:
    folder = write(tmp_path, f"{TOP}include: [more.yaml]\n{WELCOME}", more=PROMO, unused="x")
    before = check(folder).revision
    (folder / "unused.yaml").write_text("y", encoding="utf-8")
    assert check(folder).revision == before
    (folder / "more.yaml").write_text(PROMO.replace("15", "20"), encoding="utf-8")
    assert check(folder).revision != before
