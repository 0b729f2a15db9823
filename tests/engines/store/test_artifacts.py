"""The cache of artifacts: one tree a distribution, whoever filled it, and nothing of those who were interrupted."""

import multiprocessing
from hashlib import sha256
from pathlib import Path

import pytest

from parity.core.errors import ArtifactCorrupt
from parity.engines.store.artifacts import Artifacts, site_of
from tests.support.trees import SITE, add_tree, hashed, install, names


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path / "cache"), "cpython-3.12-linux-64")


def test_each_distribution_becomes_a_tree_of_its_own(artifacts: Artifacts, tmp_path: Path) -> None:
    """Wheels under their SHA-256, what was built under the digest of its content."""
    install(tmp_path, "a", {"a.py": b"a"})
    install(tmp_path, "b", {"b.py": b"b"})
    taken, refused = artifacts.take(str(tmp_path), SITE, {"a": "a" * 64, "b": ""})
    assert [] == refused
    assert "a" * 64 == taken["a"]
    assert {taken["a"], taken["b"]} == set(names(artifacts.wheels.folder))


def test_distributions_that_share_a_file_are_refused_together(artifacts: Artifacts, tmp_path: Path) -> None:
    """Whose file lies there cannot be told, so both are to be fetched alone; others are taken."""
    install(tmp_path, "a", {"a.py": b"", "shared.py": b"a"})
    install(tmp_path, "b", {"b.py": b"", "shared.py": b"b"})
    install(tmp_path, "c", {"c.py": b""})
    taken, refused = artifacts.take(str(tmp_path), SITE, {"a": "aa", "b": "bb", "c": "cc"})
    assert (["a", "b"], {"c": "cc"}) == (sorted(refused), taken)
    assert ["cc"] == names(artifacts.wheels.folder)


def test_a_file_that_is_not_what_record_says_is_refused(artifacts: Artifacts, tmp_path: Path) -> None:
    """Nothing of it stays in the cache."""
    install(tmp_path, "a", {"a.py": b"a"}, rows=(("b.py", hashed(b"right"), "5"),))
    (tmp_path / SITE / "b.py").write_bytes(b"wrong")
    assert ({}, ["a"]) == artifacts.take(str(tmp_path), SITE, {"a": "aa"})
    with artifacts.lock():
        pass
    assert [] == names(artifacts.wheels.folder)


@pytest.mark.parametrize("stated", ["sha256=", "sha256=A", "sha256=%%%", "sha256=ü"])
def test_a_digest_that_is_none_is_not_believed(artifacts: Artifacts, tmp_path: Path, stated: str) -> None:
    """A RECORD that states nonsense refuses the distribution, it does not stop parity; stating nothing is allowed."""
    install(tmp_path, "a", {}, rows=(("b.py", stated, ""),))
    (tmp_path / SITE / "b.py").write_bytes(b"")
    expected = ({"a": "aa"}, []) if stated == "sha256=" else ({}, ["a"])
    assert expected == artifacts.take(str(tmp_path), SITE, {"a": "aa"})


def test_a_distribution_that_is_not_there_is_an_error(artifacts: Artifacts, tmp_path: Path) -> None:
    """An installer that says all is well and installed nothing is not believed."""
    install(tmp_path, "a", {})
    with pytest.raises(ArtifactCorrupt):
        artifacts.take(str(tmp_path), SITE, {"a": "aa", "b": "bb"})


def test_the_same_wheel_from_two_places_is_one_tree(tmp_path: Path) -> None:
    """What an installer notes about where it came from does not decide an environment's bytes."""
    manifests = []
    for place, notes in (
        ("x", {}),
        ("y", {"a-1.0.dist-info/direct_url.json": b'{"url": "https://example.org/a.whl"}'}),
    ):
        artifacts = Artifacts(str(tmp_path / place / "cache"), "t")
        install(tmp_path / place, "a", {"a.py": b"a", **notes})
        artifacts.take(str(tmp_path / place), SITE, {"a": "aa"})
        lines = artifacts.wheels.read_manifest("aa").splitlines()
        manifests.append([(line.split("\t")[4], line.split("\t")[5]) for line in lines])
    assert manifests[0] == manifests[1]


def test_what_was_built_is_found_again(artifacts: Artifacts) -> None:
    """By its request, as long as its tree is there."""
    assert "" == artifacts.recall("request")
    artifacts.remember("request", "tree")
    assert "" == artifacts.recall("request")
    add_tree(artifacts.wheels, "tree", {})
    assert "tree" == artifacts.recall("request")
    artifacts.wheels.drop("tree")
    assert "" == artifacts.recall("request")


def test_bytecode_is_asked_for_once(artifacts: Artifacts) -> None:
    """Trees that have theirs are left out; what was compiled appears only when it is published."""
    add_tree(artifacts.wheels, "a", {"@/a.py": b""})
    add_tree(artifacts.wheels, "b", {"@/b.py": b""})
    ((source, target),) = artifacts.bytecode_jobs(["a"])
    assert ["a.py"] == names(source)
    assert not artifacts.bytecode.has("a")
    Path(target, "__pycache__").mkdir()
    artifacts.publish_bytecode(["a"])
    assert ["b"] == [Path(job[0]).parent.parent.name for job in artifacts.bytecode_jobs(["a", "b"])]


def test_an_interrupted_filling_leaves_nothing(artifacts: Artifacts) -> None:
    """Whatever stops it, and whatever killed processes before it left, is gone when the lock is."""
    Path(artifacts.bytecode.folder, ".new-1-x", "tree").mkdir(parents=True)

    def interrupted() -> None:
        with artifacts.lock(), artifacts.scratch() as scratch:
            Path(scratch).mkdir()
            artifacts.wheels.prepare("a")
            artifacts.bytecode.prepare("a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [] == names(artifacts.wheels.folder) == names(artifacts.bytecode.folder)
    assert not list(Path(artifacts.wheels.folder).parents[2].glob("scratch/*/*"))


def test_a_scratch_environment_is_empty_each_time(artifacts: Artifacts) -> None:
    """What a killed process left in it does not get into the cache."""
    with artifacts.scratch() as first:
        left = Path(first).with_name("left")
        Path(first).mkdir()
    left.parent.mkdir()
    left.write_bytes(b"")
    with artifacts.scratch() as second:
        assert [] == names(Path(second).parent)


def _fill(cache: str, source: str, counted: str) -> None:
    artifacts = Artifacts(cache, "t")
    with artifacts.lock():
        if artifacts.wheels.has("aa"):
            return
        with Path(counted).open("a", encoding="ascii") as file:
            file.write("x")
        artifacts.take(source, SITE, {"a": "aa"})


def test_two_processes_fill_the_cache_once(tmp_path: Path) -> None:
    """Whoever comes second waits, and finds what the first made."""
    install(tmp_path / "env", "a", {"a.py": b"a"})
    arguments = (str(tmp_path / "cache"), str(tmp_path / "env"), str(tmp_path / "count"))
    fillers = [multiprocessing.Process(target=_fill, args=arguments) for _ in range(4)]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
        assert 0 == filler.exitcode
    assert "x" == (tmp_path / "count").read_text(encoding="ascii")
    artifacts = Artifacts(str(tmp_path / "cache"), "t")
    assert ["aa"] == names(artifacts.wheels.folder)
    assert sha256(b"a").hexdigest() in artifacts.wheels.read_manifest("aa")


def test_parts_are_in_the_order_of_names(artifacts: Artifacts) -> None:
    """The order decides who keeps a file that two bring, so it must not depend on a mapping's."""
    for name in ("x", "y"):
        add_tree(artifacts.wheels, name, {})
        add_tree(artifacts.bytecode, name, {})
    parts = artifacts.parts({"b": "x", "a": "y"}, bytecode=True)
    assert [("a", artifacts.wheels), ("a", artifacts.bytecode), ("b", artifacts.wheels), ("b", artifacts.bytecode)] == [
        (part.package, part.trees) for part in parts
    ]
    assert ["a", "b"] == [part.package for part in artifacts.parts({"b": "x", "a": "y"}, bytecode=False)]


def test_site_packages_are_found(tmp_path: Path) -> None:
    """Wherever an interpreter of any version has them; without any it is said."""
    (tmp_path / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    assert SITE == site_of(str(tmp_path))
    (tmp_path / SITE).rename(tmp_path / "lib" / "elsewhere")
    with pytest.raises(FileNotFoundError):
        site_of(str(tmp_path))
