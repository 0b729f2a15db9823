"""The manifest that is written for another tool's lock."""

import tomllib

from parity.core.imports.manifest import asked_conda, environment_text, pyproject_text
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.places import Place

HERE = Place(file="some.lock")


def conda(name: str, *requires: str, channel: str = "conda-forge") -> ForeignPackage:
    """Return a conda package of version 1."""
    return ForeignPackage(name=name, version="1", place=HERE, conda=True, requires=requires, channel=channel)


def test_what_nothing_requires_is_asked_for() -> None:
    """Of a list alone: its roots, and a ring of packages that only require one another."""
    packages = (conda("app", "lib"), conda("lib"), conda("one", "two"), conda("two", "one"))
    foreign = Foreign(file="x", route="conda", packages=packages, channels=("conda-forge",), whole=True)
    assert ("app >=1", "one >=1", "two >=1") == asked_conda(foreign)


def test_what_is_installed_for_no_known_reason_is_asked_for_too() -> None:
    """Beside what is known to be asked for; where groups may be the reason, it is not."""
    packages = (conda("app", "lib"), conda("lib"), conda("alone"))
    known = {"packages": packages, "channels": ("conda-forge",), "conda": ("app=1",)}
    whole = Foreign(file="x", route="conda", whole=True, **known)  # type: ignore[arg-type]  # a dict of several types
    part = Foreign(file="x", route="conda", **known)  # type: ignore[arg-type]  # same
    assert (("app=1", "alone >=1"), ("app=1",)) == (asked_conda(whole), asked_conda(part))


def test_a_package_of_a_later_channel_is_asked_for_with_it() -> None:
    """The first channel may have the name as well."""
    packages = (conda("app", "lib"), conda("lib", channel="pytorch"))
    foreign = Foreign(file="x", route="conda", packages=packages, channels=("conda-forge", "pytorch"), whole=True)
    text = environment_text(foreign, "study")
    assert "dependencies:\n  - app >=1\n  - pytorch::lib\n" in text
    assert "channels:\n  - conda-forge\n  - pytorch\n  - nodefaults\n" in text


def test_a_folder_becomes_a_source_in_a_pyproject() -> None:
    """PEP 508 has no editable folders."""
    lib = ForeignPackage(name="lib", version="", place=HERE, direct="-e ./lib")
    foreign = Foreign(file="x", route="venv", packages=(lib,), wheels=("-e ./lib", "app>=1"), python=">=3.10")
    said = tomllib.loads(pyproject_text(foreign, "My Project"))
    assert ["lib", "app>=1"] == said["project"]["dependencies"]
    assert ("my-project", ">=3.10") == (said["project"]["name"], said["project"]["requires-python"])
    assert {"lib": {"path": "./lib", "editable": True}} == said["tool"]["uv"]["sources"]
