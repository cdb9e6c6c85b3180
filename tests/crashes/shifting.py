"""The real server by a wall clock that is ahead or behind, as when somebody sets it or NTP steps it. Changes nothing of ours: it
answers whoever asks for the time of day, and leaves the clock that never jumps alone.

`python -m tests.crashes.shifting FILE serve …` runs `frontdesk serve …`. FILE holds the seconds that it is ahead, read each time.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import SimpleNamespace


def install(file: Path) -> None:
    """From now on `time`, our clock and the logs' stamps are ahead by what the file says."""
    seconds, nanoseconds = time.time, time.time_ns

    def ahead() -> float:
        return float(file.read_text())

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=ahead())

    time.time = lambda: seconds() + ahead()
    time.time_ns = lambda: nanoseconds() + int(ahead() * 1e9)

    import structlog.processors

    import app.clock

    app.clock.datetime = Shifted  # type: ignore[attr-defined]
    structlog.processors.datetime = SimpleNamespace(datetime=Shifted, timezone=timezone)  # type: ignore[attr-defined, assignment]


def main(file: str, *arguments: str) -> None:
    install(Path(file))
    from app import cli

    sys.exit(cli.main(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
