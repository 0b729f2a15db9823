"""What another tool was asked for → a manifest, where the project has none that says it."""

from typing import Any

from packaging.utils import canonicalize_name

from parity.core.conda.channels import DEFAULT, NO_DEFAULTS
from parity.core.conda.distributions import required_name
from parity.core.export.yaml_text import yaml_text
from parity.core.imports.model import Foreign, ForeignPackage
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
    data: dict[str, Any] = {"name": foreign.name or name}
    if foreign.channels:
        data["channels"] = [*foreign.channels, *([] if DEFAULT in foreign.channels else [NO_DEFAULTS])]
    data["dependencies"] = [*conda, *([{"pip": [*options, *pip]}] if pip else [])]
    if foreign.variables:
        data["variables"] = dict(foreign.variables)
    return yaml_text(data)


def pyproject_text(foreign: Foreign, name: str) -> str:
    """Return a `pyproject.toml` that asks for what the file was made of; the project is no package."""
    wheels = asked_wheels(foreign)
    project: dict[str, Any] = {"name": canonicalize_name(foreign.name or name) or "project", "version": "0"}
    if foreign.python:
        project["requires-python"] = foreign.python
    project["dependencies"] = [_without_editable(each) for each in wheels]
    tables = [f"[project]\n{toml_lines(project)}"]
    groups = {group: [_without_editable(each) for each in lines] for group, lines in foreign.groups.items() if lines}
    tables += [f"[dependency-groups]\n{toml_lines(groups)}"] if groups else []
    rows = [{"name": f"index-{n}", "url": url, "default": n == 0} for n, url in enumerate(foreign.indexes)]
    tables += [f"[[tool.uv.index]]\n{toml_lines(row)}" for row in rows]
    return "\n".join(tables)


def asked_conda(foreign: Foreign) -> tuple[str, ...]:
    """Return what conda is asked for: what is said, else what nothing requires, from the locked version on."""
    if foreign.conda or foreign.wheels:
        return foreign.conda
    roots = (each for each in _roots(foreign, conda=True) if not _is_from_other(foreign, each))
    return tuple(f"{each.name} >={each.version}" for each in roots)


def asked_wheels(foreign: Foreign) -> tuple[str, ...]:
    """Return what an index is asked for, in the same way."""
    if foreign.conda or foreign.wheels or any(foreign.groups.values()):
        return foreign.wheels
    return tuple(each.direct or f"{each.name}>={each.version}" for each in _roots(foreign, conda=False))


def _roots(foreign: Foreign, *, conda: bool) -> list[ForeignPackage]:
    """Return the packages that no other one requires, each once; all where each is required by another."""
    required = {canonicalize_name(name) for each in foreign.packages for name in each.requires if name != each.name}
    kind = {each.name: each for each in sorted(foreign.packages, key=_by_name) if each.conda == conda}
    free = [each for each in kind.values() if canonicalize_name(each.name) not in required]
    return free or ([] if conda and not kind else list(kind.values()))


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


def _without_editable(line: str) -> str:
    return line.removeprefix("-e ")
