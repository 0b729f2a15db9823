"""Disk against lock: what was changed, removed or added in an environment, and is it the one the lock asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from parity.core.dataclass import dataclass
from parity.core.environment_key import is_own
from parity.core.errors import PythonBroken
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.verification import Difference, compare, findings, is_run_by_python

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.contents import Entry
    from parity.core.lockfile.model import LockedPython, LockedWheel, Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.environments import Environments

_READABLE = 0o400


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What a look at an environment found. `ok` is false where anything drifted; what Python caches is no drift.

    `private` is an environment that may be written to.
    """

    environment: str
    mode: Literal["quick", "deep"]
    files: int
    findings: tuple[Finding, ...]
    private: bool = False

    @property
    def drifted(self) -> int:
        """How many errors there are."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing drifted."""
        return not self.drifted


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that verifying is handed."""

    environments: Environments
    present: Callable[[str], list[Entry]]
    changed_contents: Callable[[str, Mapping[str, str]], list[str]]
    observe: Callable[[str], list[str]]
    foreign_bytecode: Callable[[str, Sequence[str]], list[str]]


def verify(
    tools: Tools,
    environment: str,
    lock: Lockfile | None,
    *,
    deep: bool,
    reporter: Reporter,
    known: bool = True,
) -> VerifyResult:
    """Compare an environment with the manifests it was published with.

    Quick looks at what the file system says of each file; `deep` reads them all and asks the interpreter whether
    bytecode that was written later is what its source gives. `lock` is the project's, for
    the question whether this is the environment that it asks for; `known` whether the project's history has it.
    Raises OSError.
    """
    reporter.phase("reading every file" if deep else "looking at every file")
    expected = tools.environments.entries(environment)
    found = tools.present(environment)
    if deep:
        differences = _read_all(environment, expected, found, tools.changed_contents)
        differences = _judge_bytecode(environment, differences, tools.foreign_bytecode)
    else:
        differences = compare(expected, found)
    remarks = list(findings(sorted(differences, key=lambda each: each.path), expected))
    damaged = _records(tools.environments, environment)
    remarks += damaged
    remarks += _interpreter(tools, environment)
    remarks += [] if damaged else _outdated(tools.environments, environment, lock, known=known)
    return VerifyResult(
        environment=environment,
        mode="deep" if deep else "quick",
        files=len(expected),
        findings=tuple(remarks),
        private=environment.startswith(tools.environments.path("private/")),
    )


def _read_all(
    environment: str,
    expected: Mapping[str, tuple[Entry, str]],
    found: Sequence[Entry],
    changed_contents: Callable[[str, Mapping[str, str]], list[str]],
) -> list[Difference]:
    """Return every difference, what only reading shows included; a file whose time alone differs is cleared."""
    digests = {
        entry.path: expected[entry.path][0].digest
        for entry in found
        if entry.path in expected and _worth_reading(expected[entry.path][0], entry)
    }
    changed = set(changed_contents(environment, digests))
    same = digests.keys() - changed
    cleared = [entry._replace(mtime=expected[entry.path][0].mtime) if entry.path in same else entry for entry in found]
    differences = compare(expected, cleared)
    told = {difference.path for difference in differences if difference.code == "file-changed"}
    unseen = "its content changed, its size and time did not"
    return differences + [Difference("file-changed", path, unseen) for path in changed - told]


def _worth_reading(recorded: Entry, entry: Entry) -> bool:
    """Say whether only reading can tell if a file is what it was. One without the permission is told by its mode."""
    return recorded.kind == entry.kind == "f" and recorded.size == entry.size and bool(entry.mode & _READABLE)


def _judge_bytecode(
    environment: str, differences: Sequence[Difference], foreign_bytecode: Callable[[str, Sequence[str]], list[str]]
) -> list[Difference]:
    cached = [difference.path for difference in differences if difference.code == "cache-file"]
    written = [path for path in cached if is_run_by_python(path)]  # what other programs cache, they check themselves
    try:
        foreign = set(foreign_bytecode(environment, written)) if written else set()
    except PythonBroken:  # that there is no interpreter to ask is a finding of its own
        foreign = set(written)
    return [
        Difference("file-extra", difference.path, "it is bytecode that its source does not give")
        if difference.path in foreign
        else difference
        for difference in differences
    ]


def _records(environments: Environments, environment: str) -> list[Finding]:
    return [
        Finding(
            code="record-changed",
            severity="error",
            subject=f".parity/{name}",
            message="this record of what belongs into the environment was changed",
            hint="run `parity repair`",
        )
        for name in [
            *environments.damaged_papers(environment),
            *(f"manifests/{name}" for name in environments.damaged_manifests(environment)),
        ]
    ]


def _interpreter(tools: Tools, environment: str) -> list[Finding]:
    recorded = tools.environments.recorded(environment)
    if recorded is None or recorded.interpreter[0] == "inside":  # a file of the environment like any other
        return []
    if tools.observe(recorded.interpreter[1]) == list(recorded.interpreter):
        return []
    return [
        Finding(
            code="interpreter-changed",
            severity="error",
            subject="interpreter",
            message=f"`{recorded.interpreter[1]}` is not the file it was when the environment was built",
            hint="run `parity sync`: it builds an environment on the interpreter that is there now",
        )
    ]


def _outdated(environments: Environments, environment: str, lock: Lockfile | None, *, known: bool) -> list[Finding]:
    """Compare what the environment was built from with what the lock says now, and for whom with who has it.

    A project that was moved takes its link along; what is installed from its folders stands where they were. Whether
    the project's own package is there does not count: `sync --no-project` leaves it out on purpose.
    """
    if lock is None:
        return []
    built = v1.parse(environments.read_lock(environment), ".parity/lock")
    target = built.targets[0]
    if _inside(built, built) != _inside(lock, built):
        message = f"the environment is not the one that the lock asks for on `{target.name}`"
    elif not known and any(map(is_own, built.wheels)):
        message = "the environment was made for a project in another folder, and has what was installed from there"
    else:
        return []
    return [
        Finding(
            code="environment-outdated", severity="error", subject="target", message=message, hint="run `parity sync`"
        )
    ]


def _inside(lock: Lockfile, built: Lockfile) -> tuple[object, ...]:
    """Return what a lock says about the bytes of an environment on the target that it was built for.

    What only says where bytes come from is left out: projects that differ in it share an environment. So is the
    project's own package where it was left out of the environment (`--no-project`).
    """
    name = built.targets[0].name
    there = {wheel.name for wheel in built.wheels}
    pythons = [target.python for target in lock.targets if target.name == name]
    wheels = {_bytes_of(wheel) for wheel in lock.wheels_of(name) if wheel.name in there or not _is_project(wheel)}
    conda = {(package.name, package.version, package.sha256) for package in lock.conda_of(name)}
    return [_kind_of(python) for python in pythons], wheels, conda, dict(lock.variables)


def _kind_of(python: LockedPython) -> tuple[object, ...]:
    return python.implementation, python.version.split(".")[:2], python.free_threaded


def _is_project(wheel: LockedWheel) -> bool:
    return wheel.editable and wheel.path == "."


def _bytes_of(wheel: LockedWheel) -> tuple[object, ...]:
    return wheel.name, wheel.version, wheel.sha256, wheel.commit, wheel.editable and wheel.path
