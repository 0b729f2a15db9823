"""What another tool's lock says, in one model, whatever tool wrote it."""

from collections.abc import Mapping
from dataclasses import field

from parity.core.dataclass import dataclass
from parity.core.findings import Finding
from parity.core.lockfile.model import Route
from parity.core.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPackage:
    """One package, on some platforms (none named: on all), perhaps only where a marker holds.

    `digests` read `sha256:…` or `md5:…`; without any, the version alone is known. A conda package has its `build`, the
    address of its file in `url`, and its `channel` as `Foreign` has them. A distribution that comes from no index has
    its address as a manifest writes it in `direct` (`name @ git+https://…`, `-e ./lib`). `requires` are names.
    """

    name: str
    version: str
    place: Place
    conda: bool = False
    platforms: tuple[str, ...] = ()
    marker: str = ""
    digests: tuple[str, ...] = ()
    build: str = ""
    url: str = ""
    channel: str = ""
    direct: str = ""
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A whole file. `file` is what messages call it.

    `channels` are names or addresses, the first comes first. `platforms` are conda's words for those that the file is
    for, none where it is for all. `conda`, `wheels` and `groups` are what was asked for, in the words of an
    `environment.yml` or a requirements file, as far as that is known. `python` is a range (PEP 440). `indexes` are
    addresses, the default one first. `exact`: there are packages, and they count. `whole`: all of them are installed,
    whoever asked for them.
    """

    file: str
    route: Route
    packages: tuple[ForeignPackage, ...] = ()
    name: str = ""
    channels: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    wheels: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    python: str = ""
    indexes: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    findings: tuple[Finding, ...] = ()
    exact: bool = True
    whole: bool = False
