"""`Pipfile.lock`, with what was asked for from the `Pipfile` beside it."""

from collections.abc import Mapping
from typing import Any

from parity.core.addresses import is_public_index
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.poetry_versions import pep440
from parity.core.imports.reading import Beside, check, check_version, json_table, toml_table, words
from parity.core.lockfile.tables import Table

_VERSIONS = ("6",)


def read_pipfile_lock(text: str, file: str, beside: Beside) -> Foreign:
    """Return the distributions of both categories. Raises ForeignDamaged, ForeignUnknown."""
    head = json_table(text, file)
    about = head.table("_meta")
    check_version(about, "pipfile-spec", _VERSIONS)
    packages: dict[str, ForeignPackage] = {}
    for category in ("develop", "default"):
        table = head.table(category) if category in head.data else Table(data={}, place=head.place, faults=head.faults)
        packages |= {name: _package(name, table.table(name)) for name in table.data if _is_chosen(table, name)}
    check(head)
    manifest = toml_table(beside("Pipfile") or "", "Pipfile")
    asked = {key: _lines(manifest, key) for key in ("packages", "dev-packages")}
    check(manifest)
    required = words(about.data.get("requires"))
    version = str(required.get("python_full_version") or required.get("python_version") or "")
    sources = [str(words(each).get("url", "")) for each in about.data.get("sources", [])]
    return Foreign(
        file=file,
        route="venv",
        packages=tuple(packages.values()),
        wheels=asked["packages"] or _named(head.data, "default"),
        groups={"dev": asked["dev-packages"] or _named(head.data, "develop")},
        python=f"=={version}" if version.count(".") > 1 else f"=={version}.*" if version else "",
        indexes=tuple(url for url in sources if url and not is_public_index(url)),
    )


def _is_chosen(table: Table, name: str) -> bool:
    """Say whether a version is locked: of what the machine that it ran on does not take, Pipenv writes `*`."""
    return words(table.data[name]).get("version") != "*"


def _package(name: str, table: Table) -> ForeignPackage:
    return ForeignPackage(
        name=name,
        version=table.text("version", "").removeprefix("=="),
        place=table.place,
        marker=table.text("markers", ""),
        digests=table.texts("hashes"),
        direct=_direct(name, table.data),
    )


def _direct(name: str, entry: Mapping[str, Any]) -> str:
    if "git" in entry:
        return f"{name} @ git+{entry['git']}@{entry.get('ref', '')}"
    if "path" in entry:
        return f"{'-e ' if entry.get('editable') else ''}{entry['path']}"
    return f"{name} @ {entry['file']}" if "file" in entry else ""


def _named(data: Mapping[str, Any], category: str) -> tuple[str, ...]:
    """Return what a Pipfile named, as far as its lock tells: those entries have the name of an index."""
    entries = words(data.get(category))
    named = {name: entry for name, entry in entries.items() if "index" in words(entry)}
    return tuple(
        f"{name}>={str(words(entry).get('version', '==0')).removeprefix('==')}" for name, entry in named.items()
    )


def _lines(manifest: Table, key: str) -> tuple[str, ...]:
    return tuple(_line(name, value, manifest, key) for name, value in words(manifest.data.get(key)).items())


def _line(name: str, value: Any, manifest: Table, key: str) -> str:
    entry = {"version": value} if isinstance(value, str) else words(value)
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    marker = f" ; {entry['markers']}" if "markers" in entry else ""
    if direct := _direct(f"{name}{extras}", entry):
        return f"{direct.rstrip('@')}{marker}"
    specifier = pep440(str(entry.get("version", "*")))
    if specifier is None:
        manifest.fault(f"{key}.{name}", f"`{entry.get('version')}` is no range of versions")
    return f"{name}{extras}{specifier or ''}{marker}"
