"""The cache of trees: whole from the moment it appears, read-only, and able to notice that it was changed."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from parity.core import contents
from parity.core.contents import Entry
from parity.core.errors import ArtifactCorrupt
from parity.engines.store.trees import Trees
from tests.support.trees import add_tree, make_trees, names


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    return make_trees(tmp_path / "trees")


def entries(trees: Trees, name: str) -> dict[str, Entry]:
    return {entry.path: entry for entry in contents.parse(trees.read_manifest(name))}


def test_a_tree_is_there_only_once_it_is_published(trees: Trees) -> None:
    """What is being prepared has no name yet."""
    trees.prepare("a")
    assert not trees.has("a")
    add_tree(trees, "a", {"@/a.py": b"a"})
    assert trees.has("a")
    assert ["a"] == names(trees.folder)


def test_the_manifest_says_what_every_file_is(trees: Trees) -> None:
    """Kind, mode, size and digest of files in site-packages and outside it, empty ones and links."""
    add_tree(trees, "a", {"@/a/x.py": b"", "bin/tool*": b"#!", "share/l": b"-> ../bin/tool"})
    found = entries(trees, "a")
    assert ["@/a/x.py", "bin/tool", "share/l"] == list(found)
    assert ("f", 0o444, 0) == found["@/a/x.py"][:3]
    assert sha256().hexdigest() == found["@/a/x.py"].digest
    assert ("f", 0o555, 2) == found["bin/tool"][:3]
    assert ("l", "../bin/tool") == (found["share/l"].kind, found["share/l"].digest)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(trees: Trees, mask: int) -> None:
    """Two users get the same tree: readable by all, writable by none, executable where it was."""
    before = os.umask(mask)
    try:
        prepared = Path(trees.prepare("a"))
        (prepared / "site" / "m.py").write_bytes(b"")
        (prepared / "site" / "run").write_bytes(b"")
        for name, mode in (("m.py", 0o600), ("run", 0o700)):
            (prepared / "site" / name).chmod(mode)
        trees.publish("a", {})
    finally:
        os.umask(before)
    assert {"@/m.py": 0o444, "@/run": 0o555} == {path: entry.mode for path, entry in entries(trees, "a").items()}
    assert 0o444 == Path(trees.source("a", "@/m.py")).stat().st_mode & 0o7777


def test_odd_names_survive(trees: Trees) -> None:
    """Blanks, tabs, newlines, backslashes and bytes that are no UTF-8 come back as they were."""
    odd = ["a b", "a\tb", "a\nb", "a\\nb", "a\\", "ü", os.fsdecode(b"\xff\xfe")]
    prepared = Path(trees.prepare("a"))
    for name in odd:
        (prepared / "site" / name).write_bytes(name.encode("utf-8", "surrogateescape"))
    trees.publish("a", {})
    found = entries(trees, "a")
    assert {f"@/{name}" for name in odd} == set(found)
    for path in found:
        assert found[path].size == Path(trees.source("a", path)).stat().st_size


def test_a_file_that_is_not_what_was_expected_is_refused(trees: Trees) -> None:
    """A wheel whose RECORD states another hash is not cached, and leaves nothing."""
    with pytest.raises(ArtifactCorrupt) as refused:
        add_tree(trees, "a", {"@/a.py": b"a", "@/b.py": b"b"}, expected={"@/b.py": "0" * 64, "@/a.py": ""})
    assert ("a", "@/b.py") == (refused.value.name, refused.value.path)
    assert [] == names(trees.folder)


def test_what_was_built_is_named_by_its_content(trees: Trees) -> None:
    """The same files built twice are one tree, whatever their times; other files another."""
    first = add_tree(trees, "x", {"@/a.py": b"a"}, built=True)
    prepared = Path(trees.prepare("y"))
    (prepared / "site" / "a.py").write_bytes(b"a")
    os.utime(prepared / "site" / "a.py", (1, 1))
    assert first == trees.publish("y", {}, built=True)
    assert first != add_tree(trees, "z", {"@/a.py": b"b"}, built=True)
    assert 2 == len(names(trees.folder))


def test_the_second_to_publish_takes_what_the_first_made(trees: Trees) -> None:
    """Two processes that made one tree end with one, whole."""
    other = Trees(trees.folder)
    prepared = Path(trees.prepare("a"))
    (prepared / "site" / "a.py").write_bytes(b"a")
    prepared.parent.rename(prepared.parent.with_name(".new-1-a"))
    add_tree(other, "a", {"@/a.py": b"a"})
    prepared.parent.with_name(".new-1-a").rename(prepared.parent)
    assert "a" == trees.publish("a", {})
    assert ["a"] == names(trees.folder)


def test_a_prepared_folder_is_fresh(trees: Trees) -> None:
    """What an interrupted process of the same number left does not get into a tree."""
    left = Path(trees.prepare("a")) / "site" / "left.py"
    left.write_bytes(b"")
    assert not Path(trees.prepare("a"), "site", "left.py").exists()


def test_a_manifest_that_was_changed_is_refused(trees: Trees) -> None:
    """The manifest decides what an environment must be, so it is believed only as it was published."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    path = Path(trees.manifest_path("a"))
    path.chmod(0o644)
    path.write_text("", encoding="utf-8")
    with pytest.raises(ArtifactCorrupt):
        trees.read_manifest("a")


def test_a_tree_without_its_stamp_is_refused(trees: Trees) -> None:
    """A tree that lost a record of its own is damaged, not a system error."""
    add_tree(trees, "a", {})
    Path(trees.folder, "a", "trusted").unlink()
    with pytest.raises(ArtifactCorrupt):
        trees.read_manifest("a")


def test_an_empty_tree_is_a_tree(trees: Trees) -> None:
    """The bytecode of a distribution without modules is nothing, and complete."""
    add_tree(trees, "a", {})
    assert trees.has("a")
    assert "" == trees.read_manifest("a")


def test_a_touched_file_is_put_back_as_it_was(trees: Trees) -> None:
    """Mode and time of a file with the same content are restored, else every environment made of it would differ."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    entry = entries(trees, "a")["@/a.py"]
    real = Path(trees.source("a", "@/a.py"))
    real.chmod(0o666)
    os.utime(real, (1, 1))
    trees.recheck("a", [entry])
    assert (entry.mode, entry.mtime) == (real.stat().st_mode & 0o7777, real.stat().st_mtime_ns)


@pytest.mark.parametrize("change", ["edit", "link", "folder", "fifo"])
def test_a_file_that_became_something_else_is_refused(trees: Trees, change: str) -> None:
    """An edit that keeps the size, a link to the same content, a folder, a special file."""
    add_tree(trees, "a", {"@/a.py": b"a", "@/b.py": b"a"})
    entry = entries(trees, "a")["@/a.py"]
    real = Path(trees.source("a", "@/a.py"))
    if change == "edit":
        real.chmod(0o644)
        real.write_bytes(b"b")
    else:
        real.unlink()
    if change == "link":
        real.symlink_to("b.py")
    elif change == "folder":
        real.mkdir()
    elif change == "fifo":
        os.mkfifo(real)
    with pytest.raises(ArtifactCorrupt):
        trees.recheck("a", [entry])


def test_a_link_that_leads_elsewhere_is_refused(trees: Trees) -> None:
    """Where a link leads is its content."""
    add_tree(trees, "a", {"@/l": b"-> a.py"})
    entry = entries(trees, "a")["@/l"]
    real = Path(trees.source("a", "@/l"))
    trees.recheck("a", [entry])
    real.unlink()
    real.symlink_to("b.py")
    with pytest.raises(ArtifactCorrupt):
        trees.recheck("a", [entry])


def test_a_change_is_later_than_the_stamp(trees: Trees) -> None:
    """A file that was edited and given its old time back has a ctime that the stamp does not cover."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    real = Path(trees.source("a", "@/a.py"))
    before = real.stat()
    assert before.st_ctime_ns <= trees.trusted_until("a")
    os.utime(trees.manifest_path("a"))
    while Path(trees.manifest_path("a")).stat().st_ctime_ns <= trees.trusted_until("a"):
        os.utime(trees.manifest_path("a"))  # the file system's clock moves in steps
    real.chmod(0o644)
    real.write_bytes(b"b")
    os.utime(real, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert real.stat().st_ctime_ns > trees.trusted_until("a")
    trees.trust_until_now("a")
    assert real.stat().st_ctime_ns <= trees.trusted_until("a")


def test_trusting_again_keeps_the_manifest_believed(trees: Trees) -> None:
    """The stamp is touched, not rewritten: a process killed there leaves no half of it."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    inode = Path(trees.folder, "a", "trusted").stat().st_ino
    trees.trust_until_now("a")
    assert inode == Path(trees.folder, "a", "trusted").stat().st_ino
    assert ["@/a.py"] == list(entries(trees, "a"))


def test_dropping_a_tree_leaves_nothing_and_may_be_done_twice(trees: Trees) -> None:
    """Two processes that meet the same damage both drop it."""
    add_tree(trees, "a", {"@/a/b/c.py": b"a"})
    trees.drop("a")
    trees.drop("a")
    assert [] == names(trees.folder)


def test_dropping_passes_over_what_a_killed_process_left(trees: Trees) -> None:
    """In a container every start has the same process number, so a grave of that number may be there."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    grave = Path(trees.folder, f".old-{os.getpid()}-a", "tree")
    grave.mkdir(parents=True)
    trees.drop("a")
    assert [] == names(trees.folder)


def test_sweeping_removes_only_what_was_never_published(trees: Trees) -> None:
    """What killed processes left goes, trees stay."""
    add_tree(trees, "a", {"@/a.py": b"a"})
    for left in (".new-1-b", ".old-1-c"):
        Path(trees.folder, left, "tree", "site").mkdir(parents=True)
    trees.sweep()
    assert ["a"] == names(trees.folder)
