"""What the kernel says about processes: CPU time and memory, from /proc. Linux only; reads, never changes anything."""

from __future__ import annotations

import os
import platform
from pathlib import Path

MICROSECONDS_PER_TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def family(pid: int) -> set[int]:
    """`pid` and everything that descends from it now."""
    parents = {int(each.name): _parent(each) for each in PROC.iterdir() if each.name.isdigit()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_microseconds(pid: int) -> int:
    """CPU time that `pid` and its descendants have used, those that have ended and been waited for included."""
    ticks = 0
    for each in family(pid):
        fields = _stat(PROC / str(each))
        ticks += sum(int(value) for value in fields[11:13])
        if each == pid:
            ticks += sum(int(value) for value in fields[13:15])
    return ticks * MICROSECONDS_PER_TICK


def memory_megabytes(pid: int) -> float:
    """Resident memory (VmRSS) of `pid` and its descendants; pages they share count once for each."""
    kilobytes = 0
    for each in family(pid):
        for line in _read(PROC / str(each) / "status").splitlines():
            if line.startswith("VmRSS:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def describe() -> dict[str, str | int]:
    """The machine, in the words that a reader of figures needs."""
    models = [line.split(":", 1)[1].strip() for line in _read(PROC / "cpuinfo").splitlines() if "model name" in line]
    return {
        "cores": os.cpu_count() or 0,
        "processor": models[0] if models else platform.machine(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def _parent(folder: Path) -> int:
    fields = _stat(folder)
    return int(fields[1])


def _stat(folder: Path) -> list[str]:
    """The fields after the command's name (which may hold blanks): state, parent, ..., utime at 11."""
    text = _read(folder / "stat")
    return text[text.rfind(")") + 2 :].split() if text else ["0"] * 20


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
