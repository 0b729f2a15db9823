"""Disk against lock: what drifted is told once, what did not is not."""

import os
import py_compile
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.ports import SilentReporter
from parity.engines.interpreters.bytecode import foreign_bytecode
from parity.engines.store.environments import Environments, Papers
from parity.engines.store.integrity import changed_contents, present
from parity.engines.store.linking import Part
from parity.engines.system.facts import observe
from parity.workflows.verify import Tools, VerifyResult, verify
from tests.support.trees import SITE, add_tree, make_trees

MODULE = f"{SITE}/m/a.py"
WHEEL = LockedWheel(
    name="m", version="1.0", targets=("linux-64",), index="default", file="m-1.0-py3-none-any.whl", sha256="ab" * 32
)
LOCK = Lockfile(
    route="venv",
    manifests={},
    made_with={},
    targets=(LockedTarget(name="linux-64", python=LockedPython(implementation="cpython", version="3.12", request="")),),
    wheels=(WHEEL,),
)


class Scene:
    """An environment of one package, on the interpreter that runs the tests, and what looks at it."""

    def __init__(self, folder: Path) -> None:
        self.interpreter = folder / "python"
        self.interpreter.symlink_to(sys.executable)
        self.environments = Environments(str(folder / "home"))
        trees = make_trees(folder / "trees")
        add_tree(trees, "m", {"@/m/__init__.py": b"", "@/m/a.py": b"a = 1\n", "bin/m*": b"#!", "etc/l": b"-> m"})
        self.path = Path(self.environments.begin("key"))
        (self.path / "bin").mkdir(parents=True)
        (self.path / "bin" / "python").symlink_to(self.interpreter)
        papers = Papers(site=SITE, lock=v1.dump(LOCK), activation=[], interpreter=observe(str(self.interpreter)))
        self.environments.build("key", [Part(trees, "m", "m")], papers)
        for each in [self.path, *self.path.rglob("*")]:
            if each.is_dir() and not each.is_symlink():
                each.chmod(0o755)

    def verify(self, *, deep: bool, lock: Lockfile | None = LOCK) -> VerifyResult:
        """Look at it."""
        tools = Tools(
            environments=self.environments,
            present=present,
            changed_contents=changed_contents,
            observe=observe,
            foreign_bytecode=foreign_bytecode,
        )
        return verify(tools, str(self.path), lock, deep=deep, reporter=SilentReporter())

    def found(self, *, deep: bool, lock: Lockfile | None = LOCK) -> list[tuple[str, str, str]]:
        """Return code, subject and package of every finding."""
        return [(each.code, each.subject, each.package) for each in self.verify(deep=deep, lock=lock).findings]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)


def stealthily(path: Path, data: bytes) -> None:
    before = path.stat()
    rewrite(path, data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def relink(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("deep", [False, True])
def test_a_fresh_environment_is_as_locked(scene: Scene, deep: bool) -> None:
    """No finding, every file counted."""
    result = scene.verify(deep=deep)
    assert (True, (), 5, "deep" if deep else "quick") == (result.ok, result.findings, result.files, result.mode)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda root: rewrite(root / MODULE, b"a = 10\n"), ("file-changed", MODULE, "m")),
        (lambda root: (root / MODULE).unlink(), ("file-missing", MODULE, "m")),
        (lambda root: (root / MODULE).chmod(0o644), ("mode-changed", MODULE, "m")),
        (lambda root: (root / MODULE).chmod(0), ("mode-changed", MODULE, "m")),
        (lambda root: relink(root / MODULE, "__init__.py"), ("file-changed", MODULE, "m")),
        (lambda root: relink(root / "etc" / "l", "n"), ("link-changed", "etc/l", "m")),
        (lambda root: relink(root / "bin" / "python", "x"), ("link-changed", "bin/python", "")),
        (lambda root: (root / "a b\n\t").touch(), ("file-extra", "a b\n\t", "")),
        (lambda root: os.mkfifo(root / "fifo"), ("file-extra", "fifo", "")),
        (lambda root: (root / ".parity" / "manifests" / "0").unlink(), ("record-changed", ".parity/manifests/0", "")),
    ],
)
def test_drift_is_found_either_way(
    scene: Scene, change: Callable[[Path], object], finding: tuple[str, str, str], deep: bool
) -> None:
    """With the path and the package; the rest is not blamed, unless its manifest is what was lost."""
    change(scene.path)
    found = scene.found(deep=deep)
    assert finding in found
    assert 1 == len(found) or finding[0] == "record-changed"
    assert not scene.verify(deep=deep).ok


def test_only_reading_finds_what_keeps_size_and_time(scene: Scene) -> None:
    """Quick says nothing of it, deep does."""
    stealthily(scene.path / MODULE, b"a = 2\n")
    assert [] == scene.found(deep=False)
    assert [("file-changed", MODULE, "m")] == scene.found(deep=True)


def test_reading_clears_what_was_only_touched(scene: Scene) -> None:
    """The time alone is no drift to who has read the file; its mode still is."""
    os.utime(scene.path / MODULE, (1, 1))
    assert [("file-changed", MODULE, "m")] == scene.found(deep=False)
    assert [] == scene.found(deep=True)
    (scene.path / MODULE).chmod(0o600)
    assert [("mode-changed", MODULE, "m")] == scene.found(deep=True)
    rewrite(scene.path / MODULE, b"a = 2\n")
    assert [("file-changed", MODULE, "m")] == scene.found(deep=True)


def test_a_manifest_that_was_edited_is_told(scene: Scene) -> None:
    """Who hides an edit in the record is found by the record's own digest, without reading the files."""
    manifest = scene.path / ".parity" / "manifests" / "0"
    text = manifest.read_text(encoding="utf-8")
    rewrite(manifest, text.replace("@/m/a.py", "@/m/b.py").encode())
    assert ("record-changed", ".parity/manifests/0", "") in scene.found(deep=False)


def test_what_python_caches_is_information(scene: Scene) -> None:
    """Deep asks whether it is what the source gives; what is not is drift."""
    compiled = Path(py_compile.compile(str(scene.path / MODULE), doraise=True) or "")
    subject = compiled.relative_to(scene.path).as_posix()
    for deep in (False, True):
        assert [("cache-file", subject, "")] == scene.found(deep=deep)
        assert scene.verify(deep=deep).ok
    stealthily(scene.path / MODULE, b"a = 2\n")
    py_compile.compile(str(scene.path / MODULE), doraise=True)
    stealthily(scene.path / MODULE, b"a = 1\n")
    assert [("file-extra", subject, "")] == scene.found(deep=True)


def test_an_interpreter_that_changed_is_told(scene: Scene, tmp_path: Path) -> None:
    """Replaced or gone; bytecode that nobody can judge any more is drift, not a crash."""
    compiled = Path(py_compile.compile(str(scene.path / MODULE), doraise=True) or "")
    relink(scene.interpreter, str(tmp_path / "none"))
    assert [("cache-file", "info"), ("interpreter-changed", "error")] == [
        (each.code, each.severity) for each in scene.verify(deep=False).findings
    ]
    subject = compiled.relative_to(scene.path).as_posix()
    assert [("file-extra", subject, ""), ("interpreter-changed", "interpreter", "")] == scene.found(deep=True)


@pytest.mark.parametrize(
    "wheels",
    [
        (),
        (replace(WHEEL, version="2.0"),),
        (replace(WHEEL, sha256="cd" * 32),),
        (WHEEL, replace(WHEEL, name="n")),
        (replace(WHEEL, targets=("osx-arm64",)),),
    ],
)
def test_an_environment_that_the_lock_no_longer_asks_for_is_told(scene: Scene, wheels: tuple[LockedWheel, ...]) -> None:
    """A package more, fewer, another version, other bytes, for another target."""
    lock = replace(LOCK, wheels=wheels)
    assert [("environment-outdated", "target", "")] == scene.found(deep=False, lock=lock)


def test_another_python_or_variable_is_another_environment(scene: Scene) -> None:
    """The packages may be the same."""
    python = LockedPython(implementation="cpython", version="3.11", request="3.11")
    for lock in (
        replace(LOCK, targets=(LockedTarget(name="linux-64", python=python),)),
        replace(LOCK, targets=(LockedTarget(name="osx-arm64", python=python),), wheels=()),
        replace(LOCK, variables={"A": "b"}),
    ):
        assert [("environment-outdated", "target", "")] == scene.found(deep=False, lock=lock)


def test_what_says_nothing_about_bytes_outdates_nothing(scene: Scene) -> None:
    """Projects share an environment although their locks say differently where things come from, and who asked."""
    exact = LockedPython(implementation="cpython", version="3.12.1", request="3.12.1")
    own = LockedWheel(name="me", version="1", targets=("linux-64",), path=".", editable=True)
    for lock in (
        None,
        replace(LOCK, wheels=(replace(WHEEL, index="", url="https://example.org/m.whl", requested=True),)),
        replace(LOCK, wheels=(replace(WHEEL, targets=("linux-64", "osx-arm64")),)),
        replace(LOCK, targets=(LockedTarget(name="linux-64", python=exact),)),
        replace(LOCK, wheels=(WHEEL, own), project="me"),
    ):
        assert [] == scene.found(deep=False, lock=lock)
