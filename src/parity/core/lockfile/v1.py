"""`parity.lock`, version 1: text in, a lock out, and back.

    version = 1
    route = "venv"
    manifests = { "requirements.txt" = "sha256:…" }
    made-with = { parity = "0.1.0", uv = "0.13.9" }

    [[target]]
    name = "linux-64"
    python = { implementation = "cpython", version = "3.11", request = "3.11", source = "found" }

    [[conda]]
    name = "numpy"
    …

    [[pypi]]
    name = "wandb"
    …

One package a table, sorted, one list entry a line: two branches that add different packages merge without a conflict.
What is empty is left out, so that a field can be added without touching the locks that do not use it.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from parity.core.errors import Fault
from parity.core.lockfile.entries import (
    CONDA_ALWAYS,
    WHEEL_ALWAYS,
    conda_data,
    negotiated_data,
    read_conda,
    read_negotiated,
    read_target,
    read_wheel,
    target_data,
    wheel_data,
)
from parity.core.lockfile.errors import LockfileConflict, LockfileDamaged, LockfileFuture
from parity.core.lockfile.model import LockedConda, LockedTarget, LockedWheel, Lockfile, Negotiated
from parity.core.lockfile.tables import Table
from parity.core.places import Place
from parity.core.toml_text import toml_lines

VERSION_NUMBER = 1
_HEAD = "# Made by parity from the manifests; `parity lock` writes it anew. Commit it, do not edit it.\n"
_MARKERS = re.compile(r"^(<{7}|>{7}|={7}|\|{7})( |$)", re.MULTILINE)


def normalised(lock: Lockfile) -> Lockfile:
    """Return the same lock in the one order in which it is written."""
    wheels = [
        replace(wheel, targets=tuple(sorted(wheel.targets)), requires=tuple(sorted(wheel.requires)))
        for wheel in lock.wheels
    ]
    return replace(
        lock,
        manifests=dict(sorted(lock.manifests.items())),
        made_with=dict(sorted(lock.made_with.items())),
        variables=dict(sorted(lock.variables.items())),
        targets=tuple(sorted(lock.targets, key=lambda target: target.name)),
        conda=tuple(sorted(_normalised_conda(lock), key=_conda_order)),
        wheels=tuple(sorted(wheels, key=_wheel_order)),
        groups=tuple(sorted(lock.groups)),
        extras=tuple(sorted(lock.extras)),
        sdists=tuple(sorted(lock.sdists)),
        link_scripts=tuple(sorted(lock.link_scripts)),
        negotiated=tuple(sorted(_normalised_negotiated(lock), key=_negotiated_order)),
    )


def _normalised_conda(lock: Lockfile) -> list[LockedConda]:
    return [replace(package, targets=tuple(sorted(package.targets))) for package in lock.conda]


def _normalised_negotiated(lock: Lockfile) -> list[Negotiated]:
    return [replace(each, targets=tuple(sorted(each.targets))) for each in lock.negotiated]


def _negotiated_order(negotiated: Negotiated) -> tuple[object, ...]:
    return negotiated.name, negotiated.targets, negotiated.version, negotiated.instead, negotiated.because


def _conda_order(package: LockedConda) -> tuple[object, ...]:
    return package.name, package.targets, *(str(value) for value in conda_data(package).values())


def _wheel_order(wheel: LockedWheel) -> tuple[object, ...]:
    """Order by everything, the name first: the text must not depend on an order that came from elsewhere."""
    return wheel.name, wheel.targets, *(str(value) for value in wheel_data(wheel).values())


def to_data(lock: Lockfile) -> dict[str, Any]:
    """Return a lock as plain data, in the one order: the head, then `target`, `conda` and `pypi` as lists of tables."""
    lock = normalised(lock)
    head: dict[str, Any] = {
        "version": VERSION_NUMBER,
        "route": lock.route,
        "project": lock.project,
        "groups": lock.groups,
        "extras": lock.extras,
        "manifests": lock.manifests,
        "made-with": lock.made_with,
        "channels": lock.channels,
        "channel-priority": lock.channel_priority,
        "link-scripts": lock.link_scripts,
        "exclude-newer": lock.exclude_newer,
        "sdists": lock.sdists,
        "prereleases": lock.prereleases,
        "variables": lock.variables,
        "lost": lock.lost,
    }
    return {
        **_said(head, always=frozenset({"version", "route", "manifests", "made-with"})),
        "target": [_said(target_data(target)) for target in lock.targets],
        "conda": [_said(conda_data(package), always=CONDA_ALWAYS) for package in lock.conda],
        "pypi": [_said(wheel_data(wheel), always=WHEEL_ALWAYS) for wheel in lock.wheels],
        "negotiated": [_said(negotiated_data(each)) for each in lock.negotiated],
    }


def _said(data: Mapping[str, Any], *, always: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value or key in always}


def dump(lock: Lockfile) -> str:
    """Return the text of a lock: equal locks, in whatever order, give equal text."""
    data = to_data(lock)
    tables = {kind: data.pop(kind) for kind in ("target", "conda", "pypi", "negotiated")}
    texts = [_HEAD + toml_lines(data)]
    texts += [f"[[{kind}]]\n{toml_lines(table)}" for kind in tables for table in tables[kind]]
    return "\n".join(texts)


def decode(content: bytes, file: str = "parity.lock") -> str:
    """Return the text of a lock, a byte order mark dropped. Raises LockfileDamaged where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise undecodable(error, file) from None


def undecodable(error: UnicodeDecodeError, file: str) -> LockfileDamaged:
    """Return what is said of a lock that is not UTF-8, with the line that it is not."""
    place = Place(file=file, line=error.object[: error.start].count(b"\n") + 1)
    return LockfileDamaged(file, [Fault(place=place, message="is not UTF-8 text")])


def parse(text: str, file: str = "parity.lock") -> Lockfile:
    """Read a lock; `file` is what messages call it.

    Raises LockfileConflict (merge markers), LockfileFuture (a later version), LockfileDamaged (not TOML, or not of
    this shape: every fault with its place).
    """
    if _MARKERS.search(text):
        raise LockfileConflict(
            f"`{file}` has merge markers in it", hint="take either side of it as a whole, then run `parity lock`"
        )
    return from_data(_toml(text, file), file)


def from_data(data: Mapping[str, Any], file: str) -> Lockfile:
    """Return the lock that plain data says (`to_data`). Raises LockfileFuture, LockfileDamaged."""
    faults: list[Fault] = []
    head = Table(data=data, place=Place(file=file), faults=faults)
    _check_version(head, file)
    conda = head.data.get("route") == "conda"
    targets = tuple(read_target(table, without_python=conda) for table in head.tables("target"))
    known = frozenset(target.name for target in targets)
    lock = Lockfile(
        route="conda" if head.choice("route", ("venv", "conda")) == "conda" else "venv",
        manifests=head.texts_by_name("manifests"),
        made_with=head.texts_by_name("made-with"),
        targets=targets,
        conda=tuple(read_conda(table, known) for table in head.tables("conda")),
        wheels=tuple(read_wheel(table, known) for table in head.tables("pypi")),
        negotiated=tuple(read_negotiated(table, known) for table in head.tables("negotiated")),
        channels=head.texts("channels"),
        channel_priority=head.choice("channel-priority", ("disabled",)) if "channel-priority" in head.data else "",
        link_scripts=head.texts("link-scripts"),
        groups=head.texts("groups"),
        extras=head.texts("extras"),
        project=head.text("project", ""),
        variables=head.texts_by_name("variables"),
        exclude_newer=head.text("exclude-newer", ""),
        sdists=head.texts("sdists"),
        prereleases=head.flag("prereleases"),
        lost=head.texts("lost"),
    )
    head.refuse_unknown()
    _refuse_twice(targets, Place(file=file), faults)
    if faults:
        raise LockfileDamaged(file, faults)
    return lock


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = Place(file=file, line=int(line[1]) if line else None)
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise LockfileDamaged(file, [Fault(place=place, message=f"is not TOML: {message}")]) from None


def _check_version(head: Table, file: str) -> None:
    version = head.number("version", None)
    if version > VERSION_NUMBER:
        raise LockfileFuture(
            f"`{file}` has format version {version}, and this parity reads up to {VERSION_NUMBER}",
            hint="update parity, or delete the file and run `parity lock`",
        )
    if version < 1 and not head.faults:
        head.fault("version", f"format version {version} was never written")


def _refuse_twice(targets: Sequence[LockedTarget], place: Place, faults: list[Fault]) -> None:
    names = [target.name for target in targets]
    for index, name in enumerate(names):
        if name in names[:index]:
            faults.append(
                Fault(place=place.child(f"target[{index}].name"), message=f"target `{name}` stands here twice")
            )
