"""`pyproject.toml`: PEP 621 dependencies and extras, PEP 735 groups, `[tool.parity]`, and uv's sources and indexes."""

import posixpath
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from parity.core.conda.channels import without_secrets
from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.manifests.accelerators_table import accelerators_content
from parity.core.manifests.conda_table import settings_content
from parity.core.manifests.dependency_groups import read_groups
from parity.core.manifests.parsed import Parsed, said
from parity.core.manifests.project_table import read_project, without_itself
from parity.core.manifests.requirement_content import index_rows, requirement_texts
from parity.core.manifests.requirements_txt import parse_requirements
from parity.core.manifests.settings_table import parse_settings
from parity.core.manifests.typed_table import TypedTable
from parity.core.manifests.uv_table import Sources, read_indexes, unread_keys
from parity.core.manifests.wheel_requirements import parse_requirement, relative_path
from parity.core.places import Place
from parity.core.spec import Project, Settings, WheelRequirement
from parity.core.translation.pythons import python_requests

if TYPE_CHECKING:
    from parity.core.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyproject(Parsed):
    """What a `pyproject.toml` says.

    `tables` names those of its tables that concern parity: `project`, `dependency-groups`, `tool.parity`,
    `tool.parity.conda` (where it asks for packages), `tool.poetry`; without any, the file is no manifest.
    `settings_content` is for `[tool.parity]` what `content` is for the rest.
    """

    settings: Settings
    tables: tuple[str, ...] = ()
    project: Project | None = None
    settings_content: Any = None


def parse_pyproject(
    text: str, file: str = "pyproject.toml", *, read: Callable[[str], str | None], base: str | None = None
) -> Pyproject:
    """Take a `pyproject.toml` apart.

    `base` is the folder from which its paths are read, relative to the project; that of `file` if not given. `read`
    as for `parse_requirements`: setuptools' `dynamic` dependencies stand in files of their own. Raises nothing:
    faults are returned, all of them together.
    """
    place = Place(file=file)
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Pyproject(settings=Settings(), tables=("project",), faults=(_broken(place, text, str(error)),))
    faults: list[Fault] = []
    reader = _Reader(TypedTable(document, place, faults), read=read, base=base)
    return reader.result()


def _broken(place: Place, text: str, message: str) -> Fault:
    if marker := re.search(r"^<{7} .*$", text, re.MULTILINE):
        line = text.count("\n", 0, marker.start()) + 1
        return Fault(
            place=replace(place, line=line), message="the file has merge markers in it", hint="finish the merge"
        )
    matched = re.search(r"\s*\(at line (\d+), column \d+\)", message)
    where = replace(place, line=int(matched[1])) if matched else place
    reason = message.replace(matched[0], "") if matched else message
    reason = f"{reason[:1].lower()}{reason[1:]}".rstrip(".")
    return Fault(place=where, message=f"the file is not TOML: {reason}", hint="mend this line")


class _Reader:
    """Reads table after table; all share one list of faults."""

    def __init__(self, document: TypedTable, *, read: Callable[[str], str | None], base: str | None) -> None:
        self.document = document
        self.faults = document.faults
        self.base = posixpath.dirname(document.place.file) if base is None else base
        self.read = read
        self.tool = document.table("tool")
        self.uv = self.tool.table("uv")
        self.indexes = read_indexes(self.uv)
        self.parsed = parse_settings(self.tool.table("parity").values, self.tool.at("parity"))
        known = (*self.indexes, *self.parsed.settings.indexes)
        self.sources = Sources(self.uv.table("sources"), indexes=known, locate=self._locate)
        self.findings: list[Finding] = []

    def result(self) -> Pyproject:
        parsed = self.parsed
        self.faults += parsed.faults
        table = self.document.table("project")
        dynamic = self.tool.table("setuptools").table("dynamic")
        metadata = read_project(table, dynamic, parse=self._parse, read_file=self._read_file)
        groups = {
            name: without_itself(group, metadata.name, metadata.extras, table)
            for name, group in read_groups(self.document.table("dependency-groups"), self._parse).items()
        }
        texts = self.uv.texts("constraint-dependencies")
        constraints = tuple(one for text, place in texts for one in self._parse(text, place, ""))
        project = self._project(metadata.name, parsed.settings)
        self._refuse_poetry()
        found = Pyproject(
            settings=parsed.settings,
            tables=self._tables(asks_conda=bool(parsed.conda)),
            name=metadata.name,
            project=project,
            wheels=(*metadata.dependencies, *chain(*metadata.extras.values(), *groups.values())),
            constraints=constraints,
            indexes=self.indexes,
            python=(*metadata.python, *python_requests(parsed.conda)),
            conda=parsed.conda,
            channels=parsed.channels,
            groups=tuple(sorted(groups)),
            extras=tuple(sorted(metadata.extras)),
            findings=(*metadata.findings, *self.findings, *unread_keys(self.uv)),
            faults=tuple(dict.fromkeys(self.faults)),
        )
        return replace(found, content=_content(found), settings_content=_settings_content(parsed.settings))

    def _tables(self, *, asks_conda: bool = False) -> tuple[str, ...]:
        found = [name for name in ("project", "dependency-groups") if name in self.document]
        if "parity" in self.tool:
            found.append("tool.parity")
        if asks_conda:
            found.append("tool.parity.conda")
        if "dependencies" in self.tool.table("poetry"):
            found.append("tool.poetry")
        return tuple(found)

    def _locate(self, path: str) -> str:
        return relative_path(path, self.base)

    def _parse(self, text: str, place: Place, group: str) -> list[WheelRequirement]:
        try:
            found = parse_requirement(text, place, locate=self._locate, group=group)
        except ManifestError as error:
            self.faults += error.faults
            return []
        return [self.sources.apply(found)]

    def _read_file(self, name: str, place: Place, group: str) -> list[WheelRequirement]:
        file = posixpath.normpath(posixpath.join(self.base, name))
        try:
            text = self.read(file)
        except ManifestError as error:
            self.faults += error.faults
            return []
        if text is None:
            self.faults.append(Fault(place=place, message=f"`{file}` does not exist", hint="write it"))
            return []
        parsed = parse_requirements(text, file, read=self.read, base=self.base)
        self.faults += parsed.faults
        self.findings += parsed.findings
        return [self.sources.apply(replace(one, group=group)) for one in parsed.wheels]

    def _project(self, name: str, settings: Settings) -> Project | None:
        place = self.document.at("build-system")
        if settings.package is not None:
            place = self.tool.table("parity").at("package")
        wanted = "build-system" in self.document if settings.package is None else settings.package
        if not wanted or (not name and settings.package is None):
            return None
        if not name and "project" not in self.document:
            hint = 'write `[project]` with `name = "NAME"`, or `package = false`'
            self.faults.append(Fault(place=place, message="the project is a package without a name", hint=hint))
        return Project(name=name, place=place)

    def _refuse_poetry(self) -> None:
        if "project" in self.document or "tool.poetry" not in self._tables():
            return
        fault = Fault(
            place=self.tool.table("poetry").at("dependencies"),
            message="dependencies in Poetry's own form are not read",
            hint="list them under `[project]` (PEP 621), which Poetry 2 reads too,"
            ' or name another file: `[tool.parity] manifests = ["requirements.txt"]`',
        )
        self.faults.append(fault)


def _content(found: Pyproject) -> dict[str, Any]:
    grouped = {"": list[WheelRequirement](), **{name: list[WheelRequirement]() for name in _group_names(found)}}
    for wheel in found.wheels:
        grouped[wheel.group].append(wheel)
    return said(
        name=found.name,
        requirements=requirement_texts(grouped.pop("")),
        groups={name: requirement_texts(group) for name, group in grouped.items()},
        constraints=requirement_texts(found.constraints),
        indexes=index_rows(found.indexes),
        python=[request.version for request in found.python],
        package=found.project is not None,
        conda=sorted({entry.to_text() for entry in found.conda}),
        channels=[without_secrets(channel) for channel in found.channels],
    )


def _group_names(found: Pyproject) -> list[str]:
    return [*found.groups, *(f"extra:{extra}" for extra in found.extras)]


def _settings_content(settings: Settings) -> dict[str, Any]:
    return said(
        manifests=list(settings.manifests),
        route=settings.route,
        targets=list(settings.targets),
        groups=list(settings.groups),
        extras=list(settings.extras),
        package="" if settings.package is None else str(settings.package),
        interpreter=settings.interpreter,
        exclude_newer=settings.exclude_newer,
        sdists=list(settings.sdists),
        indexes=index_rows(settings.indexes),
        conda=settings_content(settings.conda),
        accelerators=accelerators_content(settings.accelerators),
    )
