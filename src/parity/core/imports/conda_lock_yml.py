"""`conda-lock.yml`, version 1: a package of one platform an entry."""

from parity.core.errors import ManifestError
from parity.core.findings import Finding
from parity.core.imports.conda_files import channel_of, digests_in, package_at, taken
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.reading import Beside, check, check_version, words, yaml_table
from parity.core.lockfile.tables import Table

_VERSIONS = ("1",)
_MAIN = "main"


def read_conda_lock_yml(text: str, file: str, beside: Beside) -> Foreign:
    """Return the packages of the category `main`. Raises ForeignDamaged, ForeignUnknown."""
    del beside
    head = yaml_table(text, file)
    check_version(head, "version", _VERSIONS)
    about = head.table("metadata")
    entries = head.tables("package")
    main = [table for table in entries if table.text("category", _MAIN) == _MAIN]
    packages = [each for table in main if (each := _package(table))]
    check(head)
    channels = [_channel(each) for each in about.data.get("channels", [])]
    channels = channels or [channel_of(each.url) for each in packages if each.conda]
    lost = sorted({table.text("category", "") for table in entries if table not in main})
    return Foreign(
        file=file,
        route="conda",
        whole=True,
        packages=tuple(packages),
        channels=tuple(dict.fromkeys(filter(None, channels))),
        platforms=about.texts("platforms"),
        findings=(_categories(file, lost),) if lost else (),
    )


def _channel(value: object) -> str:
    return value if isinstance(value, str) else str(words(value).get("url", ""))


def _package(table: Table) -> ForeignPackage | None:
    kind = table.choice("manager", ("conda", "pip"))
    url, platforms = table.text("url", None), (table.text("platform", None),)
    digests = digests_in(table.table("hash"))
    requires = tuple(name for name in words(table.data.get("dependencies")) if not name.startswith("__"))
    if kind == "conda":
        try:
            return package_at(url, table.place, digests=digests, platforms=platforms, requires=requires)
        except ManifestError as error:
            taken(table, error)
            return None
    name = table.text("name", None)
    return ForeignPackage(
        name=name,
        version=table.text("version", None),
        place=table.place,
        digests=digests,
        platforms=platforms,
        url=url,
        direct=f"{name} @ {url}" if url.startswith("git+") else "",
        requires=requires,
    )


def _categories(file: str, names: list[str]) -> Finding:
    listed = ", ".join(f"`{name}`" for name in names)
    return Finding(
        code="import-lost",
        severity="warning",
        subject=file,
        message=f"what is of the categories {listed} alone is left out",
        hint="an `environment.yml` has no groups; name what you need of them in it",
    )
