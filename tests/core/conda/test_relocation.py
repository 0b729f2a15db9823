"""What of a conda prefix names its own address."""

import json
from typing import Any

import pytest

from parity.core.conda.relocation import Rewritten, is_record, nameless, record_digest, rewritten

RECORD: dict[str, Any] = {
    "name": "a",
    "version": "1",
    "build": "0",
    "sha256": "d" * 64,
    "depends": ["b"],
    "url": "https://one.example/a-1-0.conda",
    "link": {"source": "", "type": 1},
    "requested_specs": ["a"],
    "paths_data": {
        "paths": [
            {"_path": "lib/a.txt", "sha256": "1" * 64, "sha256_in_prefix": "2" * 64, "prefix_placeholder": "/place"},
            {"_path": "bin/a", "path_type": "unix_python_entry_point", "sha256": "3" * 64},
            {"_path": "lib/plain", "sha256": "4" * 64, "sha256_in_prefix": "4" * 64},
        ]
    },
}


def test_a_record_says_which_files_name_the_prefix() -> None:
    """With what they are there, and what they were before; a script that was made anew was nothing before."""
    expected = {"lib/a.txt": Rewritten("2" * 64, "1" * 64), "bin/a": Rewritten("", "")}
    assert expected == rewritten(json.dumps(RECORD))
    assert [True, False, False] == [is_record(path) for path in ("conda-meta/a.json", "conda-meta/history", "a.json")]


def test_a_record_is_the_same_wherever_it_was_written() -> None:
    """Whatever was fetched from where, linked how, and placed in which prefix."""
    paths = json.loads(json.dumps(RECORD["paths_data"]["paths"]))
    paths[0]["sha256_in_prefix"], paths[1]["sha256"] = "5" * 64, "6" * 64
    other = {**RECORD, "url": "file:///two", "link": {"type": 3}, "paths_data": {"paths": paths[::-1]}}
    assert record_digest(json.dumps(RECORD)) == record_digest(json.dumps(other))


@pytest.mark.parametrize("change", [{"version": "2"}, {"sha256": "e" * 64}, {"requested_specs": []}, {"depends": []}])
def test_what_a_record_says_of_its_package_counts(change: dict[str, Any]) -> None:
    """Its version, its archive, who asked for it, and what it needs."""
    assert record_digest(json.dumps(RECORD)) != record_digest(json.dumps({**RECORD, **change}))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"paths_data": {"paths": [{}]}}', '{"paths_data": []}'])
def test_a_damaged_record_is_what_it_is(text: str) -> None:
    """It says nothing about files, and its digest is that of its text."""
    assert {} == rewritten(text)
    assert record_digest(text) != record_digest(f"{text} ")


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        ("#!/a/b/bin/python3", ""),
        ("""#!/bin/sh\n'''exec' "/a/b/bin/python3" "$0" "$@" #'''""", ""),
        ("#!/a/b/bin/python3 -I", " -I"),
        ("""#!/bin/sh\n'''exec' "/a/b/bin/python3" -I "$0" "$@" #'''""", " -I"),
    ],
)
def test_a_script_is_the_same_however_long_the_address_is(first: str, rest: str) -> None:
    """The line that stands for one which is too long is put back."""
    data = f"{first}\nprint('/a/b')\n".encode()
    assert f"#!{{environment}}/bin/python3{rest}\nprint('{{environment}}')\n".encode() == nameless(data, b"/a/b")


def test_what_does_not_name_the_address_stays_as_it_is() -> None:
    """Also a script that has such a line for an interpreter elsewhere."""
    data = b"""#!/bin/sh\n'''exec' "/usr/bin/python3" "$0" "$@" #'''\n"""
    assert data == nameless(data, b"/a/b")
