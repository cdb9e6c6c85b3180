"""The flows of a running server: good changes go live, broken ones never do."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.errors import FlowError
from app.flowfile.check import read_flow
from app.flowfile.live import LiveFlows
from tests.flowfile.bots import TOP, write


def bot(text: str) -> str:
    return f"{TOP}include: [more.yaml]\nstates: {{welcome: {{say: {text}}}}}\n"


def folder_with(path: Path, text: str) -> Path:
    path.mkdir(exist_ok=True)
    return write(path, bot(text), more="translations: [{en: Hi, fr: Salut}]\n")


def says(flows: LiveFlows, page_id: str = "1") -> object:
    flow = flows.flow_of(page_id)
    assert flow is not None
    return flow.states["welcome"].say[0].by_language["en"]  # type: ignore[union-attr]


async def test_a_good_change_goes_live(tmp_path: Path) -> None:
    flows = LiveFlows({"1": folder_with(tmp_path / "a", "Hi")})
    before = flows.flow_of("1")
    assert not await flows.look()
    folder_with(tmp_path / "a", "Hello")
    assert await flows.look()
    assert says(flows) == ("Hello",)
    assert before is not None
    assert flows.flow_of("1") is not before


async def test_a_broken_change_never_goes_live_and_its_reason_is_kept(tmp_path: Path) -> None:
    flows = LiveFlows({"1": folder_with(tmp_path / "a", "Hi")})
    live = flows.flow_of("1")
    for broken in ("Hi <nobody>", "'", "[[["):
        folder_with(tmp_path / "a", broken)
        assert not await flows.look()
        assert flows.flow_of("1") is live
        assert flows.problems() != ()
        assert flows.problems()[0].file == str(tmp_path / "a" / "bot.yaml")
    (tmp_path / "a" / "bot.yaml").unlink()
    assert not await flows.look()
    assert flows.flow_of("1") is live
    folder_with(tmp_path / "a", "Hi")
    await flows.look()
    assert flows.problems() == ()
    assert flows.flow_of("1") is live


async def test_an_included_file_is_watched_too_also_one_that_was_missing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "a", "Hi")
    flows = LiveFlows({"1": folder})
    (folder / "more.yaml").unlink()
    await flows.look()
    assert [problem.code for problem in flows.problems()] == ["F101"]
    (folder / "more.yaml").write_text("translations: [{en: Hi, fr: Coucou}]\n", encoding="utf-8")
    assert await flows.look()
    assert flows.problems() == ()


async def test_files_that_stay_are_not_read_again(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "a", "Hi")
    flows = LiveFlows({"1": folder})
    live = flows.live_of("1")
    await flows.look()
    settled = flows.live_of("1")
    await flows.look()
    assert flows.live_of("1") is settled
    assert live is not None
    assert settled is not None
    assert settled.flow is live.flow


async def test_two_pages_may_share_a_folder_and_others_have_none(tmp_path: Path) -> None:
    first, second = folder_with(tmp_path / "a", "Hi"), folder_with(tmp_path / "b", "Hello")
    flows = LiveFlows({"1": first, "2": second, "3": first})
    assert flows.flow_of("1") is flows.flow_of("3")
    assert says(flows, "2") == ("Hello",)
    assert flows.flow_of("4") is None
    assert flows.live_of("4") is None


def test_a_server_does_not_start_with_a_broken_folder_and_hears_of_all_of_them(tmp_path: Path) -> None:
    folders = {"1": folder_with(tmp_path / "a", "Hi <x>"), "2": folder_with(tmp_path / "b", "Hi <y>")}
    with pytest.raises(FlowError) as raised:
        LiveFlows(folders)
    assert [problem.code for problem in raised.value.problems] == ["F401", "F401"]
    assert "2 problems" in raised.value.message


def test_a_broken_folder_raises_with_every_problem(tmp_path: Path) -> None:
    with pytest.raises(FlowError) as raised:
        read_flow(folder_with(tmp_path / "a", "Hi <x> <y>"))
    assert len(raised.value.problems) == 2
    assert "F401" in str(raised.value)


async def test_the_log_tells_what_went_live_and_where_a_change_is_broken(tmp_path: Path) -> None:
    flows = LiveFlows({"1": folder_with(tmp_path / "a", "Hi")})
    with capture_logs() as told:
        await flows.look()
        folder_with(tmp_path / "a", "Hi <nobody>")
        await flows.look()
        folder_with(tmp_path / "a", "Hello")
        await flows.look()
    assert [each["event"] for each in told] == ["flow change not live", "flow live"]
    (problem,) = told[0]["problems"]
    assert problem.startswith(f"{tmp_path / 'a' / 'bot.yaml'}:")
