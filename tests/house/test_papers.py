"""Papers say what is there: every setting, command, dependency and place; nothing that is not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.papers import commands, papers, read, sections, setting_rows
from tests.house.source import ROOT, assert_none, module, modules

TOP_LEVEL = frozenset(
    {"app", "flows", "webhooks", "tests", "benchmarks", "Dockerfile", "pyproject.toml", "constraints.txt"}
    | {"README.md", "CHANGELOG.md", "LICENSE"}
)
MACHINE_PATHS = tuple("/" + rest for rest in ("work/", "root/", "opt/pypi", "opt/wheels", "tmp/fd", "home/"))
TEXT_FILES = (
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".js",
    ".css",
    ".html",
    ".jinja",
    ".json",
    ".lark",
    ".mako",
    "",
)

# ---- settings, commands, dependencies ----------------------------------------------------------------------


@pytest.mark.parametrize("row", setting_rows())
def test_every_setting_has_its_row_in_readme(row: str) -> None:
    assert row in read("README.md").splitlines(), f"README.md, Settings, needs this row:\n{row}"


def test_readme_has_no_setting_that_is_gone() -> None:
    rows = re.findall(r"^\| `[A-Z_<>]+` \|.*", read("README.md"), re.MULTILINE)
    assert not set(rows) - set(setting_rows())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_in_readme_and_explains_itself_with_an_example(name: str) -> None:
    assert f"| `frontdesk {name}" in read("README.md"), f"README.md, Commands, needs a row for {name}"
    assert str(commands()[name].epilog).startswith(f"Example: frontdesk {name}"), (
        "give the command an epilog with an example"
    )


def test_readme_has_no_command_that_is_gone() -> None:
    assert set(re.findall(r"\| `frontdesk ([a-z-]+)", read("README.md"))) == set(commands())


def test_every_dependency_has_its_reason() -> None:
    reasons = read("app/decisions/0001-dependencies.md")
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    for requirement in [*project["dependencies"], *extras]:
        name = re.split(r"[\[<>=~ ]", requirement)[0]
        assert name in reasons or name == "frontdesk", f"app/decisions/0001-dependencies.md needs a reason for {name}"


# ---- what README shows -------------------------------------------------------------------------------------


def test_readme_gives_the_two_commands() -> None:
    for command in (
        "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt . && .venv/bin/frontdesk demo",
        "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[dev]' && .venv/bin/pytest",
    ):
        assert f"```sh\n{command}\n```" in read("README.md")


def examples() -> list[tuple[str, str]]:
    """`$ command` and what it prints, from every console block of a paper."""
    blocks = re.findall(r"```console\n(.*?)```", "\n".join(papers().values()), re.DOTALL)
    parts = [part.partition("\n") for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, _, printed in parts]


@pytest.mark.parametrize(("command", "printed"), examples())
def test_a_console_example_prints_what_the_paper_says(command: str, printed: str) -> None:
    name, *arguments = command.split()
    assert name == "frontdesk", "only frontdesk is run here; use a sh block for other commands"
    call = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())", *arguments]
    ran = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert ran.stdout + ran.stderr == printed


def test_there_is_an_example_to_run() -> None:
    assert examples()


# ---- links, changelog --------------------------------------------------------------------------------------


def test_every_link_inside_the_project_leads_somewhere() -> None:
    assert_none(list(dead_links(papers())))


def test_a_dead_link_is_found() -> None:
    planted = {
        "README.md": "[a](nowhere.md) [b](#nothing) [c](CHANGELOG.md#nothing) [d](LICENSE) ![e](.github/none.png)"
    }
    assert len(list(dead_links(planted))) == 4


def dead_links(of: Mapping[str, str]) -> Iterator[str]:
    for name, text in of.items():
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", prose):
            if "://" in link or link.startswith("mailto:"):
                continue
            place, _, anchor = link.partition("#")
            target = (ROOT / name).parent / place if place else ROOT / name
            if not target.exists():
                yield f"{name} links to {link}, which does not exist: correct it or add the file."
            elif anchor and anchor not in list(sections(target.read_text("utf-8") if place else text)):
                yield f"{name} links to {link}, but there is no such heading."


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    assert re.search(r"^## Unreleased$", read("CHANGELOG.md"), re.MULTILINE)


def test_every_paper_that_the_code_names_is_there() -> None:
    assert_none(
        [
            problem
            for each in modules("app", "webhooks", "benchmarks")
            for problem in missing_papers(each.path, each.text)
        ]
    )


def test_a_missing_paper_is_found() -> None:
    assert list(missing_papers("app/x.py", '"""See app/decisions/9999-nothing.md."""'))
    assert not list(missing_papers("app/x.py", '"""See app/decisions/0001-dependencies.md."""'))


def missing_papers(path: str, text: str) -> Iterator[str]:
    for name in re.findall(r"[\w./-]*/[\w.-]+\.md\b", text):
        if not (ROOT / name).is_file() and not ((ROOT / path).parent / name).is_file():
            yield f"{path} names {name}, which does not exist: write it, or name the right one."


LEFT_FOR_LATER = tuple(
    word + rest for word, rest in (("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("NotImple", "mentedError"))
)


def test_nothing_is_left_for_later() -> None:
    assert_none([problem for path in our_files() for problem in stubs(path.relative_to(ROOT).as_posix(), _text(path))])


def test_something_left_for_later_is_found() -> None:
    assert list(stubs("app/x.py", f"a = 1  # {LEFT_FOR_LATER[0]}: more"))


def stubs(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if any(re.search(rf"\b{word}", line) for word in LEFT_FOR_LATER):
            yield f"{name}:{number} is left for later: finish it, or leave it out and say so in README.md."


# ---- first lines, top level, paths -------------------------------------------------------------------------


def test_every_module_says_what_it_holds() -> None:
    assert_none(
        [
            problem
            for each in modules("app", "webhooks", "tests", "benchmarks")
            for problem in silent(each.path, each.text)
        ]
    )


def test_a_silent_module_is_found() -> None:
    assert list(silent("app/x.py", "a = 1"))
    assert list(silent("app/x.py", '"""Things"""'))
    assert not list(silent("app/x.py", '"""Holds one number."""\na = 1'))
    assert not list(silent("tests/x/__init__.py", ""))


def silent(path: str, text: str) -> Iterator[str]:
    said = ast.get_docstring(module(path, text).tree) or ""
    # A drawing may follow the first line; a list of keys may end it with a colon.
    if text.strip() and not said.partition("\n")[0].rstrip().endswith((".", ":", "?", ",")) and "\n" not in said:
        yield f"{path}: the first line says what the module holds and what it never does, as a sentence."


def test_nothing_else_lies_at_the_top() -> None:
    ignored = [line.strip("/") for line in read(".gitignore").splitlines() if line]
    names = [path.name for path in ROOT.iterdir() if not path.name.startswith(".")]
    strangers = [name for name in names if name not in TOP_LEVEL and not any(fnmatch(name, each) for each in ignored)]
    assert not strangers, f"{strangers}: move it into a room; the top level is settled in app/README.md"


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert_none(
        [problem for path in our_files() for problem in machine_paths(path.relative_to(ROOT).as_posix(), _text(path))]
    )


def test_a_path_of_a_machine_is_found() -> None:
    assert list(machine_paths("README.md", f"see {MACHINE_PATHS[0]}main"))
    assert not list(machine_paths("README.md", "a framework/thing and /data/frontdesk.db"))


def machine_paths(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for path in MACHINE_PATHS:
            if re.search(rf"(?<![\w.]){re.escape(path)}", line):
                yield f"{name}:{number} names {path}: write a relative path, or make one in the test."


def our_files() -> Iterator[Path]:
    tops = [ROOT / name for name in (*TOP_LEVEL, ".ci", ".github") if (ROOT / name).exists()]
    for top in tops:
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and path.suffix in TEXT_FILES and "__pycache__" not in path.parts:
                yield path


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
