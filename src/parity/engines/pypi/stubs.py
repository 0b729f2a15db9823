"""Stub wheels: what conda has brought, told to uv as distributions that it may choose and must not install.

A stub has a name and a version, and extras where somebody asks for them. Its version carries a local part of ours, so
that a constraint on it rules out every real file, and uv's explanations show where it comes from.
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from parity.core.resolution import Provided

LOCAL = "+conda"
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say


def write_stubs(folder: Path, provided: Iterable[Provided]) -> list[str]:
    """Write a stub for each into a folder, made where missing, and return what holds a resolver to them."""
    folder.mkdir(exist_ok=True)
    return [_write(folder, each) for each in provided]


def _extras(requires: Iterable[str]) -> list[str]:
    return sorted({extra for text in requires for extra in _EXTRA.findall(text)})


def _write(folder: Path, provided: Provided) -> str:
    version = f"{provided.version}{LOCAL}"
    stem = f"{provided.name.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {provided.name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {text}\n" for text in provided.requires)
    metadata += "".join(f"Provides-Extra: {extra}\n" for extra in _extras(provided.requires))
    wheel = "Wheel-Version: 1.0\nGenerator: parity\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        for name, text in (("METADATA", metadata), ("WHEEL", wheel), ("RECORD", "")):
            archive.writestr(zipfile.ZipInfo(f"{stem}.dist-info/{name}", _TIME), text)
    return f"{provided.name}=={version}"
