"""uv's answer as it writes it (PEP 751), taken apart at the door."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from parity.core.addresses import file_name
from parity.core.dataclass import dataclass
from parity.core.errors import InternalError
from parity.core.wheel_files import DistributionFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One distribution of an answer.

    From an index: `files`. From an address: `file` with `url` or `path`; or `url` and `commit`; or `path` alone, a
    folder. `path` is as uv wrote it.
    """

    name: str
    version: str
    files: tuple[DistributionFile, ...] = ()
    url: str = ""
    path: str = ""
    commit: str = ""
    subdirectory: str = ""
    file: DistributionFile | None = None


def read_pylock(text: str) -> tuple[Answered, ...]:
    """Return the distributions of a `pylock.toml`, by name.

    Raises InternalError where it does not have the shape that uv gives it.
    """
    try:
        packages = tomllib.loads(text).get("packages", [])
        return tuple(sorted((_package(package) for package in packages), key=lambda answered: answered.name))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InternalError(f"uv's answer cannot be read: {error!r}") from error


def _package(data: Mapping[str, Any]) -> Answered:
    name, version = str(canonicalize_name(data["name"])), data.get("version", "")
    if archive := data.get("archive"):
        return Answered(
            name=name,
            version=version,
            url=archive.get("url", ""),
            path=archive.get("path", ""),
            subdirectory=archive.get("subdirectory", ""),
            file=_file(archive),
        )
    if vcs := data.get("vcs"):
        return Answered(
            name=name,
            version=version,
            url=vcs["url"],
            commit=vcs["commit-id"],
            subdirectory=vcs.get("subdirectory", ""),
        )
    if directory := data.get("directory"):
        # A folder's version is whatever it says on the day it is installed
        return Answered(name=name, version="", path=directory["path"], subdirectory=directory.get("subdirectory", ""))
    sdist = data.get("sdist")
    offered = [_file(entry) for entry in [*data.get("wheels", []), *([sdist] if sdist else [])]]
    return Answered(name=name, version=version, files=_without_doubles(offered))


def _file(entry: Mapping[str, Any]) -> DistributionFile:
    name = entry.get("name") or file_name(entry.get("url") or entry["path"])
    return DistributionFile(
        name=name, sha256=entry["hashes"]["sha256"], size=entry.get("size", 0), address=entry.get("url", "")
    )


def _without_doubles(files: Sequence[DistributionFile]) -> tuple[DistributionFile, ...]:
    """Return each file once: a folder of wheels and an index can offer the same one, and only one knows its size."""
    best = {(file.name, file.sha256): file for file in sorted(files, key=lambda file: file.size)}
    return tuple(best[key] for key in dict.fromkeys((file.name, file.sha256) for file in files))
