"""Reads what strace wrote down: was everything that is acknowledged on the disk before its answer left?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

READS = ("read", "readv", "recvfrom", "recvmsg")
WRITES = ("write", "writev", "sendto", "sendmsg")
SYNCS = ("fsync", "fdatasync")
STRACE = ("strace", "-f", "-y", "-s", "48", "-e", "signal=none", "-e", "trace=" + ",".join((*READS, *WRITES, *SYNCS)))

REQUEST = "POST /webhooks/messenger"
ANSWER = "HTTP/1.1 200"
WAL = "-wal>"

_CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>\d+<.*)$")
_RESUMED = re.compile(r"^(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that ended: its name, and the rest of its line from the file descriptor on."""

    name: str
    rest: str

    @property
    def descriptor(self) -> str:
        return self.rest.partition("<")[0]


@dataclass(slots=True)
class Acknowledged:
    """Answers to webhooks: how many in all, and how many left before the log was synced since their request came."""

    answers: int = 0
    too_early: int = 0
    _open: dict[str, bool] = field(default_factory=dict)

    def note(self, call: Call) -> None:
        if call.name in READS and REQUEST in call.rest:
            self._open[call.descriptor] = False
        elif call.name in SYNCS and WAL in call.rest:
            self._open = dict.fromkeys(self._open, True)
        elif call.name in WRITES and ANSWER in call.rest and call.descriptor in self._open:
            self.answers += 1
            self.too_early += not self._open.pop(call.descriptor)


def read_trace(path: Path) -> Acknowledged:
    seen = Acknowledged()
    for call in calls(path.read_text(errors="replace").splitlines()):
        seen.note(call)
    return seen


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls in the order in which they ended; one that another thread's interrupted is put together again."""
    begun: dict[str, str] = {}
    for line in lines:
        if found := _CALL.match(line):
            if found["rest"].endswith("<unfinished ...>"):
                begun[found["pid"]] = found["rest"]
            else:
                yield Call(found["name"], found["rest"])
        elif found := _RESUMED.match(line):
            yield Call(found["name"], begun.pop(found["pid"], "") + found["rest"])
