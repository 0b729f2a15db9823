"""What no index has, said with places."""

from parity.core.distributions.missing import looked_for, missing
from parity.core.lockfile.model import LockedPython
from parity.core.places import Place
from parity.core.resolution import Provided, Question
from parity.core.spec import WheelRequirement
from parity.core.target import load_targets
from parity.workflows import wiring

TARGETS = load_targets(wiring.data("targets.toml"))


def wanted(name: str, line: int = 1, **others: str) -> WheelRequirement:
    return WheelRequirement(name=name, place=Place(file="requirements.txt", line=line), **others)  # type: ignore[arg-type] # all of them are text


def test_a_name_that_is_nearly_another_is_told_with_it() -> None:
    """Else what there is to do; in the order of the lines, and with the index that alone counts for a name."""
    asked = [wanted("ours", 3, index="house"), wanted("requets"), wanted("left", 2)]
    faults = missing(asked, {"left"}, ["requests", "flask"])
    assert [
        ("no index has `requets`", 1, "did you mean `requests`?"),
        (
            "the index `house` has no `ours`",
            3,
            "look how it is called, or name the index that has it: `[[tool.parity.indexes]]`",
        ),
    ] == [(each.message, each.place.line, each.hint) for each in faults]


def test_only_what_an_index_must_have_is_looked_for() -> None:
    """No folder, no address, nothing that conda brings, nothing for other machines."""
    python = LockedPython(implementation="cpython", version="3.11.9", request="3.11", source="found")
    asked = (
        wanted("left"),
        wanted("folder", path="./folder"),
        wanted("address", url="https://example.com/address-1.tar.gz"),
        wanted("brought"),
        wanted("windows", marker='sys_platform == "win32"'),
    )
    there = (Provided(name="brought", version="1", package="brought"),)
    question = Question(
        target=TARGETS.named("linux-64"), python=python, python_version="3.11", requirements=asked, provided=there
    )
    assert ["left"] == [each.name for each in looked_for(question)]
