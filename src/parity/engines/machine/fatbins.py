"""For which GPUs a compiled file has programs.

nvcc puts them into sections of the ELF file, as containers one after another, each with an entry for each architecture:
a program (cubin) or what a driver compiles into one (PTX). NVIDIA does not specify the form; the offsets here are what
nvcc 13.0 writes and what `cuobjdump --list-elf --list-ptx` reads, and a test has nvcc write such files.
"""

import mmap
import struct
from collections.abc import Iterator

_HEADER = struct.Struct("<16xHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_CONTAINER = struct.Struct("<IHHQ")  # magic, version, length of this header, length of what follows
_ENTRY = struct.Struct("<HHIQ12xI8xQ")  # kind, version, length of this header, of what follows; architecture, flags
_MAGIC = 0xBA55ED50
_PTX, _CUBIN = 1, 2
_SPECIFIC, _FAMILY = 1 << 20, 1 << 21  # `sm_90a` runs on nothing else, `sm_100f` on its family
_ALIGNED = 8
_NAMES = (b".nv_fatbin", b"__nv_relfatbin")


def architectures(data: mmap.mmap) -> tuple[str, ...]:
    """Return the architectures (`sm_90`, `sm_90a`, `compute_90`), sorted; none where a file has no such programs.

    A file loads without its table of sections, so that one which is damaged is no fault: it has none of these. Raises
    struct.error where not even the header is whole.
    """
    found: set[str] = set()
    for start, length in _sections(data):
        found.update(_in_section(data, start, min(start + length, len(data))))
    return tuple(sorted(found))


def _sections(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield where in the file each section of GPU programs begins, and its length."""
    _, _, _, _, _, table, _, _, _, _, size, count, names_at = _HEADER.unpack_from(data)
    if names_at >= count or size < _SECTION.size or table + size * count > len(data):
        return
    headers = [_SECTION.unpack_from(data, table + size * number) for number in range(count)]
    names = headers[names_at][4]
    for name, _, _, _, start, length, *_ in headers:
        if data[names + name : data.find(b"\0", names + name)] in _NAMES:
            yield start, length


def _in_section(data: mmap.mmap, at: int, end: int) -> Iterator[str]:
    while at + _CONTAINER.size <= end:
        magic, _, header, length = _CONTAINER.unpack_from(data, at)
        if magic != _MAGIC or header < _CONTAINER.size:  # they are aligned, to how much nobody says
            at += _ALIGNED
            continue
        yield from _in_container(data, at + header, min(at + header + length, end))
        at += header + length


def _in_container(data: mmap.mmap, at: int, end: int) -> Iterator[str]:
    while at + _ENTRY.size <= end:
        kind, _, header, length, number, flags = _ENTRY.unpack_from(data, at)
        letter = "a" if flags & _SPECIFIC else "f" if flags & _FAMILY else ""
        if kind in {_PTX, _CUBIN}:
            yield f"{'compute' if kind == _PTX else 'sm'}_{number}{letter}"
        if header < _ENTRY.size:
            return
        at += header + length
