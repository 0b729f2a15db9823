"""What the manifests ask for, in one model, whatever file said it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.places import Place
from parity.core.python_request import PythonRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelRequirement:
    """One requirement on a distribution of PyPI, a URL, a repository or a folder (PEP 508, or what pip adds to it).

    `name` is normalised (PEP 503); empty where only a path or address is known (`-e .`). `specifier` is a PEP 440
    set, canonical and sorted. `path` is relative to the project with forward slashes, or absolute if the user wrote
    it so. `group` is empty for the project's own dependencies, `NAME` for a PEP 735 group, `extra:NAME` for an
    optional dependency. `hashes` read `sha256:…`. `index` names the one index that may provide it.
    """

    name: str
    place: Place
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    url: str = ""
    path: str = ""
    editable: bool = False
    hashes: tuple[str, ...] = ()
    group: str = ""
    index: str = ""

    def to_text(self) -> str:
        """Return the requirement as a PEP 508 line (or a path, with `-e` where asked)."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        if self.path:
            prefix = "-e " if self.editable else ""
            return f"{prefix}{self.path}{extras}{marker}"
        if self.url:
            named = f"{self.name}{extras} @ {self.url}" if self.name else self.url
            return f"{'-e ' if self.editable else ''}{named}{marker}"
        return f"{self.name}{extras}{self.specifier}{marker}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaRequirement:
    """One MatchSpec, taken apart. Empty text means `any`.

    `version` is conda's own version expression (`1.26.*`, `>=1.2,<2`, `=1.26`), untranslated. `others` are the
    bracket keys without a field of their own (`md5`, `license`, `track_features`, …).
    """

    name: str
    place: Place
    channel: str = ""
    subdir: str = ""
    version: str = ""
    build: str = ""
    build_number: str = ""
    others: tuple[tuple[str, str], ...] = ()

    def to_text(self) -> str:
        """Return the MatchSpec in its bracket form, canonical: equal requirements give equal text."""
        prefix = f"{self.channel}/{self.subdir}::" if self.subdir else f"{self.channel}::" if self.channel else ""
        pairs = [("version", self.version), ("build", self.build), ("build_number", self.build_number), *self.others]
        inside = ", ".join(f'{key}="{value}"' for key, value in pairs if value)
        return f"{prefix}{self.name}[{inside}]" if inside else f"{prefix}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A place to look for distributions, under the name that the lock records.

    `default` is the index that replaces the default one; if its `url` is empty there is none (`--no-index`). `flat`
    is a `--find-links` page or folder; `explicit` serves only the requirements that name it. `place` is where a user
    says so, as far as that is known.
    """

    name: str
    url: str
    default: bool = False
    flat: bool = False
    explicit: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSettings:
    """`[tool.parity.conda]`, apart from what it asks for.

    `channel_priority` is `strict`, `disabled` or empty. `channel_alias` is the address below which channels are looked
    for by name, `mirrors` maps a channel's name or address to those that are asked in its place; neither decides what
    is locked. `link_scripts` are the packages whose scripts may run when they are installed.
    """

    channel_priority: str = ""
    channel_alias: str = ""
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    link_scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """What a distribution is asked for as, where it is for an accelerator. `package` empty: under its own name."""

    place: Place
    package: str = ""
    extras: tuple[str, ...] = ()
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceleratorSettings:
    """`[tool.parity.accelerators]`.

    `indexes` have the builds of PyTorch's family, by uv's name of the accelerator; where they are decides nothing of
    what is locked. `packages` maps a name, and then `cpu`, `cuda`, `cuda12`, `cu126` or `rocm`, to what is taken.
    `allow_cpu`: a machine that satisfies no target with an accelerator may take one without.
    """

    indexes: Mapping[str, Index] = field(default_factory=dict[str, Index])
    packages: Mapping[str, Mapping[str, Substitute]] = field(default_factory=dict[str, Mapping[str, Substitute]])
    allow_cpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSettings:
    """`[tool.parity.matrix]`: the axes of a matrix, each empty where there is none, and what is run in its cells.

    `more` are sets of further packages, of which each cell has one.
    """

    pythons: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    more: tuple[tuple[str, ...], ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`[tool.parity]`: what the project settles once. `None` or empty means that nothing was said.

    `prefer` says from where a distribution comes if it can come from both, `conda` or `pypi` by its normalised name.
    """

    manifests: tuple[str, ...] = ()
    route: str = ""
    targets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    package: bool | None = None
    interpreter: str = ""
    python_sources: str = ""
    exclude_newer: str = ""
    sdists: tuple[str, ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict[str, str])
    indexes: tuple[Index, ...] = ()
    conda: CondaSettings = CondaSettings()
    accelerators: AcceleratorSettings = AcceleratorSettings()
    matrix: MatrixSettings = MatrixSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The project itself, where it is a package (`[build-system]`, or `[tool.parity] package = true`)."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform that a manifest wants its packages for, in conda's word (`linux-64`)."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, by one manifest or by all of them; empty where nobody has a word about it.

    An index without an address stands for `--no-index`. `variables` are to be set in the environment. `platforms` is
    conda's own list, the targets where nobody names any.
    """

    name: str = ""
    python: tuple[PythonRequest, ...] = ()
    wheels: tuple[WheelRequirement, ...] = ()
    constraints: tuple[WheelRequirement, ...] = ()
    conda: tuple[CondaRequirement, ...] = ()
    channels: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    prereleases: bool = False
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    platforms: tuple[Platform, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Asked):
    """Everything that the manifests of a project say.

    `manifests` maps each file that counts to the digest of its parsed content. `python` holds the requests of which
    the first that is answered counts, each with its place and already as narrow as all files together make it: a
    contradiction has been refused before this is built. `wheels` and `constraints` are sorted; of the requirements of
    groups and extras only those of `groups` and `extras` are there.
    """

    manifests: Mapping[str, str]
    project: Project | None = None
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    settings: Settings = Settings()


def canonical(value: Any) -> Any:
    """Return plain data ready to be digested: mappings sorted, tuples as lists, nothing else changed."""
    if isinstance(value, Mapping):
        return {str(key): canonical(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return value
