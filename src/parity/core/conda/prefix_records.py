"""What an environment says of itself in `conda-meta`: one record a package, its history, and that it is protected.

A record (CEP 34) lists the package's files as they were placed. Where it also says which machine placed them, from
where and with whose credentials, that is taken out: the record of a package is the same wherever it is installed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from parity.core.conda.errors import PackageUnplaceable
from parity.core.contents import folders_above
from parity.core.dataclass import dataclass
from parity.core.lockfile.model import LockedConda

FOLDER = "conda-meta"
FROZEN = f"{FOLDER}/frozen"  # CEP 22
HISTORY = f"{FOLDER}/history"
STATE = f"{FOLDER}/state"
_ADVICE = (
    "This environment is made by parity from a lockfile and shared between projects. To change it, edit the project's "
    "manifest and run `parity sync`; for one that may be written to, run `parity sync --copy`."
)
_ENTRY_POINT = "unix_python_entry_point"


class PlacedFile(NamedTuple):
    """A file of a package in an environment. `source` is its place in the package, empty where it was made anew."""

    path: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A package in an environment.

    `record` is the path of its record. `clobbered` are the paths that it brings and another package keeps.
    `rewritten` are the paths in the package of files into which the environment's address was written.
    """

    name: str
    record: str
    files: tuple[PlacedFile, ...]
    clobbered: tuple[str, ...]
    rewritten: tuple[str, ...]

    @property
    def link_script(self) -> str:
        """The script that the package wants to run after it was placed, or nothing."""
        wanted = f"bin/.{self.name}-post-link.sh"
        return wanted if any(file.path == wanted for file in self.files) else ""


def unpacked_name(package: LockedConda) -> str:
    """Return what the folder is called into which a package is unpacked."""
    return f"{package.name}-{package.version}-{package.build}"


def record_path(package: LockedConda) -> str:
    """Return where the record of a package is in an environment."""
    return f"{FOLDER}/{unpacked_name(package)}.json"


def refuse_outside(package: LockedConda, entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a package with paths that lead out of an environment: by `..`, from the root, or through its own links.

    `entries` are those of its `info/paths.json`. Raises PackageUnplaceable.
    """
    links = {entry["_path"] for entry in entries if entry.get("path_type") == "softlink"}
    for entry in entries:
        path = entry["_path"]
        if _leads_out(path) or (links and links.intersection(folders_above(path))):
            raise _unplaceable(package, path)


def _leads_out(path: str) -> bool:
    return path.startswith("/") or (".." in path and ".." in path.split("/"))


def _unplaceable(package: LockedConda, path: str) -> PackageUnplaceable:
    return PackageUnplaceable(f"`{package.file}` places a file outside of the environment: `{path}`")


def placed(package: LockedConda, record: Mapping[str, Any], site: str) -> Placed:
    """Return what a record says about the files of a package; `site` is where the environment has site-packages.

    Raises PackageUnplaceable where one of them is not inside the environment.
    """
    files, clobbered, rewritten = [], [], []
    for entry in record.get("paths_data", {}).get("paths", []):
        if _leads_out(entry["_path"]):
            raise _unplaceable(package, entry["_path"])
        source = _source(package, entry.get("original_path") or entry["_path"], site)
        if "original_path" in entry:
            clobbered.append(entry["original_path"])
        if entry.get("prefix_placeholder"):
            rewritten.append(source)
        made_anew = entry.get("prefix_placeholder") or entry.get("path_type") == _ENTRY_POINT
        files.append(PlacedFile(entry["_path"], "" if made_anew else source))
    return Placed(
        name=package.name,
        record=record_path(package),
        files=tuple(files),
        clobbered=tuple(clobbered),
        rewritten=tuple(rewritten),
    )


def portable(package: LockedConda, record: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return a record without what is true on one machine only. `address` is where the package is published."""
    kept = {
        key: value for key, value in record.items() if key not in {"extracted_package_dir", "package_tarball_full_path"}
    }
    requested = [package.name] if package.requested else []
    return {
        **kept,
        "url": address,
        "channel": address.rsplit("/", 2)[0],
        "link": {"source": "", "type": record.get("link", {}).get("type", 1)},
        "requested_specs": requested,
        **({"requested_spec": package.name} if requested else {}),
    }


def history(packages: Iterable[LockedConda]) -> str:
    """Return an environment's history as conda keeps it: one revision, at no particular time."""
    ordered = sorted(packages, key=lambda package: package.name)
    lines = ["==> 1980-01-01 00:00:00 <==", "# cmd: parity sync"]
    lines += [f"+{package.channel}/{package.subdir}::{unpacked_name(package)}" for package in ordered]
    lines.append(f"# update specs: {json.dumps([package.name for package in ordered if package.requested])}")
    return "".join(f"{line}\n" for line in lines)


def frozen() -> str:
    """Return what tells conda and its kin to leave an environment alone (CEP 22)."""
    return json.dumps({"message": _ADVICE}, indent=2) + "\n"


def state(variables: Mapping[str, str]) -> str:
    """Return the variables of an environment as conda keeps them."""
    return json.dumps({"version": 1, "env_vars": dict(sorted(variables.items()))}, indent=2) + "\n"


def externally_managed() -> str:
    """Return what tells pip and its kin to leave an environment alone (PEP 668)."""
    return f"[externally-managed]\nError={_ADVICE}\n"


def site_packages(python: LockedConda) -> str:
    """Return where an environment with this Python has site-packages."""
    minor = ".".join(python.version.split(".")[:2])
    return python.python_site_packages_path or f"lib/python{minor}/site-packages"


def in_order(packages: Sequence[LockedConda]) -> list[LockedConda]:
    """Return packages so that each stands behind what it depends on, else by name."""
    by_name = {package.name: package for package in sorted(packages, key=lambda package: package.name)}
    ordered: dict[str, LockedConda] = {}
    begun = set()

    def place(name: str) -> None:
        if name in begun or name not in by_name:
            return
        begun.add(name)
        for needed in _names(by_name[name]):
            place(needed)
        ordered[name] = by_name[name]

    for name in by_name:
        place(name)
    return list(ordered.values())


def _names(package: LockedConda) -> list[str]:
    return sorted({depends.split(maxsplit=1)[0] for depends in package.depends if depends.strip()})


def _source(package: LockedConda, path: str, site: str) -> str:
    """Return where a placed file was in its package: noarch packages do not know where site-packages will be."""
    if package.noarch != "python":
        return path
    if path.startswith(f"{site}/"):
        return f"site-packages/{path[len(site) + 1 :]}"
    return f"python-scripts/{path[4:]}" if path.startswith("bin/") else path
