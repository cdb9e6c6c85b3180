"""The flows of a running server: a good change goes live within a second, a broken one never. Never raises once it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from app.engine.flow import Flow
from app.flowfile.check import Checked, check
from app.flowfile.content import check_files, pack, read_files, unpack
from app.flowfile.problems import Place, Problem, problem_at, raise_for

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""An owner who saves a file and writes to the bot should meet the new one; a look costs a few stats."""

Mark = tuple[int, int, int, int] | None
Marks = tuple[Mark, ...]
"""Times, size and inode of every file that a folder uses: while they stay, so does the content."""


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """One folder's flow that is live. `reason`: the problems of a later change that did not go live; empty when all is well."""

    flow: Flow
    reason: tuple[Problem, ...] = ()

    @property
    def revision(self) -> str:
        return self.flow.revision


@dataclass(slots=True)
class Watched:
    """A folder under watch, and the Pages that it is for.

    `own` is its last good content; `live` may be another one, that other processes serve too. `fresh`: its content has not been
    offered to them yet. `marks` were taken before the last reading, so that a change during it is seen at the next look.
    """

    folder: Path
    page_ids: tuple[str, ...]
    own: Checked
    live: LiveFlow
    files: tuple[Path, ...]
    marks: Marks
    prepare: Callable[[Flow], Flow]
    fresh: bool = False

    async def pack(self) -> bytes | None:
        """The files of `own` as one value; None if they have changed since, which the next look sees."""
        files = await asyncio.to_thread(read_files, self.folder, self.own)
        return None if files is None else pack(files)

    async def serve(self, revision: str, packed: bytes) -> bool:
        """Take another revision live, as other processes have it; whether it is. One that would not pass the check today is refused."""
        if revision == self.own.revision:
            checked = self.own
        else:
            checked = await asyncio.to_thread(_check_packed, packed, self.prepare)
        if checked.flow is None:
            places = [
                f"{each.file}:{each.line}:{each.column} {each.code}" for each in checked.problems if not each.advice
            ]
            log.warning("revision not live", folder=str(self.folder), revision=revision, problems=places)
            return False
        self.live = replace(self.live, flow=checked.flow)
        log.info("flow live", folder=str(self.folder), revision=revision, source="database")
        return True


def _as_it_is(flow: Flow) -> Flow:
    """What a flow needs that nobody asks anything."""
    return flow


class LiveFlows:
    """The flow of each Page. Two Pages may share a folder; it is read once."""

    def __init__(self, folders: Mapping[str, Path], prepare: Callable[[Flow], Flow] = _as_it_is) -> None:
        """`folders` maps a Page's id to its folder; `prepare` gives a flow as customers may meet it.

        Raises FlowError with every problem of every folder."""
        problems: list[Problem] = []
        found: dict[Path, Watched] = {}
        for folder in dict.fromkeys(folders.values()):
            page_ids = tuple(sorted(page_id for page_id, each in folders.items() if each == folder))
            watched, told = _begin(folder, page_ids, prepare)
            problems.extend(told)
            if watched:
                found[folder] = watched
        raise_for(problems)
        self._by_page = {page_id: found[folder] for page_id, folder in folders.items()}
        self.watched = tuple(found.values())

    def flow_of(self, page_id: str) -> Flow | None:
        """The flow that answers on this Page now; None for a Page that is not ours."""
        watched = self._by_page.get(page_id)
        return watched.live.flow if watched else None

    def live_of(self, page_id: str) -> LiveFlow | None:
        """The same with the reason why a later change is not live."""
        watched = self._by_page.get(page_id)
        return watched.live if watched else None

    def problems(self) -> tuple[Problem, ...]:
        """What keeps changes of any folder from going live, for logs and health."""
        return tuple(problem for watched in self.watched for problem in watched.live.reason)

    async def look(self) -> bool:
        """Look once; whether any flow changed. Files are read in a thread."""
        changed = False
        for watched, checked, marks in await asyncio.to_thread(_read_changed, self.watched):
            changed = _swap(watched, checked, marks) or changed
        return changed


def _begin(
    folder: Path, page_ids: tuple[str, ...], prepare: Callable[[Flow], Flow]
) -> tuple[Watched | None, tuple[Problem, ...]]:
    """A folder's first reading; None with its problems if it may not go live."""
    checked = check(folder)
    if checked.flow is None:
        return None, _named(folder, checked.problems)
    checked = _prepared(checked, prepare)
    assert checked.flow is not None
    # No marks yet: the first look reads once more, and so sees what was saved during this reading.
    return Watched(folder, page_ids, checked, LiveFlow(checked.flow), checked.files, (), prepare), ()


def _read_changed(every: Iterable[Watched]) -> list[tuple[Watched, Checked, Marks]]:
    """The folders whose files are not as they were: what each is now, with the marks from before the reading."""
    looked = [(watched, _marks_of(watched.files)) for watched in every]
    return [(watched, _check_safely(watched), marks) for watched, marks in looked if marks != watched.marks]


def _prepared(checked: Checked, prepare: Callable[[Flow], Flow]) -> Checked:
    return checked if checked.flow is None else replace(checked, flow=prepare(checked.flow))


def _check_safely(watched: Watched) -> Checked:
    """A check that never raises, and what passes is prepared: a mistake of ours in it must not stop a running server from answering."""
    try:
        checked = check(watched.folder)
        return checked if checked.revision == watched.own.revision else _prepared(checked, watched.prepare)
    except Exception as error:
        what = f"The change could not be checked ({type(error).__name__})."
        problem = problem_at(Place("bot.yaml", 1, 1), "F101", what, "The last good flow stays live.")
        return Checked(None, (problem,), "", (watched.folder / "bot.yaml",))


def _swap(watched: Watched, checked: Checked, marks: Marks) -> bool:
    """Take a good change live, or keep the reason why not; whether the flow changed."""
    same_files = watched.files == checked.files
    watched.files, watched.marks = checked.files, marks if same_files else ()
    before = watched.live.flow
    if checked.flow is None:
        reason = _named(watched.folder, checked.problems)
        places = [f"{each.file}:{each.line}:{each.column} {each.code}" for each in reason]
        log.warning("flow change not live", folder=str(watched.folder), problems=places)
        watched.live = LiveFlow(before, reason)
        return False
    changed = checked.revision != watched.own.revision
    if changed or watched.live.reason:
        log.info("flow live", folder=str(watched.folder), revision=checked.revision if changed else before.revision)
    watched.live = LiveFlow(checked.flow if changed else before)
    if changed:
        watched.own, watched.fresh = checked, True
    return changed


def _check_packed(packed: bytes, prepare: Callable[[Flow], Flow]) -> Checked:
    """A check that never raises; what passes is prepared."""
    try:
        return _prepared(check_files(unpack(packed)), prepare)
    except Exception as error:
        what = f"The revision could not be read ({type(error).__name__})."
        return Checked(
            None, (problem_at(Place("bot.yaml", 1, 1), "F101", what, "The last good flow stays live."),), "", ()
        )


def _marks_of(files: tuple[Path, ...]) -> Marks:
    return tuple(_mark_of(file) for file in files)


def _mark_of(file: Path) -> Mark:
    """None for a file that is not there."""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _named(folder: Path, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems with the folder before each file's name: a server may have several."""
    return tuple(replace(problem, file=str(folder / problem.file)) for problem in problems if not problem.advice)
