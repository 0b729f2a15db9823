"""What compiled files ask for: files that a compiler made here, files that are none, what is kept."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path
from shutil import which

import pytest

from parity.core.contents import Entry
from parity.core.preflight.symbols import SharedObject
from parity.engines.machine.shared_objects import SharedObjects, read_shared_object


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a library with a name of its own that needs libm."""
    folder = tmp_path_factory.mktemp("compiled")
    source = folder / "answer.c"
    source.write_text("#include <math.h>\ndouble answer(double x) { return pow(x, x); }\n", encoding="utf-8")
    target = folder / "libanswer.so"
    flags = ["-shared", "-fPIC", "-Wl,-soname,libanswer.so.1", "-Wl,--no-as-needed"]
    subprocess.run([which("cc") or "cc", *flags, "-o", str(target), str(source), "-lm"], check=True)
    return target


def recorded(folder: Path, *names: str) -> dict[str, Entry]:
    """Return what a manifest says of files."""
    found = {name: (folder / name).stat() for name in names}
    return {
        name: Entry("f", 0o644, each.st_size, each.st_mtime_ns, sha256((folder / name).read_bytes()).hexdigest(), name)
        for name, each in found.items()
    }


def replaced(path: Path, content: bytes, mtime: int | None = None) -> None:
    """Give a file another content and a time, its own where none is given."""
    time = path.stat().st_mtime_ns if mtime is None else mtime
    path.write_bytes(content)
    os.utime(path, ns=(time, time))


def test_a_library_says_what_it_needs(library: Path) -> None:
    """Its own name, the libraries it needs, and which versions of their symbols."""
    found = read_shared_object(library)

    assert found is not None
    assert "libanswer.so.1" == found.soname
    assert {"libm.so.6", "libc.so.6"} <= set(found.needed)
    assert any(name.startswith("GLIBC_2.") for name in found.versions["libm.so.6"])


def test_it_says_what_readelf_says(library: Path) -> None:
    """The versions that binutils' own reader lists, no more and no fewer."""
    said = subprocess.run(
        [which("readelf") or "readelf", "--version-info", "--wide", str(library)], stdout=subprocess.PIPE, check=True
    )
    text = said.stdout.decode().split("Version needs section", 1)[1]
    listed = {word for line in text.splitlines() if "Name: GLIBC" in line for word in line.split() if "GLIBC_" in word}
    found = read_shared_object(library)

    assert found is not None
    assert listed == {name for names in found.versions.values() for name in names}


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF\x02\x01", b"\x7fELF\x02\x01" + b"\xff" * 400])
def test_what_is_no_library_says_nothing(tmp_path: Path, content: bytes) -> None:
    """A script, an empty file, one that is cut short, garbage: None, not an error."""
    (tmp_path / "file").write_bytes(content)

    assert read_shared_object(tmp_path / "file") is None


def test_a_library_that_is_cut_short_says_nothing(library: Path, tmp_path: Path) -> None:
    """At any length: an answer or None, never another error."""
    whole = library.read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "cut.so").write_bytes(whole[:length])
        read_shared_object(tmp_path / "cut.so")


def test_what_a_file_says_is_kept_by_its_content(library: Path, tmp_path: Path) -> None:
    """A second look reads no file that is as it was recorded; one that is gone says nothing."""
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / "one.so").write_bytes(library.read_bytes())
    (environment / "text.so").write_text("no library", encoding="utf-8")
    files = recorded(environment, "one.so", "text.so")
    first = SharedObjects(tmp_path / "cache").of(environment, files)
    replaced(environment / "one.so", b"?" * files["one.so"].size)
    second = SharedObjects(tmp_path / "cache").of(environment, files)
    (environment / "one.so").unlink()

    assert ["one.so"] == list(first)
    assert first == second
    assert {} == SharedObjects(tmp_path / "cache").of(environment, files)


def test_a_file_that_was_written_to_teaches_nothing(library: Path, tmp_path: Path) -> None:
    """It is looked at as it is, and what it says is not taken for what the recorded file says."""
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / "one.so").write_bytes(library.read_bytes())
    files = recorded(environment, "one.so")
    whole = (environment / "one.so").read_bytes()
    (environment / "one.so").write_bytes(b"edited")
    edited = SharedObjects(tmp_path / "cache").of(environment, files)
    replaced(environment / "one.so", whole, files["one.so"].mtime)

    assert {} == edited
    assert ["one.so"] == list(SharedObjects(tmp_path / "cache").of(environment, files))


def test_a_line_that_was_cut_short_is_read_again(library: Path, tmp_path: Path) -> None:
    """What a killed process left at the end of the file does no harm."""
    files = recorded(library.parent, library.name)
    first = SharedObjects(tmp_path).of(library.parent, files)
    kept = next(tmp_path.rglob("*.jsonl"))
    kept.write_bytes(kept.read_bytes()[:-5])

    assert first == SharedObjects(tmp_path).of(library.parent, files)


def test_plain_data_and_back() -> None:
    """Nothing is lost on the way."""
    found = SharedObject(
        machine="x86_64", soname="a", needed=("b",), versions={"b": ("B_1",)}, level=3, gpus=("sm_90",)
    )
    assert found == SharedObject.from_dict(found.to_dict())


@pytest.mark.parametrize(("flags", "level"), [([], 0), (["-Wl,-z,x86-64-v2"], 2), (["-Wl,-z,x86-64-v3"], 3)])
def test_a_level_of_the_processor_that_a_file_demands(tmp_path: Path, flags: list[str], level: int) -> None:
    """As the linker marks it, and as glibc's loader reads it."""
    (tmp_path / "one.c").write_text("int one(void) { return 1; }\n", encoding="utf-8")
    if os.uname().machine != "x86_64":
        pytest.skip("levels are those of x86-64, and this machine is none")
    command = [which("cc") or "cc", "-shared", "-fPIC", *flags, "-o", str(tmp_path / "one.so"), str(tmp_path / "one.c")]
    subprocess.run(command, check=True)
    found = read_shared_object(tmp_path / "one.so")

    assert found is not None
    assert level == found.level
