"""The table of what brings libraries and compilers to systems."""

from importlib.resources import files

from parity.core.builds.modules import Modules
from parity.core.preflight.system_packages import SystemPackages
from parity.core.target import load_targets


def data(name: str) -> str:
    """Return a data file of parity's."""
    return (files("parity") / "data" / name).read_text(encoding="utf-8")


TABLE = SystemPackages.from_text(data("system_packages.toml"), Modules.from_text(data("python_modules.toml")).managers)


def test_the_table_does_not_contradict_itself() -> None:
    """Every manager has a command, every distribution a manager, every library Debian's package."""
    assert set() == set(TABLE.managers) - set(TABLE.commands)
    assert set() == set(TABLE.distributions.values()) - set(TABLE.managers)
    assert [] == [name for name, packages in TABLE.libraries.items() if "apt" not in packages]
    assert set() == {key for packages in TABLE.libraries.values() for key in packages} - {"apt", "conda"}


def test_named_targets_are_of_known_distributions() -> None:
    """So that advice for them names a command."""
    named = {target.distribution for target in load_targets(data("targets.toml")).plain.values()} - {""}

    assert {"alpine", "amzn", "rhel", "ubuntu"} == named
    assert {"apk", "dnf", "apt"} == set(map(TABLE.manager_of, named))


def test_each_manager_brings_a_compiler() -> None:
    """Under the name that it has there; none is named where the distribution is not known."""
    assert "apt-get install build-essential" == TABLE.for_compiling("debian")
    assert "apk add build-base" == TABLE.for_compiling("alpine")
    assert "" == TABLE.for_compiling("plan9")
