"""Which file of a distribution a target takes."""

from pathlib import Path

import pytest

import parity
from parity.core.errors import WheelNone
from parity.core.lockfile.model import LockedPython
from parity.core.target import load_targets
from parity.core.wheel_files import DistributionFile, choose_file

TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))


def python(version: str = "3.11", implementation: str = "cpython", *, free_threaded: bool = False) -> LockedPython:
    """Return a locked Python."""
    return LockedPython(implementation=implementation, version=version, request=version, free_threaded=free_threaded)


def chosen(target: str, names: list[str], wanted: LockedPython, *, sdist: bool = False) -> str:
    """Return the name of the file that is taken."""
    files = [DistributionFile(name=name, sha256="0" * 64) for name in names]
    return choose_file(files, TARGETS.named(target), wanted, package="pkg", version="1.0", sdist_allowed=sdist).name


@pytest.mark.parametrize(
    ("target", "wanted", "tags", "expected"),
    [
        ("linux-64", python(), ["py3-none-any", "cp311-cp311-manylinux_2_28_x86_64"], 1),
        ("linux-64", python(), ["cp311-cp311-manylinux_2_34_x86_64", "py3-none-any"], 1),
        ("linux-64", python(), ["cp311-cp311-manylinux2014_x86_64", "cp37-abi3-manylinux_2_28_x86_64"], 0),
        ("linux-64", python(), ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_28_x86_64"], 1),
        ("linux-64", python(), ["cp312-cp312-manylinux_2_28_x86_64", "cp37-abi3-manylinux1_x86_64"], 1),
        ("linux-64", python(), ["cp311-cp311-manylinux2010_x86_64.manylinux_2_12_x86_64"], 0),
        ("linux-64", python(), ["cp311-cp311-musllinux_1_2_x86_64", "py2.py3-none-any"], 1),
        ("linux-64-glibc2.17", python(), ["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux2014_x86_64"], 1),
        ("linux-aarch64", python(), ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_aarch64"], 1),
        ("alpine-3.20", python(), ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-musllinux_1_1_x86_64"], 1),
        ("osx-arm64", python(), ["cp311-cp311-macosx_10_9_x86_64", "cp311-cp311-macosx_10_9_universal2"], 1),
        ("osx-arm64", python(), ["cp311-cp311-macosx_14_0_arm64", "cp311-cp311-macosx_11_0_arm64"], 1),
        ("osx-64", python(), ["cp311-cp311-macosx_11_0_arm64", "cp311-cp311-macosx_10_9_intel"], 1),
        ("linux-64", python("3.13", free_threaded=True), ["cp313-cp313-manylinux_2_28_x86_64", "py3-none-any"], 1),
        ("linux-64", python("3.13", free_threaded=True), ["cp313-cp313-any", "cp313-cp313t-manylinux_2_28_x86_64"], 1),
        ("linux-64", python("3.10", "pypy"), ["cp310-cp310-any", "pp310-pypy310_pp73-manylinux_2_17_x86_64"], 1),
    ],
)
def test_the_best_wheel_of_a_target_is_taken(target: str, wanted: LockedPython, tags: list[str], expected: int) -> None:
    """Tags in PEP 425's order, floors of PEP 600 and 656 with their old names, never above the target's."""
    names = [f"pkg-1.0-{tag}.whl" for tag in tags]
    assert names[expected] == chosen(target, names, wanted)


def test_the_higher_build_number_wins() -> None:
    """Between equal tags PEP 427's build tag decides."""
    names = ["pkg-1.0-2-py3-none-any.whl", "pkg-1.0-10-py3-none-any.whl", "pkg-1.0-py3-none-any.whl"]
    assert names[1] == chosen("linux-64", names, python())


def test_an_sdist_is_taken_only_where_it_is_allowed() -> None:
    """The error names the package, the target, what there is, and the setting that would allow it."""
    names = ["pkg-1.0.tar.gz", "pkg-1.0-cp312-cp312-win_amd64.whl"]
    assert names[0] == chosen("linux-64", names, python(), sdist=True)
    with pytest.raises(WheelNone) as refused:
        chosen("linux-64", names, python())
    assert (
        "`pkg` 1.0 has no wheel for cpython 3.11 on `linux-64`; "
        "there is `pkg-1.0-cp312-cp312-win_amd64.whl`, `pkg-1.0.tar.gz`"
    ) == refused.value.message
    assert '`sdists = ["pkg"]`' in refused.value.hint


def test_a_wheel_comes_before_an_allowed_sdist() -> None:
    """Being allowed to build is no wish to build."""
    names = ["pkg-1.0.tar.gz", "pkg-1.0-py3-none-any.whl"]
    assert names[1] == chosen("linux-64", names, python(), sdist=True)


def test_files_that_are_no_wheels_by_name_are_passed_over() -> None:
    """An index may hold anything."""
    assert "pkg-1.0-py3-none-any.whl" == chosen(
        "linux-64", ["pkg.whl", "pkg-1.0-py3-none-any.whl", "pkg-1.0.exe"], python()
    )
