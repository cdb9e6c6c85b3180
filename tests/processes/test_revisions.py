"""Processes on PostgreSQL serve one revision: a change in one folder, an older folder, a step back."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.crashes.meta import Meta
from tests.crashes.server import FLOW, FRONTDESK, ROOT
from tests.processes.kit import Server, running, until

LIVE_SECONDS = 2.0
SLOW_MACHINE_SECONDS = 3.0
"""On top of it: two cores run everything at once, and a process starts its loops beside the tests'."""
LIVE = re.compile(r"flow live.*?revision\W+([0-9a-f]{32})")


def copies(tmp_path: Path, *names: str) -> list[Path]:
    return [Path(shutil.copytree(FLOW, tmp_path / name)) for name in names]


def serving(meta: Meta, tmp_path: Path, url: str, flows: Path) -> Server:
    return Server(tmp_path, url, meta.port, {"FRONTDESK_FLOWS": str(flows)})


def change(folder: Path, comment: str) -> None:
    with (folder / "bot.yaml").open("a", encoding="utf-8") as file:
        file.write(f"# {comment}\n")


def last_live(server: Server) -> str:
    """The revision that this server took live last; empty while it serves what it started with."""
    found = LIVE.findall(server.log_file().read_text(errors="replace"))
    return found[-1] if found else ""


def frontdesk(server: Server, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, *FRONTDESK, *arguments], cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


async def test_two_processes_on_postgresql_serve_the_same_revision(
    meta: Meta, tmp_path: Path, postgres_url: str
) -> None:
    one, two, old = copies(tmp_path, "one", "two", "old")
    first, second, late = (serving(meta, tmp_path, postgres_url, each) for each in (one, two, old))
    async with running(meta, first, second):
        change(one, "a change")
        took = await until(lambda: last_live(first) != "" and last_live(first) == last_live(second))
        assert took < LIVE_SECONDS + SLOW_MACHINE_SECONDS
        changed = last_live(second)
        async with running(meta, late):
            assert last_live(late) == changed, "an older folder takes what is live before it answers anybody"
        [newest, first_one] = frontdesk(first, "revisions", str(one)).splitlines()
        assert newest.startswith(changed[:12])
        said = frontdesk(first, "revisions", str(one), "--back", first_one[:8])
        assert "until the folder changes" in said
        await until(lambda: last_live(first) == last_live(second) != changed)
        assert last_live(first).startswith(first_one[:12])
        assert (one / "bot.yaml").read_text(encoding="utf-8").endswith("# a change\n"), "the folder is left alone"


async def test_a_broken_change_in_one_folder_reaches_nobody_and_health_says_why(
    meta: Meta, tmp_path: Path, postgres_url: str
) -> None:
    one, two = copies(tmp_path, "one", "two")
    first, second = (serving(meta, tmp_path, postgres_url, each) for each in (one, two))
    async with running(meta, first, second):
        with (one / "bot.yaml").open("a", encoding="utf-8") as file:
            file.write("nonsense: 1\n")
        await until(lambda: problems(first) != [])
        await asyncio.sleep(LIVE_SECONDS)
        assert "F201" in problems(first)[0]
        assert problems(second) == []
        assert "flow live" not in second.log_file().read_text(errors="replace")


def problems(server: Server) -> list[str]:
    with urlopen(f"http://127.0.0.1:{server.port}/health/ready", timeout=5) as answer:
        return list(json.load(answer)["flow_problems"])
