"""The caches as a whole."""

import os
from pathlib import Path

import pytest

from parity.engines.store import records
from parity.engines.store.artifacts import Artifacts
from parity.engines.store.caches import forget_built, rooms, sweep, trees
from tests.support.trees import add_tree, names

FILES = {"@/a.py": b"a = 1\n", "bin/tool*": b"#!\n", "@/link": b"-> a.py"}


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "cpython-3.13")


def test_how_much_is_where(artifacts: Artifacts, tmp_path: Path) -> None:
    """A file that two rooms share takes its blocks once."""
    add_tree(artifacts.wheels, "a", {"@/a.py": b"x" * 50_000})
    source = artifacts.wheels.source("a", "@/a.py")
    (tmp_path / "zz").mkdir()
    os.link(source, tmp_path / "zz" / "same")
    found = {room.name: room for room in rooms(str(tmp_path))}
    assert found["wheels"].bytes >= 50_000
    assert (0, 1) == (found["zz"].bytes, found["zz"].files)
    assert [] == rooms(str(tmp_path / "nowhere"))


def test_a_tree_is_used_where_an_environment_has_its_manifest(artifacts: Artifacts, tmp_path: Path) -> None:
    """Half-made ones are none."""
    for name in ("a", "b"):
        add_tree(artifacts.wheels, name, FILES)
    artifacts.wheels.prepare("c")
    os.link(artifacts.wheels.manifest_path("a"), tmp_path / "manifest")
    assert [("a", True), ("b", False)] == [(tree.name, tree.used) for tree in trees(str(tmp_path))]


@pytest.mark.parametrize(
    ("path", "damage", "expected"),
    [
        ("", "", []),
        ("tree/site/a.py", "flip", ["@/a.py"]),
        ("tree/site/a.py", "remove", ["@/a.py"]),
        ("tree/site/a.py", "folder", ["@/a.py"]),
        ("tree/site/link", "relink", ["@/link"]),
        ("files", "flip", ["files"]),
        ("trusted", "remove", ["files"]),
    ],
)
def test_what_changed_is_named(
    artifacts: Artifacts, tmp_path: Path, path: str, damage: str, expected: list[str]
) -> None:
    """A file, a link, the manifest itself."""
    add_tree(artifacts.wheels, "a", FILES)
    (tree,) = trees(str(tmp_path))
    real = Path(tree.path) / path
    if damage == "flip":
        real.chmod(0o644)
        real.write_bytes(bytes([real.read_bytes()[0] ^ 1]) + real.read_bytes()[1:])
    elif damage:
        real.unlink()
    if damage == "folder":
        real.mkdir()
    if damage == "relink":
        real.symlink_to("elsewhere")
    assert expected == tree.changed()


def test_what_was_built_into_nothing_is_forgotten(artifacts: Artifacts, tmp_path: Path) -> None:
    """A record that cannot be read as well."""
    add_tree(artifacts.wheels, "a", FILES)
    artifacts.remember("kept", "a")
    artifacts.remember("gone", "b")
    folder = tmp_path / "built" / "v1" / "cpython-3.13"
    records.write(str(folder / "empty"), [])
    forget_built(str(tmp_path))
    assert ["kept"] == names(folder)


def test_what_killed_processes_left_goes(artifacts: Artifacts, tmp_path: Path) -> None:
    """Half trees, scratch environments, half records; what is whole stays."""
    add_tree(artifacts.wheels, "a", FILES)
    artifacts.wheels.prepare("b")
    artifacts.bytecode.prepare("b")
    (tmp_path / "scratch" / "cpython-3.13" / "env").mkdir(parents=True)
    (tmp_path / "built" / "v1" / "cpython-3.13" / "x.12.tmp").touch()
    sweep(str(tmp_path))
    assert (["a"], []) == (names(artifacts.wheels.folder), names(artifacts.bytecode.folder))
    assert ([], []) == (names(tmp_path / "scratch"), names(tmp_path / "built" / "v1" / "cpython-3.13"))
