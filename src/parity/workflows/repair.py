"""Disk made what was locked again: only what is wrong is replaced, from the cache, or fetched where that is wrong."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import ArtifactCorrupt, EditsKept
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockTextLost
from parity.workflows import sync as syncing
from parity.workflows.provision import wanted
from parity.workflows.repair_sources import CondaSources, VenvSources
from parity.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from parity.core.contents import Entry
    from parity.core.findings import Finding
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.repair import Mender
    from parity.engines.store.roots import Roots
    from parity.workflows import provision
    from parity.workflows import verify as verifying
    from parity.workflows.repair_sources import Sources

_WRONG = {"file-missing", "file-changed", "mode-changed", "link-changed"}
_EXTRA = "file-extra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines that a repair is handed; `sync` builds those of a route that fetch, when something has to be."""

    roots: Roots
    verify: verifying.Tools
    sync: Callable[[str], provision.Tools]
    mender: type[Mender]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResult:
    """What was put right: paths inside the environment, packages that had to be fetched or built again.

    `findings` are what a look at everything found afterwards.
    """

    environment: str
    key: str
    files: int
    restored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    rebuilt: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything is as it was locked now."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(slots=True, kw_only=True)
class _Done:
    """What was done. `lost` says that something was made by scripts, so that no package gives it back."""

    restored: set[str] = field(default_factory=set[str])
    removed: set[str] = field(default_factory=set[str])
    fetched: set[str] = field(default_factory=set[str])
    lost: bool = False


def repair(tools: Tools, root: Path, environment: str, *, discard: bool, reporter: Reporter) -> RepairResult:
    """Put the environment of a project right, and prove it.

    In a private environment what was changed or added is the user's: only what is missing comes back, unless
    `discard`. The caller holds the project's lock. Raises EditsKept, LockTextLost, what syncing raises, OSError.
    """
    environments = tools.verify.environments
    key = environment.removeprefix(environments.path(""))
    damaged = environments.damaged_papers(environment) + environments.damaged_manifests(environment)
    done, rebuilt = _Done(), bool(damaged)
    if damaged:
        key = _rebuild(tools, root, key, whole="lock" not in damaged, discard=discard, reporter=reporter)
    else:
        with environments.lock(key):
            done = _mended(tools, root, environment, key, discard=discard, reporter=reporter)
        if done.lost and (discard or not key.startswith("private/")):
            key, rebuilt = _rebuild(tools, root, key, whole=True, discard=discard, reporter=reporter), True
    proof = verify(tools.verify, environments.path(key), None, deep=True, reporter=reporter)
    return RepairResult(
        environment=proof.environment,
        key=key,
        files=proof.files,
        restored=tuple(sorted(done.restored)),
        removed=tuple(sorted(done.removed)),
        fetched=tuple(sorted(done.fetched)),
        rebuilt=rebuilt,
        findings=proof.findings,
    )


def _rebuild(tools: Tools, root: Path, key: str, *, whole: bool, discard: bool, reporter: Reporter) -> str:
    """Build an environment anew whose records cannot be trusted, and return its key."""
    environments, roots, private = tools.verify.environments, tools.roots, key.startswith("private/")
    if private and not discard:
        raise EditsKept(
            "the records of the private environment are damaged, and it can only be built anew",
            hint="run `parity repair --discard`: what you changed in it is lost",
        )
    past = roots.generations(str(root))
    text = roots.read_lock(past[-1][3]) if past else None
    slice_text = environments.read_lock(environments.path(key)) if whole else (text or b"").decode()
    if text is None or not slice_text:
        raise LockTextLost("the lock that the environment was built from is gone", hint="run `parity sync`")
    lock = v1.parse(slice_text, "the environment's lock")
    _sources(tools, root, lock, environments.path(key), reporter).make_whole()  # while anything is missing, it stays
    with environments.lock(key):
        environments.begin(key)
    new = _built(tools, root, lock, private=private, reporter=reporter)
    if new != key:
        roots.switch(str(root), new, text, "repair")
        roots.forget_run(str(root))
    return new


def _built(tools: Tools, root: Path, lock: Lockfile, *, private: bool, reporter: Reporter) -> str:
    """Build, once more for each artifact that turns out not to be what it was: it is dropped then."""
    for _ in lock.wheels:
        try:
            return syncing.build(tools.sync(lock.route), root, lock, reporter=reporter, private=private)
        except ArtifactCorrupt:
            reporter.phase("fetching anew what the cache has not right")
    return syncing.build(tools.sync(lock.route), root, lock, reporter=reporter, private=private)


def _mended(tools: Tools, root: Path, environment: str, key: str, *, discard: bool, reporter: Reporter) -> _Done:
    private, done = key.startswith("private/"), _Done()
    found = {finding for deep in (True, False) for finding in _found(tools, environment, reporter, deep=deep)}
    if private and not discard:
        found = {(code, path) for code, path in found if code == "file-missing"}
    wrong = {path for code, path in found if code in _WRONG}
    extra = {path for code, path in found if code == _EXTRA}
    if not wrong and not extra:
        return done
    expected = tools.verify.environments.entries(environment)
    with tools.mender(environment, private=private) as mender:
        mender.remove(extra, expected)
        left = {path: expected[path] for path in wrong if not _put_right(mender, path, expected[path][0])}
        if left:
            lock = v1.parse(tools.verify.environments.read_lock(environment), ".parity/lock")
            left, fetched = _sources(tools, root, lock, environment, reporter).restore(left, mender)
            done.fetched |= fetched
            done.lost = bool(left and lock.link_scripts)
    done.removed |= extra
    done.restored |= wrong - left.keys()
    return done


def _found(tools: Tools, environment: str, reporter: Reporter, *, deep: bool) -> set[tuple[str, str]]:
    """Return code and path of everything that is wrong; the quick look knows of times, the deep one of contents."""
    seen = verify(tools.verify, environment, None, deep=deep, reporter=reporter)
    return {(finding.code, finding.subject) for finding in seen.findings}


def _sources(tools: Tools, root: Path, lock: Lockfile, environment: str, reporter: Reporter) -> Sources:
    """Return where the right files of an environment are, on the route that it was made on."""
    engines = tools.sync(lock.route)
    asked = wanted(str(root), lock, lock.targets[0], private=False, with_project=True)
    if lock.route == "conda":
        return CondaSources(engines, asked, environment, reporter)
    recorded = tools.verify.environments.recorded(environment)
    return VenvSources(engines, asked, recorded.interpreter[1] if recorded else "", reporter)


def _put_right(mender: Mender, path: str, entry: Entry) -> bool:
    """Put right what needs no other file for that; say whether it is."""
    if entry.kind == "l":
        mender.link(path, entry.digest)
        return True
    return mender.correct(path, entry)
