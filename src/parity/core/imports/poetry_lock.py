"""`poetry.lock`, versions 1.1 to 2.1, with what was asked for from the `pyproject.toml` beside it."""

from collections.abc import Mapping
from typing import Any

from parity.core.findings import Finding
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.poetry_versions import pep440
from parity.core.imports.reading import Beside, check, check_version, toml_table, words
from parity.core.lockfile.tables import Table

_VERSIONS = ("1.1", "2.0", "2.1")
_PYTHON = "python"


def read_poetry_lock(text: str, file: str, beside: Beside) -> Foreign:
    """Return the distributions. Raises ForeignDamaged, ForeignUnknown."""
    head = toml_table(text, file)
    about = head.table("metadata")
    check_version(about, "lock-version", _VERSIONS)
    older = words(about.data.get("files"))
    packages = tuple(_package(table, older) for table in head.tables("package"))
    python = pep440(about.text("python-versions", "")) or ""
    check(head)
    manifest = toml_table(beside("pyproject.toml") or "", "pyproject.toml")
    poetry = words(words(manifest.data.get("tool")).get("poetry"))
    said = Table(data=poetry, place=manifest.place.child("tool.poetry"), faults=manifest.faults)
    wheels = tuple(
        line
        for name, value in words(poetry.get("dependencies")).items()
        if name != _PYTHON
        for line in _lines(name, value, said)
    )
    check(manifest)
    sources = [words(each) for each in poetry.get("source", [])]
    groups = sorted({*words(poetry.get("group")), *(["dev"] if "dev-dependencies" in poetry else [])})
    return Foreign(
        file=file,
        route="venv",
        packages=packages,
        name=str(poetry.get("name", "")),
        wheels=wheels,
        python=python,
        indexes=tuple(str(each["url"]) for each in sources if "url" in each),
        findings=(_groups(groups),) if groups else (),
    )


def _package(table: Table, older: Mapping[str, Any]) -> ForeignPackage:
    name = table.text("name", None)
    files = table.data.get("files") or older.get(name, [])
    markers = table.data.get("markers", "")
    source = words(table.data.get("source"))
    if isinstance(markers, Mapping):  # one for each group
        markers = " or ".join(f"({each})" for each in dict.fromkeys(map(str, markers.values())))
    return ForeignPackage(
        name=name,
        version=table.text("version", None),
        place=table.place,
        marker=str(markers),
        digests=tuple(str(words(each)["hash"]) for each in files if "hash" in words(each)),
        direct=_direct(name, source, develop=bool(table.data.get("develop"))),
        requires=tuple(words(table.data.get("dependencies"))),
    )


def _direct(name: str, source: Mapping[str, Any], *, develop: bool) -> str:
    url = str(source.get("url", ""))
    if source.get("type") == "git":
        return f"{name} @ git+{url}@{source.get('resolved_reference', '')}"
    if source.get("type") == "url":
        return f"{name} @ {url}"
    if source.get("type") in {"directory", "file"}:
        return f"{'-e ' if develop else ''}{url}"
    return ""


def _lines(name: str, value: Any, said: Table) -> list[str]:
    """Return a dependency in Poetry's words as lines of a requirements file; optional ones are those of extras."""
    entries = value if isinstance(value, list) else [value]
    return [line for entry in entries if (line := _line(name, entry, said))]


def _line(name: str, value: Any, said: Table) -> str:
    entry = {"version": value} if isinstance(value, str) else words(value)
    if entry.get("optional"):
        return ""
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    python = pep440(str(entry["python"])) if "python" in entry else ""
    markers = [*([entry["markers"]] if "markers" in entry else [])]
    markers += [f"python_version {each}" for each in _quoted(python or "")]
    marker = f" ; {' and '.join(f'({each})' for each in markers)}" if markers else ""
    if "path" in entry:
        return f"{'-e ' if entry.get('develop') else ''}{entry['path']}{extras}"
    if "git" in entry:
        revision = next((entry[key] for key in ("rev", "tag", "branch") if key in entry), "")
        return f"{name}{extras} @ git+{entry['git']}{f'@{revision}' if revision else ''}{marker}"
    if "url" in entry:
        return f"{name}{extras} @ {entry['url']}{marker}"
    specifier = pep440(str(entry.get("version", "*")))
    if specifier is None:
        said.fault(f"dependencies.{name}", f"`{entry.get('version')}` is no range of versions")
    return f"{name}{extras}{specifier or ''}{marker}"


def _quoted(specifiers: str) -> list[str]:
    return [f"{each.rstrip('0123456789.*')} '{each.lstrip('<>=!~')}'" for each in specifiers.split(",") if each]


def _groups(names: list[str]) -> Finding:
    listed = ", ".join(f"`{name}`" for name in names)
    return Finding(
        code="import-lost",
        severity="warning",
        subject="pyproject.toml",
        message=f"the groups {listed} are in Poetry's own form, and are left out",
        hint="list them under `[dependency-groups]` (PEP 735), which Poetry reads too",
    )
