"""`uv.lock`, version 1: every distribution that uv may take, on whatever machine."""

from typing import Any

from parity.core.addresses import is_public_index
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.reading import Beside, check, check_version, toml_table, words
from parity.core.lockfile.tables import Table

_VERSIONS = ("1",)


def read_uv_lock(text: str, file: str, beside: Beside) -> Foreign:
    """Return the distributions of a project or workspace. Raises ForeignDamaged, ForeignUnknown."""
    del beside
    head = toml_table(text, file)
    check_version(head, "version", _VERSIONS)
    tables = head.tables("package")
    own = [table for table in tables if _is_own(words(table.data.get("source")))]
    packages = tuple(_package(table) for table in tables if table not in own)
    registries = dict.fromkeys(str(words(each.data.get("source")).get("registry", "")) for each in tables)
    foreign = Foreign(
        file=file,
        route="venv",
        packages=packages,
        name=own[0].text("name", "") if len(own) == 1 else "",
        python=head.text("requires-python", ""),
        wheels=tuple(_line(entry) for table in own for entry in _asked(table)),
        indexes=tuple(each for each in registries if "://" in each and not is_public_index(each)),
    )
    check(head)
    return foreign


def _is_own(source: Any) -> bool:
    return "virtual" in source or source.get("editable") == "." or source.get("directory") == "."


def _asked(table: Table) -> list[Any]:
    return [entry for entry in words(table.data.get("metadata")).get("requires-dist", []) if not _is_extra(entry)]


def _is_extra(entry: Any) -> bool:
    return "extra ==" in str(words(entry).get("marker", ""))


def _line(entry: Any) -> str:
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    marker = f" ; {entry['marker']}" if "marker" in entry else ""
    if "git" in entry:
        return f"{entry['name']}{extras} @ git+{entry['git']}{marker}"
    if "url" in entry:
        return f"{entry['name']}{extras} @ {entry['url']}{marker}"
    return f"{entry['name']}{extras}{entry.get('specifier', '')}{marker}"


def _package(table: Table) -> ForeignPackage:
    name, source = table.text("name", None), words(table.data.get("source"))
    files = [*table.data.get("wheels", []), *([table.data["sdist"]] if "sdist" in table.data else [])]
    markers = table.texts("resolution-markers")
    return ForeignPackage(
        name=name,
        version=table.text("version", ""),
        place=table.place,
        marker=" or ".join(f"({each})" for each in markers),
        digests=tuple(str(words(file)["hash"]) for file in files if "hash" in words(file)),
        direct=_direct(name, source),
        requires=tuple(str(words(each).get("name", "")) for each in table.data.get("dependencies", [])),
    )


def _direct(name: str, source: Any) -> str:
    if "git" in source:
        address, _, commit = str(source["git"]).partition("#")
        return f"{name} @ git+{address.partition('?')[0]}@{commit}"
    if "url" in source:
        return f"{name} @ {source['url']}"
    if "editable" in source:
        return f"-e {source['editable']}"
    path = source.get("directory", source.get("path", ""))
    return str(path)
