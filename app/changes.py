"""What was live, going back to it, and what a change would mean: for the command line. A composition root: joins flowfile and store."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC
from pathlib import Path

from sqlalchemy import Connection

from app.agreement import WAITS_FOR
from app.aside import in_transaction
from app.clock import Clock
from app.engine.flow import Flow
from app.errors import AppError, NotFoundError
from app.flowfile.content import check_files, unpack
from app.flowfile.plan import Plan, compare
from app.settings import Settings, pages
from app.store import revisions, sessions
from app.store.audit import COMMAND_LINE
from app.store.revisions import Row, Standing

SHOWN_MAX = 50
"""Lines of a listing: who goes further back than this looks into version control."""
SIGNS_SHOWN = 12
"""Of a revision's 32: enough to tell any two apart, and any beginning of it is understood."""


def list_lines(settings: Settings, folder: Path) -> list[str]:
    """A line for each flow that went live, the newest first: revision, since when, until when."""
    page_id = page_ids(settings, folder)[0]
    rows = asyncio.run(in_transaction(settings, lambda connection: revisions.list_rows(connection, page_id, SHOWN_MAX)))
    return [_line(row) for row in rows] or ["Nothing has gone live yet."]


def go_back(settings: Settings, folder: Path, beginning: str) -> str:
    """Make an older revision live again until the folder changes; what to tell. Raises AppError."""
    ours, now = page_ids(settings, folder), Clock().now()
    revision, packed = asyncio.run(in_transaction(settings, lambda connection: _find(connection, ours[0], beginning)))
    problems = [str(each) for each in check_files(unpack(packed)).problems if not each.advice]
    if problems:
        raise AppError(f"Revision {revision[:SIGNS_SHOWN]} would not pass the check today.", problems[0])

    def publish(connection: Connection) -> int:
        standing = revisions.find_standing(connection, ours[0])
        wanted = Standing(revision, standing.folder_revision if standing else revision)
        return revisions.publish(connection, ours, wanted, packed, now, who=COMMAND_LINE)

    if not asyncio.run(in_transaction(settings, publish)):
        return "That revision is live already."
    return f"Revision {revision[:SIGNS_SHOWN]} is live within 2 seconds, until the folder changes."


def make_plan(settings: Settings, folder: Path, after: Flow) -> Plan | None:
    """What the folder's flow would change; None when nothing has gone live yet."""
    ours, since = page_ids(settings, folder), Clock().now() - WAITS_FOR

    def work(connection: Connection) -> tuple[bytes | None, Counter[str]]:
        standing = revisions.find_standing(connection, ours[0])
        files = revisions.find_files(connection, ours[0], standing.revision) if standing else None
        waiting: Counter[str] = Counter()
        for page_id in ours:
            waiting.update(sessions.count_by_state(connection, page_id, since))
        return files, waiting

    files, waiting = asyncio.run(in_transaction(settings, work))
    if files is None:
        return None
    before = check_files(unpack(files)).flow
    if before is None:
        raise AppError("What is live would not pass the check today.", "Compare it by hand, or save the folder anew.")
    return compare(before, after, waiting)


def page_ids(settings: Settings, folder: Path) -> tuple[str, ...]:
    """The Pages that answer with this folder, in order. Raises AppError if there are none."""
    wanted = folder.resolve()
    found = sorted(page.page_id for page in pages(settings) if page.flows.resolve() == wanted)
    if not found:
        raise AppError(
            f"No Page answers with the folder {folder.as_posix()}.",
            "Give the settings of the server: FRONTDESK_FLOWS, FRONTDESK_PAGE_ID and FRONTDESK_PAGE_TOKEN, or FRONTDESK_PAGES.",
        )
    return tuple(found)


def _find(connection: Connection, page_id: str, beginning: str) -> tuple[str, bytes]:
    """The revision that begins so, and its files."""
    found = revisions.find_like(connection, page_id, beginning) if beginning else []
    if len(found) > 1:
        raise AppError(f"{len(found)} revisions begin with {beginning}.", "Write more of it.")
    packed = revisions.find_files(connection, page_id, found[0]) if found else None
    if packed is None:
        raise NotFoundError(f"No revision {beginning} has been live.", "frontdesk revisions lists them.")
    return found[0], packed


def _line(row: Row) -> str:
    until = f"{row.until.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" if row.until else "now"
    came = "  (went back)" if row.went_back else ""
    return f"{row.revision[:SIGNS_SHOWN]}  {row.live_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z - {until}{came}"
