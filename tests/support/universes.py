"""Small universes of conda packages and distributions, and their best answer by trying everything.

A universe is plain data, so that one that once went wrong can be kept (tests/scenarios/*.toml):

    conda = [{ name = "numpy", version = "2.1", depends = ["python >=3.11"] }]
    wheels = [{ name = "oldlib", version = "1.2", requires = ["numpy<2"], tag = "py3-none-any" }]
    ask = { conda = ["python", "numpy"], pypi = ["oldlib"] }

Versions of conda are written so that PEP 440 reads them alike. `names` maps conda's names to PyPI's where they differ.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import parity
from parity.core.conda.distributions import Claims
from parity.core.lockfile.model import LockedConda
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.wheel_requirements import parse_requirement
from parity.core.negotiation.joint import (
    Agreement,
    Extra,
    JointQuestion,
    Metadata,
    Need,
    Option,
    PublishedFile,
    Release,
    Slot,
)
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.preference import Walk, in_order
from parity.core.negotiation.shelves import Shelves
from parity.core.negotiation.worlds import flavour_of, marker_environment, takes
from parity.core.places import Place
from parity.core.spec import CondaRequirement, WheelRequirement
from parity.core.target import Target, load_targets
from parity.core.translation.names import Meaning, NameTable

_TARGETS = load_targets((Path(parity.__file__).parent / "data" / "targets.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Universe:
    """One universe and what is asked of it. `wheels` are files: `tag` of a wheel, `sdist` for one that is not."""

    conda: Sequence[Mapping[str, Any]]
    wheels: Sequence[Mapping[str, Any]]
    ask: Mapping[str, Sequence[str]]
    names: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    prefer: Mapping[str, str] = field(default_factory=dict)
    sdists: Sequence[str] = ()

    @property
    def target(self) -> Target:
        """The machine that everything is for."""
        return _TARGETS.named("linux-64")

    @cached_property
    def packages(self) -> Mapping[str, tuple[LockedConda, ...]]:
        """The packages by name, the best first."""
        found: dict[str, list[LockedConda]] = {}
        for number, said in enumerate(self.conda):
            found.setdefault(said["name"], []).append(_package(said, number))
        return {name: tuple(sorted(each, key=_newest)) for name, each in found.items()}

    @cached_property
    def table(self) -> NameTable:
        """The table of names."""
        exceptions = {name: Meaning(kind="project", project=project) for name, project in self.names.items()}
        return NameTable(
            derived={},
            exceptions=exceptions,
            outside_channels=frozenset(),
            outside_patterns=re.compile("(?!)"),
            digest="sha256:0",
        )

    @cached_property
    def claims(self) -> Claims:
        """What packages bring."""
        return Claims(names=self.table, available=frozenset(self.packages))

    @cached_property
    def question(self) -> JointQuestion:
        """The question."""
        kept = {name: version for name, version in self.kept.items() if not name.startswith("conda:")}
        return JointQuestion(
            target=self.target,
            conda=tuple(
                parse_match_spec(text, Place(file="environment.yml", key=f"dependencies[{number}]"))
                for number, text in enumerate(self.ask.get("conda", ()))
            ),
            wheels=tuple(self._requirements("pypi", "pip")),
            constraints=tuple(self._requirements("constraints", "constraints")),
            sdists=tuple(self.sdists),
            kept_conda={
                name[6:]: self._digest(name[6:], version) for name, version in self.kept.items() - kept.items()
            },
            kept_wheels=kept,
            own={name: self._digest(name, version) for name, version in self.own.items()},
            prefer=self.prefer,
        )

    def negotiate(self) -> tuple[Agreement | None, "FakeWheels"]:
        """Return parity's answer, and the index with a record of what was asked."""
        wheels = FakeWheels(self)
        shelves = Shelves(conda=FakeConda(self), wheels=wheels, claims=self.claims, question=self.question)
        return Negotiation(self.question, shelves).agree(), wheels

    def _requirements(self, key: str, place: str) -> Iterator[WheelRequirement]:
        for number, text in enumerate(self.ask.get(key, ())):
            yield parse_requirement(text, Place(file="environment.yml", key=f"{place}[{number}]"), locate=str)

    def _digest(self, name: str, version: str) -> str:
        return next((each.sha256 for each in self.packages.get(name, ()) if each.version == version), "")


def _package(said: Mapping[str, Any], number: int) -> LockedConda:
    build = said.get("build", "0")
    return LockedConda(
        name=said["name"],
        version=said["version"],
        build=build,
        channel="conda-forge",
        subdir="linux-64",
        file=f"{said['name']}-{said['version']}-{build}.conda",
        sha256=f"{number:064x}",
        targets=("linux-64",),
        depends=tuple(said.get("depends", ())),
        constrains=tuple(said.get("constrains", ())),
    )


def _newest(package: LockedConda) -> tuple[Any, ...]:
    release = Version(package.version)
    return tuple(-part for part in release.release), package.build


@dataclass(frozen=True)
class FakeConda:
    """A shelf (core/ports.py) of a universe."""

    universe: Universe

    def names(self) -> frozenset[str]:
        """Return every name."""
        return frozenset(self.universe.packages)

    def read(self, names: Iterable[str]) -> None:
        """Look nothing up: all of it is there."""

    def records(self, name: str) -> Sequence[LockedConda]:
        """Return the packages of a name."""
        return self.universe.packages.get(name, ())

    def answers(self, requirement: CondaRequirement | str) -> Sequence[LockedConda]:
        """Return what answers."""
        text = requirement if isinstance(requirement, str) else f"{requirement.name} {requirement.version}"
        return [each for each in self.records(text.split()[0]) if answers(each, text)]

    def holds(self, spec: str) -> bool:
        """Say whether the target has it: all but `__cuda`."""
        return not spec.startswith("__cuda")


def answers(package: LockedConda, spec: str) -> bool:
    """Say whether a package answers a spec such as `numpy >=2,<3`, `python 3.12.*` or `blas * mkl`."""
    name, versions, build = (*spec.split(), "", "")[:3]
    texts = [f"=={text}" if text[0].isdigit() else text for text in versions.replace("*", ".*").split(",") if text]
    texts = [text.replace("..*", ".*") for text in texts if text not in {".*", "==.*"}]
    fits = SpecifierSet(",".join(texts)).contains(package.version, prereleases=True)
    return package.name == name and fits and build in {"", package.build}


@dataclass
class FakeWheels:
    """A shelf (core/ports.py) of a universe. `asked` are the names and files that were asked for."""

    universe: Universe
    asked: list[str] = field(default_factory=list)

    def files(self, names: Sequence[str]) -> Mapping[str, Sequence[PublishedFile]]:
        """Return the files of names."""
        self.asked += names
        return {name: [_file(each) for each in self.universe.wheels if each["name"] == name] for name in names}

    def metadata(self, files: Sequence[PublishedFile]) -> Sequence[Metadata]:
        """Return what files say."""
        self.asked += [file.name for file in files]
        said = {_file(each).name: each for each in self.universe.wheels}
        return [Metadata(requires=tuple(said[file.name].get("requires", ()))) for file in files]

    def given(self, requirement: WheelRequirement) -> Metadata:
        """Return nothing: a universe has no folders."""
        raise AssertionError(requirement)


def _file(said: Mapping[str, Any]) -> PublishedFile:
    stem = f"{said['name'].replace('-', '_')}-{said['version']}"
    name = f"{stem}.tar.gz" if said.get("sdist") else f"{stem}-{said.get('tag', 'py3-none-any')}.whl"
    python, yanked = said.get("python", ""), said.get("yanked", False)
    return PublishedFile(name=name, address=name, requires_python=python, yanked=yanked, metadata=True)


# ---- the oracle: everything is tried; of the rules, nothing is shared with the code that it judges ----


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
        return python and (bool(said.get("sdist")) or takes(_file(said).name, self.universe.target, flavour))

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


def smaller(universe: Universe) -> Iterator[Universe]:
    """Yield the universe without one thing at a time, to find the least that still fails."""
    for less in _without_one(universe.conda):
        yield replace(universe, conda=less)
    for less in _without_one(universe.wheels):
        yield replace(universe, wheels=less)
    for part, texts in universe.ask.items():
        for at in range(len(texts)):
            yield replace(universe, ask={**universe.ask, part: [*texts[:at], *texts[at + 1 :]]})
    for key in ("names", "own", "kept", "prefer"):
        whole: Mapping[str, str] = getattr(universe, key)
        for name in whole:
            changed: dict[str, Any] = {key: {each: whole[each] for each in whole if each != name}}
            yield replace(universe, **changed)


def _without_one(whole: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    for number, one in enumerate(whole):
        yield [*whole[:number], *whole[number + 1 :]]
        for part in ("requires", "depends", "constrains"):
            for at in range(len(one.get(part, ()))):
                less = {**one, part: [*one[part][:at], *one[part][at + 1 :]]}
                yield [*whole[:number], less, *whole[number + 1 :]]
