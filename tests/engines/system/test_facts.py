"""Facts about files: they hold as long as nothing changed, and no longer."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from parity.engines.system import facts


def test_a_file_that_was_not_touched_is_as_it_was(tmp_path: Path) -> None:
    """Size, times and inode are what `observe` says; a fact holds until one of them moves."""
    file = tmp_path / "a b\n"
    file.write_bytes(b"one")
    fact = facts.observe(str(file))
    assert ("file", str(file), "3") == tuple(fact[:3])
    assert facts.hold([fact], {})
    os.utime(file, (1, 1))
    assert not facts.hold([fact], {})


def test_a_file_that_was_replaced_is_another(tmp_path: Path) -> None:
    """Same size, same time, other inode."""
    file, other = tmp_path / "a", tmp_path / "b"
    for path in (file, other):
        path.write_bytes(b"one")
        os.utime(path, (1, 1))
    fact, who = facts.observe(str(file)), facts.identity(str(file))
    other.rename(file)
    assert not facts.hold([fact], {})
    assert who != facts.identity(str(file))


def test_absence_is_a_fact(tmp_path: Path) -> None:
    """Also where a folder on the way is a file, or a link leads nowhere."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "none")
    for path in ("none", "file/none", "link"):
        fact = facts.observe(str(tmp_path / path))
        assert ["absent", str(tmp_path / path)] == fact
        assert facts.hold([fact], {})
    (tmp_path / "none").write_bytes(b"")
    assert not facts.hold([["absent", str(tmp_path / "link")]], {})


def test_content_is_a_fact_that_a_touch_does_not_change(tmp_path: Path) -> None:
    """Relative to a project, by digest; absent where there is no file."""
    (tmp_path / "a").write_bytes(b"one")
    fact = facts.observe_content(str(tmp_path), "a")
    assert ["content", "a", sha256(b"one").hexdigest()] == fact
    os.utime(tmp_path / "a", (1, 1))
    assert facts.hold([fact, ["content", "b"]], {}, str(tmp_path))
    (tmp_path / "a").write_bytes(b"two")
    assert not facts.hold([fact], {}, str(tmp_path))
    (tmp_path / "b").write_bytes(b"")
    assert not facts.hold([["content", "b"]], {}, str(tmp_path))


def test_an_unset_variable_is_not_an_empty_one() -> None:
    """Some programs tell them apart, so a fact does."""
    assert facts.hold([["variable", "A"], ["variable", "B", ""], ["variable", "C", "x y"]], {"B": "", "C": "x y"})
    assert not facts.hold([["variable", "A"]], {"A": ""})
    assert not facts.hold([["variable", "B", ""]], {})


def test_what_cannot_be_looked_at_does_not_hold(tmp_path: Path) -> None:
    """A ring of links is no fact; whoever looks closer names it."""
    (tmp_path / "a").symlink_to(tmp_path / "a")
    assert not facts.hold([["absent", str(tmp_path / "a")]], {})
    with pytest.raises(OSError, match="symbolic links"):
        facts.observe(str(tmp_path / "a"))


def test_rows_of_other_kinds_are_passed_over() -> None:
    """A record has more in it than facts."""
    assert facts.hold([["environment", "/nowhere"], ["key", "x"]], {})


def test_the_nearest_folder_with_a_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here up to the root; the folder itself counts, and a name earlier in the list does not go before it."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "first").write_bytes(b"")
    (tmp_path / "a" / "second").write_bytes(b"")
    assert str(tmp_path / "a") == facts.nearest(str(deep), ["first", "second"])
    assert str(tmp_path) == facts.nearest(str(deep), ["first"])
    assert "" == facts.nearest(str(deep), ["there is no such file anywhere"])
    monkeypatch.chdir(deep)
    assert str(tmp_path / "a") == facts.nearest(".", ["second"])


def test_bytes_are_read_or_absent(tmp_path: Path) -> None:
    """A folder in the way is neither."""
    (tmp_path / "a").write_bytes(b"\0\xff")
    assert b"\0\xff" == facts.read_bytes(str(tmp_path / "a"))
    assert None is facts.read_bytes(str(tmp_path / "b"))
    with pytest.raises(IsADirectoryError):
        facts.read_bytes(str(tmp_path))


def test_a_device_is_there_or_it_is_not(tmp_path: Path) -> None:
    """Who used it last, and when, says nothing."""
    device = tmp_path / "device"
    gone = facts.observe_device(str(device))
    device.write_bytes(b"")
    there = facts.observe_device(str(device))
    os.utime(device, (1, 1))
    assert (["absent", str(device)], ["there", str(device)]) == (gone, there)
    assert (False, True) == (facts.hold([gone], {}), facts.hold([there], {}))
    device.unlink()
    assert (True, False) == (facts.hold([gone], {}), facts.hold([there], {}))


def test_what_the_system_says_counts_whenever_it_says_it(tmp_path: Path) -> None:
    """A file of `/proc` has another time each time; another driver has other words."""
    said = tmp_path / "version"
    absent = facts.observe_said(str(said))
    said.write_bytes(b"driver 1")
    fact = facts.observe_said(str(said))
    os.utime(said, (1, 1))
    assert (True, False) == (facts.hold([fact], {}), facts.hold([absent], {}))
    said.write_bytes(b"driver 2")
    assert not facts.hold([fact], {})
