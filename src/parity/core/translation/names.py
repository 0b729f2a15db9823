"""conda's names → PyPI's, from a derived table and a hand-written one."""

import fnmatch
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Literal

from parity.core.dataclass import dataclass

# Where the tables lie among the packaged data; an engine reads them.
NAMES_FILE = "conda_names.tsv"
EXCEPTIONS_FILE = "translation.toml"

Kind = Literal["project", "by-major", "by-cuda", "accelerator", "steering", "outside", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a conda package is on PyPI.

    `project`: the project of this name, with extras (`ray[tune]`). `by-major`: `projects` has one for each major
    version. `by-cuda`: `project` has `{major}` for CUDA's. `accelerator`: it chooses the kind of computation
    (`cpu`, `cuda`, or the CUDA of its `version`), and `project` is asked for besides. `steering`: nothing to
    install. `outside`: nothing on PyPI equals it. `unknown`: the tables do not say.
    """

    kind: Kind
    project: str = ""
    accelerator: str = ""
    projects: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """Both tables; `digest` changes exactly when something in them does, comments apart.

    `learned` are the names of packages that were looked into.
    """

    derived: Mapping[str, str]
    exceptions: Mapping[str, Meaning]
    outside_channels: frozenset[str]
    outside_patterns: re.Pattern[str]
    digest: str
    learned: frozenset[str] = frozenset()

    @classmethod
    def from_text(cls, names: str, exceptions: str) -> "NameTable":
        """Build the table from the texts of `conda_names.tsv` and `translation.toml`."""
        derived = _derived(names)
        written = tomllib.loads(exceptions)
        said = json.dumps([derived, written], sort_keys=True, separators=(",", ":"))
        outside = written["outside"]
        return cls(
            derived=derived,
            exceptions=_exceptions(written),
            outside_channels=frozenset(outside["channels"]),
            outside_patterns=re.compile("|".join(fnmatch.translate(pattern) for pattern in outside["patterns"])),
            digest=f"sha256:{hashlib.sha256(said.encode()).hexdigest()}",
        )

    def with_learned(self, learned: Mapping[str, Sequence[str]]) -> "NameTable":
        """Return a table that believes what packages were found to bring over what it says itself."""
        if not learned:
            return self
        meanings = {
            name: Meaning(kind="project", project=found[0], projects=dict(zip(found, found, strict=True)))
            for name, found in learned.items()
            if found
        }
        said = json.dumps([self.digest, {name: list(found) for name, found in sorted(learned.items())}])
        digest = f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
        return replace(self, exceptions={**self.exceptions, **meanings}, digest=digest, learned=frozenset(meanings))

    def projects(self) -> frozenset[str]:
        """Return every project of PyPI that the tables name."""
        written = (
            meaning.project.partition("[")[0] for meaning in self.exceptions.values() if meaning.kind == "project"
        )
        return frozenset([*self.derived.values(), *written])

    def find(self, name: str, channel: str = "") -> Meaning:
        """Return what a conda package is on PyPI; what is written by hand wins over what was derived."""
        if exception := self.exceptions.get(name):
            return exception
        if project := self.derived.get(name):
            return Meaning(kind="project", project=project)
        foreign = channel.rpartition("/")[2] in self.outside_channels
        if foreign or self.outside_patterns.fullmatch(name):
            return Meaning(kind="outside")
        return Meaning(kind="unknown")


def conda_name(table: NameTable, project: str) -> str:
    """Return what a project of PyPI is called in conda's channels; empty where the tables do not say."""
    written = [name for name, meaning in table.exceptions.items() if meaning.project.partition("[")[0] == project]
    named = [*written, *(name for name, each in table.derived.items() if each == project)]
    return min(named, key=lambda name: (name != project, len(name), name), default="")


def _derived(text: str) -> dict[str, str]:
    """Return the pairs of a table of lines: a conda name, and PyPI's behind a tab where it is another."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, project = line.partition("\t")
            found[name] = project or name
    return found


def _exceptions(written: Mapping[str, Any]) -> dict[str, Meaning]:
    accelerators: Mapping[str, Sequence[str]] = written["accelerators"]
    return {
        **dict.fromkeys(written["outside"]["names"], Meaning(kind="outside")),
        **dict.fromkeys(written["steering"], Meaning(kind="steering")),
        **{name: Meaning(kind="project", project=name) for name in written["same"]},
        **{name: Meaning(kind="project", project=project) for name, project in written["names"].items()},
        **{name: Meaning(kind="by-major", projects=majors) for name, majors in written["by-major"].items()},
        **{name: Meaning(kind="by-cuda", project=project) for name, project in written["by-cuda"].items()},
        **{
            name: Meaning(kind="accelerator", accelerator=words[0], project="".join(words[1:]))
            for name, words in accelerators.items()
        },
    }
