"""Where programs and libraries look for the libraries they need: their run path, in ELF files."""

import os
from collections.abc import Iterator

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import StringTableSection

_MAGIC = b"\x7fELF"
_TAGS = frozenset({"DT_RPATH", "DT_RUNPATH"})


def binaries_in(prefix: str) -> Iterator[str]:
    """Yield every ELF file below a folder, links left out. Raises OSError."""
    for folder, _, names in os.walk(prefix):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.isfile(path):
                with open(path, "rb") as file:
                    if file.read(4) == _MAGIC:
                        yield path


def make_relative(path: str, prefix: str, *, at: str = "") -> bool:
    """Have a file that looks below a prefix look there relative to itself, and say whether anything had to change.

    `at` is where it is in that prefix, where this is a copy of it. The text is written over the old one, which is never
    shorter: nothing moves. Folders outside stay as they are. Raises OSError, and ValueError where the new text has no
    room.
    """
    changed = False
    for place, old in _read(path):
        entries = [_relative(entry, at or path, prefix) for entry in old.split(":")]
        new = ":".join(dict.fromkeys(entries))
        if new == old:
            continue
        if len(new) > len(old):
            raise ValueError(f"the run path `{old}` of `{path}` has no room for `{new}`")
        with open(path, "r+b") as file:
            file.seek(place)
            file.write(os.fsencode(new).ljust(len(os.fsencode(old)), b"\0"))
        changed = True
    return changed


def run_path(path: str) -> str:
    """Return a file's run path, empty where it has none. Raises OSError."""
    return ":".join(text for _, text in _read(path))


def _relative(entry: str, path: str, prefix: str) -> str:
    if entry != prefix and not entry.startswith(prefix + os.sep):
        return entry
    way = os.path.relpath(entry, os.path.dirname(path))
    return "$ORIGIN" if way == "." else f"$ORIGIN/{way}"


def _read(path: str) -> list[tuple[int, str]]:
    """Return each run path with its place in the file."""
    found = []
    with open(path, "rb") as file:
        try:
            sections = [each for each in ELFFile(file).iter_sections() if isinstance(each, DynamicSection)]
            for section in sections:
                strings = section.elffile.get_section(section["sh_link"])
                if not isinstance(strings, StringTableSection):
                    continue
                for tag in section.iter_tags():
                    if tag.entry.d_tag in _TAGS:
                        place = tag.entry.d_val
                        found.append((strings["sh_offset"] + place, strings.get_string(place)))
        except ELFError:
            return []
    return found
