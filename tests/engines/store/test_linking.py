"""Trees put together in an environment: shared where the disk can, whole everywhere."""

import errno
import os
import py_compile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parity.core.errors import ArtifactCorrupt
from parity.engines.store import linking
from parity.engines.store.linking import Conflict, Part, Plan, Standing
from parity.engines.store.trees import Trees
from tests.support.trees import SITE, add_tree, make_trees, names


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    return make_trees(tmp_path / "trees")


def planned(*parts: Part) -> Plan:
    return linking.plan(parts, SITE, [part.trees.read_manifest(part.name) for part in parts])


def link(environment: Path, *parts: Part, private: bool = False) -> Path:
    environment.mkdir()
    linking.carry_out(planned(*parts), str(environment), private=private)
    return environment


@contextmanager
def links_refused(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    def refuse(source: str, _target: str) -> None:
        raise OSError(number, os.strerror(number), source)

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", refuse)
        yield


def later(path: Path, change: Callable[[], object], than: int) -> None:
    """Make a change whose ctime is later: the file system's clock moves in steps."""
    change()
    while path.lstat().st_ctime_ns <= than:
        change()


def test_files_share_their_blocks_with_the_cache(trees: Trees, tmp_path: Path) -> None:
    """A file in an environment is the file in the cache: same inode, no data of its own, still read-only."""
    add_tree(trees, "a", {"@/a/b/c/d/e.py": b"e", "@/a.py": b"", "bin/a*": b"#!", "etc/x y\n": b"x"})
    environment = link(tmp_path / "e", Part(trees, "a", "a"))
    for path, source in ((f"{SITE}/a/b/c/d/e.py", "@/a/b/c/d/e.py"), ("bin/a", "bin/a"), ("etc/x y\n", "etc/x y\n")):
        assert Path(trees.source("a", source)).stat().st_ino == (environment / path).stat().st_ino
    assert 0o555 == (environment / "bin/a").stat().st_mode & 0o777
    assert (environment / SITE / "a.py").is_file()


def test_links_are_made_anew(trees: Trees, tmp_path: Path) -> None:
    """A link in a tree leads to the same place in the environment, also where nothing is there."""
    add_tree(trees, "a", {"@/l": b"-> ../up", "lib/m": b"-> a b"})
    environment = link(tmp_path / "e", Part(trees, "a", "a"))
    assert "../up" == str((environment / SITE / "l").readlink())
    assert "a b" == str((environment / "lib/m").readlink())


def test_two_environments_take_no_block_more_than_one(trees: Trees, tmp_path: Path) -> None:
    """Every file of the second is the first one's."""
    add_tree(trees, "a", {f"@/a/m{number}.py": b"m" * number for number in range(300)})
    one, two = (link(tmp_path / name, Part(trees, "a", "a")) for name in "xy")
    assert all((two / path.relative_to(one)).samefile(path) for path in one.rglob("*.py"))
    assert 300 == len(list(two.rglob("*.py")))


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EMLINK, errno.EPERM])
def test_a_disk_that_cannot_link_gets_copies(
    trees: Trees, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Across devices, or past a file system's number of links, the same bytes, mode and time stand there."""
    add_tree(trees, "a", {"@/a.py": b"a", "bin/a*": b"#!"})
    with links_refused(monkeypatch, number):
        environment = link(tmp_path / "e", Part(trees, "a", "a"))
    for path, source in ((f"{SITE}/a.py", "@/a.py"), ("bin/a", "bin/a")):
        made, cached = (environment / path).stat(), Path(trees.source("a", source)).stat()
        assert (cached.st_mode, cached.st_mtime_ns, cached.st_size) == (made.st_mode, made.st_mtime_ns, made.st_size)
        assert cached.st_ino != made.st_ino


def test_a_full_disk_is_said(trees: Trees, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not about links is not worked around."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    with links_refused(monkeypatch, errno.ENOSPC), pytest.raises(OSError, match="No space"):
        link(tmp_path / "e", Part(trees, "a", "a"))


def test_the_first_of_two_that_bring_a_file_wins(trees: Trees, tmp_path: Path) -> None:
    """By the order of the parts, and said, whether the bytes are the same or not."""
    add_tree(trees, "a", {"@/shared.py": b"a", "@/same.py": b"s"})
    add_tree(trees, "b", {"@/shared.py": b"b", "@/same.py": b"s", "@/b.py": b"b"})
    plan = planned(Part(trees, "a", "pkg-a"), Part(trees, "b", "pkg-b"))
    assert (
        Conflict(path=f"{SITE}/same.py", kept="pkg-a", dropped="pkg-b", same=True),
        Conflict(path=f"{SITE}/shared.py", kept="pkg-a", dropped="pkg-b", same=False),
    ) == plan.conflicts
    environment = link(tmp_path / "e", Part(trees, "a", "pkg-a"), Part(trees, "b", "pkg-b"))
    assert b"a" == (environment / SITE / "shared.py").read_bytes()
    assert ["b.py", "same.py", "shared.py"] == names(environment / SITE)


def test_bytecode_never_stands_beside_another_packages_source(trees: Trees, tmp_path: Path) -> None:
    """Bytecode is run without a look at its source, so that of a module that lost its place stays away."""
    add_tree(trees, "a", {"@/x.py": b"not python", "@/y.py": b""})
    add_tree(trees, "b", {"@/x.py": b"x = 1", "@/z.py": b""})
    codes = make_trees(tmp_path / "codes")
    add_tree(codes, "a", {"@/__pycache__/y.cpython-312.pyc": b"y"})
    add_tree(codes, "b", {"@/__pycache__/x.cpython-312.pyc": b"x", "@/__pycache__/z.cpython-312.pyc": b"z"})
    parts = [Part(kind, name, name) for name in "ab" for kind in (trees, codes)]
    environment = link(tmp_path / "e", *parts)
    assert ["y.cpython-312.pyc", "z.cpython-312.pyc"] == names(environment / SITE / "__pycache__")


def test_what_makes_it_an_environment_is_kept(trees: Trees) -> None:
    """A package that brings a `bin/python` of its own does not get it into place."""
    add_tree(trees, "a", {"bin/python*": b"#!", "bin/a*": b"#!"})
    standing = {name: Standing("parity", "") for name in ("bin/python", "pyvenv.cfg")}
    plan = linking.plan([Part(trees, "a", "a")], SITE, [trees.read_manifest("a")], standing)
    assert (Conflict(path="bin/python", kept="parity", dropped="a", same=False),) == plan.conflicts
    assert ["bin/a"] == [path for _, _, path in plan.files]


def test_an_edit_through_an_environment_is_refused_in_the_next(trees: Trees, tmp_path: Path) -> None:
    """A hard link leads into the cache: size and time as before do not hide what was written."""
    add_tree(trees, "a", {"@/a.py": b"a = 1\n", "@/b.py": b""})
    add_tree(trees, "b", {"@/c.py": b""})
    edited = link(tmp_path / "x", Part(trees, "a", "a")) / SITE / "a.py"
    before, until = edited.stat(), trees.trusted_until("a")
    edited.chmod(0o644)
    edited.write_bytes(b"a = 2\n")
    later(edited, lambda: os.utime(edited, ns=(before.st_atime_ns, before.st_mtime_ns)), until)
    edited.chmod(0o444)
    with pytest.raises(ArtifactCorrupt) as refused:
        link(tmp_path / "y", Part(trees, "a", "a"), Part(trees, "b", "b"))
    assert ("a", "@/a.py") == (refused.value.name, refused.value.path)
    assert not trees.has("a"), "the next sync must fetch it anew"
    assert trees.has("b")


def test_a_file_that_is_gone_is_refused(trees: Trees, tmp_path: Path) -> None:
    """A cache that somebody cleaned by hand heals too."""
    add_tree(trees, "a", {"@/a/b.py": b"a"})
    Path(trees.source("a", "@/a/b.py")).unlink()
    with pytest.raises(ArtifactCorrupt):
        link(tmp_path / "e", Part(trees, "a", "a"))
    assert not trees.has("a")


def test_a_touched_file_is_linked_as_it_was_recorded(trees: Trees, tmp_path: Path) -> None:
    """`chmod u+w` and `touch` in one environment do not make the next one differ from its manifest."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    first = link(tmp_path / "x", Part(trees, "a", "a")) / SITE / "a.py"
    before, until = first.stat(), trees.trusted_until("a")
    first.chmod(0o644)
    later(first, first.touch, until)
    second = (link(tmp_path / "y", Part(trees, "a", "a")) / SITE / "a.py").stat()
    assert (before.st_mode, before.st_mtime_ns) == (second.st_mode, second.st_mtime_ns)


def test_linking_does_not_make_the_next_build_hash(
    trees: Trees, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links touch ctime; parity made them, so what they touched is still trusted."""
    add_tree(trees, "a", {"@/a.py": b"a", "@/b/c.py": b""})
    link(tmp_path / "x", Part(trees, "a", "a"))
    monkeypatch.setattr(Trees, "recheck", lambda *_: pytest.fail("a file was read again"))
    link(tmp_path / "y", Part(trees, "a", "a"))


def test_private_files_are_copies_that_may_be_written_to(trees: Trees, tmp_path: Path) -> None:
    """An edit in a private environment reaches nobody."""
    add_tree(trees, "a", {"@/a.py": b"a", "bin/a*": b"#!"})
    environment = link(tmp_path / "e", Part(trees, "a", "a"), private=True)
    assert 0o644 == (environment / SITE / "a.py").stat().st_mode & 0o777
    assert 0o755 == (environment / "bin/a").stat().st_mode & 0o777
    (environment / SITE / "a.py").write_bytes(b"b")
    assert b"a" == Path(trees.source("a", "@/a.py")).read_bytes()


def test_private_bytecode_notices_edits(trees: Trees, tmp_path: Path) -> None:
    """PEP 552: hash-based and checked; the rest of the file, its time too, is what it was."""
    source = tmp_path / "m.py"
    source.write_bytes(b"x = 1\n")
    unchecked, checked = (
        Path(py_compile.compile(str(source), str(tmp_path / f"{mode.name}.pyc"), "m.py", invalidation_mode=mode) or "")
        for mode in (py_compile.PycInvalidationMode.UNCHECKED_HASH, py_compile.PycInvalidationMode.CHECKED_HASH)
    )
    cached = "@/__pycache__/m.cpython-312.pyc"
    add_tree(trees, "a", {"@/m.py": source.read_bytes(), cached: unchecked.read_bytes()})
    made = link(tmp_path / "e", Part(trees, "a", "a"), private=True) / SITE / cached[2:]
    assert checked.read_bytes() == made.read_bytes()
    assert unchecked.read_bytes() == Path(trees.source("a", cached)).read_bytes()
    assert Path(trees.source("a", cached)).stat().st_mtime_ns == made.stat().st_mtime_ns


def test_packages_of_any_depth_meet_in_one_folder(trees: Trees, tmp_path: Path) -> None:
    """Namespace packages share folders at every depth; threads that make them do not collide."""
    parts = []
    for number in range(20):
        name = f"p{number}"
        add_tree(trees, name, {f"@/n/s/p{number}/x.py": b"x", f"@/n/s{number}.py": b"y", f"share/d/p/q/{name}": b"z"})
        parts.append(Part(trees, name, name))
    environment = link(tmp_path / "e", *parts)
    assert 60 == sum(path.is_file() for path in environment.rglob("*"))
