"""Profiles: what is in one that no probe has written, by its place."""

import json
from typing import Any

import pytest

from parity.core.preflight.errors import ProfileInvalid
from parity.core.preflight.profiles import read_profile
from parity.engines.machine.probing import probe


@pytest.fixture(scope="module")
def facts() -> str:
    """Return this machine's profile."""
    return json.dumps(probe(asked=False))


def changed(facts: str, path: str, value: Any) -> str:
    """Return a profile with another value at a place such as `libc.version`."""
    profile = json.loads(facts)
    *above, last = path.split(".")
    inner = profile
    for key in above:
        inner = inner[key]
    inner[last] = value
    return json.dumps(profile)


GPU = {"name": "One", "capability": "9.0"}


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        ("libc.version", 2.28, "libc.version", "`version` must be a string, found a number"),
        ("libc.version", "new", "libc.version", "`new` is not a version"),
        ("libc.name", "glib", "libc.name", "`glib` is not a `name` that parity knows"),
        ("libc", ["glibc"], "libc", "`libc` must be a table, found a list"),
        ("nvidia", {"driver": "1", "cuda": 12, "gpus": []}, "nvidia.cuda", "`cuda` must be a string, found a number"),
        ("nvidia", {"driver": "1", "cuda": "12.6"}, "nvidia.gpus", "`gpus` is missing"),
        ("nvidia", {"driver": "1", "cuda": "12.6", "gpus": [{**GPU, "capability": "new"}]},
         "nvidia.gpus[0].capability", "`new` is not a version"),
        ("nvidia", {"driver": "1", "cuda": "12.6", "gpus": [3]}, "nvidia.gpus[0]", "a table was expected, found a num"),
        ("cpu.level", "x86-64-v3", "cpu.level", "`x86-64-v3` is not a `level` that parity knows"),
        ("cxx_runtime", {"glibcxx": "GLIBCXX_3.4.30", "cxxabi": None}, "cxx_runtime.glibcxx", "is not a `glibcxx`"),
        ("system.platform", "linux 64", "system.platform", "`linux 64` is not a `platform`"),
        ("system.platform", None, "system.platform", "`platform` is not known"),
        ("system.kernel", "Linux", "system.kernel", "`Linux` is not a `kernel`"),
        ("folders.home.free_bytes", "much", "folders.home.free_bytes", "must be a whole number, found a string"),
        ("folders.home.free_bytes", -1, "folders.home.free_bytes", "must be a whole number, found `-1`"),
        ("folders.home.noexec", "no", "folders.home.noexec", "must be true or false, found a string"),
        ("compilers", {"cc": "12"}, "compilers", "`compilers` must be a list, found a table"),
        ("compilers", [None], "compilers[0]", "a table was expected, found null"),
        ("interpreters", [{}], "interpreters[0].version", "`version` is missing"),
        ("probe.language", "perl", "probe.language", "`perl` is not a `language`"),
        ("rocm", True, "rocm", "`rocm` must be a table, found true or false"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_refused_with_its_place(
    facts: str, path: str, value: Any, place: str, said: str
) -> None:
    """The file, the way to the key, what was found and what is wanted."""
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(changed(facts, path, value), "servers/a.json")
    (fault,) = refused.value.faults
    assert ("servers/a.json", place) == (fault.place.file, fault.place.key)
    assert said in fault.message
    assert fault.hint


def test_all_faults_come_together(facts: str) -> None:
    """One edit, one look."""
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(changed(changed(facts, "cpu.level", 3), "libc.version", 2), "a.json")
    assert {"cpu.level", "libc.version"} == {fault.place.key for fault in refused.value.faults}


def test_a_fact_that_nobody_knows_is_none(facts: str) -> None:
    """Whole tables of them too."""
    for section in ("cpu", "cxx_runtime", "libc", "nvidia", "rocm"):
        assert "a" == read_profile(changed(facts, section, None), "a.json").name


@pytest.mark.parametrize("number", [0, 1])
def test_what_the_probes_write_is_read(facts: str, number: int) -> None:
    """Alone, and in the envelope of `--json`."""
    envelope = json.dumps({"schema": "parity/1", "command": "probe", "data": json.loads(facts)})
    assert json.loads(facts)["system"]["platform"] == read_profile([facts, envelope][number], "a.json").host.platform
