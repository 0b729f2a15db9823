"""What stands in `conda-meta`: the same on every machine, and in the form that conda reads."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.conda.errors import PackageUnplaceable
from parity.core.conda.prefix_records import (
    PlacedFile,
    externally_managed,
    frozen,
    history,
    in_order,
    placed,
    portable,
    record_path,
    refuse_outside,
    site_packages,
    state,
)
from parity.core.lockfile.model import LockedConda, Noarch

SITE = "lib/python3.12/site-packages"


def package(name: str, *, noarch: Noarch = "", depends: tuple[str, ...] = (), requested: bool = False) -> LockedConda:
    return LockedConda(
        name=name,
        version="1.0",
        build="0",
        channel="forge",
        subdir="noarch" if noarch else "linux-64",
        file=f"{name}-1.0-0.conda",
        sha256="0" * 64,
        targets=("linux-64",),
        noarch=noarch,
        depends=depends,
        requested=requested,
    )


def record(*paths: dict[str, Any]) -> dict[str, Any]:
    return {"name": "a", "paths_data": {"paths": list(paths), "paths_version": 1}}


def test_a_file_is_known_by_its_place_in_the_package() -> None:
    """What was written for this prefix has none; noarch packages know no version of Python."""
    found = placed(
        package("a", noarch="python"),
        record(
            {"_path": f"{SITE}/a/x.py", "path_type": "hardlink"},
            {"_path": f"{SITE}/a/conf.py", "path_type": "hardlink", "prefix_placeholder": "/old"},
            {"_path": "bin/a", "path_type": "unix_python_entry_point"},
            {"_path": "bin/a-script", "path_type": "hardlink"},
            {"_path": "share/a", "path_type": "hardlink"},
        ),
        SITE,
    )
    assert (
        PlacedFile(f"{SITE}/a/x.py", "site-packages/a/x.py"),
        PlacedFile(f"{SITE}/a/conf.py", ""),
        PlacedFile("bin/a", ""),
        PlacedFile("bin/a-script", "python-scripts/a-script"),
        PlacedFile("share/a", "share/a"),
    ) == found.files
    assert ("site-packages/a/conf.py",) == found.rewritten
    assert "conda-meta/a-1.0-0.json" == found.record == record_path(package("a"))


def test_a_file_that_was_put_aside_is_the_one_it_was() -> None:
    """Of two packages that bring one path, rattler keeps one and puts the other's below `__clobbers__`."""
    found = placed(package("a"), record({"_path": "__clobbers__/a/x", "original_path": "x"}), SITE)
    assert (PlacedFile("__clobbers__/a/x", "x"),) == found.files
    assert ("x",) == found.clobbered


@pytest.mark.parametrize("path", ["../x", "share/../../x", "/etc/x"])
def test_a_file_outside_of_the_environment_is_refused(path: str) -> None:
    """Whatever the package that was locked says."""
    with pytest.raises(PackageUnplaceable, match="outside of the environment"):
        placed(package("a"), record({"_path": path}), SITE)
    assert placed(package("a"), record({"_path": "share/..x/..."}), SITE).files


def test_a_link_script_is_the_packages_own() -> None:
    """Not one that another package might have brought under its own name."""
    paths = [{"_path": "bin/.a-post-link.sh"}, {"_path": "bin/.b-post-link.sh"}]
    assert "bin/.a-post-link.sh" == placed(package("a"), record(*paths), "").link_script
    assert "" == placed(package("a"), record(paths[1]), "").link_script


def test_a_record_says_nothing_of_this_machine() -> None:
    """Neither a cache nor an address with credentials; who asked is said."""
    found = portable(
        package("a", requested=True),
        {
            "name": "a",
            "url": "https://me:secret@mirror/forge/linux-64/a-1.0-0.conda",
            "channel": "https://me:secret@mirror/forge",
            "extracted_package_dir": "/home/me/cache",
            "link": {"source": "/home/me/cache", "type": 1},
        },
        "https://host/forge/linux-64/a-1.0-0.conda",
    )
    assert ("https://host/forge/linux-64/a-1.0-0.conda", "https://host/forge") == (found["url"], found["channel"])
    assert (["a"], "a") == (found["requested_specs"], found["requested_spec"])
    assert "me" not in json.dumps({**found, "name": ""}).replace("name", "")
    assert "requested_spec" not in portable(package("a"), {}, "https://host/forge/linux-64/a-1.0-0.conda")


def test_history_is_what_conda_reads() -> None:
    """One revision with every package, and what was asked for; no clock decides a byte of it."""
    expected = [
        "==> 1980-01-01 00:00:00 <==",
        "# cmd: parity sync",
        "+forge/linux-64::a-1.0-0",
        "+forge/noarch::b-1.0-0",
        '# update specs: ["b"]',
    ]
    assert expected == history([package("b", noarch="generic", requested=True), package("a")]).splitlines()


def test_others_are_told_to_leave_it_alone() -> None:
    """Installers by PEP 668, conda by CEP 22, both with what to do instead."""
    assert "parity sync" in json.loads(frozen())["message"]
    head, advice = externally_managed().splitlines()
    assert "[externally-managed]" == head
    assert advice.startswith("Error=")
    assert {"version": 1, "env_vars": {"A": "1", "B": ""}} == json.loads(state({"B": "", "A": "1"}))


def test_site_packages_are_where_python_says() -> None:
    """Else where every CPython has them."""
    python = package("python")
    assert "lib/python1.0/site-packages" == site_packages(python)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdefx"))))
def test_each_package_stands_behind_what_it_needs(needs: dict[str, set[str]]) -> None:
    """Every package once; in a circle somebody has to be first, and it is always the same one."""
    packages = [package(name, depends=tuple(f"{each} >=1" for each in sorted(of))) for name, of in needs.items()]
    ordered = [each.name for each in in_order(packages)]
    assert sorted(needs) == sorted(ordered)
    assert ordered == [each.name for each in in_order(list(reversed(packages)))]
    reach = {name: _reach(name, needs) for name in needs}
    for name, of in needs.items():
        for other in of & set(needs):
            if name not in reach[other]:
                assert ordered.index(other) < ordered.index(name)


def _reach(name: str, needs: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = {name}
    while pending:
        found |= pending
        pending = {each for one in pending for each in needs.get(one, set())} - found
    return found


@pytest.mark.parametrize("path", ["../x", "share/../../x", "/x", "share/link/x", "share/link/deep/x"])
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    """Whatever way it takes; a link itself may lead anywhere, for nothing is written by it."""
    link = {"_path": "share/link", "path_type": "softlink"}
    harmless = [link, {"_path": "share/linked/x", "path_type": "hardlink"}, {"_path": "..x/a..b"}]
    refuse_outside(package("a"), harmless)
    with pytest.raises(PackageUnplaceable, match="outside of the environment"):
        refuse_outside(package("a"), [*harmless, {"_path": path}])
