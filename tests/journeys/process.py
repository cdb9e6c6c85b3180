"""A command of ours as a process of its own, which can be asked to stop, stopped by force, and started again."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from app.cli import main

ROOT = Path(__file__).resolve().parents[2]
FRONTDESK = ("-c", "import sys; from app.cli import main; sys.exit(main())")
"""The command `frontdesk`, from this checkout whether it is installed or not."""
START_SECONDS_MAX = 60.0
"""A start takes about two seconds; a machine that runs the whole suite at once may need many."""
STOP_SECONDS_MAX = 20.0
POLL_SECONDS = 0.03


class Command:
    """`frontdesk ARGUMENTS…` in its own folder. What it prints goes to a file that stays over restarts.

    `settings` without their prefix; `surroundings` are other variables of its environment.
    """

    def __init__(self, folder: Path, arguments: Sequence[str], settings: Mapping[str, str]) -> None:
        self.folder, self.arguments, self.settings = folder, arguments, dict(settings)
        self.surroundings: dict[str, str] = {}
        self.log = folder / f"{arguments[0]}-{arguments[-1]}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, is_ready: Callable[[], bool]) -> None:
        """Start it and wait until it is ready; a process that ended instead shows its last words."""
        began = time.monotonic()
        process = self.process = self._spawn()
        while not is_ready():
            if process.poll() is not None or time.monotonic() - began > START_SECONDS_MAX:
                raise AssertionError(f"It did not start:\n{self.printed()[-3000:]}")
            time.sleep(POLL_SECONDS)

    def kill(self) -> None:
        """`kill -9`, children included: nothing of it runs on."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS_MAX)

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit code. One that does not stop in time is killed, and the test fails."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"It did not stop:\n{self.printed()[-3000:]}") from None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def printed(self) -> str:
        """Everything that it printed since the first start, both streams."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *FRONTDESK, *self.arguments],
                cwd=self.folder, env={**environment(self.settings), **self.surroundings}, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ours, then these."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return {**ours, "PYTHONPATH": str(ROOT), **{f"FRONTDESK_{name}": value for name, value in settings.items()}}


def run_to_the_end(
    folder: Path, arguments: Sequence[str], settings: Mapping[str, str], typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """A command that is expected to end by itself, soon."""
    return subprocess.run(
        [sys.executable, *FRONTDESK, *arguments],
        cwd=folder, env=environment(settings), input=typed, capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False,
    )  # fmt: skip


def run_here(folder: Path, arguments: Sequence[str], settings: Mapping[str, str], typed: str = "") -> tuple[int, str]:
    """The same in this process, which saves the start; the exit code and all that it said."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as changed, redirect_stdout(said), redirect_stderr(said):
        for name in os.environ.keys() - (wanted := environment(settings)).keys():
            changed.delenv(name)
        for name, value in wanted.items():
            changed.setenv(name, value)
        changed.chdir(folder)
        changed.setattr(sys, "stdin", io.StringIO(typed))
        return main(arguments), said.getvalue()
