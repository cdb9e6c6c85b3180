"""Which style a line of a talk has in a terminal. Prints nothing."""

from __future__ import annotations

from app.flowfile.talk import Complaint

BOT, TAPPABLE, STAFF, COMPLAINT, ASIDE = "green", "bold cyan", "magenta", "yellow", "dim"


def style_of(line: str, bot_name: str) -> str:
    """The bot's words, what can be tapped, staff, what was entered wrongly, and all else."""
    if isinstance(line, Complaint):
        return COMPLAINT
    if line.startswith(f"{bot_name}: "):
        return BOT
    if line.startswith("  ["):
        return TAPPABLE
    return STAFF if line.startswith("Staff: ") else ASIDE
