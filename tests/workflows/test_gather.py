"""Everything that an environment is made of, in the cache: once, whole, checked, compiled. With real uv."""

import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from parity.core import contents
from parity.core.errors import ArtifactCorrupt, ParityError
from parity.core.interpreters import Interpreter
from parity.core.lockfile.model import LockedWheel
from parity.core.ports import SilentReporter
from parity.engines.interpreters.bytecode import compile_trees
from parity.engines.pypi.indexes import IndexSettings
from parity.engines.pypi.install import UvInstaller
from parity.engines.pypi.uv import Uv, find_uv
from parity.engines.store.artifacts import Artifacts, site_of
from parity.workflows.gather import gather, has_bytecode, requests_of
from tests.support.projects import World
from tests.support.serving import Fault
from tests.support.trees import names
from tests.support.wheels import make_sdist, make_wheel, write_project

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON = Interpreter(
    implementation="cpython",
    version=f"{VERSION}.{sys.version_info.micro}",
    path=sys.executable,
    real_path=sys.executable,
    source="path",
)


@dataclass
class Gatherer:
    """A cache of a test's own, filled from the world's index. `compiled` are the trees that were, in order."""

    world: World
    compiled: list[str] = field(default_factory=list)
    torn: bool = False

    @property
    def artifacts(self) -> Artifacts:
        """The cache."""
        return Artifacts(str(self.world.cache), "tag")

    def gather(self, *wheels: LockedWheel, python: Interpreter = PYTHON) -> dict[str, str]:
        """Fill the cache and return the trees."""
        uv = Uv(binary=find_uv(), cache=self.world.cache / "uv", environ=self.world.environ)
        settings = IndexSettings(indexes=(), environ=self.world.environ, root=self.world.project)
        return gather(
            wheels,
            artifacts=self.artifacts,
            installer=UvInstaller(uv=uv, settings=settings, root=self.world.project),
            interpreter=python,
            requests=requests_of(wheels, str(self.world.project), lambda _: {}),
            compile_trees=self._compile,
            site_of=site_of,
            reporter=SilentReporter(),
            measured=lambda *_: None,
        )

    def _compile(self, interpreter: str, jobs: Sequence[tuple[str, str]], progress: Callable[[int, int], None]) -> int:
        self.compiled += [Path(source).parent.parent.name for source, _ in jobs]
        if self.torn:
            raise KeyboardInterrupt
        return compile_trees(interpreter, jobs, progress)

    def files(self, tree: str) -> Mapping[str, contents.Entry]:
        """Return what is in a tree."""
        return {entry.path: entry for entry in contents.parse(self.artifacts.wheels.read_manifest(tree))}


@pytest.fixture
def gatherer(world: World) -> Gatherer:
    return Gatherer(world)


def locked(path: Path) -> LockedWheel:
    """Return what a lock says of a file of the index."""
    name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
    data = path.read_bytes()
    return LockedWheel(
        name=name.replace("_", "-"),
        version=version,
        targets=("linux-64",),
        index="default",
        file=path.name,
        sha256=sha256(data).hexdigest(),
        size=len(data),
    )


def wheel_of(world: World, start: str) -> LockedWheel:
    return locked(next(world.wheels.glob(f"{start}*.whl")))


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """Write a wheel anew with something replaced in its RECORD."""
    with zipfile.ZipFile(path) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in entries:
            archive.writestr(entry, data.replace(old, new) if entry.filename.endswith("/RECORD") else data)
    return path


def test_each_wheel_becomes_a_tree_with_bytecode_beside_it(gatherer: Gatherer) -> None:
    """Named by its SHA-256; scripts, data and headers have their place, whatever their names."""
    wheels = [wheel_of(gatherer.world, start) for start in ("files-", "space_one-", "space_two-")]
    trees = gatherer.gather(*wheels)
    assert {wheel.name: wheel.sha256 for wheel in wheels} == trees
    files = gatherer.files(trees["files"])
    assert {
        "@/files/leere datei.txt",
        "bin/files-tool",
        "share/files/note.txt",
        f"include/site/python{VERSION}/files/files.h",
    } <= set(files)
    assert 0o555 == files["bin/files-tool"].mode
    one = contents.parse(gatherer.artifacts.bytecode.read_manifest(trees["space-one"]))
    assert [f"@/space/one/__pycache__/__init__.{sys.implementation.cache_tag}.pyc"] == [entry.path for entry in one]


def test_what_is_there_is_not_fetched_again(gatherer: Gatherer) -> None:
    """No request, no compilation, and only what is new beside it."""
    base, app = wheel_of(gatherer.world, "base-1"), wheel_of(gatherer.world, "app-")
    gatherer.gather(base)
    asked = len(gatherer.world.index.requests)
    gatherer.gather(base)
    assert asked == len(gatherer.world.index.requests)
    gatherer.gather(base, app)
    assert [base.sha256, app.sha256] == gatherer.compiled
    assert not [request for request in gatherer.world.index.requests[asked:] if "base" in request.path]


def test_two_that_share_a_file_each_keep_their_own(gatherer: Gatherer) -> None:
    """Installed together the second would overwrite the first's; each comes alone, as its wheel has it."""
    wheels = [
        locked(
            make_wheel(gatherer.world.wheels, name, "1.0", modules={"shared.py": f"x = '{name}'\n", f"{name}.py": ""})
        )
        for name in ("aa", "bb")
    ]
    trees = gatherer.gather(*wheels)
    for wheel in wheels:
        source = Path(gatherer.artifacts.wheels.source(trees[wheel.name], "@/shared.py"))
        assert f"x = '{wheel.name}'\n" == source.read_text(encoding="utf-8")


def test_a_wheel_with_another_hash_is_refused(gatherer: Gatherer) -> None:
    """The index serves other bytes than were locked: an error, and nothing of it in the cache."""
    base = wheel_of(gatherer.world, "base-1")
    gatherer.world.index.faults[base.file] = Fault("replaced")
    with pytest.raises(ParityError):
        gatherer.gather(base)
    assert [] == names(gatherer.artifacts.wheels.folder)


def test_a_wheel_whose_own_record_is_wrong_is_refused_by_name(gatherer: Gatherer) -> None:
    """Its files are not what it says they are; fetching it anew does not change that."""
    path = make_wheel(gatherer.world.wheels, "wrong", "1.0", modules={"wrong.py": "x = 1\n"})
    wheel = locked(rewritten(path, b"wrong.py,sha256=", b"wrong.py,sha256=AA"))
    with pytest.raises(ArtifactCorrupt, match=r"wrong-1\.0-py3-none-any\.whl"):
        gatherer.gather(wheel)
    assert [] == names(gatherer.artifacts.wheels.folder)


def test_a_record_that_forgets_a_file_loses_none(gatherer: Gatherer) -> None:
    """What the wheel brings is there, listed or not."""
    path = make_wheel(gatherer.world.wheels, "short", "1.0", modules={"short.py": "", "more.py": ""})
    wheel = locked(rewritten(path, b"more.py,", b"elsewhere.py,"))
    assert {"@/short.py", "@/more.py"} <= set(gatherer.files(gatherer.gather(wheel)["short"]))


@pytest.mark.parametrize("damage", ["edited", "deleted"])
def test_damage_in_uvs_cache_is_healed(gatherer: Gatherer, damage: str) -> None:
    """It installs what its cache has, whole or not; what is cached here is what the wheel says."""
    base = wheel_of(gatherer.world, "base-1")
    gatherer.gather(base)
    gatherer.artifacts.wheels.drop(base.sha256)
    gatherer.artifacts.bytecode.drop(base.sha256)
    found = [path for path in (gatherer.world.cache / "uv").rglob("__init__.py") if path.parent.name == "base"]
    assert found
    for path in found:
        path.unlink()
        if damage == "edited":
            path.write_text("__version__ = 'evil'\n", encoding="utf-8")
    source = gatherer.artifacts.wheels.source(gatherer.gather(base)["base"], "@/base/__init__.py")
    assert '__version__ = "1.0"\n' == Path(source).read_text(encoding="utf-8")


def test_what_is_built_is_built_once(gatherer: Gatherer) -> None:
    """An sdist is remembered by its request, its tree named by what came out; built elsewhere it is the same."""
    sdist = locked(make_sdist(gatherer.world.wheels, "built", "1.0"))
    first = gatherer.gather(sdist)
    assert first["built"] != sdist.sha256
    assert "@/built/__init__.py" in gatherer.files(first["built"])
    asked = len(gatherer.world.index.requests)
    assert first == gatherer.gather(sdist)
    assert asked == len(gatherer.world.index.requests)
    other = World(root=gatherer.world.root / "other", index=gatherer.world.index)
    for name in ("home", "project", "tmp"):
        (other.root / name).mkdir(parents=True)
    assert first == Gatherer(other).gather(sdist)


@pytest.mark.parametrize("folder", ["lib", "a b", "c %41 ü", "d'q[1]${HOME}"])
def test_a_project_in_any_folder_is_installed_editable(gatherer: Gatherer, folder: str) -> None:
    """Blanks, signs that mean something to requirements files, letters beyond ASCII."""
    write_project(gatherer.world.project / folder, "mine")
    wheel = LockedWheel(name="mine", version="1.0", targets=("linux-64",), path=folder, editable=True)
    tree = gatherer.gather(wheel)["mine"]
    source = gatherer.artifacts.wheels.source(
        tree, next(path for path in gatherer.files(tree) if path.endswith(".pth"))
    )
    assert str(gatherer.world.project / folder / "src") == Path(source).read_text(encoding="utf-8").strip()


def test_an_interruption_leaves_whole_trees_or_none(gatherer: Gatherer) -> None:
    """Ctrl-C while modules are compiled: wheels that came stay, no bytecode is half, the next time ends well."""
    base = wheel_of(gatherer.world, "base-1")
    gatherer.torn = True
    with pytest.raises(KeyboardInterrupt):
        gatherer.gather(base)
    assert [] == names(gatherer.artifacts.bytecode.folder)
    assert [base.sha256] == names(gatherer.artifacts.wheels.folder)
    gatherer.torn = False
    gatherer.gather(base)
    assert gatherer.artifacts.bytecode.has(base.sha256)


def test_an_interpreter_that_is_too_old_gets_no_bytecode() -> None:
    """PEP 552 came with 3.7; 3.10 is newer than 3.7."""
    versions = {"3.6.15": False, "3.7.0": True, "3.10.1": True, "3.15.0a1": True, "2.7.18": False}
    for version, has in versions.items():
        python = Interpreter(implementation="cpython", version=version, path="", real_path="", source="path")
        assert has == has_bytecode(python)
