"""`[project]`: PEP 621 name, dependencies, extras and `requires-python`, with what setuptools reads from files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.manifests.typed_table import TypedTable
from parity.core.places import Place
from parity.core.python_request import PythonRequest
from parity.core.spec import WheelRequirement
from parity.core.spelling import known_ones

Parse = Callable[[str, Place, str], list[WheelRequirement]]
ReadFile = Callable[[str, Place, str], list[WheelRequirement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTable:
    """What the table says. `extras` are under their normalised names."""

    name: str = ""
    dependencies: tuple[WheelRequirement, ...] = ()
    extras: Mapping[str, tuple[WheelRequirement, ...]]
    python: tuple[PythonRequest, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_project(table: TypedTable, dynamic: TypedTable, *, parse: Parse, read_file: ReadFile) -> ProjectTable:
    """Read `[project]`; `dynamic` is setuptools' table of the fields that it reads from files.

    `parse` turns a text, its place and the name of its group into requirements, `read_file` a file of such texts.
    What is wrong becomes faults of the table.
    """
    if not table.values:
        return ProjectTable(extras={})
    reader = _Reader(table, dynamic, parse=parse, read_file=read_file)
    return ProjectTable(
        name=reader.name(),
        dependencies=tuple(reader.dependencies()),
        extras=reader.extras(),
        python=reader.python(),
        findings=tuple(reader.findings),
    )


def without_itself(
    requirements: Sequence[WheelRequirement],
    name: str,
    extras: Mapping[str, Sequence[WheelRequirement]],
    table: TypedTable,
) -> tuple[WheelRequirement, ...]:
    """Return requirements in which `NAME[extra]`, the project asking for itself, has become what that extra asks for.

    An extra that is not there becomes a fault of `table`, which is that of the extras.
    """
    found: list[WheelRequirement] = []
    for requirement in requirements:
        if not _is_itself(requirement, name):
            found.append(requirement)
            continue
        above = (requirement.group.removeprefix("extra:"),) if requirement.group.startswith("extra:") else ()
        for asked, marker in _asked(requirement, above, name, extras, table):
            found.append(replace(asked, group=requirement.group, marker=marker))
    return tuple(found)


def _is_itself(requirement: WheelRequirement, name: str) -> bool:
    return bool(name) and requirement.name == name and not (requirement.url or requirement.path)


def _asked(
    requirement: WheelRequirement,
    above: tuple[str, ...],
    name: str,
    extras: Mapping[str, Sequence[WheelRequirement]],
    table: TypedTable,
) -> Iterator[tuple[WheelRequirement, str]]:
    """Yield what the extras of the project's requirement on itself ask for, with the markers on the way there."""
    for extra in requirement.extras:
        if extra not in extras:
            table.fault(requirement.place, f"there is no extra `{extra}`", known_ones(extra, extras))
        # extras may ask for each other in a circle: what lies on it is asked for already
        for asked in extras.get(extra, ()) if extra not in above else ():
            marker = _both(requirement.marker, asked.marker)
            if _is_itself(asked, name):
                yield from _asked(replace(asked, marker=marker), (*above, extra), name, extras, table)
            else:
                yield asked, marker


def _both(first: str, second: str) -> str:
    if not first or not second:
        return first or second
    return str(Marker(f"({first}) and ({second})"))


class _Reader:
    def __init__(self, table: TypedTable, dynamic: TypedTable, *, parse: Parse, read_file: ReadFile) -> None:
        self.table = table
        self.files = dynamic
        self.parse = parse
        self.read_file = read_file
        self.findings: list[Finding] = []
        self.dynamic = dict(table.texts("dynamic"))

    def name(self) -> str:
        text = self.table.text("name")
        if not text:
            if "name" not in self.table or self.table.values["name"] == "":
                self.table.fault(self.table.place, "`project` has no `name`", 'write `name = "NAME"` (PEP 621)')
            return ""
        try:
            return canonicalize_name(text, validate=True)
        except InvalidName:
            hint = "names are letters, digits, `-`, `_` and `.`"
            self.table.fault(self.table.at("name"), f"`{text}` is not a name", hint)
            return ""

    def dependencies(self) -> list[WheelRequirement]:
        if "dependencies" not in self.dynamic:
            texts = self.table.texts("dependencies")
            return [found for text, place in texts for found in self.parse(text, place, "")]
        if "dependencies" in self.files:
            return self._from_files(self.files, "dependencies", "")
        self.table.fault(
            self.dynamic["dependencies"],
            "the dependencies are settled by a program when the project is built",
            "list them under `project.dependencies`, or keep them in a `requirements.txt`"
            ' and write `[tool.parity] manifests = ["requirements.txt"]`',
        )
        return []

    def extras(self) -> dict[str, tuple[WheelRequirement, ...]]:
        found: dict[str, list[WheelRequirement]] = {}
        table = self.table.table("optional-dependencies")
        for key in table.values:
            group = f"extra:{canonicalize_name(key)}"
            requirements = found.setdefault(canonicalize_name(key), [])
            requirements += [one for text, place in table.texts(key) for one in self.parse(text, place, group)]
        if "optional-dependencies" in self.dynamic:
            files = self.files.table("optional-dependencies")
            for key in files.values:
                requirements = found.setdefault(canonicalize_name(key), [])
                requirements += self._from_files(files, key, f"extra:{canonicalize_name(key)}")
            if not files.values:
                self._warn("optional-dependencies", "extras")
        return {
            extra: without_itself(asked, canonicalize_name(self.table.text("name")), found, self.table)
            for extra, asked in found.items()
        }

    def python(self) -> tuple[PythonRequest, ...]:
        if "requires-python" in self.dynamic:
            self._warn("requires-python", "which Python it needs")
        text = self.table.text("requires-python")
        if not text:
            return ()
        place = self.table.at("requires-python")
        try:
            version = str(SpecifierSet(text))
        except InvalidSpecifier:
            message = f"`{text}` is not a range of versions"
            self.table.fault(place, message, "write a range such as `>=3.10` or `>=3.10,<3.14` (PEP 440)")
            return ()
        return (PythonRequest(text=text, kind="range", place=place, version=version),)

    def _from_files(self, table: TypedTable, key: str, group: str) -> list[WheelRequirement]:
        row = table.table(key)
        one = isinstance(row.values.get("file"), str)
        names = [(row.text("file"), row.at("file"))] if one else row.texts("file")
        if not names and "file" not in row:
            row.fault(row.place, "a list of files was expected", 'write `{ file = ["requirements.txt"] }`')
        return [found for name, place in names for found in self.read_file(name, place, group)]

    def _warn(self, key: str, what: str) -> None:
        finding = Finding(
            code="dynamic-ignored",
            severity="warning",
            subject=str(self.dynamic[key]),
            message=f"`{key}` is settled by a program when the project is built, so parity does not know {what}",
            hint=f"write `{key}` under `[project]`",
        )
        self.findings.append(finding)
