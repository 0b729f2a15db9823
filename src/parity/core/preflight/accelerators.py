"""What a lock's packages were compiled for, against the NVIDIA driver of a machine."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedWheel
from parity.core.preflight.machine import Machine
from parity.core.target import Targets, numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a package's CUDA is read: out of its `version`, its `name`, the `local` part of its version, its `build`."""

    name: re.Pattern[str]
    source: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The data file, read: rules for wheels and conda packages, the oldest driver for each major version of CUDA.

    `capabilities` are those of GPUs, each with the first CUDA that compiles for it and the first that does so no more,
    empty where all later ones do.
    """

    wheels: Sequence[Rule]
    conda: Sequence[Rule]
    drivers: Mapping[str, str]
    capabilities: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A package that was compiled for a CUDA (`12`, `12.6`)."""

    package: str
    file: str
    cuda: str


def load_rules(text: str) -> Rules:
    """Read the data file of accelerators (ours, TOML)."""
    cuda = tomllib.loads(text)["cuda"]
    drivers = {major: version for major, version in cuda["drivers"].items() if major.isdigit()}
    return Rules(
        wheels=[_rule(each) for each in cuda["wheels"]],
        conda=[_rule(each) for each in cuda["conda"]],
        drivers=drivers,
        capabilities={name: (found["since"], found.get("before", "")) for name, found in cuda["capabilities"].items()},
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    pattern = data.get("pattern")
    return Rule(name=re.compile(data["name"]), source=data["from"], pattern=re.compile(pattern) if pattern else None)


def compiled(wheels: Iterable[LockedWheel], conda: Iterable[LockedConda], rules: Rules) -> list[Compiled]:
    """Return the packages that were compiled for a CUDA, and for which."""
    found = [(wheel.name, wheel.file, _cuda(wheel.name, wheel.version, "", rules.wheels)) for wheel in wheels]
    found += [(each.name, each.file, _cuda(each.name, each.version, each.build, rules.conda)) for each in conda]
    return [Compiled(package=name, file=file, cuda=cuda) for name, file, cuda in found if cuda]


def _cuda(name: str, version: str, build: str, rules: Iterable[Rule]) -> str:
    texts = {"version": version, "name": name, "local": version.partition("+")[2], "build": build}
    for rule in rules:
        if not (named := rule.name.fullmatch(name)):
            continue
        found = rule.pattern.search(texts[rule.source]) if rule.pattern else named
        if found and "cuda" in found.re.groupindex:
            return _dotted(found["cuda"])
        if found and rule.source == "version":
            return ".".join(texts["version"].split(".")[:2])
    return ""


def _dotted(text: str) -> str:
    """Return a CUDA version as NVIDIA writes it: `126` is 12.6, `12` is 12."""
    return text if "." in text or len(text) == 2 else f"{text[:2]}.{text[2:]}"  # noqa: PLR2004 - two digits are a major


def driver_needs(packages: Sequence[Compiled], machine: Machine, rules: Rules, targets: Targets) -> Iterator[Finding]:
    """Yield what a machine's driver cannot run: an error for each package where it is too old, one warning for none.

    A driver runs what any minor version of its own major CUDA compiled, and of older ones.
    """
    if not packages:
        return
    if not machine.host.cuda or not machine.host.gpu:
        has = "an NVIDIA driver and no GPU" if machine.host.cuda else "no NVIDIA driver"
        names = ", ".join(f"`{each.package}`" for each in packages[:3])
        more = f" and {len(packages) - 3} more" if len(packages) > 3 else ""  # noqa: PLR2004 - as many as are shown
        yield Finding(
            code="driver-missing",
            severity="warning",
            subject="target",
            message=f"{names}{more} can use CUDA, and this machine has {has}: they compute on its processor",
            hint="lock for a `+cpu` target to download less",
        )
        return
    for each in packages:
        if numbers(each.cuda)[:1] > numbers(machine.host.cuda)[:1]:
            yield _too_old(each, machine, rules, targets)


def _too_old(each: Compiled, machine: Machine, rules: Rules, targets: Targets) -> Finding:
    needed = rules.drivers.get(each.cuda.split(".")[0], "")
    driver = f"driver {machine.driver} " if machine.driver else "driver "
    newest = accelerator_for(machine, targets)
    update = f"update the driver to {needed} or newer" if needed else "update the driver"
    return Finding(
        code="driver-too-old",
        severity="error",
        subject=each.package,
        message=f"`{each.file}` was compiled for CUDA {each.cuda}, and the {driver}runs CUDA {machine.host.cuda}",
        hint=f"lock for a target with `+{newest}`, or {update}" if newest else update,
        package=each.package,
    )


def accelerator_for(machine: Machine, targets: Targets, *, since: str = "", before: str = "") -> str:
    """Return the accelerator (`cu126`) that a machine takes first, of a CUDA in a range; empty: none."""
    return targets.accelerator_for(machine.floors, machine.host, since=since, before=before)
