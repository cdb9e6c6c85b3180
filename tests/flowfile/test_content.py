"""A folder's files as one value: what was checked is what is kept, and it is the same bot again."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from app.errors import AppError
from app.flowfile.check import check
from app.flowfile.content import UNPACKED_BYTES_MAX, check_files, pack, read_files, revision_of, unpack
from app.settings import example_folder
from tests.flowfile.bots import TOP, write


def test_a_packed_folder_is_the_same_bot_again() -> None:
    folder = example_folder()
    checked = check(folder)
    files = read_files(folder, checked)
    assert files is not None
    assert list(files) == [path.relative_to(folder).as_posix() for path in checked.files]
    again = check_files(unpack(pack(files)))
    assert again.flow == checked.flow
    assert again.revision == checked.revision == revision_of(files)


def test_a_folder_that_changed_since_it_was_checked_is_not_kept(tmp_path: Path) -> None:
    bot = f"{TOP}states: {{welcome: {{say: Hi}}}}\n"
    checked = check(write(tmp_path, bot))
    assert read_files(tmp_path, checked) is not None
    write(tmp_path, bot + "# later\n")
    assert read_files(tmp_path, checked) is None
    (tmp_path / "bot.yaml").unlink()
    assert read_files(tmp_path, checked) is None


@pytest.mark.parametrize("name", ["../bot.yaml", "/bot.yaml", "a/../../bot.yaml", "c:bot.yaml", "a\\b.yaml", ""])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(AppError):
        unpack(pack({name: b"flow: 1\n"}))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no zlib",
        zlib.compress(b"no json"),
        zlib.compress(b"[]"),
        zlib.compress(b'[["a.yaml", "?"]]'),
        zlib.compress(b"[1]"),
        zlib.compress(b"[" + b" " * UNPACKED_BYTES_MAX + b"]"),
    ],
)
def test_bytes_that_hold_no_files_are_refused_within_the_limit(packed: bytes) -> None:
    with pytest.raises(AppError):
        unpack(packed)
