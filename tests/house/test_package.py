"""What is installed: every file that is needed, exact versions, no address of a package index; commands start fast."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house.papers import read
from tests.house.source import ROOT
from tests.needs import only_when_all_run

BUILT_FROM = ("app", "webhooks", "flows", "pyproject.toml", "README.md", "LICENSE")
HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "fastapi",
    "starlette",
    "numpy",
    "httpx",
    "aiohttp",
    "alembic",
    "fast_use",
)
"""What `frontdesk check` must not wait for."""

# ---- constraints.txt ---------------------------------------------------------------------------------------


def pinned() -> dict[str, list[str]]:
    lines = read("constraints.txt").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, version = line.partition(" ;")[0].partition("==")
        found.setdefault(name.strip().lower().replace("_", "-").replace(".", "-"), []).append(version.strip())
    return found


def test_constraints_hold_versions_and_nothing_else() -> None:
    for line in read("constraints.txt").splitlines():
        assert re.fullmatch(r"[a-z0-9._-]+==[a-z0-9.]+( ; .+)?", line), f"compile constraints.txt anew: {line}"


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    for each in map(Requirement, [*project["dependencies"], *extras]):
        if each.name != "frontdesk":
            versions = pinned().get(each.name.lower().replace("_", "-").replace(".", "-"), [])
            assert versions, f"{each.name} is missing: compile constraints.txt anew"
            assert all(each.specifier.contains(version) for version in versions), (
                f"{each.name}: compile constraints.txt anew"
            )


# ---- start-up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["check", "flows"], ["talk", "flows"]])
def test_a_light_command_loads_nothing_heavy(arguments: list[str]) -> None:
    asked = f"import sys; from app.cli import main; main({arguments}); print([each for each in {HEAVY} if each in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, input="", capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]", "import it inside the command or function that needs it"


# ---- the wheel ---------------------------------------------------------------------------------------------


def copy_of_the_sources(folder: Path) -> Path:
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def pip(*arguments: str, python: str = sys.executable) -> None:
    ran = subprocess.run(
        [python, "-m", "pip", "-q", *arguments], capture_output=True, encoding="utf-8", timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_an_installed_wheel_has_every_file_and_finds_its_example(tmp_path: Path) -> None:
    only_when_all_run()
    sources = tmp_path / "sources"
    sources.mkdir()
    copy_of_the_sources(sources)
    pip("wheel", str(sources), "--no-deps", "-w", str(tmp_path))
    wheel = next(tmp_path.glob("*.whl"))
    packed = set(zipfile.ZipFile(wheel).namelist())
    needed = [
        path.relative_to(sources).as_posix() for top in ("app", "webhooks") for path in (sources / top).rglob("*.*")
    ]
    assert not {each for each in needed if (sources / each).is_file()} - packed
    assert {"app/example/bot.yaml", "app/example/README.md"} <= packed
    pip("install", "--no-deps", "--target", str(tmp_path / "installed"), str(wheel))
    asked = "from app.settings import example_folder; from app.flowfile.check import read_flow; print(read_flow(example_folder()).name)"
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path / "installed", capture_output=True, encoding="utf-8", check=False
    )
    assert ran.stdout == "Piney\n", ran.stderr
