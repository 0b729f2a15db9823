"""Small records: any path survives, and a reader never sees half of one."""

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.engines.store import records
from tests.support.trees import names

_WORDS = st.one_of(
    st.text("\\\t\n\rtn"),
    st.binary(max_size=12).map(lambda data: data.decode("utf-8", "surrogateescape")),
)


@given(st.lists(st.lists(_WORDS, min_size=1)))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    """Tabs, line breaks, backslashes and bytes that are no UTF-8 come back as they were."""
    assert rows == records.decode(records.encode(rows))


@given(st.lists(st.lists(_WORDS, min_size=1), min_size=1), st.data())
def test_a_record_that_was_cut_off_loses_only_its_end(rows: list[list[str]], data: st.DataObject) -> None:
    """No row of a cut record is another than was written."""
    whole = records.encode(rows)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    found = records.decode(cut)
    assert rows[: len(found)] == found
    assert len(found) < len(rows)


def test_a_record_that_is_not_there_is_none(tmp_path: Path) -> None:
    """Nothing there, and a file where a folder should be, both mean: no record."""
    assert None is records.read(str(tmp_path / "none"))
    (tmp_path / "file").write_bytes(b"")
    assert None is records.read(str(tmp_path / "file" / "none"))


def test_an_empty_record_has_no_rows(tmp_path: Path) -> None:
    """A file that lost its content in a power cut is a record of nothing."""
    (tmp_path / "empty").write_bytes(b"")
    assert [] == records.read(str(tmp_path / "empty"))


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    """Only absence is None; anything else is the system's no."""
    with pytest.raises(IsADirectoryError):
        records.read(str(tmp_path))


def test_a_record_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """Records decide what is executed: nobody else reads or writes them."""
    before = os.umask(0)
    try:
        records.write(str(tmp_path / "r"), [["a"]])
    finally:
        os.umask(before)
    assert 0o600 == (tmp_path / "r").stat().st_mode & 0o777


def test_a_failed_write_leaves_the_old_record_and_nothing_else(tmp_path: Path) -> None:
    """A word that cannot be encoded stops the write before anything is replaced."""
    path = str(tmp_path / "r")
    records.write(path, [["old"]])
    with pytest.raises(UnicodeEncodeError):
        records.write(path, [["\ud800"]])
    assert [["old"]] == records.read(path)
    assert ["r"] == names(tmp_path)


def _write_many(path: str, letter: str) -> None:
    for _ in range(200):
        records.write(path, [[letter * 5000], [letter]])


def test_a_reader_sees_one_record_or_the_other(tmp_path: Path) -> None:
    """While two processes write, every read is whole."""
    path = str(tmp_path / "r")
    records.write(path, [["a" * 5000], ["a"]])
    writers = [multiprocessing.Process(target=_write_many, args=(path, letter)) for letter in "ab"]
    for writer in writers:
        writer.start()
    seen = [records.read(path) for _ in range(500)]
    for writer in writers:
        writer.join()
        assert 0 == writer.exitcode
    assert all(rows in ([["a" * 5000], ["a"]], [["b" * 5000], ["b"]]) for rows in seen)
    assert ["r"] == names(tmp_path)
