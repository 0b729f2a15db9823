"""Which distributions have builds for accelerators, under which names, and from which indexes they come.

What parity knows of that is data; what a project says of a distribution takes the place of what is known of it.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from parity.core.accelerators.errors import BuildUnfit
from parity.core.accelerators.indexes import read_indexes
from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedWheel
from parity.core.places import Place
from parity.core.spec import AcceleratorSettings, Index, Substitute, WheelRequirement
from parity.core.spelling import did_you_mean
from parity.core.target import Target, kind_of

_NAMING = "name it under `[[tool.parity.indexes]]`, or under `indexes` of `[tool.parity.accelerators]`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What is asked for on one target. `along` is asked for too as soon as something else brings it along, by name."""

    requirements: tuple[WheelRequirement, ...]
    constraints: tuple[WheelRequirement, ...]
    along: Mapping[str, WheelRequirement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """The rules by name and by what they are for (`cpu`, `cuda`, `cuda12`, `cu126`, `rocm`), and the known indexes."""

    rules: Mapping[str, Mapping[str, Substitute]]
    indexes: tuple[Index, ...]

    def applied(
        self,
        target: Target,
        requirements: Sequence[WheelRequirement],
        constraints: Sequence[WheelRequirement],
        indexes: Iterable[Index],
    ) -> Applied:
        """Return how requirements are asked for on a target: as they are, where it has no accelerator.

        Raises ManifestError where a rule names an index that there is not.
        """
        substitutes = {name: found for name in self.rules if (found := self._substitute(name, target))}
        self._refuse_unknown(substitutes, {index.name for index in indexes})
        along = {
            name: WheelRequirement(name=each.package or name, extras=each.extras, index=each.index, place=each.place)
            for name, each in substitutes.items()
            if each.index or each.package in {"", name}  # another name does not take the place of what others ask for
        }
        return Applied(
            requirements=tuple(_replaced(each, substitutes) for each in requirements),
            constraints=tuple(replace(_replaced(each, substitutes), extras=(), index="") for each in constraints),
            along=along,
        )

    def renamed(self, target: Target, requirements: Iterable[WheelRequirement]) -> tuple[Finding, ...]:
        """Return a remark on each requirement that is asked for under another name on a target."""
        found = ((each, self._substitute(each.name, target)) for each in requirements if each.name in self.rules)
        return tuple(
            _renamed(each, substitute, target)
            for each, substitute in found
            if substitute and _replaced(each, {each.name: substitute}).name != each.name
        )

    def _substitute(self, name: str, target: Target) -> Substitute | None:
        accelerator, rules = target.accelerator, self.rules[name]
        major = f"{kind_of(accelerator)}{(target.cuda or accelerator.removeprefix('rocm')).partition('.')[0]}"
        keys = [accelerator, major, kind_of(accelerator)] if accelerator else []
        found = next((rules[key] for key in keys if key in rules), None)
        return replace(found, index=found.index.format(backend=target.torch_backend)) if found else None

    def _refuse_unknown(self, substitutes: Mapping[str, Substitute], names: set[str]) -> None:
        known = names | {index.name for index in self.indexes}
        faults = [
            Fault(
                place=each.place,
                message=f"there is no index `{each.index}`",
                hint=did_you_mean(each.index, known, _NAMING),
            )
            for each in substitutes.values()
            if each.index and each.index not in known
        ]
        if faults:
            raise ManifestError(faults)


def read_builds(text: str, settings: AcceleratorSettings, machine: Mapping[str, str]) -> Builds:
    """Return what is known (the data file of accelerators, ours, TOML) under what a project and a machine say.

    `machine` are addresses of indexes by accelerator, which come before those of the project.
    """
    rules = {name: each for entry in tomllib.loads(text)["builds"]["rules"] for name, each in _rules(entry)}
    return Builds(rules={**rules, **settings.packages}, indexes=read_indexes(text, settings, machine))


def substitute_of(text: str, place: Place) -> Substitute:
    """Return what a name with extras stands for (`jax[cuda12]`). Raises ValueError where it is anything else."""
    requirement = Requirement(text)
    if requirement.specifier or requirement.marker or requirement.url:
        raise ValueError(text)
    return Substitute(
        package=canonicalize_name(requirement.name), extras=tuple(sorted(requirement.extras)), place=place
    )


def refuse_unfit(wheels: Iterable[LockedWheel], target: Target) -> None:
    """Raise BuildUnfit where the local part of a version says another kind of accelerator than the target's."""
    kind = kind_of(target.accelerator)
    for wheel in wheels if kind else ():
        local = wheel.version.partition("+")[2].partition(".")[0]
        of = kind_of(local)
        if of in {"cpu", "cuda", "rocm"} and of != kind:
            raise BuildUnfit(
                f"`{wheel.name}` {wheel.version} is a build for `{local}`, and `{target.name}` is for "
                f"`{target.accelerator}`",
                hint=f"the index `{wheel.index}` has no other: `[tool.parity.accelerators] indexes` names one that has",
            )


def _rules(entry: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Substitute]]]:
    place = Place(file="accelerators.toml")
    for name in entry["packages"]:
        if index := entry.get("index"):
            yield name, {kind: Substitute(index=index, place=place) for kind in ("cpu", "cuda", "rocm")}
        else:
            yield name, {key: substitute_of(text, place) for key, text in entry["as"].items()}


def _replaced(requirement: WheelRequirement, substitutes: Mapping[str, Substitute]) -> WheelRequirement:
    """Return a requirement as it is asked for; one with an address, or bound to an index by the user, is left alone."""
    found = substitutes.get(requirement.name)
    if found is None or requirement.url or requirement.path or requirement.index:
        return requirement
    extras = tuple(sorted({*requirement.extras, *found.extras}))
    return replace(requirement, name=found.package or requirement.name, extras=extras, index=found.index)


def _renamed(requirement: WheelRequirement, found: Substitute, target: Target) -> Finding:
    return Finding(
        code="build-substituted",
        severity="info",
        subject=str(requirement.place),
        message=f"`{requirement.name}` is taken as `{found.package}` for `{target.name}`",
        hint=f"`[tool.parity.accelerators.packages] {requirement.name} = {{}}` keeps the name",
        package=found.package,
    )
