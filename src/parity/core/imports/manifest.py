"""What another tool was asked for → a manifest, where the project has none that says it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from packaging.utils import canonicalize_name

from parity.core.conda.channels import DEFAULT, NO_DEFAULTS
from parity.core.conda.distributions import required_name
from parity.core.export.yaml_text import yaml_text
from parity.core.imports.model import Foreign, ForeignPackage
from parity.core.imports.reading import names_in
from parity.core.toml_text import toml_lines

ENVIRONMENT = "environment.yml"
PYPROJECT = "pyproject.toml"
_MEMBERS = "pkgs/"


def environment_text(foreign: Foreign, name: str) -> str:
    """Return an `environment.yml` that asks for what the file was made of."""
    conda, pip = (*asked_conda(foreign), *_from_others(foreign)), asked_wheels(foreign)
    if foreign.python and not any(required_name(each) == "python" for each in conda):
        conda = (f"python {foreign.python}", *conda)
    options = [f"{'--extra-' if number else '--'}index-url {url}" for number, url in enumerate(foreign.indexes)]
    data: dict[str, Any] = {"name": _name(foreign, name)}
    if foreign.channels:
        data["channels"] = [*foreign.channels, *([] if DEFAULT in foreign.channels else [NO_DEFAULTS])]
    data["dependencies"] = [*conda, *([{"pip": [*options, *pip]}] if pip else [])]
    if foreign.variables:
        data["variables"] = dict(foreign.variables)
    return yaml_text(data)


def pyproject_text(foreign: Foreign, name: str) -> str:
    """Return a `pyproject.toml` that asks for what the file was made of; the project is no package."""
    wheels = asked_wheels(foreign)
    project: dict[str, Any] = {"name": _name(foreign, name), "version": "0"}
    if foreign.python:
        project["requires-python"] = foreign.python
    places = {each.direct: canonicalize_name(each.name) for each in foreign.packages if _is_path(each.direct)}
    project["dependencies"] = [places.get(each, each) for each in wheels]
    tables = [f"[project]\n{toml_lines(project)}"]
    groups = {group: [places.get(each, each) for each in lines] for group, lines in foreign.groups.items() if lines}
    tables += [f"[dependency-groups]\n{toml_lines(groups)}"] if groups else []
    rows = [{"name": f"index-{n}", "url": url, "default": n == 0} for n, url in enumerate(foreign.indexes)]
    tables += [f"[[tool.uv.index]]\n{toml_lines(row)}" for row in rows]
    used: dict[str, Any] = {
        name: _source(line) for line, name in places.items() if line in {*wheels, *chain(*foreign.groups.values())}
    }
    tables += [f"[tool.uv.sources]\n{toml_lines(used)}"] if used else []
    return "\n".join(tables)


def asked_conda(foreign: Foreign) -> tuple[str, ...]:
    """Return what conda is asked for: what is said, and what nothing requires, from the locked version on."""
    roots = (each for each in _roots(foreign, conda=True) if not _is_from_other(foreign, each))
    return (*foreign.conda, *(f"{each.name} >={each.version}" for each in roots))


def asked_wheels(foreign: Foreign) -> tuple[str, ...]:
    """Return what an index is asked for, in the same way."""
    roots = _roots(foreign, conda=False)
    return (*foreign.wheels, *(each.direct or f"{each.name}>={each.version}" for each in roots))


def _roots(foreign: Foreign, *, conda: bool) -> list[ForeignPackage]:
    """Return the packages of a kind that nobody is known to have asked for, and that no other of them requires.

    Where something is known, and not all packages of the file are installed, those are of groups and extras.
    """
    asked = {canonicalize_name(each) for each in _asked_names(foreign)}
    if asked and not foreign.whole:
        return []
    by_name = {str(canonicalize_name(each.name)): each for each in sorted(foreign.packages, key=_by_name)}
    reached = _reached(asked, by_name)
    left = {name: each for name, each in by_name.items() if name not in reached}
    required = {
        canonicalize_name(name)
        for own, each in left.items()
        for name in each.requires
        if canonicalize_name(name) != own
    }
    free = {name for name in left if name not in required}
    # a ring of packages that require one another has no beginning
    free |= set(left) - _reached(free, by_name)
    return [each for name, each in left.items() if name in free and each.conda == conda]


def _asked_names(foreign: Foreign) -> Iterator[str]:
    yield from map(required_name, foreign.conda)
    lines = {each.direct: each.name for each in foreign.packages if each.direct}
    every = (*foreign.wheels, *chain(*foreign.groups.values()))
    yield from (lines.get(line) or next(iter(names_in([line])), "") for line in every)


def _reached(names: Iterable[str], by_name: Mapping[str, ForeignPackage]) -> set[str]:
    """Return names with all that they require, and so on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [canonicalize_name(each) for each in (by_name[name].requires if name in by_name else ())]
    return found


def _by_name(package: ForeignPackage) -> tuple[str, str]:
    return package.name, package.version


def _from_others(foreign: Foreign) -> tuple[str, ...]:
    """Return what comes from another channel than the first, which may have the name too, and then would give it."""
    named = {required_name(spec) for spec in foreign.conda}
    others = sorted(each for each in set(_names_with_channels(foreign)) if each[1] not in named)
    return tuple(f"{channel}::{name}" for channel, name in others)


def _names_with_channels(foreign: Foreign) -> list[tuple[str, str]]:
    return [(each.channel, each.name) for each in foreign.packages if each.conda and _is_from_other(foreign, each)]


def _is_from_other(foreign: Foreign, package: ForeignPackage) -> bool:
    first = foreign.channels[0] if foreign.channels else package.channel
    return package.channel != first and not (first == DEFAULT and package.channel.startswith(_MEMBERS))


def _name(foreign: Foreign, folder: str) -> str:
    """Return what the project is called: as the file says, else as its folder, in what a name may have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", foreign.name or folder).strip("-._").lower() or "project"


def _is_path(line: str) -> bool:
    return bool(line) and " @ " not in line


def _source(line: str) -> dict[str, Any]:
    path = line.removeprefix("-e ")
    return {"path": path, "editable": True} if path != line else {"path": path}
