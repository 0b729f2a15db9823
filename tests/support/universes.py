"""Small universes of conda packages and distributions, and their best answer by trying everything.

A universe is plain data, so that one that once went wrong can be kept (tests/scenarios/*.toml):

    conda = [{ name = "numpy", version = "2.1", depends = ["python >=3.11"] }]
    wheels = [{ name = "oldlib", version = "1.2", requires = ["numpy<2"], tag = "py3-none-any" }]
    ask = { conda = ["python", "numpy"], pypi = ["oldlib"] }

Versions of conda are written so that PEP 440 reads them alike. `names` maps conda's names to PyPI's where they differ.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

import parity
from parity.core.conda.distributions import Claims
from parity.core.lockfile.model import LockedConda
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.wheel_requirements import parse_requirement
from parity.core.negotiation.joint import (
    Agreement,
    JointQuestion,
    Metadata,
    PublishedFile,
)
from parity.core.negotiation.negotiate import Negotiation
from parity.core.negotiation.shelves import Shelves
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
        return {name: [file_of(each) for each in self.universe.wheels if each["name"] == name] for name in names}

    def metadata(self, files: Sequence[PublishedFile]) -> Sequence[Metadata]:
        """Return what files say."""
        self.asked += [file.name for file in files]
        said = {file_of(each).name: each for each in self.universe.wheels}
        return [Metadata(requires=tuple(said[file.name].get("requires", ()))) for file in files]

    def given(self, requirement: WheelRequirement) -> Metadata:
        """Return nothing: a universe has no folders."""
        raise AssertionError(requirement)


def file_of(said: Mapping[str, Any]) -> PublishedFile:
    stem = f"{said['name'].replace('-', '_')}-{said['version']}"
    name = f"{stem}.tar.gz" if said.get("sdist") else f"{stem}-{said.get('tag', 'py3-none-any')}.whl"
    python, yanked = said.get("python", ""), said.get("yanked", False)
    return PublishedFile(name=name, address=name, requires_python=python, yanked=yanked, metadata=True)


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
