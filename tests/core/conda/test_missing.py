"""What channels lack, said with places."""

from dataclasses import replace

from parity.core.conda.missing import Offer, missing
from parity.core.places import Place
from parity.core.spec import CondaRequirement

NUMPY = CondaRequirement(name="numpy", version=">=9", place=Place(file="environment.yml", key="dependencies[1]"))
OFFER = Offer(
    requirement=NUMPY,
    asked=("forge", "other"),
    having=("forge",),
    versions=("2.1", "2.0"),
    known=frozenset({"numpy"}),
    platform="linux-64",
)


def test_what_answers_is_no_fault() -> None:
    """The first channel that has the name has one that fits."""
    assert [] == missing([replace(OFFER, answering=("forge",))])


def test_a_name_that_no_channel_has_is_told_with_the_nearest() -> None:
    """A slip of the pen is found at once."""
    slip = replace(OFFER, requirement=replace(NUMPY, name="nmpy"), having=())
    (fault,) = missing([slip])
    assert ("`nmpy` is not in `forge` or `other` for linux-64", "did you mean `numpy`?") == (fault.message, fault.hint)
    assert NUMPY.place == fault.place


def test_a_version_that_is_not_there_is_told_with_those_that_are() -> None:
    """The newest first."""
    (fault,) = missing([OFFER])
    assert ("nothing in `forge` answers `numpy >=9` for linux-64", "there is `2.1`, `2.0`") == (
        fault.message,
        fault.hint,
    )


def test_many_versions_are_not_all_listed() -> None:
    """Five are enough to see what there is."""
    (fault,) = missing([replace(OFFER, versions=tuple("987654321"))])
    assert "there is `9`, `8`, `7`, `6`, `5`, …" == fault.hint


def test_what_only_a_lower_channel_answers_is_hidden() -> None:
    """Strict priority: the first channel that has the name decides, and the ways out are named."""
    hidden = replace(OFFER, having=("forge", "other"), answering=("other",))
    (fault,) = missing([hidden])
    assert "`numpy >=9` is in `other` only, and `forge`, which comes first, has a `numpy` too" == fault.message
    assert "`other::numpy`" in fault.hint
    assert [] == missing([replace(hidden, strict=False)])


def test_a_channel_that_is_not_read_is_told() -> None:
    """A requirement may name one."""
    (fault,) = missing([replace(OFFER, requirement=replace(NUMPY, channel="third"), asked=(), having=())])
    assert "the channel `third` of `third::numpy >=9` is not one that is read" == fault.message
