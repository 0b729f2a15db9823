"""Making the environment that one target of a lock describes: what both routes have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.amounts import counted
from parity.core.dataclass import dataclass
from parity.core.errors import PathMissing
from parity.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from parity.core.contents import Entry
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedConda, LockedTarget, LockedWheel, Lockfile
    from parity.core.plan.rates import Kind
    from parity.core.ports import Reporter
    from parity.core.target import Host, Targets
    from parity.engines.pypi.install import UvInstaller
    from parity.engines.store.artifacts import Artifacts
    from parity.engines.store.environments import Built, Environments, Papers
    from parity.engines.store.roots import Roots
    from parity.workflows.gather import CompileTrees
    from parity.workflows.provision_conda import CondaTools

CONTENT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a sync is handed (workflows/wiring.py builds them). `conda` comes as a function: it is dear.

    `measured` keeps how long something took, for plans.
    """

    roots: Roots
    environments: Environments
    artifacts: Callable[[str], Artifacts]
    installer: Callable[[], UvInstaller]
    compile_trees: CompileTrees
    site_of: Callable[[str], str]
    papers: type[Papers]
    identify: Callable[[str], Mapping[str, str]]
    observe: Callable[[str], list[str]]
    present: Callable[[str], list[Entry]]
    conda: Callable[[], CondaTools]
    host: Host
    overrides: Sequence[Sequence[str]]
    accelerator_facts: Callable[[], Sequence[Sequence[str]]]
    targets: Targets
    found: Sequence[Interpreter]
    make_shims: Callable[[str], None]
    measured: Callable[[Kind, int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One environment that is asked for: the lock, its target, and what of it is installed for which project."""

    root: str
    lock: Lockfile
    target: LockedTarget
    packages: tuple[LockedConda, ...]
    wheels: tuple[LockedWheel, ...]
    private: bool

    @property
    def count(self) -> int:
        """How many packages it has, of either kind."""
        return len(self.packages) + len(self.wheels)

    @property
    def slice(self) -> Lockfile:
        """The lock of this environment alone: nothing that another project's lock would say differently."""
        here = (self.target.name,)
        return replace(
            self.lock,
            manifests={},
            targets=(self.target,),
            conda=tuple(replace(package, targets=here) for package in self.packages),  # who asked is in its records
            wheels=tuple(replace(wheel, targets=here, requested=False) for wheel in self.wheels),
            groups=(),
            extras=(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """An environment that is there now. `built` is None where it was before.

    `facts` are what must hold of this machine for it to stay the right one. `gathered` is when (seconds of a steady
    clock) everything was in the cache and building began.
    """

    key: str
    built: Built | None
    gathered: float
    facts: tuple[Sequence[str], ...] = ()
    findings: tuple[Finding, ...] = ()


def wanted(root: str, lock: Lockfile, target: LockedTarget, *, private: bool, with_project: bool) -> Wanted:
    """Return what a target of a lock asks for; the project's own package is left out where `with_project` is false."""
    wheels = lock.wheels_of(target.name)
    return Wanted(
        root=root,
        lock=lock,
        target=target,
        packages=lock.conda_of(target.name),
        wheels=tuple(wheel for wheel in wheels if with_project or not (wheel.path == "." and wheel.editable)),
        private=private,
    )


def tag_of(interpreter: Interpreter) -> str:
    """Return the kind of interpreter for which an unpacked distribution, and its bytecode, is the same."""
    version = interpreter.version if interpreter.prerelease else interpreter.minor
    threads = "t" if interpreter.free_threaded else ""
    return "-".join(
        filter(None, [interpreter.implementation, version + threads, interpreter.platform, interpreter.libc])
    )


def keyed(tools: Tools, asked: Wanted, key: str) -> str:
    """Return the key of what is asked for: that of everybody, or one of the project's own."""
    if not asked.private:
        return key
    return f"private/{key[:8]}{tools.roots.digest(asked.root.encode('utf-8', 'surrogateescape'))[:12]}"


def contents_of(tools: Tools, root: str) -> Callable[[str], Mapping[str, str]]:
    """Return what tells the digests of the files that decide how a folder of the project is built.

    That raises PathMissing where there are none.
    """

    def content(path: str) -> Mapping[str, str]:
        rows = (tools.roots.observe_content(root, f"{path}/{name}") for name in CONTENT_FILES)
        found = {row[1]: row[2] if len(row) > 2 else "" for row in rows}  # noqa: PLR2004 - a row's length
        if not any(found.values()):
            raise PathMissing(
                f"there is no package to build at `{path}`",
                hint="bring the project's files, or leave its own package out with `--no-project`",
            )
        return found

    return content


def build_once(
    environments: Environments, key: str, count: int, reporter: Reporter, build: Callable[[], Built]
) -> Built | None:
    """Build the environment of a key unless it is there; whoever comes second waits, and finds it."""
    if environments.is_complete(key):
        return None
    with environments.lock(key):
        if environments.is_complete(key):
            return None
        reporter.phase(f"building an environment of {counted(count, 'package')}")
        try:
            return build()
        except BaseException:
            if not environments.is_complete(key):
                environments.begin(key)  # whoever is interrupted takes away what he has begun
            raise


def conflicts_of(built: Built | None) -> tuple[Finding, ...]:
    """Return one finding for each two packages that bring different files of the same path."""
    conflicts = built.conflicts if built else ()
    return shared_paths((each.kept, each.dropped, each.path) for each in conflicts if not each.same)


def shared_paths(conflicts: Iterable[tuple[str, str, str]]) -> tuple[Finding, ...]:
    """Return one finding for each two packages, from who is kept, who is dropped, and the path that is about."""
    shared: dict[tuple[str, str], list[str]] = {}
    for kept, dropped, path in conflicts:
        if not path.endswith(".pyc"):  # bytecode goes the way of its source
            shared.setdefault((kept, dropped), []).append(path)
    return tuple(
        Finding(
            code="file-conflict",
            severity="warning",
            subject=paths[0],
            message=f"`{kept}` and `{dropped}` both bring {_counted(paths)}; what `{kept}` brings is kept",
            package=dropped,
        )
        for (kept, dropped), paths in shared.items()
    )


def _counted(paths: Sequence[str]) -> str:
    return f"`{paths[0]}`" if len(paths) == 1 else f"`{paths[0]}` and {counted(len(paths) - 1, 'more file')}"
