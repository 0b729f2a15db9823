"""Which Python each target of a lock is for, and how it came to be."""

from dataclasses import replace

import pytest

from parity.core.errors import PythonMissing
from parity.core.interpreters import Interpreter
from parity.core.lockfile.model import LockedPython, LockedTarget, Lockfile
from parity.core.target import Target
from parity.workflows.lock_python import python_of
from parity.workflows.provision_venv import locked_interpreter

LOCKED = LockedPython(implementation="cpython", version="3.12.4", request="3.12.4")
BUILT = Interpreter(
    implementation="cpython",
    version="3.12.4",
    path="/store/python",
    real_path="/store/python",
    source="parity",
    platform="linux-64",
    made="built",
    sha256="cd",
)
OTHER = replace(BUILT, path="/other/python", real_path="/other/python", source="pyenv", made="", sha256="")
LINUX = Target(name="linux-64", platform="linux-64", uv="x86_64-unknown-linux-gnu")
MACOS = Target(name="osx-arm64", platform="osx-arm64", uv="aarch64-apple-darwin")


def old(python: LockedPython) -> Lockfile:
    """Return an older lock with this Python on linux-64."""
    return Lockfile(route="venv", manifests={}, made_with={}, targets=(LockedTarget(name="linux-64", python=python),))


def test_another_platform_has_an_interpreter_of_its_own() -> None:
    """What was built here says nothing about it."""
    here, there = (python_of(target, LOCKED, BUILT, None, exact=True) for target in (LINUX, MACOS))

    assert ("built", "cd", True) == (here.source, here.sha256, here.exact)
    assert ("found", "", False) == (there.source, there.sha256, there.exact)


def test_what_an_older_lock_recorded_is_kept_on_another_machine() -> None:
    """A machine with another interpreter of the same version does not change the lock."""
    recorded = replace(LOCKED, source="built", sha256="ab")

    assert recorded == python_of(LINUX, LOCKED, OTHER, old(recorded), exact=False)
    assert recorded == python_of(LINUX, LOCKED, None, old(recorded), exact=False)


def test_becoming_exact_takes_what_is_here() -> None:
    """The record of another machine does not bind this one before it is asked to."""
    recorded = replace(LOCKED, source="built", sha256="ab")

    assert ("cd", True) == (
        python_of(LINUX, LOCKED, BUILT, old(recorded), exact=True).sha256,
        python_of(LINUX, LOCKED, BUILT, old(recorded), exact=True).exact,
    )


def test_the_recorded_one_comes_first_and_only_exact_demands_it() -> None:
    """Another of the same version does where the lock does not insist."""
    recorded = replace(LOCKED, source="built", sha256="cd")
    loose = LockedTarget(name="linux-64", python=recorded)
    exact = LockedTarget(name="linux-64", python=replace(recorded, exact=True))
    prebuilt = LockedTarget(name="linux-64", python=replace(recorded, exact=True, source="prebuilt", file="a.tar.gz"))

    assert BUILT == locked_interpreter(loose, [OTHER, BUILT]) == locked_interpreter(exact, [OTHER, BUILT])
    assert OTHER == locked_interpreter(loose, [OTHER])
    with pytest.raises(PythonMissing, match=r"the very cpython 3\.12\.4 of the recipe cd"):
        locked_interpreter(exact, [OTHER])
    with pytest.raises(PythonMissing, match=r"of `a\.tar\.gz`") as caught:
        locked_interpreter(prebuilt, [OTHER])
    assert "`parity python install 3.12.4`" in caught.value.hint
