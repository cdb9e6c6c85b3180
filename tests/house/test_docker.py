"""The Dockerfile cannot be built everywhere: it is read closely, and its install and start are run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.house.papers import read
from tests.house.source import ROOT
from tests.house.test_package import copy_of_the_sources
from tests.needs import only_when_all_run
from tests.ports import free_port

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 12
SOON = {**os.environ, "PIP_COMPILE": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Spares a third of the time: what pip has fetched before is taken again, and only what the server imports is compiled."""
PLACES = {"/opt/frontdesk": "venv", "/data": "data", "/flows": "sources/flows"}
"""Places in the image, and what stands for them in the test's folder."""


def instructions(text: str) -> list[tuple[str, str]]:
    """`(RUN, ...)` in order, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def faults(text: str) -> list[str]:
    """What a careful reader would not let pass."""
    steps = instructions(text)
    stages = [value.split()[0] for word, value in steps if word == "FROM"]
    last = steps[max(place for place, (word, _) in enumerate(steps) if word == "FROM") :]
    users = [value for word, value in last if word == "USER"]
    found = [f"{image}: name a tag" for image in stages if not re.search(r":\d+\.\d+-slim-[a-z]+$", image)]
    found += [
        f"{word} {value}: COPY, and name what"
        for word, value in steps
        if word == "ADD" or (word == "COPY" and value.startswith(". "))
    ]
    found += [
        f"{value}: a secret in an image is public"
        for word, value in steps
        if word in ("ENV", "ARG") and _is_secret(value)
    ]
    found += [] if len(stages) > 1 else ["build in a stage of its own"]
    found += [] if users and users[-1] not in ("root", "0") else ["the last stage needs a USER other than root"]
    found += [f"no {word}" for word in ("HEALTHCHECK", "CMD", "EXPOSE") if word not in dict(last)]
    found += [f"{value}: write CMD as a list" for word, value in last if word == "CMD" and not value.startswith("[")]
    return found


def _is_secret(value: str) -> bool:
    return bool(re.search(r"(TOKEN|SECRET|PASSWORD|KEY)\w*=", value))


def test_the_dockerfile_has_no_faults() -> None:
    assert faults(read("Dockerfile")) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("3.11-slim-bookworm", "latest"),
        ("COPY app app", "ADD app app"),
        ("COPY app app", "COPY . ."),
        ("USER frontdesk", "USER root"),
        ("PYTHONUNBUFFERED=1", "FRONTDESK_APP_SECRET=x"),
        ("HEALTHCHECK --interval", "LABEL --interval"),
    ],
)
def test_a_fault_is_found(good: str, bad: str) -> None:
    assert faults(read("Dockerfile").replace(good, bad))


def test_only_named_files_go_to_the_builder() -> None:
    lines = read(".dockerignore").splitlines()
    wanted = {line[1:] for line in lines if line.startswith("!")}
    copied = {each for word, value in instructions(read("Dockerfile")) if word == "COPY" for each in _sources_of(value)}
    assert "*" in lines
    assert copied <= wanted
    assert all((ROOT / each).exists() for each in wanted)


def _sources_of(copy: str) -> list[str]:
    words = [word for word in copy.split() if not word.startswith("--chown")]
    return [] if words[0].startswith("--from") else words[:-1]


def test_what_the_dockerfile_installs_and_starts_serves(tmp_path: Path) -> None:
    only_when_all_run()
    (tmp_path / "data").mkdir()
    (tmp_path / "sources").mkdir()
    (copy_of_the_sources(tmp_path / "sources") / "constraints.txt").write_text(read("constraints.txt"))
    steps = instructions(read("Dockerfile"))
    for word, value in steps:
        if word == "RUN" and "/opt/frontdesk" in value:
            run = shlex.split(_here(value, tmp_path).replace("python -m venv", f"{sys.executable} -m venv"))
            run = [each for each in run if each != "--no-cache-dir"]
            ran = subprocess.run(run, cwd=tmp_path / "sources", env=SOON, capture_output=True, timeout=900, check=False)
            assert ran.returncode == 0, ran.stderr[-2000:]
    port = free_port()
    start = [part.replace("8000", str(port)) for part in json.loads(dict(steps)["CMD"])]
    probe = re.search(r"http://\S+?(?=')", dict(steps)["HEALTHCHECK"])
    assert probe
    _serves(start, probe[0].replace("8000", str(port)), _environment(steps, tmp_path), tmp_path)


def _environment(steps: list[tuple[str, str]], folder: Path) -> dict[str, str]:
    given = dict(pair.split("=", 1) for word, value in steps if word == "ENV" for pair in value.split())
    account = ("PAGE_ID", "PAGE_TOKEN", "APP_ID", "APP_SECRET", "VERIFY_TOKEN")
    return {
        **{name: _here(value, folder).replace("$PATH", "/usr/bin:/bin") for name, value in given.items()},
        **{f"FRONTDESK_{name}": "1000000001" for name in account},
        "FRONTDESK_GRAPH_URL": "http://127.0.0.1:9/v26.0",
    }


def _here(value: str, folder: Path) -> str:
    for place, name in PLACES.items():
        value = value.replace(f"sqlite+aiosqlite:///{place}", f"sqlite+aiosqlite:///{folder / name}")
        value = re.sub(rf"(?<![\w/.]){re.escape(place)}\b", str(folder / name), value)
    return value


def _serves(start: list[str], probe: str, environment: dict[str, str], folder: Path) -> None:
    program = str(folder / "venv/bin" / start[0])
    process = subprocess.Popen([program, *start[1:]], cwd=folder / "data", env=environment)
    try:
        began = time.monotonic()
        while not _answers(probe):
            assert process.poll() is None, "the server ended by itself"
            assert time.monotonic() - began < READY_SECONDS_MAX, "the server did not become ready"
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        # 0, or ended by the signal itself once everything was finished: both are a clean stop for Docker and systemd.
        assert process.wait(STOP_SECONDS_MAX) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def _answers(probe: str) -> bool:
    try:
        with urllib.request.urlopen(probe, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
