"""An environment made by another tool or by hand, as far as it can be modelled: what is in it, and who asked for that.

A conda prefix has a record of every package, and a history of what was asked for. Distributions say what they are
(`METADATA`), which files they brought (`RECORD`), where they came from if not from an index (`direct_url.json`, PEP
610) and whether they were asked for (`REQUESTED`, PEP 376); the hash of the wheel is nowhere.
"""

import ast
import csv
import json
import posixpath
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from email.parser import HeaderParser
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from parity.core.conda.distributions import required_name
from parity.core.contents import folders_above
from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding
from parity.core.imports.conda_files import NOARCH, package_at
from parity.core.imports.errors import ForeignDamaged, ForeignUnknown
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.reading import names_in, words
from parity.core.places import Place

_SPECS = re.compile(r"# (?P<kind>update|install|create|remove|uninstall) specs: (?P<list>\[.*\])")
_WITH_VENV = frozenset({"pip", "setuptools", "wheel"})
_SHOWN = 3
_TOOLS_OWN = {"_virtualenv.pth", "_virtualenv.py"}  # of virtualenv and uv, in each environment of theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One distribution: the texts in its folder, whose path is relative to the environment."""

    folder: str
    metadata: str
    record: str
    direct_url: str = ""
    installer: str = ""
    requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """The texts in which an environment says what it is, empty where there are none. `conda` maps paths to records.

    `modules` are the paths of what stands in its site-packages and may be imported, or lead there.
    """

    path: str
    conda: Mapping[str, str]
    history: str
    state: str
    config: str
    distributions: tuple[Installed, ...]
    modules: tuple[str, ...] = ()


def read_environment(prefix: Prefix) -> Foreign:
    """Return what is installed. Raises ForeignUnknown where it is no environment, ForeignDamaged."""
    if not prefix.conda and not prefix.config:
        raise ForeignUnknown(
            f"`{prefix.path}` is no environment: it has neither `conda-meta` nor `pyvenv.cfg`",
            hint="name the folder of a conda prefix or of a virtual environment",
        )
    records = _records(prefix)
    packages = [each for path, record in records.items() if (each := _conda(prefix, path, record))]
    wheels = [_wheel(prefix, each) for each in _own(prefix, records)]
    named = {str(canonicalize_name(each.name)): each for each in wheels}
    asked = [named[name] for each in _own(prefix, records) if each.requested and (name := _name(each)) in named]
    lost = [record for record in records.values() if "://" not in str(record.get("url", ""))]
    channels = Counter(each.channel for each in packages)
    subdirs = dict.fromkeys(str(record.get("subdir", NOARCH)) for record in records.values())
    there = {each.name for each in packages}
    return Foreign(
        file=prefix.path,
        route="conda" if records else "venv",
        whole=True,
        packages=(*packages, *wheels),
        channels=tuple(channel for channel, _ in channels.most_common()),
        platforms=tuple(each for each in subdirs if each != NOARCH),
        conda=tuple(spec for spec in _asked(prefix.history) if required_name(spec) in there),
        wheels=tuple(each.direct or f"{each.name}>={each.version}" for each in asked),
        python=_python(prefix.config) if not records else "",
        variables=_variables(prefix),
        findings=(*((_unlocated(prefix, lost),) if lost else ()), *_left_out(prefix, records, wheels)),
    )


def expected_files(prefix: Prefix) -> Mapping[str, tuple[str, str]]:
    """Return the files that packages brought, each with its SHA-256 and the package's name; bytecode does not count."""
    found: dict[str, tuple[str, str]] = {}
    for record in _records(prefix).values():
        for entry in words(record.get("paths_data")).get("paths", []):
            digest = entry.get("sha256_in_prefix") or entry.get("sha256") or ""
            if digest and entry.get("path_type") != "softlink":
                found[entry["_path"]] = (digest, str(record.get("name", "")))
    for each in prefix.distributions:
        site = posixpath.dirname(each.folder)
        for path, digest in _recorded(each.record):
            found.setdefault(posixpath.normpath(posixpath.join(site, path)), (digest, _name(each)))
    return {path: said for path, said in found.items() if not path.endswith(".pyc") and not path.startswith("../")}


def drift(prefix: Prefix, found: Mapping[str, str]) -> list[Finding]:
    """Return what is not as packages brought it, one remark a package; `found` are the files that are there."""
    changed: dict[str, list[str]] = {}
    for path, (digest, name) in expected_files(prefix).items():
        if found.get(path) != digest:
            changed.setdefault(name, []).append(f"`{path}`{'' if path in found else ' (gone)'}")
    return [_drifted(name, paths) for name, paths in sorted(changed.items())]


def strays(prefix: Prefix) -> list[Finding]:
    """Return what is to be said of modules that no package has brought: somebody has put them there."""
    owned = {str(path) for record in _records(prefix).values() for path in record.get("files", [])}
    for each in prefix.distributions:
        site = posixpath.dirname(each.folder)
        owned |= {
            posixpath.normpath(posixpath.join(site, row[0])) for row in csv.reader(each.record.splitlines()) if row
        }
    above = {folder for path in owned for folder in (path, *folders_above(path))}
    alone = [path for path in prefix.modules if path not in above and posixpath.basename(path) not in _TOOLS_OWN]
    if not alone:
        return []
    message = f"no package has brought {_listed(alone)}: it is not taken over"
    return [Finding(code="import-stray", severity="warning", subject="site-packages", message=message)]


def _records(prefix: Prefix) -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    faults: list[Fault] = []
    for path, text in prefix.conda.items():
        try:
            found[path] = words(json.loads(text))
        except json.JSONDecodeError as error:
            place = Place(file=path, line=error.lineno)
            faults.append(Fault(place=place, message=f"is no JSON: {error.msg}"))
    if faults:
        raise ForeignDamaged(prefix.path, faults)
    return found


def _conda(prefix: Prefix, path: str, record: Mapping[str, Any]) -> ForeignPackage | None:
    url = str(record.get("url", ""))
    if "://" not in url:
        return None
    digests = tuple(f"{kind}:{record[kind]}" for kind in ("sha256", "md5") if record.get(kind))
    requires = tuple(required_name(str(spec)) for spec in record.get("depends", []))
    try:
        return package_at(url, Place(file=path), digests=digests, platforms=(), requires=requires)
    except ManifestError as error:
        raise ForeignDamaged(prefix.path, error.faults) from None


def _own(prefix: Prefix, records: Mapping[str, Mapping[str, Any]]) -> list[Installed]:
    """Return the distributions that no conda package brought, without what every virtual environment begins with."""
    brought = {str(file) for record in records.values() for file in record.get("files", [])}
    others = [each for each in prefix.distributions if f"{each.folder}/METADATA" not in brought]
    required = {canonicalize_name(name) for each in others for name in _requires(each)}
    # that they were asked for says nothing: whatever makes a virtual environment asks for them
    return [each for each in others if _name(each) not in _WITH_VENV or _name(each) in required]


def _wheel(prefix: Prefix, installed: Installed) -> ForeignPackage:
    headers = HeaderParser().parsestr(installed.metadata)
    name, version = headers.get("Name", ""), headers.get("Version", "")
    place = Place(file=f"{installed.folder}/METADATA")
    if not name or not version:
        raise ForeignDamaged(prefix.path, [Fault(place=place, message="expected a name and a version")])
    direct, digests = _direct(name, installed.direct_url)
    return ForeignPackage(
        name=name, version=version, place=place, digests=digests, direct=direct, requires=_requires(installed)
    )


def _direct(name: str, text: str) -> tuple[str, tuple[str, ...]]:
    """Return the address that a distribution was installed from, as a manifest writes it, and hashes of its file."""
    said = words(json.loads(text)) if text else {}
    url = str(said.get("url", ""))
    if commit := words(said.get("vcs_info")).get("commit_id"):
        return f"{name} @ git+{url}@{commit}", ()
    if "dir_info" in said:
        path = unquote(urlsplit(url).path)
        return f"{'-e ' if words(said['dir_info']).get('editable') else ''}{path}", ()
    hashes = words(words(said.get("archive_info")).get("hashes"))
    return f"{name} @ {url}" if url else "", tuple(f"{kind}:{value}" for kind, value in hashes.items())


def _name(installed: Installed) -> str:
    return canonicalize_name(HeaderParser().parsestr(installed.metadata).get("Name", ""))


def _requires(installed: Installed) -> tuple[str, ...]:
    return names_in(HeaderParser().parsestr(installed.metadata).get_all("Requires-Dist", []))


def _recorded(record: str) -> Iterator[tuple[str, str]]:
    for row in csv.reader(record.splitlines()):
        kind, _, value = (row[1] if len(row) > 1 else "").partition("=")
        if kind == "sha256" and value:
            yield row[0], urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()


def _asked(history: str) -> list[str]:
    """Return what was asked for and not taken back, the last word on each name."""
    found: dict[str, str] = {}
    for line in history.splitlines():
        match = _SPECS.fullmatch(line.strip())
        if not match:
            continue
        for spec in ast.literal_eval(match["list"]):
            name = required_name(str(spec))
            found.pop(name, None)
            if match["kind"] not in {"remove", "uninstall"}:
                found[name] = str(spec)
    return list(found.values())


def _python(config: str) -> str:
    """Return the Python of a virtual environment, as a range."""
    match = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", config, flags=re.MULTILINE)
    return f"=={match[1]}.*" if match else ""


def _variables(prefix: Prefix) -> Mapping[str, str]:
    said = words(json.loads(prefix.state)) if prefix.state else {}
    return {str(name): str(value) for name, value in words(said.get("env_vars")).items()}


def _left_out(
    prefix: Prefix, records: Mapping[str, Mapping[str, Any]], wheels: Iterable[ForeignPackage]
) -> Iterator[Finding]:
    taken = {canonicalize_name(each.name) for each in wheels}
    names = {_name(each) for each in prefix.distributions} & _WITH_VENV if not records else set()
    if left := sorted(names - taken):
        yield _lost(prefix, f"what the virtual environment began with is left out: {_listed(left)}")


def _unlocated(prefix: Prefix, records: Iterable[Mapping[str, Any]]) -> Finding:
    names = sorted(str(record.get("name", "")) for record in records)
    return _lost(prefix, f"nobody knows where these conda packages came from, and they are left out: {_listed(names)}")


def _lost(prefix: Prefix, message: str) -> Finding:
    return Finding(code="import-lost", severity="warning", subject=prefix.path, message=message)


def _drifted(name: str, paths: list[str]) -> Finding:
    return Finding(
        code="import-drift",
        severity="warning",
        subject=name,
        message=f"files of `{name}` are not as it brought them, and will be as it did: {_listed(paths, quoted=True)}",
        package=name,
    )


def _listed(names: list[str], *, quoted: bool = False) -> str:
    shown = [name if quoted else f"`{name}`" for name in names[:_SHOWN]]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(shown)}{more}"
