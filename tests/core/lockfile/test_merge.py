"""The answers of several targets made into one list."""

from dataclasses import replace

from parity.core.lockfile.merge import merged
from parity.core.lockfile.model import LockedWheel

PURE = LockedWheel(name="b", version="1", targets=("x",), index="default", file="b-1-py3-none-any.whl", sha256="1" * 64)


def test_one_file_for_two_targets_is_one_entry() -> None:
    """What both require and who asked is joined."""
    other = replace(PURE, targets=("y",), requires=("c",), requested=True)
    assert (replace(PURE, targets=("x", "y"), requires=("c",), requested=True),) == merged([PURE, other])


def test_two_files_of_one_version_stay_two_entries() -> None:
    """A platform's own wheel is that platform's only."""
    other = replace(PURE, targets=("y",), file="b-1-cp311-cp311-linux_x86_64.whl", sha256="2" * 64)
    assert (PURE, other) == merged([other, PURE])
