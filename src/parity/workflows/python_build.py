"""`parity python install --build`: from a request to an interpreter that is built here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from parity.core.builds.errors import PythonSourceCorrupt
from parity.core.builds.recipe import configure_arguments
from parity.core.builds.sources import Archive, archives_for, known_as
from parity.core.dataclass import dataclass
from parity.core.errors import UsageError
from parity.core.manifests.pyproject_toml import parse_pyproject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from parity.core.builds.recipe import BuildOptions
    from parity.core.ports import Reporter
    from parity.core.python_request import PythonRequest
    from parity.engines.interpreters.source_build import BuiltPython, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of a build.

    `fetch` returns path and SHA-256 of one of some archives; `examine` the SHA-256 and the version of a local one;
    `order` is the shape of an order, `build` carries one out.
    """

    archives: Sequence[Archive]
    fetch: Callable[[Sequence[Archive], Callable[[int, int], None]], tuple[str, str]]
    examine: Callable[[str], tuple[str, str]]
    order: type[Order]
    build: Callable[[Order, Reporter], BuiltPython]


def build_python(
    requests: Sequence[PythonRequest], options: BuildOptions, tools: Tools, reporter: Reporter, *, archive: str = ""
) -> tuple[BuiltPython, ...]:
    """Build an interpreter for each request, all of them looked up before the first is fetched.

    `archive` is the path of the sources, for a single request. Raises UsageError, PythonSourceUnknown,
    PythonSourceCorrupt, NetworkFailed, PythonModulesMissing, PythonBuildFailed, BuildOptionRefused, OSError.
    """
    if archive:
        if len(requests) != 1:
            raise UsageError("`--archive` is the sources of one version", hint="build the versions one by one")
        return (_build_local(requests[0], options, tools, reporter, archive),)
    wanted = [archives_for(request, tools.archives) for request in requests]
    for request, archives in zip(requests, wanted, strict=True):
        configure_arguments(archives[0].version, _with_threads(options, request))  # refused before anything is fetched
    built = []
    for request, archives in zip(requests, wanted, strict=True):
        version = archives[0].version
        reporter.phase(f"Fetching the sources of Python {version}")
        path, sha256 = tools.fetch(archives, partial(reporter.progress, unit="B"))
        order = tools.order(version=version, archive=path, sha256=sha256, options=_with_threads(options, request))
        built.append(tools.build(order, reporter))
    return tuple(built)


def sources_of(directory: Path, read: Callable[[Path], str | None]) -> str:
    """Return where the project of a directory fetches sources from: `python-sources` of the nearest `pyproject.toml`.

    A folder is relative to that file. Nothing where it does not say; faults of the file are not about building.
    """
    for folder in (directory, *directory.parents):
        text = read(folder / "pyproject.toml")
        if text is not None:
            manifest = parse_pyproject(text, read=lambda _: None)
            said = manifest.settings.python_sources
            return said if not said or "://" in said else str(folder / said)
    return ""


def _build_local(
    request: PythonRequest, options: BuildOptions, tools: Tools, reporter: Reporter, archive: str
) -> BuiltPython:
    """Build from an archive of the user's: upstream's own where parity knows the version, else whatever it is."""
    reporter.phase("Looking at the sources")
    sha256, version = tools.examine(archive)
    if not request.matches(version, free_threaded=request.free_threaded):
        raise PythonSourceCorrupt(
            f"`{archive}` is Python {version}, which does not answer `{request.text}`", hint="name its version"
        )
    published = [each for each in tools.archives if each.version == version]
    if published and known_as(sha256, published) is None:
        raise PythonSourceCorrupt(
            f"`{archive}` is not what upstream published as Python {version}: its SHA-256 is {sha256}",
            hint="take upstream's own archive; changes of yours go into a `--patch`",
        )
    order = tools.order(version=version, archive=archive, sha256=sha256, options=_with_threads(options, request))
    return tools.build(order, reporter)


def _with_threads(options: BuildOptions, request: PythonRequest) -> BuildOptions:
    """`3.13t` asks for a free-threaded build as well as the option does."""
    return replace(options, free_threaded=options.free_threaded or request.free_threaded)
