"""`pixi.lock`, versions 4 to 7: the packages of one environment on each of its platforms."""

from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote

from parity.core.addresses import is_public_index
from parity.core.conda.distributions import required_name
from parity.core.errors import ManifestError
from parity.core.findings import Finding
from parity.core.imports.conda_files import digests_in, package_at, taken
from parity.core.imports.errors import ForeignUnknown
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.pixi_toml import asked_of
from parity.core.imports.reading import Beside, check, check_version, names_in, words, yaml_table
from parity.core.lockfile.tables import Table

_VERSIONS = ("4", "5", "6", "7")
_DEFAULT = "default"


def read_pixi_lock(text: str, file: str, beside: Beside, *, environment: str = "") -> Foreign:
    """Return the packages of an environment, `default` where none is named. Raises ForeignDamaged, ForeignUnknown."""
    head = yaml_table(text, file)
    check_version(head, "version", _VERSIONS)
    environments = head.table("environments")
    name = environment or _DEFAULT
    if environments.data and name not in environments.data:
        known = ", ".join(f"`{each}`" for each in environments.data)
        raise ForeignUnknown(
            f"`{file}` has no environment `{name}`", hint=f"it has {known}: choose with `--environment`"
        )
    chosen = environments.table(name)
    subdirs = _subdirs(head)
    platforms = _platforms(chosen, subdirs)
    packages = [each for table in head.tables("packages") if (each := _package(table, platforms))]
    channels = tuple(table.text("url", "").rstrip("/") for table in chosen.tables("channels"))
    indexes = chosen.texts("indexes")
    check(head)
    others = [each for each in environments.data if each != name]
    return asked_of(
        Foreign(
            file=file,
            route="conda",
            whole=True,
            packages=tuple(packages),
            channels=channels,
            platforms=tuple(subdirs.get(each, each) for each in words(chosen.data.get("packages"))),
            indexes=tuple(url for url in indexes if not is_public_index(url)),
            findings=(_others(file, others),) if others else (),
        ),
        beside,
        environment=name,
    )


def _subdirs(head: Table) -> Mapping[str, str]:
    """Return conda's names of platforms by those that the file has for them, which are its own from version 7 on."""
    named = head.tables("platforms") if "platforms" in head.data else []
    return {name: table.text("subdir", name) for table in named if (name := table.text("name", None))}


def _platforms(chosen: Table, subdirs: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Return the platforms by the addresses of what is installed on them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    listed = chosen.table("packages")
    for platform in listed.data:
        for table in listed.tables(platform):
            address = table.text("conda", "") or table.text("pypi", "")
            if not address:
                table.fault("", "expected `conda` or `pypi` with an address")
            found[address].append(subdirs.get(platform, platform))
    return found


def _package(table: Table, platforms: Mapping[str, list[str]]) -> ForeignPackage | None:
    kind = table.text("kind", "")
    conda, pypi = table.text("conda", ""), table.text("pypi", "")
    if kind:  # before version 6
        url = table.text("url", "") or table.text("path", "")
        conda, pypi = (url, "") if kind == "conda" else ("", url)
    where = tuple(platforms.get(conda or pypi, ()))
    if not where:
        return None  # of another environment
    return _conda(table, conda, where) if conda else _wheel(table, pypi, where)


def _conda(table: Table, url: str, platforms: tuple[str, ...]) -> ForeignPackage | None:
    requires = tuple(required_name(spec) for spec in table.texts("depends"))
    url = f"file://{quote(url)}" if url.startswith("/") else url  # what is in a folder is named by its path
    try:
        return package_at(url, table.place, digests=digests_in(table), platforms=platforms, requires=requires)
    except ManifestError as error:
        taken(table, error)
        return None


def _wheel(table: Table, address: str, platforms: tuple[str, ...]) -> ForeignPackage:
    name = table.text("name", None)
    editable = table.text("editable", "") == "true"
    direct = ""
    if "://" not in address:
        direct = f"{'-e ' if editable else ''}{address}"
    elif address.startswith("git+"):
        direct = f"{name} @ {address.partition('#')[0].partition('?')[0]}@{address.rpartition('#')[2]}"
    return ForeignPackage(
        name=name,
        version=table.text("version", ""),
        place=table.place,
        digests=digests_in(table),
        platforms=platforms,
        url=address,
        direct=direct,
        requires=names_in(table.texts("requires_dist")),
    )


def _others(file: str, names: list[str]) -> Finding:
    listed = ", ".join(f"`{name}`" for name in names)
    return Finding(
        code="import-lost",
        severity="warning",
        subject=file,
        message=f"its other environments are left out: {listed}",
        hint="import each into a folder of its own with `--environment NAME`",
    )
