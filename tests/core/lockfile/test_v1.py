"""Writing and reading `parity.lock`, version 1."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileConflict, LockfileDamaged, LockfileFuture
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile, Negotiated

FORMATS = Path(__file__).parents[2] / "formats" / "v1"
PYTHON = LockedPython(implementation="cpython", version="3.11", request="3.11")
TARGET = LockedTarget(name="linux-64", python=PYTHON, virtual_packages=("__glibc=2.28", "__unix"))
WHEEL = LockedWheel(
    name="app",
    version="1.0",
    targets=("linux-64",),
    index="default",
    file="app-1.0-py3-none-any.whl",
    sha256="a" * 64,
    size=12,
    requires=("base", "left"),
    requested=True,
)
NUMPY = LockedConda(
    name="numpy",
    version="1.26.4",
    build="py311h64a7726_0",
    channel="conda-forge",
    subdir="linux-64",
    file="numpy-1.26.4-py311h64a7726_0.conda",
    sha256="b" * 64,
    depends=("python >=3.11,<3.12.0a0", "libblas >=3.9.0,<4.0a0"),
    requested=True,
    targets=("linux-64",),
)
LOCK = Lockfile(
    route="venv",
    manifests={"requirements.txt": "sha256:" + "0" * 64},
    made_with={"parity": "0.1.0", "uv": "0.13.9"},
    targets=(TARGET,),
    wheels=(WHEEL,),
)

CONDA_LOCK = replace(LOCK, route="conda", channels=("conda-forge",), conda=(NUMPY,), wheels=())

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,8}", fullmatch=True)
hashes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
lists = st.lists(texts, max_size=3, unique=True).map(tuple)
tables = st.dictionaries(texts, texts, max_size=3)
pythons = st.builds(
    LockedPython,
    implementation=names,
    version=names,
    request=texts,
    source=st.sampled_from(["found", "prebuilt", "built", "conda"]),
    free_threaded=st.booleans(),
    build=texts,
    file=names,
    sha256=st.one_of(st.just(""), hashes),
    exact=st.booleans(),
)
targets = st.lists(
    st.builds(LockedTarget, name=names, python=pythons, virtual_packages=lists, torch_backend=st.just("")),
    min_size=1,
    max_size=3,
    unique_by=lambda target: target.name,
).map(tuple)


def packages(targets: Sequence[LockedTarget]) -> st.SearchStrategy[LockedConda]:
    """Any conda package that the format can hold."""
    return st.builds(
        LockedConda,
        name=st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,8}", fullmatch=True),
        version=names,
        build=names,
        channel=st.from_regex(r"[!-~]([ -~é]{0,8}[!-~])?", fullmatch=True),
        subdir=names,
        file=names.map("{}-1-0.conda".format),
        sha256=hashes,
        targets=st.lists(st.sampled_from([target.name for target in targets]), min_size=1, unique=True).map(tuple),
        build_number=st.integers(0, 2**40),
        size=st.integers(0, 2**40),
        depends=lists,
        constrains=lists,
        noarch=st.sampled_from(["", "python", "generic"]),
        python_site_packages_path=st.sampled_from(["", "lib/python3.13t/site-packages"]),
        requested=st.booleans(),
    )


def negotiations(targets: Sequence[LockedTarget]) -> st.SearchStrategy[tuple[Negotiated, ...]]:
    """Return what may have been negotiated for these targets."""
    one = Negotiated(
        name="numpy", version="1.26.4", instead="2.1.3", because=("oldlib needs numpy<2",), targets=(targets[0].name,)
    )
    other = replace(one, instead="2.0.2", because=('a "quoted" é', "\x7f"))
    return st.sampled_from([(), (one,), (one, other), (other, one)])


@st.composite
def locks(draw: st.DrawFn) -> Lockfile:
    """Any lock that the format can hold."""
    drawn = draw(targets)
    wheels = st.builds(
        LockedWheel,
        name=names,
        version=names,
        targets=st.lists(st.sampled_from([target.name for target in drawn]), min_size=1, unique=True).map(tuple),
        index=names,
        file=names,
        sha256=hashes,
        size=st.integers(0, 2**40),
        url=texts,
        commit=texts,
        subdirectory=texts,
        path=texts,
        editable=st.booleans(),
        requires=lists,
        requested=st.booleans(),
    )
    return Lockfile(
        route=draw(st.sampled_from(["venv", "conda"])),
        manifests=draw(tables),
        made_with=draw(tables),
        targets=drawn,
        wheels=tuple(draw(st.lists(wheels, max_size=3))),
        negotiated=draw(negotiations(drawn)),
        groups=draw(lists),
        extras=draw(lists),
        project=draw(texts),
        variables=draw(tables),
        exclude_newer=draw(texts),
        sdists=draw(lists),
        prereleases=draw(st.booleans()),
        lost=draw(lists),
        conda=tuple(draw(st.lists(packages(drawn), max_size=3))),
        channels=draw(lists),
        channel_priority=draw(st.sampled_from(["", "disabled"])),
        link_scripts=draw(lists),
    )


@given(locks())
def test_reading_what_was_written_gives_the_same_lock(lock: Lockfile) -> None:
    """Nothing is lost on the way into the file and back."""
    assert v1.normalised(lock) == v1.parse(v1.dump(lock))


@given(locks(), st.randoms(use_true_random=False))
def test_order_does_not_change_the_text(lock: Lockfile, random: Random) -> None:
    """A lock whose parts come in another order is written the same."""
    wheels, drawn, conda, negotiated = (
        list(lock.wheels),
        list(lock.targets),
        list(lock.conda),
        list(lock.negotiated),
    )
    for parts in (wheels, drawn, conda, negotiated):
        random.shuffle(parts)
    other = replace(lock, wheels=tuple(wheels), targets=tuple(drawn), conda=tuple(conda), negotiated=tuple(negotiated))
    assert v1.dump(lock) == v1.dump(other)


@pytest.mark.parametrize("path", sorted(FORMATS.glob("*.lock")), ids=lambda path: path.stem)
def test_every_lock_ever_written_is_read(path: Path) -> None:
    """A lock of version 1 is read for ever, and writing it again changes nothing."""
    text = path.read_text(encoding="utf-8")
    assert text == v1.dump(v1.parse(text))


def test_a_small_lock_looks_like_this() -> None:
    """The text is the interface: it is committed, compared and merged by people."""
    assert (FORMATS / "small.lock").read_text(encoding="utf-8") == v1.dump(LOCK)
    assert (FORMATS / "conda.lock").read_text(encoding="utf-8") == v1.dump(CONDA_LOCK)


def test_a_later_version_is_refused_with_what_to_do() -> None:
    """A lock of a future parity is not guessed at."""
    with pytest.raises(LockfileFuture) as refused:
        v1.parse('version = 2\nshape = "unknown"\n')
    assert refused.value.hint.startswith("update parity")


def test_merge_markers_are_refused_with_what_to_do() -> None:
    """The user learns that a merge stands open, not that TOML is broken."""
    text = v1.dump(LOCK).replace("[[pypi]]", "<<<<<<< ours\n[[pypi]]")
    with pytest.raises(LockfileConflict) as refused:
        v1.parse(text)
    assert "`parity lock`" in refused.value.hint


def test_bad_toml_is_refused_with_its_line() -> None:
    """A cut file says where it was cut."""
    with pytest.raises(LockfileDamaged) as refused:
        v1.parse("version = 1\nroute = \n")
    assert 2 == refused.value.faults[0].place.line


def test_all_faults_are_told_together_with_their_places() -> None:
    """Wrong types, missing and unknown keys: one error, every place."""
    text = v1.dump(LOCK).replace('version = "1.0"', "version = 1").replace("size = 12", "size = -1\nmood = true")
    with pytest.raises(LockfileDamaged) as refused:
        v1.parse(text)
    places = [fault.place.key for fault in refused.value.faults]
    assert ["pypi[0].version", "pypi[0].size", "pypi[0].mood"] == places


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "app"', 'name = "../app"', "pypi[0].name"),
        ('file = "app-1.0-py3-none-any.whl"', 'file = "../app.whl"', "pypi[0].file"),
        ('targets = ["linux-64"]', 'targets = ["osx-64"]', "pypi[0].targets"),
        ('index = "default"\n', "", "pypi[0]"),
        ("a" * 64, "a" * 63, "pypi[0].sha256"),
        ('implementation = "cpython", ', "", "target[0].python.implementation"),
        ('route = "venv"', 'route = "sea"', "route"),
        ("version = 1\n", "version = 0\n", "version"),
        ("version = 1\n", "", "version"),
        ("requires = [\n", "requires = [\n  1,\n", "pypi[0].requires"),
    ],
)
def test_what_could_do_harm_is_refused(old: str, new: str, key: str) -> None:
    """A name that leaves its folder, an unknown target, a missing or short hash: never taken at its word."""
    text = v1.dump(LOCK)
    assert old in text
    with pytest.raises(LockfileDamaged) as refused:
        v1.parse(text.replace(old, new, 1))
    assert key in [fault.place.key for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "numpy"', 'name = "num/py"', "conda[0].name"),
        ("numpy-1.26.4-py311h64a7726_0.conda", "../numpy-1.26.4-0.conda", "conda[0].file"),
        ("numpy-1.26.4-py311h64a7726_0.conda", "numpy-1.26.4-0.exe", "conda[0].file"),
        ('subdir = "linux-64"', 'subdir = ".."', "conda[0].subdir"),
        ('channel = "conda-forge"', 'channel = ""', "conda[0].channel"),
        ('sha256 = "b', 'sha256 = "x', "conda[0].sha256"),
        ('targets = ["linux-64"]', "targets = []", "conda[0].targets"),
        ('subdir = "linux-64"', 'noarch = "ruby"\nsubdir = "noarch"', "conda[0].noarch"),
        ("requested", 'python-site-packages-path = "lib/../.."\nrequested', "conda[0].python-site-packages-path"),
    ],
)
def test_what_could_do_harm_in_a_conda_package_is_refused(old: str, new: str, key: str) -> None:
    """What becomes part of a path or an address has a shape, and every package has a hash."""
    text = v1.dump(CONDA_LOCK)
    assert old in text
    with pytest.raises(LockfileDamaged) as refused:
        v1.parse(text.replace(old, new, 1))
    assert [key] == [fault.place.key for fault in refused.value.faults]


def test_a_target_that_stands_twice_is_refused() -> None:
    """Two answers for one machine are none."""
    with pytest.raises(LockfileDamaged):
        v1.parse(v1.dump(replace(LOCK, targets=(TARGET, replace(TARGET, virtual_packages=())))))
