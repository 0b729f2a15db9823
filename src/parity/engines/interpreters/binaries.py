"""The first bytes of an executable: for which machine and C library it was made, or that it is a script."""

import os
import struct
from typing import BinaryIO, Literal

from parity.core.dataclass import dataclass

# e_machine (System V ABI, and the supplement of each processor) and the word size → conda's name of the platform
_ELF_MACHINES = {
    (62, 64): "linux-64",
    (3, 32): "linux-32",
    (183, 64): "linux-aarch64",
    (40, 32): "linux-armv7l",
    (243, 64): "linux-riscv64",
    (22, 64): "linux-s390x",
}
_ELF_POWER = 21
_PT_INTERP = 3
# cputype of mach/machine.h; files for several processors at once carry their own magic number
_MACHO_MACHINES = {0x01000007: "osx-64", 0x0100000C: "osx-arm64"}
_MACHO, _MACHO_FAT = 0xFEEDFACF, 0xCAFEBABE


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """What an executable is; `platform` and `libc` are empty where its first bytes do not say."""

    kind: Literal["elf", "macho", "script", "other"]
    platform: str = ""
    libc: str = ""


def read_binary(path: str) -> Binary:
    """Return what an executable is made for. Raises OSError where it cannot be read."""
    with open(path, "rb") as file:
        head = file.read(64)
        if head.startswith(b"#!"):
            return Binary(kind="script")
        if head.startswith(b"\x7fELF") and len(head) == 64:  # noqa: PLR2004 (the size of an ELF header)
            return _read_elf(file, head)
    if len(head) < 8:  # noqa: PLR2004 (two words: magic number, processor)
        return Binary(kind="other")
    magic, machine = struct.unpack("<II", head[:8])
    if magic == _MACHO:
        return Binary(kind="macho", platform=_MACHO_MACHINES.get(machine, ""))
    if struct.unpack(">I", head[:4])[0] == _MACHO_FAT:
        return Binary(kind="macho")
    return Binary(kind="other")


def _read_elf(file: BinaryIO, head: bytes) -> Binary:
    bits = 64 if head[4] == 2 else 32  # noqa: PLR2004 (EI_CLASS: 1 is 32 bits, 2 is 64)
    order = "<" if head[5] == 1 else ">"
    machine: int = struct.unpack_from(order + "H", head, 18)[0]
    if machine == _ELF_POWER:
        platform = "linux-ppc64le" if order == "<" else "linux-ppc64"
    else:
        platform = _ELF_MACHINES.get((machine, bits), "")
    loader = _read_loader(file, head, bits, order)
    libc = "musl" if b"ld-musl" in loader else "glibc" if b"/ld" in loader else ""
    return Binary(kind="elf", platform=platform, libc=libc)


def _read_loader(file: BinaryIO, head: bytes, bits: int, order: str) -> bytes:
    """Return the path of the program interpreter (PT_INTERP), empty in a static executable."""
    if bits == 64:  # noqa: PLR2004 (the other is 32)
        start, size, count = *struct.unpack_from(order + "Q", head, 32), *struct.unpack_from(order + "HH", head, 54)
        offsets, word = (8, 32), "Q"
    else:
        start, size, count = *struct.unpack_from(order + "I", head, 28), *struct.unpack_from(order + "HH", head, 42)
        offsets, word = (4, 16), "I"
    table = _read_at(file, start, size * count)
    if size < offsets[1] + struct.calcsize(word) or len(table) < size * count:
        return b""
    for entry in range(0, size * count, size):
        if struct.unpack_from(order + "I", table, entry)[0] == _PT_INTERP:
            place, length = (struct.unpack_from(order + word, table, entry + offset)[0] for offset in offsets)
            return _read_at(file, place, min(length, 4096))
    return b""


def _read_at(file: BinaryIO, place: int, length: int) -> bytes:
    """Return a part of a file; a damaged header may point far behind its end."""
    if place > os.fstat(file.fileno()).st_size:
        return b""
    file.seek(place)
    return file.read(length)
