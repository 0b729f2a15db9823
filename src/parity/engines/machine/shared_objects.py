"""What a compiled file asks of the machine that loads it: libraries, and versions of their symbols.

Follows the System V ABI (ELF-64, little endian: the dynamic section), the GNU symbol versioning of the Linux Standard
Base, and the x86-64 psABI for the level of the processor that a file says it needs. A reader of our own: it looks at a
few hundred bytes of each file, ten times faster than a whole parser.
"""

import json
import mmap
import os
import stat
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from parity.core.contents import Entry
from parity.core.preflight.symbols import SharedObject
from parity.engines.machine.fatbins import architectures

_HEADER = struct.Struct("<16xHHIQQQIHHHHHH")
_PROGRAM = struct.Struct("<IIQQQQQQ")
_DYNAMIC = struct.Struct("<qQ")
_NEED = struct.Struct("<HHIII")
_NEED_VERSION = struct.Struct("<IHHII")
_PROPERTY = struct.Struct("<II")
_PT_LOAD, _PT_DYNAMIC, _PT_GNU_PROPERTY = 1, 2, 0x6474E553
_NOTE_HEADER = 16  # three lengths and `GNU`
_X86_ISA_NEEDED = 0xC0008002
_DT_NULL, _DT_NEEDED, _DT_STRTAB, _DT_SONAME = 0, 1, 5, 14
_DT_VERNEED, _DT_VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
_WEAK = 0x2
_MAGIC = b"\x7fELF\x02\x01"
_X86_64 = 62
_MACHINES = {_X86_64: "x86_64", 183: "aarch64", 21: "ppc64le", 243: "riscv64"}


def read_shared_object(path: Path) -> SharedObject | None:
    """Return what a file asks for, None where it is no such file or is cut short. Raises OSError."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return None
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                data.madvise(mmap.MADV_RANDOM)  # little is looked at, far apart: nothing is to be read ahead
                return _read(data)
        except (struct.error, ValueError, KeyError, OverflowError):
            return None


def _read(data: mmap.mmap) -> SharedObject | None:
    _, machine, _, _, offset, _, _, _, size, count, *_ = _HEADER.unpack_from(data)
    programs = [_PROGRAM.unpack_from(data, offset + size * number) for number in range(count)]
    loads = [(address, start, length) for kind, _, start, address, _, length, *_ in programs if kind == _PT_LOAD]
    dynamic = next((program for program in programs if program[0] == _PT_DYNAMIC), None)
    if dynamic is None:
        return None
    entries = list(_entries(data, dynamic[2], dynamic[5]))
    single = dict(entries)
    strings = _place(single[_DT_STRTAB], loads)
    names = tuple(_text(data, strings + value) for tag, value in entries if tag == _DT_NEEDED)
    versions: dict[str, tuple[str, ...]] = {}
    if _DT_VERNEED in single:
        start = _place(single[_DT_VERNEED], loads)
        versions = dict(_versions(data, start, single.get(_DT_VERNEEDNUM, 0), strings))
    return SharedObject(
        machine=_MACHINES.get(machine, ""),
        soname=_text(data, strings + single[_DT_SONAME]) if _DT_SONAME in single else "",
        needed=names,
        versions=versions,
        level=max(
            (_level(data, program[2], program[5]) for program in programs if program[0] == _PT_GNU_PROPERTY), default=0
        )
        if machine == _X86_64
        else 0,
        gpus=architectures(data),
    )


def _level(data: mmap.mmap, start: int, length: int) -> int:
    """Return the level of the x86-64 psABI that a loader demands, 1 to 4; 0 where a file says nothing of it."""
    at = start + _NOTE_HEADER
    while at + _PROPERTY.size <= start + length:
        kind, size = _PROPERTY.unpack_from(data, at)
        if kind == _X86_ISA_NEEDED:
            return int.from_bytes(data[at + _PROPERTY.size : at + _PROPERTY.size + size], "little").bit_length()
        at += _PROPERTY.size + (size + 7) // 8 * 8
    return 0


def _entries(data: mmap.mmap, start: int, length: int) -> Iterator[tuple[int, int]]:
    for at in range(start, start + length, _DYNAMIC.size):
        tag, value = _DYNAMIC.unpack_from(data, at)
        if tag == _DT_NULL:
            return
        yield tag, value


def _place(address: int, loads: Iterable[tuple[int, int, int]]) -> int:
    """Return where in the file an address of the loaded program lies."""
    for begin, start, length in loads:
        if begin <= address < begin + length:
            return address - begin + start
    raise ValueError(address)


def _text(data: mmap.mmap, at: int) -> str:
    return data[at : max(at, data.find(b"\0", at))].decode("utf-8", "replace")


def _versions(data: mmap.mmap, at: int, count: int, strings: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each library with the versions of its symbols that are needed; weak references may stay unanswered."""
    for _ in range(count):
        _, several, library, first, following = _NEED.unpack_from(data, at)
        inner, names = at + first, []
        for _ in range(several):
            _, flags, _, name, after = _NEED_VERSION.unpack_from(data, inner)
            if not flags & _WEAK:
                names.append(_text(data, strings + name))
            if not after:  # the last says so, whatever the count
                break
            inner += after
        yield _text(data, strings + library), tuple(sorted(names))
        if not following:
            break
        at += following


class SharedObjects:
    """The compiled files of trees, each read once: what a file says is kept by the SHA-256 of its content."""

    def __init__(self, cache: Path) -> None:
        self._file = cache / "elf" / "v2" / "facts.jsonl"
        self._facts: dict[str, SharedObject | None] | None = None

    def of(self, folder: Path, files: Mapping[str, Entry]) -> dict[str, SharedObject]:
        """Return the compiled files among those of a folder, by path; `files` are what was recorded of each.

        A file that is gone says nothing. One that was written to since is read as it is now, and not kept: the digest
        that is recorded is no longer its own. Raises OSError.
        """
        if self._facts is None:
            self._facts = self._kept()
        known = self._facts
        news: dict[str, SharedObject | None] = {}
        found: dict[str, SharedObject | None] = {}
        for path, entry in files.items():
            if not _may_be(path):
                continue
            now = _state(f"{folder}/{path}")
            if now == (entry.size, entry.mtime):
                if entry.digest not in known:
                    known[entry.digest] = news[entry.digest] = read_shared_object(folder / path)
                found[path] = known[entry.digest]
            elif now:
                found[path] = read_shared_object(folder / path)
        self._keep(news)
        return {path: each for path, each in found.items() if each is not None}

    def _kept(self) -> dict[str, SharedObject | None]:
        try:
            with self._file.open(encoding="utf-8") as file:
                rows = [json.loads(line) for line in file if line.endswith("]\n")]
        except FileNotFoundError:
            return {}
        return {digest: SharedObject.from_dict(data) if data else None for digest, data in rows}

    def _keep(self, news: Mapping[str, SharedObject | None]) -> None:
        if not news:
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = [json.dumps([digest, found.to_dict() if found else None]) + "\n" for digest, found in news.items()]
        # one write at the end of the file: what two processes add at the same time stays whole
        with self._file.open("ab", buffering=0) as file:
            file.write("".join(lines).encode())


def _state(path: str) -> tuple[int, int] | None:
    """Return the size and the time in nanoseconds of a file by its stat alone, None where there is no such file."""
    try:
        found = os.lstat(path)  # there are thousands of them, and pathlib would cost more than the system
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _may_be(path: str) -> bool:
    """Tell by its name whether a file may be compiled: most of an environment is sources and bytecode."""
    name = path.rsplit("/", 1)[-1]
    return ".so" in name or "." not in name or path.startswith("bin/")
