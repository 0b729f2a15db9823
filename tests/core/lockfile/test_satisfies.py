"""Whether a lock still answers the manifests."""

from dataclasses import replace

import pytest

from parity.core.lockfile.model import LockedPython, LockedTarget, Lockfile
from parity.core.lockfile.satisfies import Choice, allowed_sdists, satisfies
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.core.spec import CondaSettings, Project, Settings, Spec

PLACE = Place(file="pyproject.toml")
PYTHON = LockedPython(implementation="cpython", version="3.11", request="3.11")
LOCK = Lockfile(
    route="venv",
    manifests={"requirements.txt": "sha256:1"},
    made_with={},
    targets=(LockedTarget(name="linux-64", python=PYTHON),),
)
SPEC = Spec(manifests={"requirements.txt": "sha256:1"})
CHOICE = Choice(route="venv", targets=("linux-64",))


def test_a_lock_of_the_same_request_is_current() -> None:
    """No reason, no new lock."""
    assert [] == satisfies(LOCK, SPEC, CHOICE)


@pytest.mark.parametrize(
    ("spec", "choice", "said"),
    [
        (replace(SPEC, manifests={"requirements.txt": "sha256:2"}), CHOICE, "`requirements.txt` has changed"),
        (replace(SPEC, manifests={"a.txt": "1", **SPEC.manifests}), CHOICE, "`a.txt` counts now, and did not"),
        (replace(SPEC, manifests={}), CHOICE, "`requirements.txt` is not the manifest any more"),
        (SPEC, replace(CHOICE, targets=("linux-64", "osx-arm64")), "targets are `linux-64`, `osx-arm64` now"),
        (SPEC, replace(CHOICE, route="conda"), "the route is `conda` now, and was `venv`"),
        (SPEC, replace(CHOICE, groups=("dev",)), "groups are `dev` now, and was none"),
        (SPEC, replace(CHOICE, extras=("plots",)), "extras are `plots` now"),
        (replace(SPEC, project=Project(name="demo", place=PLACE)), CHOICE, "the project's package is `demo` now"),
        (replace(SPEC, settings=Settings(exclude_newer="2026-01-01")), CHOICE, "`exclude-newer` is `2026-01-01` now"),
        (replace(SPEC, settings=Settings(sdists=("docopt",))), CHOICE, "what may be built is `docopt` now"),
        (replace(SPEC, prereleases=True), CHOICE, "pre-releases are `allowed` now"),
        (replace(SPEC, variables={"A": "1"}), CHOICE, "the variables have changed"),
        (replace(SPEC, python=(parse_request("3.12", PLACE),)), CHOICE, "Python 3.11 on `linux-64` does not answer"),
    ],
)
def test_every_change_of_the_request_is_a_reason(spec: Spec, choice: Choice, said: str) -> None:
    """Each part of a request that decides bytes makes a lock outdated, and the reason says which."""
    (reason,) = satisfies(LOCK, spec, choice)
    assert reason.startswith(said)


CONDA = replace(CHOICE, route="conda")
CONDA_LOCK = replace(
    LOCK,
    route="conda",
    targets=(LockedTarget(name="linux-64", python=replace(PYTHON, version="3.11.9", source="conda")),),
)


def test_a_conda_lock_of_the_same_request_is_current() -> None:
    """Its Python stands there in full, and answers a request for the minor version."""
    assert [] == satisfies(CONDA_LOCK, replace(SPEC, python=(parse_request("3.11", PLACE),)), CONDA)
    assert [] == satisfies(CONDA_LOCK, replace(SPEC, python=(parse_request("system", PLACE),)), CONDA)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (replace(SPEC, settings=Settings(conda=CondaSettings(channel_priority="disabled"))), "channel priority is"),
        (replace(SPEC, settings=Settings(conda=CondaSettings(link_scripts=("a",)))), "link scripts are `a` now"),
        (replace(SPEC, python=(parse_request("3.12", PLACE),)), "Python 3.11.9 on `linux-64` does not answer"),
    ],
)
def test_settings_of_the_conda_route_are_reasons_there_alone(spec: Spec, said: str) -> None:
    """On the venv route they decide nothing."""
    (reason,) = satisfies(CONDA_LOCK, spec, CONDA)
    assert reason.startswith(said)
    assert [] == satisfies(LOCK, replace(spec, python=()), CHOICE)


def test_an_environment_without_python_does_not_answer_a_pin() -> None:
    """It has to be locked anew, with one."""
    bare = LockedTarget(name="linux-64", python=LockedPython(implementation="", version="", request="", source="conda"))
    lock = replace(CONDA_LOCK, targets=(bare,))
    assert [] == satisfies(lock, SPEC, CONDA)
    assert 1 == len(satisfies(lock, replace(SPEC, python=(parse_request("3.11", PLACE),)), CONDA))


def test_order_is_no_reason() -> None:
    """The same targets in another order are the same targets."""
    lock = replace(LOCK, targets=(*LOCK.targets, LockedTarget(name="osx-64", python=PYTHON)))
    assert [] == satisfies(lock, SPEC, replace(CHOICE, targets=("osx-64", "linux-64")))


def test_what_may_be_built_comes_from_settings_and_requirements() -> None:
    """`sdists` and pip's `--no-binary` say the same thing; `:all:` swallows the names."""
    assert ("a-b", "c") == allowed_sdists(replace(SPEC, settings=Settings(sdists=("A_b",)), no_binary=("c",)))
    assert ("*",) == allowed_sdists(replace(SPEC, settings=Settings(sdists=("a",)), no_binary=(":all:",)))
