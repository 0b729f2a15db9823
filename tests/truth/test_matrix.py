"""What a check says comes true."""

import shutil

import pytest

from tests.truth.cases import CASES
from tests.truth.matrix import JUDGES, compare, table


def _lacks(*emulators: str) -> str:
    tools = ("dpkg-deb", "apt-get", "chroot", "cc", *emulators)
    return ", ".join(tool for tool in tools if not shutil.which(tool))


@pytest.mark.slow
@pytest.mark.skipif(bool(_lacks()), reason=f"roots of other systems need {_lacks()}")
def test_a_verdict_on_an_older_and_a_newer_system_comes_true() -> None:
    """On Debian 11 and 13, each lock runs or fails as was said."""
    cells = compare((JUDGES[0], JUDGES[2]))
    print(table(cells))  # noqa: T201 - the matrix is to be seen with `pytest -s`

    assert 2 * len(CASES) == len(cells)
    assert [] == [cell for cell in cells if not cell.agrees]
