"""The solver's report as a short tree."""

from parity.core.conda.failures import explain, lacking, shown
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.core.target import Target

TARGET = Target(name="linux-64", platform="linux-64", uv="", virtual_packages=("__glibc=2.28", "__unix"))


def asked(name: str, version: str = "", *, at: int = 0, channel: str = "") -> CondaRequirement:
    """Return a requirement as an `environment.yml` has it."""
    place = Place(file="environment.yml", key=f"dependencies[{at}]")
    return CondaRequirement(name=name, version=version, channel=channel, place=place)


CHAIN = """\
Cannot solve the request because of: The following packages are incompatible
└─ app * cannot be installed because there are no viable options:
   └─ app 1.0 would require
      ├─ numpy >=2, which can be installed with any of the following options:
      │  └─ numpy 2.1
      └─ torch *, which cannot be installed because there are no viable options:
         ├─ torch 2.0 would require
         │  └─ __cuda >=12, for which no candidates were found.
         └─ torch 2.0 would require
            └─ numpy <2, which cannot be installed because there are no viable options:
               └─ numpy 1.26.4, which conflicts with the versions reported above.
"""


def test_a_chain_begins_with_what_the_user_wrote() -> None:
    """Each line says who needs what; phrases of the solver's are gone."""
    assert [
        "└─ `app` (environment.yml: dependencies[2])",
        "   └─ app 1.0 needs",
        "      ├─ numpy >=2",
        "      │  └─ numpy 2.1",
        "      └─ torch",
        "         ├─ torch 2.0 needs __cuda >=12: the target has none",
        "         └─ torch 2.0 needs numpy <2",
        "            └─ numpy 1.26.4: not beside what stands above",
    ] == explain(CHAIN, [asked("app", at=2)], TARGET)


def test_a_constraint_is_what_the_user_wrote() -> None:
    """What was asked with a version comes back as a constraint, with its place; both parts are one root."""
    report = """\
Cannot solve the request because of: torch * cannot be installed because there are no viable options:
└─ torch 2.0 would require
   └─ __glibc >=2.34, for which no candidates were found.
The following packages are incompatible
└─ torch * can be installed with any of the following options:
   └─ torch 2.0
└─ the constraint numpy >=2 cannot be fulfilled
"""
    assert [
        "├─ `torch` (environment.yml: dependencies[0])",
        "│  └─ torch 2.0 needs __glibc >=2.34: the target has 2.28",
        "└─ `numpy >=2` (environment.yml: dependencies[1])",
    ] == explain(report, [asked("torch"), asked("numpy", ">=2", at=1)], TARGET)


def test_what_the_machine_lacks_is_known() -> None:
    """A virtual package without candidates is a matter of the target."""
    assert {"__cuda"} == lacking(CHAIN)


def test_an_unknown_phrase_stays_as_it_is() -> None:
    """A later solver may say it otherwise; nothing is lost."""
    assert ["└─ something else entirely"] == explain("something else entirely", [], TARGET)
    assert ["└─ nope *: nothing answers"] == explain("No candidates were found for nope *.", [], TARGET)


def test_a_long_report_is_cut() -> None:
    """Nobody reads a thousand lines, and how many there are is said."""
    lines = [f"├─ a{number} 1.0" for number in range(100)]
    tree = explain("\n".join(["The following packages are incompatible", *lines]), [], TARGET)
    assert (31, "… and 70 more lines") == (len(tree), tree[-1])


def test_a_requirement_is_shown_as_it_reads_best() -> None:
    """Channel, name, version."""
    assert "forge::numpy >=2" == shown(asked("numpy", ">=2", channel="forge"))
