"""What activation changes, told as rows that any later caller can be given without a shell."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.activation.difference import Activation, difference, mentioned, settle
from parity.workflows.quick import applied

PATH = "/usr/bin:/bin"


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ({}, {"A": "1"}, ("set", "A", "1")),
        ({"A": "1"}, {}, ("unset", "A")),
        ({"A": "1"}, {"A": "2"}, ("set", "A", "2")),
        ({"A": ""}, {"A": "2"}, ("set", "A", "2")),
        ({"PATH": PATH}, {"PATH": f"/e/bin:{PATH}"}, ("prepend", "PATH", "/e/bin")),
        ({"PATH": PATH}, {"PATH": f"/e/bin:/e/sbin:{PATH}"}, ("prepend", "PATH", "/e/bin:/e/sbin")),
        ({"PATH": PATH}, {"PATH": f"{PATH}:/e/bin"}, ("prepend", "PATH", "/e/bin")),
        ({"PATH": PATH}, {"PATH": f"/e/bin:{PATH}:/e/tools"}, ("prepend", "PATH", "/e/bin:/e/tools")),
        ({"PATH": PATH}, {"PATH": "/e/bin"}, ("set", "PATH", "/e/bin")),
        ({"A": "b"}, {"A": "ab"}, ("set", "A", "ab")),
    ],
)
def test_a_change_is_one_row(before: Mapping[str, str], after: Mapping[str, str], row: tuple[str, ...]) -> None:
    """What is put before or behind a list of folders is put before whatever list the next caller has."""
    assert {row[1]: row} == difference(before, after)


def test_what_any_shell_changes_is_no_change() -> None:
    """Nor is what stays as it is."""
    assert {} == difference({"A": "1", "PWD": "/a"}, {"A": "1", "PWD": "/b", "SHLVL": "1", "_": "/bin/env"})


names = st.sampled_from(["A", "B", "PATH"])
variables = st.dictionaries(names, st.text("ab:", max_size=5))


@given(variables, variables)
def test_rows_lead_from_one_to_the_other(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Applied to where they come from, rows give every variable the folders it should have."""
    found = applied(list(difference(before, after).values()), before)
    assert set(after) == set(found)
    for name, value in after.items():
        assert sorted(filter(None, value.split(":"))) == sorted(filter(None, found[name].split(":"))), name


@pytest.mark.parametrize(
    ("plain", "probed", "rows", "varying"),
    [
        (("set", "A", "1"), ("set", "A", "1"), [("set", "A", "1")], []),
        # export A="/e:$A", for a caller who has no A
        (("set", "A", "/e:"), ("prepend", "A", "/e"), [("prepend", "A", "/e")], []),
        (("set", "A", "/e"), ("prepend", "A", "/e"), [("prepend", "A", "/e")], []),
        # unset A, for a caller who has none
        (None, ("unset", "A"), [("unset", "A")], []),
        # : ${A:=1}
        (("set", "A", "1"), None, [("set", "A", "1")], ["A"]),
        (("set", "A", "none -O2"), ("set", "A", "probe -O2"), [("set", "A", "none -O2")], ["A"]),
        # export A="$B", kept for the way back
        (None, ("set", "A", "probe"), [], []),
        # [ -n "$B" ] && export A=1
        (None, ("set", "A", "1"), [], ["A"]),
    ],
)
def test_what_two_callers_have_in_common_counts(
    plain: tuple[str, ...] | None, probed: tuple[str, ...] | None, rows: list[tuple[str, ...]], varying: list[str]
) -> None:
    """Where they differ, what the caller gets who has set nothing counts, and it is said."""
    settled = settle({"A": plain} if plain else {}, {"A": probed} if probed else {}, ["probe"])
    assert Activation(rows=tuple(rows), varying=tuple(varying)) == settled


def test_variables_that_scripts_look_at_are_found() -> None:
    """In any of a shell's ways to write them; too many do no harm."""
    script = 'a="$b/${C:-x}/${#d}" ; [ -n "${E+x}" ] && export f=$((g + ${H})) # $i\nunset -v j k; [ -v LL ]'
    assert {"b", "C", "d", "E", "H", "i", "j", "k", "LL"} == set(mentioned([script]))
