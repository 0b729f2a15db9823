"""`parity.lock`, version 1: text in, a lock out, and back.

    version = 1
    route = "venv"
    manifests = { "requirements.txt" = "sha256:…" }
    made-with = { parity = "0.1.0", uv = "0.13.9" }

    [[target]]
    name = "linux-64"
    python = { implementation = "cpython", version = "3.11", request = "3.11", source = "found" }

    [[pypi]]
    name = "wandb"
    …

One package a table, sorted, one list entry a line: two branches that add different packages merge without a conflict.
What is empty is left out, so that a field can be added without touching the locks that do not use it.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from parity.core.errors import Fault, LockfileConflict, LockfileDamaged, LockfileFuture
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.lockfile.tables import FILE, HEX, NAME, VERSION, Table
from parity.core.places import Place

VERSION_NUMBER = 1
_HEAD = "# Made by parity from the manifests; `parity lock` writes it anew. Commit it, do not edit it.\n"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
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
        wheels=tuple(sorted(wheels, key=_wheel_order)),
        groups=tuple(sorted(lock.groups)),
        extras=tuple(sorted(lock.extras)),
        sdists=tuple(sorted(lock.sdists)),
    )


def _wheel_order(wheel: LockedWheel) -> tuple[object, ...]:
    """Order by everything, the name first: the text must not depend on an order that came from elsewhere."""
    return wheel.name, wheel.targets, *(str(value) for value in _wheel_data(wheel).values())


def dump(lock: Lockfile) -> str:
    """Return the text of a lock: equal locks, in whatever order, give equal text."""
    lock = normalised(lock)
    head: dict[str, Any] = {
        "version": VERSION_NUMBER,
        "route": lock.route,
        "project": lock.project,
        "groups": lock.groups,
        "extras": lock.extras,
        "manifests": lock.manifests,
        "made-with": lock.made_with,
        "exclude-newer": lock.exclude_newer,
        "sdists": lock.sdists,
        "prereleases": lock.prereleases,
        "variables": lock.variables,
        "lost": lock.lost,
    }
    tables = [_HEAD + _lines(head, always=frozenset({"version", "route", "manifests", "made-with"}))]
    tables += ["[[target]]\n" + _lines(_target_data(target)) for target in lock.targets]
    tables += ["[[pypi]]\n" + _lines(_wheel_data(wheel), always=_WHEEL_ALWAYS) for wheel in lock.wheels]
    return "\n".join(tables)


_WHEEL_ALWAYS = frozenset({"name", "version", "targets"})


def _target_data(target: LockedTarget) -> dict[str, Any]:
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
    }
    return {
        "name": target.name,
        "virtual-packages": target.virtual_packages,
        "torch-backend": target.torch_backend,
        "python": {key: value for key, value in data.items() if value or key == "request"},
    }


def _wheel_data(wheel: LockedWheel) -> dict[str, Any]:
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


def _lines(data: Mapping[str, Any], *, always: frozenset[str] = frozenset()) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in data.items() if value or key in always)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(value[key])}" for key in value)
        return f"{{ {inside} }}" if inside else "{}"
    if len(value) < 2:  # noqa: PLR2004 - a single entry stays on the line of its key
        return f"[{', '.join(map(_value, value))}]"
    return "[\n" + "".join(f"  {_value(entry)},\n" for entry in value) + "]"


def _text(text: str) -> str:
    """Write a TOML basic string: JSON's, except that TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def parse(text: str, file: str = "parity.lock") -> Lockfile:
    """Read a lock; `file` is what messages call it.

    Raises LockfileConflict (merge markers), LockfileFuture (a later version), LockfileDamaged (not TOML, or not of
    this shape: every fault with its place).
    """
    if _MARKERS.search(text):
        raise LockfileConflict(
            f"`{file}` has merge markers in it", hint="take either side of it as a whole, then run `parity lock`"
        )
    faults: list[Fault] = []
    head = Table(data=_toml(text, file), place=Place(file=file), faults=faults)
    _check_version(head, file)
    targets = tuple(_target(table) for table in head.tables("target"))
    known = frozenset(target.name for target in targets)
    lock = Lockfile(
        route="conda" if head.choice("route", ("venv", "conda")) == "conda" else "venv",
        manifests=head.texts_by_name("manifests"),
        made_with=head.texts_by_name("made-with"),
        targets=targets,
        wheels=tuple(_wheel(table, known) for table in head.tables("pypi")),
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


def _target(table: Table) -> LockedTarget:
    python = table.table("python")
    target = LockedTarget(
        name=table.text("name", None, NAME),
        virtual_packages=table.texts("virtual-packages"),
        torch_backend=table.text("torch-backend", "", NAME),
        python=LockedPython(
            implementation=python.text("implementation", None, NAME),
            version=python.text("version", None, NAME),
            request=python.text("request", None),
            source=python.choice("source", ("found", "prebuilt", "built", "conda")),
            free_threaded=python.flag("free-threaded"),
            build=python.text("build", ""),
            file=python.text("file", "", FILE),
            sha256=python.text("sha256", "", HEX),
        ),
    )
    python.refuse_unknown()
    table.refuse_unknown()
    return target


def _wheel(table: Table, known: frozenset[str]) -> LockedWheel:
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
    if not wheel.targets or not known.issuperset(wheel.targets):
        table.fault("targets", f"expected targets of this lock, found {list(wheel.targets)}")
    if not (wheel.url or wheel.path) and not (wheel.index and wheel.file and wheel.sha256):
        table.fault("", "expected `index`, `file` and `sha256`, or a `url`, or a `path`")
    return wheel


def _refuse_twice(targets: Sequence[LockedTarget], place: Place, faults: list[Fault]) -> None:
    names = [target.name for target in targets]
    for index, name in enumerate(names):
        if name in names[:index]:
            faults.append(
                Fault(place=place.child(f"target[{index}].name"), message=f"target `{name}` stands here twice")
            )
