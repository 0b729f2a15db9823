"""CPython's source archives: which there are, what each must be, and where below an address it lies."""

from collections.abc import Mapping, Sequence

from packaging.version import Version

from parity.core.builds.errors import PythonSourceUnknown
from parity.core.dataclass import dataclass
from parity.core.interpreters import Interpreter, choose, nearest
from parity.core.python_request import PythonRequest

#: Where upstream publishes them: below it lies a folder for each release.
UPSTREAM = "https://www.python.org/ftp/python"

OLDEST = (3, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One archive of a version's sources. `size` is in bytes, 0 where upstream does not say."""

    version: str
    file: str
    sha256: str
    size: int = 0

    def addresses(self, base: str) -> tuple[str, ...]:
        """Return where it may be below an address: as upstream has it, or all archives in one folder."""
        release = ".".join(str(part) for part in Version(self.version).release)
        return (f"{base.rstrip('/')}/{release}/{self.file}", f"{base.rstrip('/')}/{self.file}")


def read_archives(table: str) -> tuple[Archive, ...]:
    """Return what the table of archives says (`cpython_sources.tsv`): version, file, SHA-256 and size, with tabs."""
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(Archive(version=row[0], file=row[1], sha256=row[2], size=int(row[3])) for row in rows)


def versions_of(archives: Sequence[Archive], platform: str = "") -> tuple[Interpreter, ...]:
    """Return what the archives could become, each version once."""
    return tuple(
        Interpreter(
            implementation="cpython", version=version, path="", real_path="", source="parity", platform=platform
        )
        for version in dict.fromkeys(archive.version for archive in archives)
    )


def archives_for(request: PythonRequest, archives: Sequence[Archive]) -> tuple[Archive, ...]:
    """Return the archives of the version that answers a request best, the smallest first.

    Raises PythonSourceUnknown where none does: only versions of CPython have sources here, paths and names have none.
    """
    versions = versions_of(archives)
    chosen = None
    if request.kind in {"prefix", "range", "any"} and request.implementation == "cpython":
        threads_aside = PythonRequest(
            text=request.text, kind=request.kind, place=request.place, version=request.version
        )
        chosen = choose([threads_aside], versions)
    if chosen is None:
        raise PythonSourceUnknown(request.text, nearest(request, versions))
    return tuple(archive for archive in archives if archive.version == chosen.version)


def known_as(sha256: str, archives: Sequence[Archive]) -> Archive | None:
    """Return the archive that has this hash, or None."""
    return next((archive for archive in archives if archive.sha256 == sha256), None)


def mirrors_of(environ: Mapping[str, str], *, flag: str = "", setting: str = "") -> str:
    """Return where archives are fetched from: what the flag says, the variable, the project, upstream."""
    return flag or environ.get("PARITY_PYTHON_SOURCES", "") or setting or UPSTREAM
