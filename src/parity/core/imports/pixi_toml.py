"""`pixi.toml`, or `[tool.pixi]` of a `pyproject.toml`: what pixi was asked for, as an `environment.yml` says it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from parity.core.findings import Finding
from parity.core.imports.model import Foreign
from parity.core.imports.poetry_versions import pep440
from parity.core.imports.reading import Beside, check, toml_table, words
from parity.core.lockfile.tables import Table

_KNOWN = frozenset(
    {"project", "workspace", "package", "dependencies", "pypi-dependencies", "activation", "pypi-options"}
)


def read_pixi_toml(text: str, file: str, beside: Beside) -> Foreign:
    """Return what is asked for; nothing is locked in it. Raises ForeignDamaged."""
    del beside
    head = toml_table(text, file)
    head = Table(
        data=words(words(head.data.get("tool")).get("pixi")) or head.data, place=head.place, faults=head.faults
    )
    return _read(head, file, "default")


def asked_of(foreign: Foreign, beside: Beside, *, environment: str = "default") -> Foreign:
    """Return a lock with what was asked for, where pixi's manifest lies beside it; else as it is."""
    for name in ("pixi.toml", "pyproject.toml"):
        text = beside(name)
        if text is None or (name == "pyproject.toml" and "tool.pixi" not in text):
            continue
        head = toml_table(text, name)
        data = head.data if name == "pixi.toml" else words(words(head.data.get("tool")).get("pixi"))
        asked = _read(Table(data=data, place=head.place, faults=head.faults), name, environment)
        return replace(
            foreign,
            name=asked.name,
            conda=asked.conda,
            wheels=asked.wheels,
            variables=asked.variables,
            findings=(*foreign.findings, *asked.findings),
        )
    return foreign


def _read(head: Table, file: str, environment: str) -> Foreign:
    about = head.table("workspace" if "workspace" in head.data else "project")
    features = _features(head, environment)
    tables = [head.data, *(words(words(head.data.get("feature")).get(name)) for name in features)]
    channels = [_channel(each) for each in about.data.get("channels", [])]
    foreign = Foreign(
        file=file,
        route="conda",
        exact=False,
        name=about.text("name", ""),
        channels=tuple(filter(None, channels)),
        platforms=about.texts("platforms"),
        conda=tuple(spec for data in tables for spec in _conda(data, head)),
        wheels=tuple(line for data in tables for line in _wheels(data, head)),
        variables={k: str(v) for data in tables for k, v in words(words(data.get("activation")).get("env")).items()},
        findings=tuple(_lost(head, file, features)),
    )
    check(head)
    return foreign


def _features(head: Table, environment: str) -> list[str]:
    chosen = words(head.data.get("environments")).get(environment, [])
    named = chosen.get("features", []) if isinstance(chosen, Mapping) else chosen
    return [name for name in named if isinstance(name, str)]


def _channel(value: Any) -> str:
    return value if isinstance(value, str) else str(words(value).get("channel", ""))


def _conda(data: Mapping[str, Any], head: Table) -> Iterable[str]:
    for name, value in words(data.get("dependencies")).items():
        said = words(value)
        version = value if isinstance(value, str) else str(said.get("version", "*"))
        if "git" in said or "path" in said or "url" in said:
            head.fault(f"dependencies.{name}", "a package that is built from its source has no place in a manifest")
            continue
        channel = f"{said['channel']}::" if "channel" in said else ""
        yield f"{channel}{name}{_bounds(version, said.get('build', ''))}"


def _bounds(version: str, build: str) -> str:
    """Return a range and a build as conda's users write them where they can be: `=3.11`, ` >=1.26,<2`."""
    version = "" if version == "*" else version.replace(" ", "")
    if not build and (minor := re.fullmatch(r"={0,2}([\w.!+]+)\.\*", version)):
        return f"={minor[1]}"
    if not build and re.fullmatch(r"[\w.!+]+", version):
        return f" =={version}"
    if not build and version[:1] in "<>=~!":
        return f" {version}" if version else ""
    pairs = {"version": version, "build": build}
    inside = ", ".join(f'{key}="{text}"' for key, text in pairs.items() if text)
    return f"[{inside}]" if inside else ""


def _wheels(data: Mapping[str, Any], head: Table) -> Iterable[str]:
    for name, value in words(data.get("pypi-dependencies")).items():
        said = words(value)
        extras = f"[{','.join(said['extras'])}]" if said.get("extras") else ""
        if "path" in said:
            yield f"{'-e ' if said.get('editable') else ''}{said['path']}{extras}"
        elif "git" in said:
            revision = next((said[key] for key in ("rev", "tag", "branch") if key in said), "")
            yield f"{name}{extras} @ git+{said['git']}{f'@{revision}' if revision else ''}"
        elif "url" in said:
            yield f"{name}{extras} @ {said['url']}"
        else:
            specifier = pep440(value if isinstance(value, str) else str(said.get("version", "*")))
            if specifier is None:
                head.fault(f"pypi-dependencies.{name}", f"`{value}` is no range of versions")
            yield f"{name}{extras}{specifier or ''}"


def _lost(head: Table, file: str, features: Iterable[str]) -> Iterable[Finding]:
    lost = sorted(set(head.data) - _KNOWN - {"feature", "environments", "$schema"})
    lost += [f"feature.{name}" for name in words(head.data.get("feature")) if name not in set(features)]
    if lost:
        listed = ", ".join(f"`{name}`" for name in lost)
        yield Finding(
            code="import-lost",
            severity="warning",
            subject=file,
            message=f"left out, for a manifest has no place for them: {listed}",
        )
