"""The cache of unpacked conda packages: what is in it is known, and what is not as it was is not used."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from parity.core.conda.prefix_records import Placed, PlacedFile
from parity.core.lockfile.model import LockedConda
from parity.engines.store.packages import Packages, unshare
from parity.engines.system.hashing import hash_file

ONE = LockedConda(
    name="one",
    version="1.0",
    build="0",
    channel="forge",
    subdir="noarch",
    file="one-1.0-0.conda",
    sha256="1" * 64,
    targets=("linux-64",),
    noarch="python",
)
TWO = replace(ONE, name="two", file="two-1.0-0.conda", sha256="2" * 64)
FILES = {"info/index.json": "{}", "site-packages/one/__init__.py": "a = 1\n", "bin/tool": "#!/bin/sh\n"}


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    return Packages(str(tmp_path / "cache"))


def unpack(packages: Packages, package: LockedConda) -> Path:
    folder = Path(packages.folder, f"{package.name}-{package.version}-{package.build}")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "bin" / "tool").chmod(0o775)
    (folder / "link").symlink_to("bin")
    return folder


def later(change: Callable[[], object], path: Path, than: int) -> None:
    """Make a change whose ctime is later: the file system's clock moves in steps."""
    change()
    while path.lstat().st_ctime_ns <= than:
        change()


def rewrite(path: Path, text: str, mode: int = 0o444) -> Callable[[], None]:
    def change() -> None:
        path.chmod(0o644)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    return change


def trusted_since(packages: Packages, package: LockedConda) -> int:
    return Path(packages.folder, "..", "trusted", package.sha256, "trusted").stat().st_ctime_ns


def test_what_was_noted_is_whole(packages: Packages) -> None:
    """It is read-only from then on, whatever modes the archive had, and linking it elsewhere changes nothing."""
    assert [ONE, TWO] == packages.missing([ONE, TWO])
    folder = unpack(packages, ONE)
    packages.trust([ONE, TWO])
    assert [TWO] == packages.missing([ONE, TWO])
    assert [0o444, 0o555] == [(folder / path).stat().st_mode & 0o777 for path in ("info/index.json", "bin/tool")]
    os.link(folder / "bin/tool", folder.parent / "elsewhere")
    assert [] == packages.missing([ONE])


def test_what_nobody_noted_is_not_believed(packages: Packages) -> None:
    """A process may have been killed in the middle of it; what it had begun to unpack goes too."""
    folder = unpack(packages, ONE)
    begun = folder.with_name(".two-1.0-0XyZ123")
    begun.mkdir()
    assert [ONE] == packages.missing([ONE])
    assert not folder.exists()
    assert not begun.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: rewrite(folder / "site-packages/one/__init__.py", "a = 2\n"),
        lambda folder: rewrite(folder / "site-packages/one/__init__.py", "a = 22\n"),
        lambda folder: rewrite(folder / "info/index.json", "[]"),
        lambda folder: lambda: (folder / "link").unlink(missing_ok=True) or (folder / "link").symlink_to("info"),
    ],
)
def test_what_was_changed_is_fetched_anew(packages: Packages, damage: Callable[[Path], Callable[[], None]]) -> None:
    """A file of the same size, another, what rattler reads about the package, a link."""
    folder = unpack(packages, ONE)
    packages.trust([ONE])
    until = trusted_since(packages, ONE)
    change = damage(folder)
    change()
    while max(path.lstat().st_ctime_ns for path in folder.rglob("*")) <= until:
        change()
    assert [ONE] == packages.missing([ONE])
    assert not folder.exists()


def test_a_file_that_is_gone_or_a_manifest_that_was_edited_is_found(packages: Packages) -> None:
    """Both mean that the package is fetched anew."""
    for number, damage in enumerate(("bin/tool", "files")):
        folder = unpack(packages, ONE)
        packages.trust([ONE])
        if number == 0:
            (folder / damage).unlink()
        else:
            stamp = Path(packages.folder, "..", "trusted", ONE.sha256, damage)
            stamp.write_text(stamp.read_text(encoding="utf-8").replace("one", "two"), encoding="utf-8")
        assert [ONE] == packages.missing([ONE])


def test_what_only_looks_changed_is_kept(packages: Packages) -> None:
    """Mode and time of what is still the same are put back: environments record them."""
    folder = unpack(packages, ONE)
    packages.trust([ONE])
    tool = folder / "bin/tool"
    before = tool.stat()

    def touch() -> None:
        tool.chmod(0o777)
        os.utime(tool)

    later(touch, tool, trusted_since(packages, ONE))
    assert [] == packages.missing([ONE])
    after = tool.stat()
    assert (before.st_mode, before.st_mtime_ns) == (after.st_mode, after.st_mtime_ns)


def test_another_package_under_the_same_name_is_another(packages: Packages) -> None:
    """Two channels may have one name, version and build, with different bytes."""
    folder = unpack(packages, ONE)
    packages.trust([ONE])
    other = replace(ONE, sha256="3" * 64)
    assert [other] == packages.missing([other])
    assert not folder.exists()
    assert [ONE] == packages.missing([ONE])


def placed(*files: PlacedFile) -> Placed:
    return Placed(name="one", record="conda-meta/one.json", files=files, clobbered=(), rewritten=())


@pytest.fixture
def environment(packages: Packages, tmp_path: Path) -> Path:
    """Link the package into an environment, as rattler does, one file of its own among them."""
    folder = unpack(packages, ONE)
    packages.trust([ONE])
    prefix = tmp_path / "prefix"
    for path in ("lib", "conda-meta", "bin"):
        (prefix / path).mkdir(parents=True)
    os.link(folder / "site-packages/one/__init__.py", prefix / "lib" / "one.py")
    (prefix / "bin" / "entry").write_text("made anew\n", encoding="utf-8")
    (prefix / "bin" / "entry").chmod(0o775)
    (prefix / "conda-meta" / "one.json").write_text("{}", encoding="utf-8")
    (prefix / "lib" / "link").symlink_to("one.py")
    return prefix


PLACED = placed(
    PlacedFile("lib/one.py", "site-packages/one/__init__.py"), PlacedFile("bin/entry", ""), PlacedFile("lib/link", "")
)


def test_every_file_of_an_environment_is_described(packages: Packages, environment: Path) -> None:
    """By its package, read-only, with the digest of what is there."""
    (ground,) = packages.describe(str(environment), [ONE], [PLACED])
    assert "one" == ground.package
    assert ["bin/entry", "conda-meta/one.json", "lib/link", "lib/one.py"] == sorted(
        each.path for each in ground.entries
    )
    for entry in ground.entries:
        real = environment / entry.path
        if entry.kind == "l":
            assert "one.py" == entry.digest
            continue
        assert hash_file(str(real)) == entry.digest
        assert real.stat().st_mode & 0o777 == entry.mode
        assert 0 == entry.mode & 0o222


def test_files_that_scripts_may_have_touched_are_read(packages: Packages, environment: Path) -> None:
    """A file of the same size is not believed to be the same then."""
    unshare(str(environment), writable=True)
    (environment / "lib/one.py").write_text("a = 2\n", encoding="utf-8")
    (ground,) = packages.describe(str(environment), [ONE], [PLACED], untouched=False)
    digests = {entry.path: entry.digest for entry in ground.entries}
    assert hash_file(str(environment / "lib/one.py")) == digests["lib/one.py"]
    assert [] == packages.missing([ONE])


def test_an_environment_of_its_own_shares_no_file(environment: Path) -> None:
    """Its copies have the same content and time, and may be written to."""
    before = (environment / "lib/one.py").stat()
    unshare(str(environment), writable=True)
    after = (environment / "lib/one.py").stat()
    assert (2, 1) == (before.st_nlink, after.st_nlink)
    assert (before.st_mtime_ns, before.st_mode | 0o200) == (after.st_mtime_ns, after.st_mode)
    assert "a = 1\n" == (environment / "lib/one.py").read_text(encoding="utf-8")


def test_modules_are_compiled_once(packages: Packages) -> None:
    """For one kind of interpreter; those with the environment's address in them are not."""
    folder = unpack(packages, ONE)
    (folder / "site-packages/one/conf.py").write_text("p = '/prefix'\n", encoding="utf-8")
    packages.trust([ONE])
    calls = []

    def compile_trees(jobs: Sequence[tuple[str, str]]) -> None:
        calls.append(len(jobs))
        for source, target in jobs:
            for module in Path(source).rglob("*.py"):
                cache = Path(target, module.relative_to(source)).parent / "__pycache__"
                cache.mkdir(parents=True, exist_ok=True)
                (cache / f"{module.stem}.cpython-312.pyc").write_bytes(b"")

    rewritten = {"one": ["site-packages/one/conf.py"]}
    for _ in range(2):
        (part,) = packages.compile("cpython-3.12", [ONE], rewritten, compile_trees)
        manifest = part.trees.read_manifest(part.name)
        assert "@/one/__pycache__/__init__.cpython-312.pyc" in manifest
        assert "conf" not in manifest
    packages.compile("cpython-3.13", [ONE], rewritten, compile_trees)
    assert [1, 1] == calls
