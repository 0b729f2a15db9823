"""Which standard modules an interpreter would lack, told by `configure` before anything is compiled.

From 3.11 on, `configure` says of every extension module whether it can be built. Older versions leave that to a script
that runs after minutes of compiling; what their `configure` checks is taken where it is about a module, and else the
compiler that it chose is asked for the headers.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from packaging.version import Version

from parity.core.builds.errors import PythonModulesMissing
from parity.core.dataclass import dataclass
from parity.core.errors import Fault
from parity.core.findings import Finding
from parity.core.places import Place

_SAID = re.compile(r"^checking for stdlib extension module (?P<name>\S+)\.\.\. (?P<state>\S+)", re.MULTILINE)
# tests of the interpreter itself, and what belongs to one platform only, are nobody's loss
_OF_NO_USE = re.compile(r"_test|_xxtest|xx|_ctypes_test")
_NO = frozenset({"no", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A standard module and what it needs; see `data/python_modules.toml`."""

    name: str
    extensions: tuple[str, ...]
    headers: tuple[str, ...] = ()
    packages: Mapping[str, str]
    answer: str = ""
    since: str = "3.0"
    until: str = "4.0"
    required: bool = False

    def exists_in(self, version: str) -> bool:
        """Say whether a version has the module at all."""
        return Version(self.since) <= Version(version) < Version(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """All modules that need something, and what each package manager's command is."""

    modules: tuple[Module, ...]
    managers: Mapping[str, str]

    @classmethod
    def from_text(cls, text: str) -> "Modules":
        """Read the table."""
        data = tomllib.loads(text)
        return cls(modules=tuple(map(_read, data["module"])), managers=data["managers"])

    def behind(self, extension: str) -> Module:
        """Return the module that an extension module belongs to; one that needs nothing special stands for itself."""
        found = next((module for module in self.modules if extension in module.extensions), None)
        return found or Module(name=extension.removeprefix("_"), extensions=(extension,), packages={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What will be there: extension modules to be built, and standard modules that will be missing."""

    extensions: tuple[str, ...]
    missing: tuple[Module, ...]


def foresee(said: str, version: str, table: Modules, *, has_header: Callable[[str], bool]) -> Outlook:
    """Return what `configure`'s output promises for a version; `has_header` asks the compiler."""
    states = {match["name"]: match["state"] for match in _SAID.finditer(said)}
    if states:
        missing = [name for name, state in states.items() if state == "missing" and not _OF_NO_USE.match(name)]
        built = tuple(name for name, state in states.items() if state == "yes")
        return Outlook(extensions=built, missing=_distinct(table.behind(name) for name in missing))
    here = [module for module in table.modules if module.exists_in(version)]
    lacking = tuple(module for module in here if _lacks(module, said, has_header))
    built = tuple(extension for module in here if module not in lacking for extension in module.extensions)
    return Outlook(extensions=built, missing=lacking)


def refuse_missing(outlook: Outlook, allowed: Sequence[str], table: Modules, *, manager: str, version: str) -> None:
    """Raise PythonModulesMissing where a module would be missing that nobody wants to do without."""
    names = {name.removeprefix("_") for name in allowed}
    lacking = [
        module
        for module in outlook.missing
        if module.required and not names & {module.name, *(name.removeprefix("_") for name in module.extensions)}
    ]
    if not lacking:
        return
    faults = [
        Fault(
            place=Place(file="configure", key=module.name),
            message=f"`{module.name}` would be missing: there are no headers for it",
            hint=_packages(module),
        )
        for module in lacking
    ]
    raise PythonModulesMissing(
        version, faults, hint=_remedy(lacking, table, manager), names=[module.name for module in lacking]
    )


def remarks(outlook: Outlook, table: Modules, *, manager: str) -> tuple[Finding, ...]:
    """Return one finding for each module that is going to be missing."""
    return tuple(
        Finding(
            code="module-missing",
            severity="warning" if module.required else "info",
            subject="interpreter",
            message=f"the standard module `{module.name}` is left out: there are no headers for it",
            hint=_command([module], table, manager) or _packages(module),
            package=module.name,
        )
        for module in outlook.missing
    )


def _read(row: dict[str, Any]) -> Module:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Module(**values)


def _lacks(module: Module, said: str, has_header: Callable[[str], bool]) -> bool:
    if module.answer:
        match = re.search(rf"^checking {re.escape(module.answer)}\.\.\. (?P<answer>.*)$", said, re.MULTILINE)
        if match:
            return match["answer"].strip() in _NO
    return not any(has_header(header) for header in module.headers)


def _distinct(modules: Iterable[Module]) -> tuple[Module, ...]:
    return tuple({module.name: module for module in modules}.values())


def _packages(module: Module) -> str:
    named = [f"{package} ({manager})" for manager, package in module.packages.items() if package]
    return f"the package with its headers: {', '.join(named)}" if named else ""


def _remedy(lacking: Sequence[Module], table: Modules, manager: str) -> str:
    names = " ".join(f"--allow-missing {module.name}" for module in lacking)
    command = _command(lacking, table, manager)
    install = f"run `{command}`" if command else "install the packages that are named"
    return f"{install}, or do without: `{names}`"


def _command(lacking: Sequence[Module], table: Modules, manager: str) -> str:
    """Return the command that installs the headers with this machine's package manager; nothing where none is known."""
    packages = [module.packages.get(manager, "") for module in lacking]
    if not manager or not all(packages):
        return ""
    return f"{table.managers[manager]} {' '.join(dict.fromkeys(packages))}"
