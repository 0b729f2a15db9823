"""The tables of `parity.lock`, version 1: one target or package each, as plain data and back."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from parity.core.lockfile.model import LockedConda, LockedMachine, LockedPython, LockedTarget, LockedWheel, Negotiated
from parity.core.lockfile.tables import (
    BUILD,
    CHANNEL,
    CONDA_FILE,
    CONDA_NAME,
    FILE,
    FOLDERS,
    HEX,
    NAME,
    VERSION,
    Table,
)

WHEEL_ALWAYS = frozenset({"name", "version", "targets"})
CONDA_ALWAYS = frozenset({"name", "version", "build", "channel", "subdir", "file", "sha256", "targets"})


def target_data(target: LockedTarget) -> dict[str, Any]:
    """Return a target as it is written; what is empty is left out by the writer."""
    python = target.python
    data = {
        "implementation": python.implementation,
        "version": python.version,
        "request": python.request,
        "source": python.source,
        "free-threaded": python.free_threaded,
        "build": python.build,
        "file": python.file,
        "sha256": python.sha256,
        "exact": python.exact,
    }
    return {
        "name": target.name,
        "virtual-packages": target.virtual_packages,
        "torch-backend": target.torch_backend,
        "machine": _machine_data(target.machine) if target.machine else {},
        "python": {key: value for key, value in data.items() if value or key == "request"} if python.version else {},
    }


def conda_data(package: LockedConda) -> dict[str, Any]:
    """Return a conda package as it is written, in that order."""
    return {
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "build-number": package.build_number,
        "channel": package.channel,
        "subdir": package.subdir,
        "file": package.file,
        "sha256": package.sha256,
        "size": package.size,
        "noarch": package.noarch,
        "python-site-packages-path": package.python_site_packages_path,
        "depends": package.depends,
        "constrains": package.constrains,
        "requested": package.requested,
        "targets": package.targets,
    }


def wheel_data(wheel: LockedWheel) -> dict[str, Any]:
    """Return a distribution as it is written, in that order."""
    return {
        "name": wheel.name,
        "version": wheel.version,
        "index": wheel.index,
        "url": wheel.url,
        "commit": wheel.commit,
        "subdirectory": wheel.subdirectory,
        "path": wheel.path,
        "editable": wheel.editable,
        "file": wheel.file,
        "sha256": wheel.sha256,
        "size": wheel.size,
        "requires": wheel.requires,
        "requested": wheel.requested,
        "targets": wheel.targets,
    }


def negotiated_data(negotiated: Negotiated) -> dict[str, Any]:
    """Return what was negotiated as it is written, in that order."""
    return {
        "name": negotiated.name,
        "version": negotiated.version,
        "instead": negotiated.instead,
        "because": negotiated.because,
        "targets": negotiated.targets,
    }


def read_negotiated(table: Table, known: frozenset[str]) -> Negotiated:
    """Read what was negotiated for targets that are `known`; what is not right becomes a fault of the table."""
    negotiated = Negotiated(
        name=table.text("name", None, NAME),
        version=table.text("version", None, VERSION),
        instead=table.text("instead", None, VERSION),
        because=table.texts("because"),
        targets=table.texts("targets"),
    )
    table.refuse_unknown()
    _check_targets(table, negotiated.targets, known)
    return negotiated


def read_target(table: Table, *, without_python: bool = False) -> LockedTarget:
    """Read a target, which may be one without Python; what is not right becomes a fault of the table."""
    target = LockedTarget(
        name=table.text("name", None, NAME),
        virtual_packages=table.texts("virtual-packages"),
        torch_backend=table.text("torch-backend", "", NAME),
        machine=_machine(table.table("machine")) if "machine" in table.data else None,
        python=_NO_PYTHON if without_python and "python" not in table.data else _python(table.table("python")),
    )
    table.refuse_unknown()
    return target


def _machine_data(machine: LockedMachine) -> dict[str, str]:
    said = {name: str(getattr(machine, name)) for name in _MACHINE}
    return {name.replace("_", "-"): value for name, value in said.items() if value}


def _machine(table: Table) -> LockedMachine:
    said = {name: table.text(name.replace("_", "-"), None if name == "platform" else "", NAME) for name in _MACHINE}
    table.refuse_unknown()
    return LockedMachine(**said)


_MACHINE = tuple(each.name for each in fields(LockedMachine))
_NO_PYTHON = LockedPython(implementation="", version="", request="", source="conda")


def _python(table: Table) -> LockedPython:
    python = LockedPython(
        implementation=table.text("implementation", None, NAME),
        version=table.text("version", None, NAME),
        request=table.text("request", None),
        source=table.choice("source", ("found", "prebuilt", "built", "conda")),
        free_threaded=table.flag("free-threaded"),
        build=table.text("build", ""),
        file=table.text("file", "", FILE),
        sha256=table.text("sha256", "", HEX),
        exact=table.flag("exact"),
    )
    table.refuse_unknown()
    return python


def read_conda(table: Table, known: frozenset[str]) -> LockedConda:
    """Read a conda package for targets that are `known`; what is not right becomes a fault of the table."""
    package = LockedConda(
        name=table.text("name", None, CONDA_NAME),
        version=table.text("version", None, VERSION),
        build=table.text("build", None, BUILD),
        build_number=table.number("build-number", 0),
        channel=table.text("channel", None, CHANNEL),
        subdir=table.text("subdir", None, NAME),
        file=table.text("file", None, CONDA_FILE),
        sha256=table.text("sha256", None, HEX),
        size=table.number("size", 0),
        noarch=table.choice("noarch", ("python", "generic")) if "noarch" in table.data else "",
        python_site_packages_path=table.text("python-site-packages-path", "", FOLDERS),
        depends=table.texts("depends"),
        constrains=table.texts("constrains"),
        requested=table.flag("requested"),
        targets=table.texts("targets"),
    )
    table.refuse_unknown()
    _check_targets(table, package.targets, known)
    return package


def _check_targets(table: Table, targets: Sequence[str], known: frozenset[str]) -> None:
    if not targets or not known.issuperset(targets):
        table.fault("targets", f"expected targets of this lock, found {list(targets)}")


def read_wheel(table: Table, known: frozenset[str]) -> LockedWheel:
    """Read a distribution for targets that are `known`; what is not right becomes a fault of the table."""
    wheel = LockedWheel(
        name=table.text("name", None, NAME),
        version=table.text("version", None, VERSION),
        targets=table.texts("targets"),
        index=table.text("index", "", NAME),
        file=table.text("file", "", FILE),
        sha256=table.text("sha256", "", HEX),
        size=table.number("size", 0),
        url=table.text("url", ""),
        commit=table.text("commit", ""),
        subdirectory=table.text("subdirectory", ""),
        path=table.text("path", ""),
        editable=table.flag("editable"),
        requires=table.texts("requires"),
        requested=table.flag("requested"),
    )
    table.refuse_unknown()
    _check_targets(table, wheel.targets, known)
    if not (wheel.url or wheel.path) and not (wheel.index and wheel.file and wheel.sha256):
        table.fault("", "expected `index`, `file` and `sha256`, or a `url`, or a `path`")
    return wheel
