"""Having everything that an environment is made of in the cache: fetched, built, checked, compiled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from parity.core.amounts import counted, size_text
from parity.core.environment_key import build_request, is_own
from parity.core.errors import ArtifactCorrupt, UvFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedConda, LockedWheel
    from parity.core.plan.rates import Kind
    from parity.core.ports import Reporter
    from parity.engines.pypi.install import UvInstaller
    from parity.engines.store.artifacts import Artifacts

    CompileTrees = Callable[[str, Sequence[tuple[str, str]], Callable[[int, int], None]], int]

_WORTH_SAYING = 1_000_000  # bytes
_BYTECODE_SINCE = (3, 7)  # PEP 552


def gather(
    wheels: Sequence[LockedWheel],
    *,
    artifacts: Artifacts,
    installer: UvInstaller,
    interpreter: Interpreter,
    requests: Mapping[str, str],
    compile_trees: CompileTrees,
    site_of: Callable[[str], str],
    reporter: Reporter,
    measured: Callable[[Kind, int, float], None],
    raise_interpreter: Callable[[], object] = lambda: None,
) -> dict[str, str]:
    """Return the tree of each distribution by name, with its bytecode beside it.

    `requests` are the names under which what has to be built is remembered. `measured` is told how long things took.
    `raise_interpreter` is called before the interpreter is needed, where it is one that has to be made first. Raises
    UvFailed, NetworkFailed, ArtifactCorrupt where a distribution stays corrupt after it was fetched anew.
    """
    with artifacts.lock():
        trees = _known(wheels, artifacts, requests)
        missing = [wheel for wheel in wheels if wheel.name not in trees]
        if missing:
            raise_interpreter()
            reporter.phase(fetching(missing))
            started = time.monotonic()
            stage = _Stage(artifacts, installer, interpreter, site_of)
            trees |= stage.take(missing, _Arrivals(missing, reporter).note)
            _tell(measured, missing, time.monotonic() - started)
            for wheel in missing:
                if wheel.is_built:
                    artifacts.remember(requests[wheel.name], trees[wheel.name])
        if has_bytecode(interpreter):
            jobs = artifacts.bytecode_jobs(sorted(set(trees.values())))
            if jobs:
                raise_interpreter()
                reporter.phase(
                    f"compiling the modules of {len(jobs)} packages" if len(jobs) > 1 else "compiling modules"
                )
                started = time.monotonic()
                compile_trees(interpreter.path, jobs, reporter.progress)
                measured("compile", len(jobs), time.monotonic() - started)
                artifacts.publish_bytecode(sorted(set(trees.values())))
    return trees


def _tell(measured: Callable[[Kind, int, float], None], taken: Sequence[LockedWheel], seconds: float) -> None:
    """Keep how long fetching took, or building; a mixture of both says nothing about either."""
    built = [wheel for wheel in taken if wheel.is_built]
    if not built:
        measured("fetch venv", sum(wheel.size for wheel in taken), seconds)
    elif len(built) == len(taken):
        measured("build", len(built), seconds)


def has_bytecode(interpreter: Interpreter) -> bool:
    """Say whether an interpreter knows bytecode that is the same wherever it is made."""
    return tuple(int(part) for part in interpreter.minor.split(".")) >= _BYTECODE_SINCE


def requests_of(
    wheels: Sequence[LockedWheel], project: str, content: Callable[[str], Mapping[str, str]]
) -> dict[str, str]:
    """Return the names under which what has to be built is remembered, by distribution."""
    return {
        wheel.name: build_request(wheel, project=project, content=content(wheel.path) if is_own(wheel) else {})
        for wheel in wheels
        if wheel.is_built
    }


def fetching(packages: Sequence[LockedWheel | LockedConda]) -> str:
    """Return the phase of fetching packages, with their size where that is worth saying."""
    what = counted(len(packages), "package") if len(packages) > 1 else packages[0].name
    size = sum(package.size for package in packages)
    return f"fetching {what} ({size_text(size)})" if size >= _WORTH_SAYING else f"fetching {what}"


def _known(wheels: Sequence[LockedWheel], artifacts: Artifacts, requests: Mapping[str, str]) -> dict[str, str]:
    known = {}
    for wheel in wheels:
        if wheel.is_built:
            if tree := artifacts.recall(requests[wheel.name]):
                known[wheel.name] = tree
        elif artifacts.wheels.has(wheel.sha256):
            known[wheel.name] = wheel.sha256
    return known


class _Arrivals:
    """What has come of distributions, by their size; builds begin when there is nothing to come for them any more."""

    def __init__(self, wheels: Sequence[LockedWheel], reporter: Reporter) -> None:
        self._sizes = {wheel.name: wheel.size for wheel in wheels}
        self._whole = sum(self._sizes.values())
        self._come: set[str] = set()
        self._reporter = reporter
        self._builds = False

    def note(self, what: str, name: str) -> None:
        if what == "building":
            self._builds = True
            self._reporter.phase(f"building {name}")
        elif not self._builds:
            self._come.add(name)
            self._reporter.progress(sum(self._sizes.get(each, 0) for each in self._come), self._whole, "B")


class _Stage:
    """The scratch environments through which distributions come into the cache."""

    def __init__(
        self,
        artifacts: Artifacts,
        installer: UvInstaller,
        interpreter: Interpreter,
        site_of: Callable[[str], str],
    ) -> None:
        self._artifacts = artifacts
        self._installer = installer
        self._interpreter = interpreter
        self._site_of = site_of

    def take(self, wheels: Sequence[LockedWheel], told: Callable[[str, str], None]) -> dict[str, str]:
        """Fetch all at once; what shares files with another, or is not what it says, once more and alone."""
        try:
            taken, refused = self._through(wheels, fresh=False, told=told)
        except UvFailed as failed:
            if not self._installer.blames_cache(failed):
                raise
            taken, refused = self._through(wheels, fresh=True, told=told)
        for wheel in [wheel for wheel in wheels if wheel.name in refused]:
            alone, corrupt = self._through([wheel], fresh=False, told=told)
            if corrupt:
                alone, corrupt = self._through([wheel], fresh=True, told=told)
            if corrupt:
                raise ArtifactCorrupt(wheel.name, f"{wheel.file or wheel.name}/RECORD")
            taken |= alone
        return taken

    def _through(
        self, wheels: Sequence[LockedWheel], *, fresh: bool, told: Callable[[str, str], None]
    ) -> tuple[dict[str, str], list[str]]:
        with self._artifacts.scratch() as scratch:
            self._installer.create_environment(scratch, self._interpreter.path)
            self._installer.install(scratch, wheels, fresh=fresh, told=told)
            wanted = {wheel.name: "" if wheel.is_built else wheel.sha256 for wheel in wheels}
            return self._artifacts.take(scratch, self._site_of(scratch), wanted)
