"""`[tool.uv]`: the part of it that says where requirements come from. The rest is about uv itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from parity.core.findings import Finding
from parity.core.manifests.typed_table import TypedTable, kind
from parity.core.spec import Index, WheelRequirement
from parity.core.spelling import did_you_mean

SOURCE_KEYS = (
    "branch", "editable", "extra", "git", "group", "index", "lfs", "marker", "package", "path", "rev",
    "subdirectory", "tag", "url", "workspace",
)  # fmt: skip
_KINDS = ("git", "index", "path", "url", "workspace")
# keys that change which versions are chosen, or what is wanted, and that parity does not follow
_UNREAD = (
    "conflicts", "dev-dependencies", "environments", "exclude-dependencies", "no-build-package", "no-binary-package",
    "no-sources", "override-dependencies", "prerelease", "required-environments", "resolution",
)  # fmt: skip


def read_indexes(table: TypedTable) -> tuple[Index, ...]:
    """Return `[[tool.uv.index]]` in its order; an index without a name is called by its number."""
    found = []
    for number, row in enumerate(table.tables("index"), start=1):
        url = row.text("url")
        if not url and "url" not in row:
            row.fault(row.place, "an index needs `url`", 'write `url = "https://…"`')
        index = Index(
            name=row.text("name") or f"index-{number}",
            url=url,
            default=bool(row.flag("default")),
            flat=row.text("format") == "flat",
            explicit=bool(row.flag("explicit")),
            place=row.at("url"),
        )
        if url:
            found.append(index)
    return tuple(found)


def unread_keys(table: TypedTable) -> tuple[Finding, ...]:
    """Return a warning for each key that would change the answer and is not read."""
    return tuple(
        Finding(
            code="uv-setting-ignored",
            severity="warning",
            subject=str(table.at(key)),
            message=f"`{key}` is a setting of uv that parity does not read",
            hint="what it says has no part in the lock",
        )
        for key in _UNREAD
        if key in table
    )


class Sources:
    """`[tool.uv.sources]`: for each name the one place that it comes from."""

    def __init__(self, table: TypedTable, *, indexes: tuple[Index, ...], locate: Callable[[str], str]) -> None:
        self._locate = locate
        self._indexes = {index.name for index in indexes}
        self._rows: dict[str, list[TypedTable]] = {}
        for key, value in table.values.items():
            rows = self._rows_of(table, key, value)
            for row in rows:
                self._check(row, alone=len(rows) == 1)
            self._rows[canonicalize_name(key)] = rows

    def apply(self, requirement: WheelRequirement) -> WheelRequirement:
        """Return the requirement with the source that its name has, for its group or extra, if any."""
        if requirement.url or requirement.path:
            return requirement
        for row in self._rows.get(requirement.name, []):
            if _concerns(row, requirement.group):
                return self._sourced(row, requirement)
        return requirement

    @staticmethod
    def _rows_of(table: TypedTable, key: str, value: Any) -> list[TypedTable]:
        if isinstance(value, Mapping):
            return [table.table(key)]
        if isinstance(value, list):
            return table.tables(key)
        table.fault(
            table.at(key), f"a table was expected, found {kind(value)}", "write `{ git = … }` or `{ path = … }`"
        )
        return []

    def _check(self, row: TypedTable, *, alone: bool) -> None:
        row.keys_known(SOURCE_KEYS)
        kinds = [key for key in _KINDS if key in row]
        if len(kinds) != 1:
            row.fault(row.place, "a source needs one of `git`, `index`, `path` and `url`", "keep one of the keys")
        if "workspace" in row:
            row.fault(row.place, "workspaces are not read", 'write the member\'s folder: `{ path = "./MEMBER" }`')
        if "marker" in row or not (alone or "extra" in row or "group" in row):
            row.fault(
                row.place,
                "a source for some machines only is not read",
                "keep one source, and put markers on the requirements",
            )
        if (name := row.text("index")) and name not in self._indexes:
            hint = did_you_mean(name, self._indexes, "name it under `[[tool.uv.index]]`")
            row.fault(row.at("index"), f"there is no index `{name}`", hint)

    def _sourced(self, row: TypedTable, requirement: WheelRequirement) -> WheelRequirement:
        if url := row.text("url"):
            fragment = f"#subdirectory={folder}" if (folder := row.text("subdirectory")) else ""
            return replace(requirement, url=f"{url}{fragment}", specifier="")
        if git := row.text("git"):
            return replace(requirement, url=_git(row, git), specifier="")
        if path := row.text("path"):
            return replace(requirement, path=self._locate(path), editable=bool(row.flag("editable")), specifier="")
        return replace(requirement, index=row.text("index"))


def _concerns(row: TypedTable, group: str) -> bool:
    if extra := row.text("extra"):
        return group == f"extra:{canonicalize_name(extra)}"
    if wanted := row.text("group"):
        return group == canonicalize_name(wanted)
    return True


def _git(row: TypedTable, git: str) -> str:
    address = git if git.startswith("git+") else f"git+{git}"
    revision = row.text("rev") or row.text("tag") or row.text("branch")
    at = f"@{revision}" if revision else ""
    fragment = f"#subdirectory={folder}" if (folder := row.text("subdirectory")) else ""
    return f"{address}{at}{fragment}"
