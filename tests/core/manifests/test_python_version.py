"""`.python-version` and `PYENV_VERSION`: pyenv's meaning."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.errors import ManifestError
from parity.core.manifests.python_version import parse_python_version, parse_variables, with_versions
from parity.core.places import Place
from parity.core.python_request import PythonRequest


def test_the_first_word_of_each_line_counts() -> None:
    """Further words, comment lines, blank lines and line ends of other systems say nothing."""
    text = "\ufeff# mine\r\n  3.12.4 and more\r\n\r\n\t# no\n3.11\n3.11\nmy-build"
    found = parse_python_version(text, ".python-version")
    assert [("3.12.4", 2), ("3.11", 5), ("my-build", 7)] == [(one.text, one.place.line) for one in found]
    assert ["prefix", "prefix", "name"] == [one.kind for one in found]


@pytest.mark.parametrize("text", ["", "\n", "# only this\n"])
def test_a_file_that_says_nothing_asks_for_nothing(text: str) -> None:
    """No version is no request."""
    assert () == parse_python_version(text, ".python-version")


def test_words_that_could_leave_the_folder_of_versions_are_refused() -> None:
    """A word becomes part of a path; every line at fault is named."""
    with pytest.raises(ManifestError) as caught:
        parse_python_version("../evil\n3.12\n3..1\n/usr/bin/python\n-x", "../.python-version")
    assert [Place(file="../.python-version", line=line) for line in (1, 3, 4, 5)] == [
        fault.place for fault in caught.value.faults
    ]


def test_the_variable_separates_versions_by_colons() -> None:
    """`PYENV_VERSION` names several versions as a path does folders, and parity's own variable comes before it."""
    found = parse_variables({"PARITY_PYTHON": "", "PYENV_VERSION": "3.12: 3.11::system"})
    assert ["3.12", "3.11", "system"] == [one.text for one in found]
    assert {Place(file="PYENV_VERSION")} == {one.place for one in found}
    (own,) = parse_variables({"PARITY_PYTHON": "3.13", "PYENV_VERSION": "3.12"})
    assert ("3.13", Place(file="PARITY_PYTHON")) == (own.text, own.place)
    assert () == parse_variables({"PATH": "/bin"})


def read(text: str) -> tuple[PythonRequest, ...]:
    """Return what a file asks for, nothing where it is refused."""
    with suppress(ManifestError):
        return parse_python_version(text, ".python-version")
    return ()


@given(st.text())
def test_no_text_leads_out_of_the_folder_of_versions(text: str) -> None:
    """Anything is read, or refused as a fault of the file."""
    assert all(".." not in one.text and "/" not in one.text for one in read(text))


@pytest.mark.parametrize(
    ("before", "versions", "after"),
    [
        ("", ["3.12"], "3.12\n"),
        ("3.11\n", ["3.12"], "3.12\n"),
        ("# ours\n\n3.11 since May\n# end\n", ["3.12"], "# ours\n\n3.12 since May\n# end\n"),
        ("3.11\n# between\n3.10\n", ["3.12", "3.9"], "3.12\n3.9\n# between\n"),
        ("# only this\n", ["3.12"], "# only this\n3.12\n"),
        ("  3.12 # so\r\n", ["3.12"], "  3.12 # so\r\n"),
    ],
)
def test_a_pin_keeps_what_is_not_a_version(before: str, versions: list[str], after: str) -> None:
    """Comments, blank lines, remarks behind the first version; what says the same already stays as it is."""
    assert after == with_versions(before, versions)


@given(
    st.text(alphabet="#3.12 \n\tab", max_size=40),
    st.lists(st.sampled_from(["3.12", "3.9", "x"]), min_size=1, unique=True),
)
def test_what_is_pinned_is_what_is_read(before: str, versions: list[str]) -> None:
    """Whatever stood there, and every comment of it stays."""
    after = with_versions(before, versions)
    comments = [line.strip() for line in before.splitlines() if line.lstrip().startswith("#")]

    assert versions == [one.text for one in parse_python_version(after, "")]
    assert comments == [line.strip() for line in after.splitlines() if line.lstrip().startswith("#")]
