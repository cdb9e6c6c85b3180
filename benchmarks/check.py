"""What `check` costs on a large bot, in seconds and memory, without faults and with them.

python -m benchmarks.check [STATES] [FILES]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.big_bot import write_bot

ROOT = Path(__file__).parent.parent
STATES, FILES = 10_000, 300
"""What the language promises to check in seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bot to be checked: `spoil` is done to the text of each included file, with the file's number."""

    name: str
    languages: tuple[str, ...] = ("en",)
    spoil: Callable[[str, int], str] | None = None


def _one_wrong_target(text: str, _: int) -> str:
    return text.replace("goto: s", "goto: x", 1)


def _many_wrong_names(text: str, _: int) -> str:
    return text.replace("<budget>", "<budgit>").replace("to: s", "to: z")


def _doubled_key(text: str, _: int) -> str:
    return text.replace("    goto: s", "    goto: end\n    goto: s", 1)


def _open_quote_in_the_last_line(text: str, _: int) -> str:
    return text + 'faq: "open\n'


def _open_quote_in_one_file(text: str, number: int) -> str:
    return _open_quote_in_the_last_line(text, number) if number == 7 else text


ROWS = (
    Row("clean, one language"),
    Row("clean, two languages", ("en", "fr")),
    Row("a wrong target in each file", spoil=_one_wrong_target),
    Row("wrong names everywhere", spoil=_many_wrong_names),
    Row("one file that is no YAML", spoil=_open_quote_in_one_file),
    Row("a doubled key in each file", spoil=_doubled_key),
    Row("every file no YAML", spoil=_open_quote_in_the_last_line),
    Row("every file no YAML, two languages", ("en", "fr"), _open_quote_in_the_last_line),
)


def measure(row: Row, states: int, files: int) -> dict[str, Any]:
    """Write the bot and check it in a process of its own, whose peak memory is then the check's."""
    with tempfile.TemporaryDirectory() as made:
        folder = write_bot(Path(made) / "bot", states, files, row.languages)
        for number, path in enumerate(sorted(folder.glob("part*.yaml"))):
            if row.spoil:
                path.write_text(row.spoil(path.read_text("utf-8"), number), encoding="utf-8")
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.check", "--one", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    return {"name": row.name, "megabytes": round(megabytes, 1), **json.loads(done.stdout)}


def check_one(folder: Path) -> dict[str, Any]:
    """Seconds of the check alone, peak memory of this process with everything imported, and what was found."""
    from app.flowfile.check import check

    idle = _peak_megabytes()
    began, cpu = time.perf_counter(), time.process_time()
    checked = check(folder)
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "idle_mb": round(idle),
        "peak_mb": round(_peak_megabytes()),
        "states": len(checked.as_read.states) if checked.as_read else 0,
        "problems": len(checked.problems),
        "first": str(checked.problems[0])[:100] if checked.problems else "",
    }


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        print(json.dumps(check_one(Path(arguments[1]))))
        return
    states, files = (int(arguments[0]), int(arguments[1])) if len(arguments) > 1 else (STATES, FILES)
    print(f"{states:,} states in {files} files")
    print("| bot | MB of YAML | seconds | of them CPU | peak MB | problems |\n|---|---:|---:|---:|---:|---:|")
    for row in ROWS:
        got = measure(row, states, files)
        print(
            f"| {got['name']} | {got['megabytes']} | {got['seconds']} | {got['cpu_seconds']} | {got['peak_mb']} "
            f"| {got['problems']} |  {got['states']} {got['first']}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
