"""Two branches' locks made into one: what is united, what clashes, and when the manifests are to be looked at."""

from dataclasses import replace

from parity.core.lock_merge import UNSEEN, Clash, merge, unsatisfied
from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.translation.names import NameTable
from parity.workflows import wiring

NAMES = NameTable.from_text(*(wiring.data(name) for name in ("conda_names.tsv", "translation.toml")))
LINUX, MAC = "linux-64", "osx-arm64"


def wheel(name: str, version: str, *targets: str, requires: tuple[str, ...] = ()) -> LockedWheel:
    """Return a wheel of an index."""
    file = f"{name}-{version}-py3-none-any.whl"
    where = targets or (LINUX,)
    return LockedWheel(
        name=name, version=version, targets=where, index="default", file=file, sha256=file, requires=requires
    )


def target(name: str, python: str = "3.12") -> LockedTarget:
    """Return a target."""
    return LockedTarget(name=name, python=LockedPython(implementation="cpython", version=python, request=python))


def lock(*wheels: LockedWheel, said: str = "base", targets: tuple[LockedTarget, ...] = (target(LINUX),)) -> Lockfile:
    """Return a lock of the venv route whose manifest has some digest."""
    return Lockfile(route="venv", manifests={"r.txt": said}, made_with={"uv": "0.1.9"}, targets=targets, wheels=wheels)


BASE = lock(wheel("a", "1"), wheel("b", "1"))


def versions(of: Lockfile) -> dict[str, str]:
    """Return the versions by name."""
    return {each.name: each.version for each in of.wheels}


def test_what_both_sides_changed_independently_is_united() -> None:
    """One upgrades, one adds, one removes; nobody has seen the manifest that this makes."""
    ours = lock(wheel("a", "2"), wheel("b", "1"), wheel("c", "1"), said="ours")
    theirs = lock(wheel("a", "1"), wheel("d", "1"), said="theirs")
    merged = merge(BASE, ours, theirs)
    assert ((), {"a": "2", "c": "1", "d": "1"}) == (merged.clashes, versions(merged.lock))
    assert {"r.txt": UNSEEN} == merged.lock.manifests
    assert merged.lock == merge(BASE, theirs, ours).lock


def test_one_side_alone_keeps_what_it_saw() -> None:
    """Where the other side changed nothing that is locked, the lock answers its manifest still."""
    ours = lock(wheel("a", "2"), said="ours")
    for merged in (merge(BASE, ours, BASE), merge(BASE, BASE, ours)):
        assert ({"r.txt": "ours"}, {"a": "2"}) == (merged.lock.manifests, versions(merged.lock))
    narrowed = replace(BASE, manifests={"r.txt": "b<2"})
    upgraded = lock(wheel("a", "1"), wheel("b", "2"))
    assert {"r.txt": UNSEEN} == merge(BASE, narrowed, upgraded).lock.manifests
    both = replace(BASE, manifests={"r.txt": "theirs"})
    assert {"r.txt": UNSEEN} == merge(BASE, narrowed, both).lock.manifests


def test_one_package_changed_in_two_ways_is_a_clash() -> None:
    """Ours is taken, and both are told."""
    merged = merge(BASE, lock(wheel("a", "2")), lock(wheel("a", "3"), wheel("b", "1")))
    assert (Clash("a", "2", "3", LINUX),) == merged.clashes
    assert {"a": "2"} == versions(merged.lock)
    assert not merge(BASE, lock(wheel("a", "2")), lock(wheel("a", "2"))).clashes


def test_targets_are_merged_one_by_one() -> None:
    """One side adds a target, the other upgrades a package on the one that is there."""
    ours = lock(wheel("a", "1", LINUX, MAC), wheel("b", "1", LINUX, MAC), targets=(target(LINUX), target(MAC)))
    theirs = lock(wheel("a", "2"), wheel("b", "1"))
    merged = merge(BASE, ours, theirs)
    assert not merged.clashes
    found = {(each.name, each.version): each.targets for each in merged.lock.wheels}
    assert {("a", "1"): (MAC,), ("a", "2"): (LINUX,), ("b", "1"): (LINUX, MAC)} == found
    python = merge(BASE, lock(targets=(target(LINUX, "3.13"),)), lock(targets=(target(LINUX, "3.14"),)))
    assert (Clash("target", "Python 3.13", "Python 3.14", LINUX),) == python.clashes


def test_what_both_added_without_a_base() -> None:
    """Git has no base where both branches made the first lock."""
    merged = merge(None, lock(wheel("a", "1")), lock(wheel("a", "1"), wheel("c", "1")))
    assert ((), {"a": "1", "c": "1"}) == (merged.clashes, versions(merged.lock))
    assert merge(None, lock(wheel("a", "1")), lock(wheel("a", "2"))).clashes


def test_two_routes_have_nothing_in_common() -> None:
    """Ours stays as it is."""
    other = replace(BASE, route="conda")
    assert (BASE, (Clash("route", "venv", "conda"),)) == (
        (merged := merge(BASE, BASE, other)).lock,
        merged.clashes,
    )


def test_settings_are_sets_and_words() -> None:
    """Of groups both sides' changes count, of one word only one's."""
    base = replace(BASE, groups=("dev", "docs"), exclude_newer="2026-01-01", variables={"A": "1"})
    ours = replace(base, groups=("dev", "docs", "gpu"), exclude_newer="2026-02-01", made_with={"uv": "0.1.10"})
    theirs = replace(base, groups=("docs",), variables={"A": "2", "B": "1"})
    found = merge(base, ours, theirs).lock
    assert (("docs", "gpu"), "2026-02-01", {"A": "2", "B": "1"}) == (
        found.groups,
        found.exclude_newer,
        found.variables,
    )
    assert {"uv": "0.1.10"} == found.made_with


def test_what_nobody_brings_is_found() -> None:
    """A wheel of one side needs what the other took away; conda's packages need versions."""
    needy = lock(wheel("a", "2", requires=("b",)))
    assert {Clash("b", "", "a 2", LINUX)} == unsatisfied(needy, NAMES, lambda *_: True)
    packages = tuple(
        LockedConda(
            name=name,
            version="1",
            build="0",
            channel="conda-forge",
            subdir=LINUX,
            file=f"{name}.conda",
            sha256=name,
            targets=(LINUX,),
            depends=depends,
        )
        for name, depends in (("numpy", ("python >=3", "__glibc >=2.17")), ("python", ()))
    )
    conda = replace(BASE, route="conda", conda=packages, wheels=(wheel("a", "2", requires=("numpy",)),))
    assert set() == unsatisfied(conda, NAMES, lambda *_: True)
    assert {Clash("python >=3", "1", "numpy 1", LINUX)} == unsatisfied(conda, NAMES, lambda *_: False)
