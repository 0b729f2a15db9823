"""`environment.yml` out of any lock: our own reader takes it without a fault, as what was locked."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from parity.core.export.environment_yml import environment_yml
from parity.core.export.model import Subject
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.manifests.environment_yml import parse_environment
from parity.core.manifests.wheel_requirements import relative_path
from parity.core.spec import Spec

PYTHON = LockedPython(implementation="cpython", version="3.12.1", request="3.12", source="conda")
TARGET = LockedTarget(name="linux-64", python=PYTHON, virtual_packages=("__unix",))
names = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
hashes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)
channels = st.sampled_from(
    ["conda-forge", "pytorch", "a/label/b", "https://host.example/lab", "./my chan", "pkgs/main"]
)
conda = st.builds(
    LockedConda,
    name=names,
    version=versions,
    build=st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True),
    channel=channels,
    subdir=st.just("noarch"),
    file=st.just("x.conda"),
    sha256=hashes,
    targets=st.just(("linux-64",)),
)
wheel = st.builds(LockedWheel, name=names, version=versions, targets=st.just(("linux-64",)))
wheels = st.one_of(
    wheel,
    st.builds(lambda each, sha256: replace(each, index="default", file="x.whl", sha256=sha256), wheel, hashes),
    st.builds(lambda each, sha256: replace(each, index="corp", file="x.tar.gz", sha256=sha256), wheel, hashes),
    st.builds(
        lambda each, sha256: replace(each, url="https://host.example/x-1-py3-none-any.whl", sha256=sha256),
        wheel,
        hashes,
    ),
    st.builds(lambda each: replace(each, url="git+https://host.example/x", commit="0" * 40, subdirectory="in"), wheel),
    st.builds(lambda each, editable: replace(each, path="./lib", editable=editable), wheel, st.booleans()),
).map(
    lambda each: (
        each if each.index or each.url or each.path else replace(each, index="default", file="x.whl", sha256="0" * 64)
    )
)
locks = st.builds(
    Lockfile,
    route=st.just("conda"),
    manifests=st.just({}),
    made_with=st.just({}),
    targets=st.just((TARGET,)),
    conda=st.lists(conda, max_size=5, unique_by=lambda each: each.name).map(tuple),
    wheels=st.lists(wheels, max_size=5, unique_by=lambda each: each.name).map(tuple),
    channels=st.lists(channels, min_size=1, max_size=3, unique=True).map(tuple),
    variables=st.dictionaries(st.from_regex(r"[A-Z_]{1,5}", fullmatch=True), texts, max_size=3),
)


def subject(lock: Lockfile, *, to_project: str = ".") -> Subject:
    """Return a lock ready to be exported for its one target."""
    return Subject(
        lock=lock,
        targets=(TARGET,),
        platforms={"linux-64": "linux-64"},
        name="any: name",
        spec=Spec(manifests={}),
        addresses_of=lambda channel: [channel],
        address_of=lambda package: f"https://host.example/{package.file}",
        to_project=to_project,
    )


@given(lock=locks, to_project=st.sampled_from([".", "../project"]))
def test_any_lock_is_read_back(lock: Lockfile, to_project: str) -> None:
    """The same packages, channels, variables and distributions, with the hashes that the format can hold."""
    exported = environment_yml(subject(lock, to_project=to_project))
    read = parse_environment(exported.text, "environment.yml", read=lambda _: None)
    assert () == read.faults
    assert "any: name" == read.name
    assert [(each.name, f"=={each.version}", each.build) for each in lock.conda] == [
        (each.name, each.version, each.build) for each in read.conda
    ]
    several = len(set(read.channels) - {"nodefaults"}) > 1
    placed = [relative_path(each.channel, to_project) if "./" in each.channel else each.channel for each in lock.conda]
    assert [each if several else "" for each in placed] == [each.channel for each in read.conda]
    assert dict(lock.variables) == dict(read.variables)
    assert {(each.name if not each.path else "") for each in lock.wheels} == {each.name for each in read.wheels}
    hashed = {f"sha256:{each.sha256}" for each in lock.wheels if each.sha256}
    found = {value for each in read.wheels for value in each.hashes}
    assert hashed == found if all(each.sha256 for each in lock.wheels) else found <= hashed


def test_what_is_lost_is_told() -> None:
    """Each finding once, with a code of its own: pip, hashes, requests, assumptions, scripts, an unknown index."""
    package = LockedConda(
        name="linked", version="1", build="0", channel="c", subdir="noarch", file="x.conda", sha256="0" * 64,
        targets=("linux-64",),
    )  # fmt: skip
    distribution = LockedWheel(
        name="app", version="1", targets=("linux-64",), index="corp", file="x.whl", sha256="0" * 64
    )
    lock = Lockfile(
        route="conda", manifests={}, made_with={}, targets=(TARGET, replace(TARGET, name="osx-arm64")),
        conda=(package,), wheels=(distribution,), channels=("c",), link_scripts=("linked",), exclude_newer="2026-01-01",
    )  # fmt: skip
    losses = environment_yml(subject(lock)).losses
    assert {
        "lost-hashes": "1 conda package without the SHA-256 that is locked",
        "pip-unlisted": "`pip` is no part of this environment: conda and micromamba add it, to install what is under "
        "`pip:`",
        "lost-requests": "the file does not tell what was asked for from what came along",
        "lost-assumptions": "the file does not say for which machine and how it was solved: `__unix`, "
        "`exclude-newer = 2026-01-01`",
        "lost-targets": "the file is for `linux-64`; the lock is for `osx-arm64` too",
        "lost-link-scripts": "the file does not say whose scripts may run: here only those of `linked`, elsewhere all",
        "lost-index": "`app` from the index `corp`, whose address no manifest gives",
    } == {each.code: each.message for each in losses}


def test_other_interpreters_keep_their_kind() -> None:
    """PyPy and free-threaded builds of the light route are builds of conda's python."""
    for python, build in (
        (replace(PYTHON, implementation="pypy", version="3.10"), "*pypy*"),
        (replace(PYTHON, free_threaded=True, version="3.13"), "*_cp*t"),
    ):
        lock = Lockfile(route="venv", manifests={}, made_with={}, targets=(replace(TARGET, python=python),))
        text = environment_yml(replace(subject(lock), targets=lock.targets)).text
        (read,) = parse_environment(text, "environment.yml", read=lambda _: None).conda
        assert ("python", f"{python.version}.*", build) == (read.name, read.version, read.build)
