"""The table of what brings libraries and compilers to systems."""

from tests.support.preflight import SYSTEM, TARGETS


def test_the_table_does_not_contradict_itself() -> None:
    """Every manager has a command, every distribution a manager, every library Debian's package."""
    assert set() == set(SYSTEM.managers) - set(SYSTEM.commands)
    assert set() == set(SYSTEM.distributions.values()) - set(SYSTEM.managers)
    assert [] == [name for name, packages in SYSTEM.libraries.items() if "apt" not in packages]
    assert set() == {key for packages in SYSTEM.libraries.values() for key in packages} - {"apt", "conda"}


def test_named_targets_are_of_known_distributions() -> None:
    """So that advice for them names a command."""
    named = {target.distribution for target in TARGETS.plain.values()} - {""}

    assert {"alpine", "amzn", "rhel", "ubuntu"} == named
    assert {"apk", "dnf", "apt"} == set(map(SYSTEM.manager_of, named))


def test_each_manager_brings_a_compiler() -> None:
    """Under the name that it has there; none is named where the distribution is not known."""
    assert "apt-get install build-essential" == SYSTEM.for_compiling("debian")
    assert "apk add build-base" == SYSTEM.for_compiling("alpine")
    assert "" == SYSTEM.for_compiling("plan9")
