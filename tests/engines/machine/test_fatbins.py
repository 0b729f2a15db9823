"""For which GPUs a file has programs: files that nvcc makes here, and containers put together by hand."""

import mmap
import struct
import subprocess
from pathlib import Path
from shutil import which

import pytest

from parity.engines.machine.fatbins import architectures
from parity.engines.machine.shared_objects import read_shared_object

_KERNEL = "__global__ void add(float *a) { a[threadIdx.x] += 1; }\n"
_MAGIC = 0xBA55ED50


@pytest.mark.parametrize(
    ("codes", "more", "expected"),
    [
        (["80:sm_80", "90:sm_90", "90:compute_90"], [], ("compute_90", "sm_80", "sm_90")),
        (["90a:sm_90a", "75:compute_75"], ["-Xfatbin", "-compress-all"], ("compute_75", "sm_90a")),
        (["86:sm_86"], ["-rdc=true"], ("sm_86",)),
    ],
)
def test_what_nvcc_was_told_is_found(tmp_path: Path, codes: list[str], more: list[str], expected: tuple[str]) -> None:
    """Programs and what a driver compiles, packed or not, linked late or not."""
    nvcc = which("nvcc")
    if nvcc is None:
        pytest.skip("no `nvcc` here (it is part of the CUDA toolkit)")
    (tmp_path / "add.cu").write_text(_KERNEL, encoding="utf-8")
    flags = [f"-gencode=arch=compute_{code.partition(':')[0]},code={code.partition(':')[2]}" for code in codes]
    command = [nvcc, "-shared", "-Xcompiler", "-fPIC", *flags, *more, "-o", "add.so", "add.cu"]
    subprocess.run(command, cwd=tmp_path, check=True)
    found = read_shared_object(tmp_path / "add.so")

    assert found is not None
    assert expected == found.gpus


def entry(kind: int, number: int, flags: int = 0x11, content: bytes = b"12345678") -> bytes:
    """Return an entry of a container: its header of 64 bytes and what it holds."""
    return struct.pack("<HHIQ12xI8xQ16x", kind, 0x101, 64, len(content), number, flags) + content


def container(*entries: bytes) -> bytes:
    """Return a container."""
    inside = b"".join(entries)
    return struct.pack("<IHHQ", _MAGIC, 1, 16, len(inside)) + inside


def elf(content: bytes) -> bytes:
    """Return an ELF file with the sections for names and for GPU programs, and nothing else."""
    names = b"\0.shstrtab\0.nv_fatbin\0"
    start = 64 + len(names)
    table = start + len(content)
    header = b"\x7fELF\x02\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, table, 0, 64, 56, 0, 64, 3, 1
    )
    sections = [(0, 0, 0), (1, 64, len(names)), (11, start, len(content))]
    rows = [struct.pack("<IIQQQQIIQQ", name, 1, 0, 0, at, size, 0, 0, 1, 0) for name, at, size in sections]
    return header + names + content + b"".join(rows)


def read(tmp_path: Path, content: bytes) -> tuple[str, ...]:
    """Return what is found in a file of this content."""
    (tmp_path / "file").write_bytes(content)
    with (tmp_path / "file").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return architectures(data)


def test_several_containers_with_gaps(tmp_path: Path) -> None:
    """All are read, whatever fills the space between them; other kinds of entries are none of ours."""
    first = container(entry(2, 80), entry(4, 70), entry(2, 100, 0x11 | 1 << 20))
    second = container(entry(1, 120, 0x8011 | 1 << 21))
    assert ("compute_120f", "sm_100a", "sm_80") == read(tmp_path, elf(first + b"\0" * 24 + second))


def test_a_file_without_such_programs(tmp_path: Path) -> None:
    """No section, an empty one, one with something else in it."""
    assert () == read(tmp_path, elf(b""))
    assert () == read(tmp_path, elf(b"something else altogether"))


def test_lengths_that_cannot_be_do_not_hang(tmp_path: Path) -> None:
    """A container or an entry that claims to be empty, or to go on behind the end of the file."""
    endless = struct.pack("<HHIQ12xI8xQ16x", 2, 0x101, 0, 0, 80, 0x11)
    assert ("sm_80",) == read(tmp_path, elf(container(endless, endless)))
    beyond = struct.pack("<IHHQ", _MAGIC, 1, 16, 1 << 60) + entry(2, 90)
    assert ("sm_90",) == read(tmp_path, elf(beyond))
    empty = struct.pack("<IHHQ", _MAGIC, 1, 0, 0)
    assert () == read(tmp_path, elf(empty * 4))
    assert () == read(tmp_path, elf(container(entry(2, 90)))[:-10])
