"""What compiled files ask for: files that a compiler made here, files that are none, what is kept."""

import subprocess
from hashlib import sha256
from pathlib import Path
from shutil import which

import pytest

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
    """A second look reads no file, not even one that is gone; a file of other content is read."""
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / "one.so").write_bytes(library.read_bytes())
    (environment / "text.so").write_text("no library", encoding="utf-8")
    digests = {each: sha256((environment / each).read_bytes()).hexdigest() for each in ("one.so", "text.so")}
    first = SharedObjects(tmp_path / "cache").of(environment, digests)
    (environment / "one.so").unlink()
    second = SharedObjects(tmp_path / "cache").of(environment, digests)

    assert ["one.so"] == list(first)
    assert first == second
    with pytest.raises(FileNotFoundError):
        SharedObjects(tmp_path / "cache").of(environment, {"one.so": "another"})


def test_a_line_that_was_cut_short_is_read_again(library: Path, tmp_path: Path) -> None:
    """What a killed process left at the end of the file does no harm."""
    digests = {library.name: "digest"}
    first = SharedObjects(tmp_path).of(library.parent, digests)
    kept = next(tmp_path.rglob("*.jsonl"))
    kept.write_bytes(kept.read_bytes()[:-5])

    assert first == SharedObjects(tmp_path).of(library.parent, digests)


def test_plain_data_and_back() -> None:
    """Nothing is lost on the way."""
    found = SharedObject(machine="x86_64", soname="a", needed=("b",), versions={"b": ("B_1",)})
    assert found == SharedObject.from_dict(found.to_dict())
