"""What a solver could take, one name at a time, held against what rattler takes."""

from pathlib import Path

import pytest

from parity.engines.conda.gateways import Gateways
from parity.engines.conda.shelf import open_shelf
from tests.support.conda.channel import Channels
from tests.support.conda.questions import Asking, book_of


@pytest.fixture
def asking(tmp_path: Path, conda_channels: Channels) -> Asking:
    """Return the real solver on the tests' channels."""
    return Asking(channels=conda_channels, cache=tmp_path, book=book_of(conda_channels.root.as_uri()))


@pytest.mark.parametrize("name", ["numpy", "wordlib", "libblas", "pytorch", "fastmath", "python"])
def test_the_first_is_what_rattler_takes(asking: Asking, name: str) -> None:
    """For a name alone, and for one that the target's virtual packages decide."""
    question = asking.question(name, channels=["conda-forge"])
    (taken,) = [each for each in asking.ask(name).packages if each.name == name]
    with open_shelf(Gateways(cache=asking.cache), question) as shelf:
        possible = [
            package
            for package in shelf.records(name)
            if all(shelf.holds(spec) for spec in package.depends if spec.startswith("__"))
        ]
        first = possible[0]
        # of equals, rattler looks on at what they depend on
        assert (taken.version, taken.build_number) == (first.version, first.build_number)
        assert {"numpy", "python_abi"} <= shelf.names()


def test_answers_are_those_of_the_requirement(asking: Asking) -> None:
    """Texts of packages and requirements of the user; virtual packages; nothing for a name that nobody has."""
    question = asking.question("numpy=1.26", channels=["conda-forge"])
    with open_shelf(Gateways(cache=asking.cache), question) as shelf:
        assert {"1.26.4"} == {each.version for each in shelf.answers(question.requirements[0])}
        assert {"1.26.4", "2.0.2"} == {each.version for each in shelf.answers("numpy >=1.26,<2.1")}
        assert ["mkl"] == [each.build for each in shelf.answers("blas * mkl")]
        assert [] == list(shelf.answers("nowhere >=1"))
        assert (True, False) == (shelf.holds("__glibc >=2.17"), shelf.holds("__cuda"))


def test_channels_count_in_their_order(asking: Asking) -> None:
    """Strictly the first that has a name; all of them where order decides nothing; the one that is named."""
    for priority, expected in (("strict", {"1.0", "1.1", "2.0"}), ("disabled", {"0.9", "1.0", "1.1", "2.0"})):
        question = asking.question("wordlib", channels=["conda-forge", "pytorch"], priority=priority)
        with open_shelf(Gateways(cache=asking.cache), question) as shelf:
            assert expected == {each.version for each in shelf.records("wordlib")}
    question = asking.question("pytorch::wordlib", channels=["conda-forge", "pytorch"])
    with open_shelf(Gateways(cache=asking.cache), question) as shelf:
        assert {"0.9"} == {each.version for each in shelf.answers(question.requirements[0])}


def test_what_is_too_new_is_not_there(asking: Asking) -> None:
    """By the same moment that rattler is given."""
    question = asking.question("numpy", channels=["conda-forge"], exclude_newer="2024-09-01T00:00:00Z")
    with open_shelf(Gateways(cache=asking.cache), question) as shelf:
        assert {"1.26.4", "2.0.2"} == {each.version for each in shelf.records("numpy")}
