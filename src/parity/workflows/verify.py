"""Disk against lock: what was changed, removed or added in an environment, and is it the one the lock asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.verification import Difference, compare, findings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.core.contents import Entry
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.environments import Environments


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What a look at an environment found. `ok` is false where anything drifted; what Python caches is no drift."""

    environment: str
    mode: Literal["quick", "deep"]
    files: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing drifted."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that verifying is handed."""

    environments: Environments
    present: Callable[[str], list[Entry]]
    changed_contents: Callable[[str, Mapping[str, str]], list[str]]
    observe: Callable[[str], list[str]]
    foreign_bytecode: Callable[[str, Sequence[str]], list[str]]


def verify(tools: Tools, environment: str, lock: Lockfile | None, *, deep: bool, reporter: Reporter) -> VerifyResult:
    """Compare an environment with the manifests it was published with.

    Quick looks at what the file system says of each file; `deep` reads them all, checks the manifests themselves, and
    asks the interpreter whether bytecode that was written later is what its source gives. `lock` is the project's, for
    the question whether this is the environment that it asks for. Raises OSError.
    """
    reporter.phase("reading every file" if deep else "looking at every file")
    expected = tools.environments.entries(environment)
    found = tools.present(environment)
    differences = compare(expected, found)
    if deep:
        differences += _deep(environment, expected, found, differences, tools.changed_contents)
        differences = _judge_bytecode(environment, differences, tools.foreign_bytecode)
    remarks = list(findings(sorted(differences, key=lambda each: each.path), expected))
    remarks += _records(tools.environments, environment) if deep else []
    remarks += _interpreter(tools, environment)
    remarks += _outdated(tools.environments, environment, lock)
    return VerifyResult(
        environment=environment, mode="deep" if deep else "quick", files=len(expected), findings=tuple(remarks)
    )


def _deep(
    environment: str,
    expected: Mapping[str, tuple[Entry, str]],
    found: Sequence[Entry],
    known: Sequence[Difference],
    changed_contents: Callable[[str, Mapping[str, str]], list[str]],
) -> list[Difference]:
    """Return what only reading shows. A file whose time alone differs is cleared or confirmed by its content too."""
    already = {difference.path for difference in known if difference.code != "mode-changed"}
    digests = {
        entry.path: expected[entry.path][0].digest
        for entry in found
        if entry.kind == "f" and entry.path in expected and entry.path not in already
    }
    changed = changed_contents(environment, digests)
    return [Difference("file-changed", path, "its content changed, its size and time did not") for path in changed]


def _judge_bytecode(
    environment: str, differences: Sequence[Difference], foreign_bytecode: Callable[[str, Sequence[str]], list[str]]
) -> list[Difference]:
    written = [difference.path for difference in differences if difference.code == "cache-file"]
    foreign = set(foreign_bytecode(environment, written)) if written else set()
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
            subject=f".parity/manifests/{name}",
            message="this record of what belongs into the environment was changed",
        )
        for name in environments.damaged_manifests(environment)
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


def _outdated(environments: Environments, environment: str, lock: Lockfile | None) -> list[Finding]:
    """Compare what the environment was built from with what the lock says now.

    The project's own package does not count: `sync --no-project` leaves it out on purpose.
    """
    built = v1.parse(environments.read_lock(environment), ".parity/lock")
    target = built.targets[0]
    if lock is None or _bytes_of(built, target.name) == _bytes_of(lock, target.name):
        return []
    return [
        Finding(
            code="environment-outdated",
            severity="error",
            subject="target",
            message=f"the environment is not the one that the lock asks for on `{target.name}`",
            hint="run `parity sync`",
        )
    ]


def _bytes_of(lock: Lockfile, target: str) -> set[tuple[str, ...]]:
    wheels = {
        (wheel.name, wheel.version, wheel.sha256, wheel.url, wheel.commit, wheel.path)
        for wheel in lock.wheels_of(target)
        if not (wheel.path == "." and wheel.editable)
    }
    return wheels | {(package.name, package.version, package.sha256) for package in lock.conda_of(target)}
