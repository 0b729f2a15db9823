"""conda's entry for Python."""

import pytest

from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.translation.pythons import python_request
from parity.core.translation.versions import UntranslatableError

PLACE = Place(file="environment.yml", key="dependencies[0]", line=3)


def request(text: str) -> PythonRequest | None:
    """Return the request of a MatchSpec."""
    return python_request(parse_match_spec(text, PLACE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python=3.10", ("3.10", "prefix", "cpython", False)),
        ("python 3.10.*", ("3.10", "prefix", "cpython", False)),
        ("python=3", ("3", "prefix", "cpython", False)),
        ("python==3.9.6", ("3.9.6", "prefix", "cpython", False)),
        ("python=3.11.0", ("3.11.0", "prefix", "cpython", False)),
        ("python==3.10", ("==3.10", "range", "cpython", False)),
        ("python >=3.9,<3.12", ("<3.12,>=3.9", "range", "cpython", False)),
        ("python=3.11.4=h123_0_cpython", ("3.11.4", "prefix", "cpython", False)),
        ("python=3.9.*=*_pypy", ("pypy3.9", "prefix", "pypy", False)),
        ("python=3.9.18=0_73_pypy", ("pypy3.9.18", "prefix", "pypy", False)),
        ("python>=3.9[build='*_73_pypy']", (">=3.9", "range", "pypy", False)),
        ("python=3.13.*=*_cp313t", ("3.13t", "prefix", "cpython", True)),
        ("python * *_cp313", None),
        ("python", None),
    ],
)
def test_entry_becomes_a_request(text: str, expected: tuple[str, str, str, bool] | None) -> None:
    """Versions, ranges, PyPy and free threading arrive; any Python is no request."""
    found = request(text)

    assert expected == (found and (found.text, found.kind, found.implementation, found.free_threaded))


def test_alternatives_have_no_request() -> None:
    """An interpreter request has one range."""
    with pytest.raises(UntranslatableError):
        request("python 3.11|3.12")
