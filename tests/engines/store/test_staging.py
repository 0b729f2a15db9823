"""Distributions taken apart by their RECORD: all of each, nothing of another, nothing of this machine."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest

from parity.core.errors import ArtifactCorrupt
from parity.engines.store import staging
from tests.support.trees import SITE, hashed, install


def collect(environment: Path) -> dict[str, staging.Staged]:
    return staging.collect(str(environment), SITE)


def test_record_says_what_belongs_to_a_distribution(tmp_path: Path) -> None:
    """Modules, scripts, data and headers, under their normalised name, each with its digest."""
    outside = {"../../../bin/tool": b"#!", "../../../include/site/python3.12/x/x.h": b"h", "../../../share/a b": b""}
    install(tmp_path, "Zope.Inter_face", {"z/__init__.py": b"", 'z/a,"b.py': b"x", **outside})
    staged = collect(tmp_path)["zope-inter-face"]
    assert {
        "@/z/__init__.py": sha256().hexdigest(),
        '@/z/a,"b.py': sha256(b"x").hexdigest(),
        "bin/tool": sha256(b"#!").hexdigest(),
        "include/site/python3.12/x/x.h": sha256(b"h").hexdigest(),
        "share/a b": sha256().hexdigest(),
        "@/Zope.Inter_face-1.0.dist-info/RECORD": "",
    } == staged.files


def test_folders_and_cached_bytecode_are_no_files_of_it(tmp_path: Path) -> None:
    """Some wheels list their folders; bytecode is made anew. A module that is only bytecode stays."""
    files = {"a/m.py": b"", "a/__pycache__/m.cpython-312.pyc": b"c", "a/only.pyc": b"c"}
    install(tmp_path, "a", files, rows=(("a/", "", ""), ("a/__pycache__/gone.cpython-312.pyc", "", "")))
    assert ["@/a/m.py", "@/a/only.pyc", "@/a-1.0.dist-info/RECORD"] == list(collect(tmp_path)["a"].files)


@pytest.mark.parametrize("path", ["../../../../outside", "/etc/passwd", "../../../../../../../x"])
def test_a_file_outside_the_environment_is_refused(tmp_path: Path, path: str) -> None:
    """A RECORD does not reach into the machine."""
    install(tmp_path / "env", "a", {}, rows=((path, "", ""),))
    with pytest.raises(ArtifactCorrupt):
        collect(tmp_path / "env")


@pytest.mark.parametrize("damage", [None, b"\xff\xfe,,\n", b'"' + b"x" * 200_000])
def test_a_record_that_cannot_be_read_is_refused(tmp_path: Path, damage: bytes | None) -> None:
    """Gone, in no encoding, or not a table: the distribution is corrupt, which is no fault of parity's."""
    record = install(tmp_path, "a", {}) / "RECORD"
    record.unlink() if damage is None else record.write_bytes(damage)
    with pytest.raises(ArtifactCorrupt):
        collect(tmp_path)


def test_moving_takes_all_of_one_and_nothing_of_another(tmp_path: Path) -> None:
    """Two halves of a namespace package come apart."""
    environment, tree = tmp_path / "env", tmp_path / "tree"
    install(environment, "a", {"n/a.py": b"a", "../../../bin/a": b""})
    install(environment, "b", {"n/b.py": b"b"})
    staging.move(str(environment), SITE, collect(environment)["a"], str(tree))
    assert {"site/n/a.py", "site/a-1.0.dist-info/RECORD", "prefix/bin/a"} == {
        path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()
    }
    assert (environment / SITE / "n" / "b.py").exists()


def test_a_listed_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """An installer whose cache lost a file installs the rest without a word; half a package is not cached."""
    install(tmp_path / "env", "a", {"a.py": b""}, rows=(("lost.py", hashed(b"x"), "1"),))
    with pytest.raises(ArtifactCorrupt) as refused:
        staging.move(str(tmp_path / "env"), SITE, collect(tmp_path / "env")["a"], str(tmp_path / "tree"))
    assert "@/lost.py" == refused.value.path


def origin(url: str, **more: object) -> bytes:
    return json.dumps({"url": url, **more}).encode()


@pytest.mark.parametrize(
    ("url", "more", "built", "kept"),
    [
        ("https://example.org/a-1.0-py3-none-any.whl", {"archive_info": {}}, False, False),
        ("https://example.org/r.git", {"vcs_info": {"vcs": "git", "commit_id": "1"}}, True, True),
        ("file:///home/me/lib", {"dir_info": {}}, True, False),
        ("file:///home/me/lib", {"dir_info": {"editable": True}}, True, True),
    ],
)
def test_a_wheel_is_the_same_wherever_it_came_from(
    tmp_path: Path, url: str, more: dict[str, object], built: bool, kept: bool
) -> None:
    """From an index, a folder or an address: no trace of it, in RECORD either, unless it says what was built."""
    environment = tmp_path / "env"
    notes = {
        "a-1.0.dist-info/direct_url.json": origin(url, **more),
        "a-1.0.dist-info/uv_cache.json": b'{"timestamp": 1}',
        "a-1.0.dist-info/uv_build.json": b"{}",
    }
    info = install(environment, "a", {"a,b.py": b"", **notes})
    staged = staging.without_origin(str(environment), SITE, collect(environment)["a"], built=built)
    left = [*(["@/a-1.0.dist-info/direct_url.json"] if kept else []), "@/a-1.0.dist-info/RECORD"]
    assert ["@/a,b.py", *left] == list(staged.files)
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        assert ["@/a,b.py", *left] == [f"@/{row[0]}" for row in csv.reader(file)]


def test_a_record_with_nothing_to_forget_stays_as_it_is(tmp_path: Path) -> None:
    """What comes from an index is not rewritten."""
    info = install(tmp_path, "a", {"a.py": b""})
    before = (info / "RECORD").stat()
    staged = collect(tmp_path)["a"]
    assert staged is staging.without_origin(str(tmp_path), SITE, staged, built=False)
    assert before == (info / "RECORD").stat()
