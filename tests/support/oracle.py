"""Everything in a universe tried: of the rules, nothing is shared with the code that it judges.

The preference alone is the stated one (`Walk`): it is what answers are compared by.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from parity.core.lockfile.model import LockedConda
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.negotiation.joint import Agreement, Extra, Need, Option, Release, Slot
from parity.core.negotiation.preference import Walk, in_order
from parity.core.negotiation.worlds import flavour_of, marker_environment, takes
from parity.core.places import Place
from tests.support.universes import Universe, answers, file_of


@dataclass(frozen=True)
class Whole:
    """One candidate for an answer: a package or none for every name of conda, a file or none for every distribution."""

    conda: Mapping[str, LockedConda]
    wheels: Mapping[str, Mapping[str, Any]]


def _is_in(whole: Whole, slot: Slot, option: Option) -> bool:
    if isinstance(option, LockedConda):
        return whole.conda.get(option.name) == option
    return isinstance(option, Release) and whole.wheels.get(slot[1], {}).get("version") == option.version


def _pins(requirement: Requirement, version: Version) -> bool:
    return any(each.operator == "==" and Version(each.version) == version for each in requirement.specifier)


class Oracle:
    """Tries everything in a universe."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        question = universe.question
        self.wanted = [(Requirement(each.to_text()), True) for each in question.wheels]
        self.bounds = [Requirement(each.to_text()) for each in question.constraints]
        self.files = {
            name: [each for each in universe.wheels if each["name"] == name and self._may(each)]
            for name in sorted({each["name"] for each in universe.wheels})
        }

    def whole(self, agreement: Agreement) -> Whole:
        """Return parity's answer as a candidate."""
        wheels = {
            each.name: next(said for said in self.files[each.name] if said["version"] == each.version)
            for each in agreement.wheels
        }
        return Whole({each.name: each for each in agreement.conda}, wheels)

    def best(self) -> tuple[tuple[int, ...], Whole] | None:
        """Return the ranks of the best answer and the answer, or None where there is none."""
        found = None
        for whole in self.valid():
            ranks = self.ranks(whole)
            if ranks is not None and (found is None or ranks < found[0]):
                found = ranks, whole
        return found

    def valid(self) -> Iterator[Whole]:
        """Yield every answer, those with needless things in them too."""
        names = sorted(self.universe.packages)
        for picked in itertools.product(*([None, *self.universe.packages[name]] for name in names)):
            conda = {each.name: each for each in picked if each}
            if "python" in conda and self._conda_holds(conda):
                yield from self._with_wheels(conda)

    def ranks(self, whole: Whole) -> tuple[int, ...] | None:
        """Return the ranks of an answer; None where something is in it that nothing requires."""
        ranks: list[int] = []

        def choose(slot: Slot, options: Sequence[Option]) -> int | None:
            rank = next((rank for rank, option in enumerate(options) if _is_in(whole, slot, option)), None)
            ranks.extend([] if rank is None else [rank])
            return rank

        walk = Walk(self.universe.question, _OracleWorld(self, whole), choose)
        if not walk.run():
            return None
        agreement = Agreement(decisions=tuple(walk.decisions))
        if len(agreement.conda) != len(whole.conda) or len(agreement.wheels) != len(whole.wheels):
            return None
        return tuple(ranks)

    def _may(self, said: Mapping[str, Any]) -> bool:
        """Say whether a file may be taken at all: yanked, pre-release, source."""
        asked = [each for each in [*(one for one, _ in self.wanted), *self.bounds] if each.name == said["name"]]
        version = Version(said["version"])
        if said.get("yanked") and not any(_pins(each, version) for each in asked):
            return False
        if said.get("sdist") and said["name"] not in self.universe.sdists:
            return False
        stable = [
            each
            for each in self.universe.wheels
            if each["name"] == said["name"]
            and not Version(each["version"]).is_prerelease
            and (not each.get("sdist") or each["name"] in self.universe.sdists)
            and (not each.get("yanked") or any(_pins(one, Version(each["version"])) for one in asked))
        ]
        return (
            not version.is_prerelease
            or not stable
            or any(re.search(r"\d(a|b|rc)\d", str(each.specifier)) for each in asked)
        )

    def _conda_holds(self, conda: Mapping[str, LockedConda]) -> bool:
        for spec in self.universe.ask.get("conda", ()):
            name = re.split(r"[=<>! ]", spec)[0]
            requirement = parse_match_spec(spec, Place(file="x"))
            if name not in conda or not answers(conda[name], f"{name} {requirement.version}"):
                return False
        for package in conda.values():
            for spec in package.depends:
                if spec.startswith("__"):
                    if spec.startswith("__cuda"):
                        return False
                elif spec.split()[0] not in conda or not answers(conda[spec.split()[0]], spec):
                    return False
            for spec in package.constrains:
                if spec.split()[0] in conda and not answers(conda[spec.split()[0]], spec):
                    return False
        return True

    def brought(self, conda: Mapping[str, LockedConda]) -> dict[str, list[str]]:
        """Return the versions of distributions that packages bring."""
        found: dict[str, list[str]] = {}
        for package in conda.values():
            if package.name != "python" and any(spec.split()[0] == "python" for spec in package.depends):
                name = self.universe.names.get(package.name, package.name)
                found.setdefault(canonicalize_name(name), []).append(package.version)
        return found

    def _with_wheels(self, conda: Mapping[str, LockedConda]) -> Iterator[Whole]:
        brought = self.brought(conda)
        flavour = flavour_of(conda["python"])
        environment = {**marker_environment(self.universe.target, flavour), "extra": ""}
        roots = [each for each, _ in self.wanted if each.marker is None or each.marker.evaluate(environment)]
        if any(not self._met(each, brought, None) for each in roots if canonicalize_name(each.name) in brought):
            return
        usable = {
            name: [each for each in files if self._runs(each, flavour)]
            for name, files in self.files.items()
            if name not in brought
        }
        for picked in itertools.product(*([None, *usable[name]] for name in usable)):
            wheels = {each["name"]: each for each in picked if each}
            if self._all_met(roots, wheels, brought, environment):
                yield Whole(conda, wheels)

    def _runs(self, said: Mapping[str, Any], flavour: Any) -> bool:
        python = SpecifierSet(said.get("python", "")).contains(flavour.version)
        return python and (bool(said.get("sdist")) or takes(file_of(said).name, self.universe.target, flavour))

    def _met(self, requirement: Requirement, brought: Mapping[str, Sequence[str]], wheel: Any) -> bool:
        versions = brought.get(canonicalize_name(requirement.name), []) if wheel is None else [wheel["version"]]
        return bool(versions) and all(requirement.specifier.contains(each, prereleases=True) for each in versions)

    def _all_met(
        self,
        roots: Sequence[Requirement],
        wheels: Mapping[str, Mapping[str, Any]],
        brought: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
    ) -> bool:
        seen: set[tuple[str, str]] = set()
        waiting = list(roots)
        while waiting:
            requirement = waiting.pop()
            name = canonicalize_name(requirement.name)
            if not self._met(requirement, brought, wheels.get(name)):
                return False
            for extra in ["", *sorted(requirement.extras)]:
                if (name, extra) not in seen:
                    seen.add((name, extra))
                    waiting += self.required(name, extra, wheels, brought, environment)
        for bound in self.bounds:
            name = canonicalize_name(bound.name)
            if (name in wheels or name in brought) and not self._met(bound, brought, wheels.get(name)):
                return False
        # what nobody asked for is not looked at above, and `ranks` leaves out answers that have it
        return set(wheels) <= {name for name, _ in seen}

    def required(
        self,
        name: str,
        extra: str,
        wheels: Mapping[str, Mapping[str, Any]],
        brought: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
    ) -> list[Requirement]:
        """Return what a distribution that is there requires; one of conda's only for its extras, as its index says."""
        said = wheels.get(name)
        if said is None:
            version = next(iter(brought.get(name, ())), None)
            same = [
                each for each in self.files.get(name, ()) if version and Version(each["version"]) == Version(version)
            ]
            said = same[0] if same and extra else {}
        texts = [Requirement(text) for text in said.get("requires", ())]
        return [
            each
            for each in texts
            if (not extra or "extra" in str(each.marker))
            and (each.marker is None or Marker(str(each.marker)).evaluate({**environment, "extra": extra}))
        ]


@dataclass(frozen=True)
class _OracleWorld:
    """A universe of which everything is known, for `Walk`."""

    oracle: Oracle
    whole: Whole

    def options(self, slot: Slot) -> Sequence[Option]:
        universe = self.oracle.universe
        side, name = slot
        if side == "conda":
            return in_order(slot, universe.question, universe.packages.get(name, ()), ())
        packages = [
            each
            for those in sorted(universe.packages)
            for each in universe.packages[those]
            if name in self.oracle.brought({each.name: each})
        ]
        versions = {each["version"] for each in self.oracle.files.get(name, ())}
        releases = [Release(name=name, version=each) for each in sorted(versions, key=Version, reverse=True)]
        return in_order(slot, universe.question, packages, releases)

    def roots(self, python: LockedConda | None) -> Sequence[Need]:
        if python is None:
            return [Need(slot=("conda", each.name)) for each in self.oracle.universe.question.conda]
        return [
            Need(slot=("pypi", canonicalize_name(each.name)), extras=tuple(sorted(each.extras)))
            for each, _ in self.oracle.wanted
            if each.marker is None or each.marker.evaluate({**self._environment(python), "extra": ""})
        ]

    def needs(self, option: Option, extra: Extra | None, python: LockedConda | None) -> Sequence[Need]:
        if isinstance(option, LockedConda) and not extra:
            return [Need(slot=("conda", spec.split()[0])) for spec in option.depends if not spec.startswith("__")]
        assert python
        name = extra[0] if extra else option.name
        brought = self.oracle.brought(self.whole.conda)
        required = self.oracle.required(
            name, extra[1] if extra else "", self.whole.wheels, brought, self._environment(python)
        )
        return [
            Need(slot=("pypi", canonicalize_name(each.name)), extras=tuple(sorted(each.extras))) for each in required
        ]

    def brings(self, package: LockedConda) -> Sequence[str]:
        return list(self.oracle.brought({package.name: package}))

    def _environment(self, python: LockedConda) -> Mapping[str, str]:
        return marker_environment(self.oracle.universe.target, flavour_of(python))
