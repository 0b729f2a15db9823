"""Python on the conda route."""

from dataclasses import replace

import pytest

from parity.core.conda.pythons import locked_python, unread_pins, with_python
from parity.core.lockfile.model import LockedConda
from parity.core.places import Place
from parity.core.python_request import parse_request
from parity.core.spec import CondaRequirement, Project, Spec, WheelRequirement

PIN = Place(file=".python-version", line=1)
ENTRY = Place(file="environment.yml", key="dependencies[0]")
SPEC = Spec(manifests={"environment.yml": "sha256:1"})
PYTHON = LockedConda(
    name="python",
    version="3.12.4",
    build="h194c7f8_0_cpython",
    channel="conda-forge",
    subdir="linux-64",
    file="python-3.12.4-h194c7f8_0_cpython.conda",
    sha256="a" * 64,
    targets=("linux-64",),
)


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("3.12", 'python[version="3.12.*"]'),
        ("3", 'python[version="3.*"]'),
        ("3.12.4", 'python[version="==3.12.4"]'),
        ("3.14.0rc1", 'python[version="==3.14.0rc1"]'),
        (">=3.10,<3.13", 'python[version=">=3.10,<3.13"]'),
        ("~=3.10", 'python[version="~=3.10"]'),
        ("3.13t", 'python[version="3.13.*", build="*_cp*t"]'),
        ("pypy3.10", 'python[version="3.10.*", build="*pypy*"]'),
    ],
)
def test_a_pin_is_asked_of_the_channels(pin: str, expected: str) -> None:
    """What `.python-version` and `requires-python` say holds on this route too."""
    (requirement,) = with_python(replace(SPEC, python=(parse_request(pin, PIN),)))
    assert (expected, PIN) == (requirement.to_text(), requirement.place)


def test_an_entry_for_python_is_not_asked_twice() -> None:
    """The request of the entry itself adds nothing; one that another file narrowed does."""
    entry = CondaRequirement(name="python", version="3.12.*", place=ENTRY)
    own = replace(SPEC, conda=(entry,), python=(parse_request("3.12", ENTRY),))
    assert (entry,) == with_python(own)
    assert 2 == len(with_python(replace(own, python=(parse_request("3.12.4", PIN),))))


def test_wheels_need_a_python() -> None:
    """Where nothing asks for one, any will do; an environment without Python is one too."""
    wheel = WheelRequirement(name="wandb", place=ENTRY)
    assert ["python"] == [each.name for each in with_python(replace(SPEC, wheels=(wheel,)))]
    assert ["python"] == [each.name for each in with_python(replace(SPEC, project=Project(name="app", place=ENTRY)))]
    assert () == with_python(SPEC)


def test_a_place_says_nothing_to_a_channel() -> None:
    """A path, a name of pyenv's and `system` are about this machine."""
    requests = tuple(parse_request(text, PIN) for text in ("system", "/usr/bin/python3", "miniconda3-4.7.12", "3.12"))
    assert ["system", "/usr/bin/python3", "miniconda3-4.7.12"] == [
        request.text for request in unread_pins(replace(SPEC, python=requests))
    ]


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("h194c7f8_0_cpython", ("cpython", False)),
        ("0_73_pypy", ("pypy", False)),
        ("h9e4cc4f_1_cp313t", ("cpython", True)),
        ("h9e4cc4f_1_cp313", ("cpython", False)),
    ],
)
def test_the_build_says_which_python_it_is(build: str, expected: tuple[str, bool]) -> None:
    """The version is whole: it is one of the packages."""
    locked = locked_python([replace(PYTHON, build=build)], SPEC)
    assert expected == (locked.implementation, locked.free_threaded)
    assert ("3.12.4", "3.12", "conda") == (locked.version, locked.request, locked.source)


def test_an_environment_without_python_has_none() -> None:
    """Tools alone are an environment."""
    assert "" == locked_python([replace(PYTHON, name="cmake")], SPEC).version
