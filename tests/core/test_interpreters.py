"""Which interpreter answers."""

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from parity.core.interpreters import Interpreter, Source, choose, missing, nearest, newest_stable, preferred_order
from parity.core.places import Place
from parity.core.python_request import PythonRequest, parse_request


def python(version: str, source: Source = "pyenv", **others: str | bool) -> Interpreter:
    """Make an interpreter of that version; pyenv's are named after it."""
    facts: dict[str, str | bool] = {"implementation": "cpython", "name": version if source == "pyenv" else "", **others}
    path = f"/{source}/{facts['name'] or version}/bin/python"
    return Interpreter(version=version, source=source, path=path, real_path=path, **facts)  # type: ignore[arg-type]  # the facts are chosen above


def asked(*texts: str, file: str = ".python-version") -> list[PythonRequest]:
    """Parse requests, each on a line of one file."""
    return [parse_request(text, Place(file=file, line=line)) for line, text in enumerate(texts, 1)]


def version_of(requests: Sequence[PythonRequest], found: Sequence[Interpreter]) -> str | None:
    """Return the chosen version."""
    chosen = choose(requests, found)
    return chosen.version if chosen else None


MANY = [python("2.7.18"), python("3.9.18"), python("3.11.7"), python("3.12.1"), python("3.12.11"), python("3.13.0")]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.12", "3.12.11"),
        ("3.12.1", "3.12.1"),
        ("3", "3.13.0"),
        ("2", "2.7.18"),
        ("3.1", None),
        ("3.12.99", None),
        (">=3.10,<3.13", "3.12.11"),
        (">=3.14", None),
        ("any", "3.13.0"),
        ("pypy3.10", None),
        ("3.13t", None),
        ("miniconda3-4.7.12", None),
        ("system", None),
    ],
)
def test_one_request_takes_the_newest_that_answers(text: str, version: str | None) -> None:
    """A prefix ends at a dot, and nothing stands in for what is missing."""
    assert version == version_of(asked(text), MANY)


def test_the_first_request_that_is_answered_counts() -> None:
    """Several lines of `.python-version` are alternatives in their order."""
    assert "3.11.7" == version_of(asked("3.8", "3.11", "3.13"), MANY)


def test_requests_of_different_files_must_all_be_met() -> None:
    """A pin that is missing is never replaced by what `requires-python` would allow."""
    requires = asked(">=3.12", file="pyproject.toml")

    assert "3.12.11" == version_of([*asked("3.12"), *requires], MANY)
    assert "3.12.11" == version_of([*requires, *asked("3.12")], MANY)
    assert version_of([*asked("3.8"), *requires], MANY) is None
    assert version_of([*asked("3.11"), *requires], MANY) is None


def test_a_folder_with_that_very_name_comes_before_the_newest() -> None:
    """As in pyenv: `versions/3.12` is taken if there is one, whatever newer patch release exists."""
    alias = python("3.12.1", name="3.12")

    assert alias == choose(asked("3.12"), [*MANY, alias])


def test_stable_comes_before_prerelease() -> None:
    """A prefix takes a release candidate only where there is nothing else, a range not even then."""
    candidate = python("3.14.0rc2")

    assert "3.13.0" == version_of(asked("3"), [*MANY, candidate])
    assert "3.14.0rc2" == version_of(asked("3.14"), [*MANY, candidate])
    assert "3.14.0rc2" == version_of(asked("3.14.0rc2"), [*MANY, candidate])
    assert "3.14.0rc2" == version_of(asked(">=3.14.0rc1"), [*MANY, candidate])
    assert version_of(asked(">3.13,!=3.13.*"), [*MANY, candidate]) is None


def test_the_latest_prerelease_of_several_is_taken() -> None:
    """Candidates follow betas, and the tenth follows the ninth."""
    stages = [python(f"3.14.0{stage}") for stage in ("rc9", "b4", "rc10", "a7")]

    assert "3.14.0rc10" == version_of(asked("3.14"), stages)


def test_free_threaded_only_when_asked_for() -> None:
    """`3.13` is never answered by a free-threaded build, `3.13t` by nothing else."""
    threads = python("3.13.2", name="3.13.2t", free_threaded=True)

    assert "3.13.0" == version_of(asked("3.13"), [*MANY, threads])
    assert threads == choose(asked("3.13t"), [*MANY, threads])
    assert "3.13.0" == version_of(asked(">=3.9"), [*MANY, threads])


def test_pypy_only_when_asked_for() -> None:
    """PyPy answers by its own name or that of its folder, and then `requires-python` speaks of its language version."""
    pypy = python("3.10.14", name="pypy3.10-7.3.17", implementation="pypy")

    assert version_of(asked("3.10"), [pypy]) is None
    assert version_of(asked(">=3.9"), [pypy]) is None
    assert pypy == choose(asked("pypy3.10"), [*MANY, pypy])
    assert pypy == choose(asked("pypy3.10-7.3.17"), [*MANY, pypy])
    assert pypy == choose([*asked("pypy3.10"), *asked(">=3.9", file="pyproject.toml")], [*MANY, pypy])
    assert choose([*asked("pypy3.10"), *asked(">=3.11", file="pyproject.toml")], [*MANY, pypy]) is None


def test_debug_builds_answer_only_by_name() -> None:
    """A debug build has another ABI: it is nobody's `3.12`."""
    debug = python("3.12.20", name="3.12.20-debug", debug=True)

    assert "3.12.11" == version_of(asked("3.12"), [*MANY, debug])
    assert "3.12.11" == version_of(asked("~=3.12.0"), [*MANY, debug])
    assert debug == choose(asked("3.12.20-debug"), [*MANY, debug])


def test_system_is_the_first_on_path_that_no_manager_owns() -> None:
    """`system` is about a place, not about the newest."""
    found = [python("3.13.0"), python("3.9.2", "path"), python("3.12.0", "system")]

    assert "3.9.2" == version_of(asked("system"), found)
    assert version_of([*asked("system"), *asked(">=3.10", file="pyproject.toml")], found) is None


def test_a_path_is_met_by_that_executable() -> None:
    """A path names one interpreter, through links or not."""
    assert "3.11.7" == version_of(asked("/pyenv/3.11.7/bin/python"), MANY)
    assert version_of(asked("/pyenv/3.11.8/bin/python"), MANY) is None


def test_ties_are_settled_by_source() -> None:
    """Of one version, parity's own comes first and a conda base last."""
    base = python("3.12.4", "conda", name="base")
    distribution = python("3.12.4", name="miniforge3-24.3")
    equals = [base, distribution, *(python("3.12.4", source) for source in reversed(get_args(Source)))]
    order = []
    while chosen := choose(asked("3.12"), equals):
        order.append((chosen.source, chosen.name))
        equals.remove(chosen)

    assert [("parity", ""), ("pyenv", "3.12.4"), ("uv", ""), ("system", ""), ("path", ""), ("conda", "")] == order[:6]
    assert {("conda", "base"), ("pyenv", "miniforge3-24.3")} == set(order[6:])


def test_newest_stable_is_a_minor_version_of_cpython() -> None:
    """What a project without a request gets: no candidate, no PyPy, nothing free-threaded."""
    others = [python("3.15.0b1"), python("3.14.1", implementation="pypy"), python("3.14.2", free_threaded=True)]

    assert "3.13" == newest_stable([*MANY, *others])
    assert newest_stable(others) is None


def test_nearest_names_what_could_have_been_meant() -> None:
    """The same minor version comes first, then the neighbours."""
    assert ("3.12.11", "3.12.1", "3.11.7") == nearest(asked("3.12.99")[0], MANY)
    assert () == nearest(asked(">=4")[0], MANY)


@pytest.mark.parametrize(
    ("texts", "message", "hint"),
    [
        (
            ["3.12.99"],
            "`3.12.99` (asked for by `.python-version:1`)",
            "run `parity python install 3.12.99`; the nearest here: `3.12.11`, `3.12.1`, `3.11.7`",
        ),
        ([">=3.14"], "`>=3.14` (asked for by `.python-version:1`)", "run `parity python install '>=3.14'`"),
        (
            ["work", "3.99"],
            "`work` or `3.99` (asked for by `.python-version:1`)",
            "`work` is a virtual environment: name the version it was made from",
        ),
        (
            ["system"],
            "`system` (asked for by `.python-version:1`)",
            "run `parity python list` and name one of those",
        ),
    ],
)
def test_what_is_missing_is_said_with_its_place_and_its_remedy(texts: list[str], message: str, hint: str) -> None:
    """One sentence, and the command that mends it."""
    error = missing(asked(*texts), MANY, environments=["work"])

    assert (f"no installed Python answers {message}", hint) == (error.message, error.hint)


def test_only_the_request_that_fails_is_blamed() -> None:
    """Where each is answered alone but not both together, both are named."""
    requires = asked(">=3.12", file="pyproject.toml")
    pinned = "`3.8` (asked for by `.python-version:1`)"

    assert f"no installed Python answers {pinned}" == missing([*requires, *asked("3.8")], MANY).message
    assert (
        "no installed Python answers `>=3.12` (asked for by `pyproject.toml:1`) and `3.11` (asked for by "
        "`.python-version:1`)"
    ) == missing([*requires, *asked("3.11")], MANY).message


def test_reading_order_has_cpython_first_and_the_newest_on_top() -> None:
    """A list for people."""
    pypy = python("3.10.14", implementation="pypy")

    assert ["3.13.0", "3.12.1", "2.7.18", "3.10.14"] == [
        each.version for each in preferred_order([pypy, MANY[0], MANY[3], MANY[5]])
    ]


versions = st.builds(
    "{}.{}.{}{}".format,
    st.integers(2, 3),
    st.integers(0, 15),
    st.integers(0, 20),
    st.sampled_from(["", "", "a1", "rc2"]),
)


@given(st.lists(versions, max_size=12), versions, st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_discovery(found: list[str], wanted: str, shuffle: object) -> None:
    """The same machine gives the same answer, and the answer is the best of those that match."""
    interpreters = [python(version) for version in dict.fromkeys(found)]
    request = asked(".".join(wanted.split(".")[:2]))
    chosen = choose(request, interpreters)
    shuffle.shuffle(interpreters)  # type: ignore[attr-defined]  # Hypothesis hands a random.Random that strategies type as object
    matching = [each for each in interpreters if each.minor == request[0].version]

    assert chosen == choose(request, interpreters)
    assert (chosen is None) == (not matching)
    assert all(
        (each.prerelease, Version(chosen.version)) >= (chosen.prerelease, Version(each.version))
        for each in matching
        if chosen and each.prerelease == chosen.prerelease
    )
