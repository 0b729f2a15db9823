"""An environment that some other tool or a hand has made: what it says of itself, and what its files are."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from parity.core.conda.prefix_records import FOLDER, HISTORY, STATE
from parity.core.imports.prefix import Installed, Prefix
from parity.engines.system.files import read_text
from parity.engines.system.hashing import hash_file

_CONFIG = "pyvenv.cfg"
_SITES = ("lib/python*/site-packages", "lib64/python*/site-packages")


def read_prefix(folder: Path) -> Prefix:
    """Return what an environment says of itself. Raises OSError, UnicodeDecodeError."""
    records = sorted((folder / FOLDER).glob("*.json")) if (folder / FOLDER).is_dir() else []
    found: dict[str, Installed] = {}
    for pattern in _SITES:
        for info in sorted(folder.glob(f"{pattern}/*.dist-info")):
            found.setdefault(str(info.resolve()), _installed(folder, info))
    return Prefix(
        path=str(folder),
        conda={f"{FOLDER}/{path.name}": path.read_text(encoding="utf-8") for path in records},
        history=read_text(folder / HISTORY) or "",
        state=read_text(folder / STATE) or "",
        config=read_text(folder / _CONFIG) or "",
        distributions=tuple(found.values()),
        modules=tuple(each.relative_to(folder).as_posix() for each in _modules(folder)),
    )


def _modules(folder: Path) -> list[Path]:
    """Return what stands in site-packages, records of packages and what Python caches apart."""
    sites = {site.resolve(): site for pattern in reversed(_SITES) for site in folder.glob(pattern)}  # lib64 is a link
    return [
        each
        for site in sites.values()
        for each in sorted(site.iterdir())
        if each.suffix not in {".dist-info", ".egg-info"}
        and each.name != "__pycache__"
        and not each.name.startswith(".")
    ]


def digests_of(folder: Path, paths: Iterable[str]) -> Mapping[str, str]:
    """Return the SHA-256 of files of an environment, links followed; what is no file any more is left out.

    Raises OSError where one cannot be read.
    """
    return {path: hash_file(str(folder / path)) for path in paths if (folder / path).is_file()}


def _installed(folder: Path, info: Path) -> Installed:
    return Installed(
        folder=info.relative_to(folder).as_posix(),
        metadata=read_text(info / "METADATA") or "",
        record=read_text(info / "RECORD") or "",
        direct_url=read_text(info / "direct_url.json") or "",
        installer=(read_text(info / "INSTALLER") or "").strip(),
        requested=(info / "REQUESTED").exists(),
    )
