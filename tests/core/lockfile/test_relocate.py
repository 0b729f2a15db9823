"""A lock taken to another folder."""

from parity.core.lockfile.model import LockedConda, LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.lockfile.relocate import relocated

PYTHON = LockedPython(implementation="cpython", version="3.12", request="3.12")
TARGET = ("linux-64",)


def conda(channel: str) -> LockedConda:
    return LockedConda(
        name="a", version="1", build="0", channel=channel, subdir="noarch", file="f", sha256="", targets=TARGET
    )


def wheel(path: str) -> LockedWheel:
    return LockedWheel(name="a", version="1", path=path, editable=True, targets=TARGET)


def test_what_is_relative_to_the_lock_becomes_absolute() -> None:
    """Folders of packages, the project's own, and channels; what outdates the lock stays behind."""
    lock = Lockfile(
        route="conda",
        manifests={"environment.yml": "sha256:0"},
        made_with={},
        targets=(LockedTarget(name="linux-64", python=PYTHON),),
        wheels=(wheel("."), wheel("./lib"), wheel("../lib"), wheel("/lib"), wheel("")),
        conda=(conda("./channel"), conda("conda-forge"), conda("https://channel.example")),
        channels=("../channel", "conda-forge", "/channel"),
        project="mine",
    )
    found = relocated(lock, "/home/you")
    assert ["/home/you", "/home/you/lib", "/home/lib", "/lib", ""] == [each.path for each in found.wheels]
    assert ["/home/you/channel", "conda-forge", "https://channel.example"] == [each.channel for each in found.conda]
    assert ("/home/channel", "conda-forge", "/channel") == found.channels
    assert ({}, "") == (found.manifests, found.project)
