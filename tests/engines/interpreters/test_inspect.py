"""What an executable is: by the files around it, else by starting it once."""

import json
import platform
import sys
from pathlib import Path

import pytest

from parity.engines.interpreters.inspect import NotAnInterpreter, inspect_running, inspect_statically
from parity.engines.interpreters.static import Facts
from tests.support.interpreters import fake_elf, lone_interpreter, make_prefix

THIS = ".".join(map(str, sys.version_info[:3]))


def test_headers_say_version_and_abi(tmp_path: Path) -> None:
    """A plain build: everything is known without starting it."""
    executable = make_prefix(tmp_path, "3.12.4")

    assert Facts(
        implementation="cpython",
        version="3.12.4",
        platform="linux-64",
        libc="glibc",
        cache_tag="cpython-312",
        abi="cp312",
    ) == inspect_statically(str(executable))


@pytest.mark.parametrize(
    ("version", "flags", "expected"),
    [
        ("3.13.2", "t", ("cp313t", True, False)),
        ("3.13.2", "td", ("cp313td", True, True)),
        ("3.12.4", "d", ("cp312d", False, True)),
        ("3.7.16", "m", ("cp37m", False, False)),
        ("3.14.0rc2", "", ("cp314", False, False)),
        ("3.15.0a1+", "", ("cp315", False, False)),
        ("2.7.18", "", ("", False, False)),
    ],
)
def test_flags_and_stages_are_read(tmp_path: Path, version: str, flags: str, expected: tuple[str, bool, bool]) -> None:
    """Free-threaded, debug, old, not yet released: the name of the headers says it."""
    facts = inspect_statically(str(make_prefix(tmp_path, version, flags=flags)))

    assert facts is not None
    assert version.rstrip("+") == facts.version
    assert expected == (facts.abi, facts.free_threaded, facts.debug)


def test_pypy_is_told_from_its_headers(tmp_path: Path) -> None:
    """PyPy says both versions: the language's counts, its own is in the ABI."""
    facts = inspect_statically(str(make_prefix(tmp_path, "3.10.14", kind="pypy", pypy="7.3.17")))

    assert facts is not None
    assert ("pypy", "3.10.14", "pypy310_pp73") == (facts.implementation, facts.version, facts.abi)


def test_builds_of_conda_and_uv_are_read(tmp_path: Path) -> None:
    """The record of conda names the build string, uv's file the date of the build."""
    conda, uv = make_prefix(tmp_path / "conda", "3.11.9"), make_prefix(tmp_path / "uv", "3.11.9")
    (tmp_path / "conda" / "conda-meta").mkdir()
    (tmp_path / "conda" / "conda-meta" / "python-3.11.9-h955ad1f_0.json").write_text("{}")
    (tmp_path / "conda" / "conda-meta" / "python-dateutil-2.9.0-py_0.json").write_text("{}")
    (tmp_path / "uv" / "BUILD").write_text("20260101")

    assert "h955ad1f_0" == getattr(inspect_statically(str(conda)), "build", None)
    assert "20260101" == getattr(inspect_statically(str(uv)), "build", None)


def test_headers_of_another_version_are_not_believed(tmp_path: Path) -> None:
    """Only headers with the executable's own version and flavour count."""
    make_prefix(tmp_path, "3.12.4")
    other = tmp_path / "bin" / "python3.11"
    free = tmp_path / "bin" / "python3.12t"
    plain = tmp_path / "bin" / "plain-python"
    for program in (other, free, plain):
        program.write_bytes(fake_elf())
        program.chmod(0o755)
    (tmp_path / "include" / "python3.11").mkdir()
    (tmp_path / "include" / "python3.11" / "patchlevel.h").write_text('#define PY_VERSION "3.12.4"\n')

    assert [None, None, None] == [inspect_statically(str(program)) for program in (other, free, plain)]


def test_headers_of_two_versions_are_one_too_many(tmp_path: Path) -> None:
    """`python3` beside the headers of two Pythons must say itself which of them it is."""
    make_prefix(tmp_path / "other", "3.11.2")
    program = tmp_path / "one" / "bin" / "python3"
    make_prefix(tmp_path / "one", "3.12.4")
    program.write_bytes(fake_elf())
    program.chmod(0o755)

    assert "3.12.4" == getattr(inspect_statically(str(program)), "version", "")
    (tmp_path / "other" / "include" / "python3.11").rename(tmp_path / "one" / "include" / "python3.11")
    assert inspect_statically(str(program)) is None


def test_scripts_and_dead_links_are_no_interpreters(tmp_path: Path) -> None:
    """Every shim is a script; what does not exist or may not run is none either."""
    script, dead, data = tmp_path / "python3", tmp_path / "python3.9", tmp_path / "python3.8"
    script.write_text("#!/bin/sh\nexec true\n")
    script.chmod(0o755)
    dead.symlink_to("nowhere")
    data.write_bytes(fake_elf())
    data.chmod(0o644)

    for program, reason in ((script, "it is a script"), (dead, "no such file"), (data, "may not be executed")):
        with pytest.raises(NotAnInterpreter, match=reason):
            inspect_statically(str(program))


def test_a_running_interpreter_says_what_its_files_say(tmp_path: Path) -> None:
    """The probe and the headers agree about the Python of these tests."""
    facts = inspect_running(sys.executable, str(tmp_path))
    statically = inspect_statically(sys.executable)

    assert (sys.implementation.name, THIS) == (facts.implementation, facts.version.split("rc")[0])
    assert sys.implementation.cache_tag == facts.cache_tag
    assert platform.libc_ver()[0] in {facts.libc, ""}
    if statically is not None:
        assert (statically.version, statically.abi, statically.platform) == (facts.version, facts.abi, facts.platform)


def test_an_interpreter_is_started_once_as_long_as_it_stays_the_same(tmp_path: Path) -> None:
    """The answer is kept by path, inode, size and time; a changed file or a damaged record is asked again."""
    program, log, cache = tmp_path / "bin" / "python", tmp_path / "log", tmp_path / "cache"
    lone_interpreter(program, log)
    first = inspect_running(str(program), str(cache))

    assert first == inspect_running(str(program), str(cache))
    assert "." == log.read_text()

    lone_interpreter(program, log)
    inspect_running(str(program), str(cache))
    assert ".." == log.read_text()

    for record in cache.iterdir():
        record.write_text(json.dumps({"from": "another version"}))
    assert first == inspect_running(str(program), str(cache))
    assert "..." == log.read_text()


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    """The answer is the same where its folder cannot be made."""
    (tmp_path / "cache").write_text("a file where the folder should be")

    assert THIS.startswith("3.")
    assert sys.implementation.name == inspect_running(sys.executable, str(tmp_path / "cache")).implementation


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'cannot open shared object file' >&2; exit 127", "cannot open shared object file"),
        ("exit 3", "it ends with status 3"),
        ("echo hello", "it does not answer like a Python"),
        ("echo '[]'", "it does not answer like a Python"),
    ],
)
def test_what_does_not_answer_like_a_python_is_refused(tmp_path: Path, script: str, reason: str) -> None:
    """The reason is the program's own last words where it has any."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)

    with pytest.raises(NotAnInterpreter, match=reason):
        inspect_running(str(program), str(tmp_path / "cache"))
