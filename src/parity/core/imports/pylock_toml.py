"""`pylock.toml`, version 1.0 (PEP 751)."""

from typing import Any

from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.reading import Beside, check, check_version, toml_table, words
from parity.core.lockfile.tables import Table

_VERSIONS = ("1.0",)


def read_pylock_toml(text: str, file: str, beside: Beside) -> Foreign:
    """Return the distributions. Raises ForeignDamaged, ForeignUnknown."""
    del beside
    head = toml_table(text, file)
    check_version(head, "lock-version", _VERSIONS)
    foreign = Foreign(
        file=file,
        route="venv",
        whole=True,
        packages=tuple(_package(table) for table in head.tables("packages")),
        python=head.text("requires-python", ""),
    )
    check(head)
    return foreign


def _package(table: Table) -> ForeignPackage:
    name = table.text("name", None)
    archive = words(table.data.get("archive"))
    files = [*table.data.get("wheels", []), table.data.get("sdist"), archive]
    digests = [f"{kind}:{value}" for file in files for kind, value in words(words(file).get("hashes")).items()]
    return ForeignPackage(
        name=name,
        version=table.text("version", ""),
        place=table.place,
        marker=table.text("marker", ""),
        digests=tuple(digest for digest in digests if digest.startswith("sha256:")),
        direct=_direct(name, table, archive),
        requires=tuple(str(words(each).get("name", "")) for each in table.data.get("dependencies", [])),
    )


def _direct(name: str, table: Table, archive: Any) -> str:
    vcs, directory = words(table.data.get("vcs")), words(table.data.get("directory"))
    if vcs:
        return f"{name} @ {vcs.get('type', 'git')}+{vcs.get('url', vcs.get('path', ''))}@{vcs.get('commit-id', '')}"
    if directory:
        return f"{'-e ' if directory.get('editable') else ''}{directory.get('path', '.')}"
    if "url" in archive:
        return f"{name} @ {archive['url']}"
    return str(archive.get("path", ""))
