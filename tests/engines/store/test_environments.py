"""Environments: nothing half-done is one, what is one does not change, and its records tell if it did."""

import os
import py_compile
from collections.abc import Iterable
from pathlib import Path

import pytest

from parity.core.errors import ArtifactCorrupt
from parity.core.verification import compare
from parity.engines.store import environments as module
from parity.engines.store import scan
from parity.engines.store.environments import Built, Environments, Ground, Papers
from parity.engines.store.integrity import changed_contents, present
from parity.engines.store.linking import Part
from parity.engines.store.trees import Trees
from tests.support.trees import SITE, add_tree, make_trees, names

PAPERS = Papers(site=SITE, lock="lock\n", activation=[["set", "A", "b\tc"]], interpreter=["file", "/usr/bin/x", "1"])
FILES = {"@/m/__init__.py": b"", "@/m/a.py": b"a = 1\n", "bin/tool*": b"#!/bin/sh\n", "@/m/l": b"-> a.py"}
KEY = "abcdefghij0123456789"


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    return make_trees(tmp_path / "trees")


@pytest.fixture
def store(tmp_path: Path) -> Environments:
    (tmp_path / "home").mkdir()
    return Environments(str(tmp_path / "home"))


def skeleton(store: Environments, key: str = KEY) -> Path:
    path = Path(store.begin(key))
    (path / SITE).mkdir(parents=True)
    (path / "bin").mkdir()
    (path / "bin" / "python").symlink_to("/usr/bin/python3")
    (path / "bin" / "activate").write_text("activate\n", encoding="utf-8")
    (path / "pyvenv.cfg").write_text("home = x\n", encoding="utf-8")
    return path


def build(store: Environments, parts: Iterable[Part], key: str = KEY) -> tuple[Path, Built]:
    path = skeleton(store, key)
    return path, store.build(key, list(parts), PAPERS)


def drift(store: Environments, path: Path) -> list[tuple[str, str]]:
    """Return what a quick look finds, then what reading every file finds."""
    expected = store.entries(str(path))
    found = [(each.code, each.path) for each in compare(expected, present(str(path)))]
    digests = {name: entry.digest for name, (entry, _) in expected.items() if entry.kind == "f"}
    there = {name: digest for name, digest in digests.items() if (path / name).is_file()}
    return found + [("content", name) for name in changed_contents(str(path), there)]


@pytest.mark.parametrize("key", [KEY, f"private/{KEY}"])
def test_a_fresh_environment_is_what_its_manifests_say(trees: Trees, store: Environments, key: str) -> None:
    """Skeleton, files, links, bytecode: neither a look nor reading every file finds anything, private ones included."""
    add_tree(trees, "a", FILES)
    source = Path(trees.source("a", "@/m/a.py"))
    compiled = py_compile.compile(
        str(source),
        str(Path(trees.folder) / "a.pyc"),
        "m/a.py",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    add_tree(trees, "code", {"@/m/__pycache__/a.cpython-312.pyc": Path(str(compiled)).read_bytes()})
    path, built = build(store, [Part(trees, "a", "m"), Part(trees, "code", "m")], key)
    assert [] == drift(store, path)
    assert 8 == built.files == len(store.entries(str(path)))
    assert [] == store.damaged_manifests(str(path))
    assert "m" == store.entries(str(path))[f"{SITE}/m/a.py"][1]


def test_what_stood_there_first_is_kept_and_known(trees: Trees, store: Environments) -> None:
    """A conda package's files: nothing is linked over them, bytecode of theirs stays, each belongs to its package."""
    path = skeleton(store)
    texts = {f"{SITE}/m/a.py": "ground\n", f"{SITE}/m/__pycache__/b.cpython-312.pyc": "b", "share/g": "g"}
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
        (path / name).chmod(0o444)
    entries = [entry for entry in scan.describe(str(path)) if entry.path in texts]
    add_tree(trees, "a", {**FILES, "@/m/b.py": b"b = 1\n", "@/m/__pycache__/a.cpython-312.pyc": b"a"})
    built = store.build(KEY, [Part(trees, "a", "wheel")], PAPERS, [Ground("conda", entries)])
    assert [(f"{SITE}/m/a.py", "conda", "wheel")] == [(each.path, each.kept, each.dropped) for each in built.conflicts]
    assert "ground\n" == (path / SITE / "m" / "a.py").read_text(encoding="utf-8")
    assert [] == drift(store, path)
    owners = {name: package for name, (_, package) in store.entries(str(path)).items()}
    assert {"conda"} == {owners[name] for name in texts}
    assert "wheel" == owners[f"{SITE}/m/b.py"]
    assert f"{SITE}/m/__pycache__/a.cpython-312.pyc" not in owners
    manifest = path / ".parity" / "manifests" / "ground-0"
    manifest.chmod(0o644)
    manifest.write_text("", encoding="utf-8")
    assert ["ground-0"] == store.damaged_manifests(str(path))


def test_a_shared_environment_is_read_only(trees: Trees, store: Environments) -> None:
    """Every file and folder of it, the skeleton's too; parity's own folder apart."""
    add_tree(trees, "a", FILES)
    path, _ = build(store, [Part(trees, "a", "m")])
    writable = [
        str(each.relative_to(path))
        for each in [path, *path.rglob("*")]
        if not each.is_symlink() and each.stat().st_mode & 0o222 and ".parity" not in each.parts
    ]
    assert [] == writable
    assert 0o555 == (path / "bin" / "tool").stat().st_mode & 0o777


def test_a_private_environment_may_be_written_to(trees: Trees, store: Environments) -> None:
    """Files and folders of a private environment stay writable, and edits there reach no other."""
    add_tree(trees, "a", FILES)
    shared, _ = build(store, [Part(trees, "a", "m")])
    private, _ = build(store, [Part(trees, "a", "m")], f"private/{KEY}")
    assert 0o200 == (private / SITE / "m" / "a.py").stat().st_mode & 0o200
    assert 0o200 == (private / SITE).stat().st_mode & 0o200
    (private / SITE / "m" / "a.py").write_bytes(b"a = 2\n")
    assert b"a = 1\n" == (shared / SITE / "m" / "a.py").read_bytes()
    assert [] == drift(store, shared)
    assert ("content", f"{SITE}/m/a.py") in drift(store, private)


def test_the_marker_comes_last(trees: Trees, store: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    """When everything is flushed before the marker is written, a power cut leaves all of it or no environment."""
    add_tree(trees, "a", FILES)
    seen: list[bool] = []
    monkeypatch.setattr(module, "flush_file_system", lambda path: seen.append(Path(path, ".parity/complete").exists()))
    build(store, [Part(trees, "a", "m")])
    assert [False, True] == seen


def test_the_marker_is_on_its_disk_before_it_appears(
    trees: Trees, store: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty file of its name, which a power cut could leave otherwise, would be taken for it."""
    add_tree(trees, "a", FILES)
    flushed: list[tuple[int, int]] = []

    def note(descriptor: int) -> None:
        found = os.fstat(descriptor)
        flushed.append((found.st_ino, found.st_size))

    monkeypatch.setattr(os, "fsync", note)
    path, _ = build(store, [Part(trees, "a", "m")])
    marker = (path / ".parity" / "complete").stat()
    assert (marker.st_ino, marker.st_size) in flushed


def test_without_a_marker_it_is_no_environment(trees: Trees, store: Environments) -> None:
    """What an interrupted build left is not one, and the next builder starts from nothing."""
    add_tree(trees, "a", FILES)
    path, _ = build(store, [Part(trees, "a", "m")])
    assert store.is_complete(KEY)
    (path / ".parity" / "complete").unlink()
    assert not store.is_complete(KEY)
    assert None is store.recorded(str(path))
    assert str(path) == store.begin(KEY)
    assert not path.exists()
    build(store, [Part(trees, "a", "m")])
    assert [KEY] == names(path.parent)


def test_what_a_killed_removal_left_is_in_nobodys_way(trees: Trees, store: Environments) -> None:
    """In a container every start may have the same process number; a grave of that number is cleared."""
    add_tree(trees, "a", FILES)
    path, _ = build(store, [Part(trees, "a", "m")])
    for number in (os.getpid(), 1):
        left = path.with_name(f"{KEY}.old-{number}") / "lib"
        left.mkdir(parents=True)
        (left / "x").write_bytes(b"")
        left.chmod(0o555)
        left.parent.chmod(0o555)
    other = path.with_name(f"{KEY}x.old-1")
    other.mkdir()
    store.begin(KEY)
    assert [other.name] == names(path.parent)


def test_records_come_back(trees: Trees, store: Environments) -> None:
    """Site, interpreter, lock: what the builder said is what the marker says."""
    add_tree(trees, "a", FILES)
    path, _ = build(store, [Part(trees, "a", "m")])
    recorded = store.recorded(str(path))
    assert recorded is not None
    assert (SITE, ["file", "/usr/bin/x", "1"]) == (recorded.site, recorded.interpreter)
    assert (("own", ""), ("0", "m")) == recorded.manifests
    assert "lock\n" == store.read_lock(str(path))


def test_files_that_two_packages_bring_are_the_first_ones(trees: Trees, store: Environments) -> None:
    """The manifests agree with what was linked: no finding, and the file belongs to who brought it."""
    add_tree(trees, "a", {"@/x.py": b"not python", "@/s.py": b""})
    add_tree(trees, "b", {"@/x.py": b"x = 1", "@/s.py": b"", "bin/python*": b"#!"})
    add_tree(trees, "code", {"@/__pycache__/x.cpython-312.pyc": b"x"})
    path, built = build(store, [Part(trees, "a", "a"), Part(trees, "b", "b"), Part(trees, "code", "b")])
    assert {f"{SITE}/x.py", f"{SITE}/s.py", "bin/python"} == {each.path for each in built.conflicts}
    assert (path / "bin" / "python").is_symlink()
    assert "a" == store.entries(str(path))[f"{SITE}/x.py"][1]
    assert [] == drift(store, path)


def test_a_damaged_manifest_is_named(trees: Trees, store: Environments) -> None:
    """Edited, cut or gone: it is told apart from damage to files, and the others still say what they say."""
    for name in "abc":
        add_tree(trees, name, {f"@/{name}.py": name.encode()})
    path, _ = build(store, [Part(trees, name, name) for name in "abc"])
    folder = path / ".parity" / "manifests"
    folder.joinpath("0").unlink()
    for number, text in (
        ("1", "damaged"),
        ("own", (folder / "own").read_text(encoding="utf-8") + "f\t1\t1\t1\t1\tx\n"),
    ):
        (folder / number).chmod(0o644)
        (folder / number).write_text(text, encoding="utf-8")
    assert ["own", "0", "1"] == store.damaged_manifests(str(path))
    assert {f"{SITE}/c.py", "x"} <= set(store.entries(str(path)))


def test_an_edited_manifest_does_not_get_into_another_environment(trees: Trees, store: Environments) -> None:
    """Manifests are shared like files; one that was changed is refused by the next build, and fetched anew."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    path, _ = build(store, [Part(trees, "a", "a")])
    manifest = path / ".parity" / "manifests" / "0"
    manifest.chmod(0o644)
    with manifest.open("a", encoding="utf-8") as file:
        file.write("l\t777\t0\t0\t/etc/passwd\t@/p\n")
    with pytest.raises(ArtifactCorrupt):
        build(store, [Part(trees, "a", "a")], "other")
    assert not trees.has("a")
    assert not store.is_complete("other")


def test_a_tree_that_vanished_is_an_error_with_a_way_out(trees: Trees, store: Environments) -> None:
    """Another process may have dropped it as damaged: the next sync fetches it."""
    with pytest.raises(ArtifactCorrupt):
        build(store, [Part(trees, "gone", "a")])


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_umask_does_not_decide_who_may_write(trees: Trees, store: Environments, mask: int) -> None:
    """Under any umask a shared environment cannot be written to, and is what its manifests say."""
    add_tree(trees, "a", FILES)
    before = os.umask(mask)
    try:
        path, _ = build(store, [Part(trees, "a", "m")])
    finally:
        os.umask(before)
    assert 0 == (path / "bin" / "activate").stat().st_mode & 0o222
    assert 0 == path.stat().st_mode & 0o222
    assert [] == drift(store, path)
