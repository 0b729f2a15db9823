"""What a check says comes true."""

import subprocess
import urllib.error
from collections.abc import Sequence

import pytest

from parity.engines.machine.probing import Language
from tests.truth.cases import CASES, Case
from tests.truth.matrix import JUDGES, Cell, Judge, compare, table

#: Of every kind of reason one, and of what runs.
_FEW = ("six", "bcrypt-manylinux2014_x86_64", "bcrypt-manylinux_2_34_x86_64", "hides-glibc-234", "weak-glibc-236",
        "hides-glibcxx-3430", "conda-glibc-236")  # fmt: skip
_OLD_AND_NEW = ("debian-11", "debian-13")


def _tried(judges: Sequence[Judge], cases: Sequence[Case], *languages: Language) -> list[Cell]:
    """Return the matrix; skips where this machine cannot make the roots."""
    if lacks := next(filter(None, (judge.root.missing for judge in judges)), ""):
        pytest.skip(f"roots of other systems need {lacks}")
    try:
        cells = compare(judges, cases, languages or ("python",))
    except urllib.error.URLError as error:
        pytest.skip(f"roots of other systems need Debian's mirror: {error.reason}")
    except subprocess.CalledProcessError as error:
        if "download" in error.cmd:
            pytest.skip("what is tried in other systems needs a package index that the interpreter's pip reaches")
        raise
    print(table(cells))  # noqa: T201 - the matrix is to be seen with `pytest -s`
    return cells


def test_a_verdict_on_an_older_and_a_newer_system_comes_true() -> None:
    """On Debian 11 and 13, locks run or fail as was said by the profile of either probe; of each reason one."""
    judges = [judge for judge in JUDGES if judge.name in _OLD_AND_NEW]
    cells = _tried(judges, [case for case in CASES if case.name in _FEW], "python", "sh")

    assert 2 * 2 * len(_FEW) == len(cells)
    assert {"runs", "fails"} == {cell.verdict for cell in cells}
    assert [] == [cell for cell in cells if not cell.agrees]


@pytest.mark.slow
@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_every_verdict_comes_true(judge: Judge) -> None:
    """On each system, every lock runs or fails as was said, and what failed is what was named."""
    cells = _tried([judge], CASES)

    assert (15 if judge.platforms else 20) <= len(cells)
    assert [] == [cell for cell in cells if not cell.agrees]
