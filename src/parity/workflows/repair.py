"""Disk made what was locked again: only what is wrong is replaced, from the cache, or fetched where that is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parity.core.errors import ArtifactCorrupt, EditsKept, LockTextLost
from parity.core.lockfile import v1
from parity.workflows import sync as syncing
from parity.workflows.gather import gather, has_bytecode, requests_of
from parity.workflows.provision import contents_of, tag_of
from parity.workflows.provision_venv import locked_interpreter
from parity.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from parity.core.contents import Entry
    from parity.core.findings import Finding
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedWheel, Lockfile
    from parity.core.ports import Reporter
    from parity.engines.store.linking import Part
    from parity.engines.store.repair import Mender
    from parity.engines.store.roots import Roots
    from parity.workflows import provision
    from parity.workflows import verify as verifying

    _Wrong = Mapping[str, tuple[Entry, str]]

_WRONG = {"file-missing", "file-changed", "mode-changed", "link-changed"}
_EXTRA = "file-extra"
_ATTEMPTS = 3  # as the cache has it; unpacked anew; fetched anew


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
    restored: set[str] = field(default_factory=set[str])
    removed: set[str] = field(default_factory=set[str])
    fetched: set[str] = field(default_factory=set[str])


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
    _Sources(tools, root, lock, "", reporter).make_whole()  # as long as anything is missing, the old one stays
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
            recorded = tools.verify.environments.recorded(environment)
            python = recorded.interpreter[1] if recorded else ""
            left = _Sources(tools, root, lock, python, reporter).restore(left, mender, done)
    done.removed |= extra
    done.restored |= wrong - left.keys()
    return done


def _found(tools: Tools, environment: str, reporter: Reporter, *, deep: bool) -> set[tuple[str, str]]:
    """Return code and path of everything that is wrong; the quick look knows of times, the deep one of contents."""
    seen = verify(tools.verify, environment, None, deep=deep, reporter=reporter)
    return {(finding.code, finding.subject) for finding in seen.findings}


def _put_right(mender: Mender, path: str, entry: Entry) -> bool:
    """Put right what needs no other file for that; say whether it is."""
    if entry.kind == "l":
        mender.link(path, entry.digest)
        return True
    return mender.correct(path, entry)


class _Sources:
    """Where the right files of one environment are."""

    def __init__(self, tools: Tools, root: Path, lock: Lockfile, python: str, reporter: Reporter) -> None:
        self._engines = tools.sync(lock.route)
        self._root = str(root)
        self._reporter = reporter
        self._lock = lock
        self._interpreter = self._choose(python)
        self._artifacts = self._engines.artifacts(tag_of(self._interpreter))

    def make_whole(self) -> None:
        """Have everything in the cache, each with the record of its files as it was published."""
        for _ in range(_ATTEMPTS):
            damaged = [part for part in self._gathered(self._lock.wheels) if not part.trees.is_whole(part.name)]
            for part in damaged:
                part.trees.drop(part.name)
            if not damaged:
                break

    def restore(self, wrong: _Wrong, mender: Mender, done: _Done) -> dict[str, tuple[Entry, str]]:
        """Put every file where it belongs, and return those of which there is no right one any more."""
        own = {path: each for path, each in wrong.items() if not each[1]}
        made = self._made_again(own, mender)
        packaged = {path: each for path, each in wrong.items() if each[1]}
        for attempt in range(_ATTEMPTS):
            wheels = self._wheels(packaged)
            if not wheels:
                break
            parts = self._gathered(wheels)
            packaged = {path: each for path, each in packaged.items() if not _placed(mender, path, *each, parts)}
            self._distrust(packaged, parts, fresh=attempt > 0)
            done.fetched |= {package for _, package in packaged.values()}
        return {path: each for path, each in own.items() if path not in made} | packaged

    def _choose(self, real_path: str) -> Interpreter:
        found = self._engines.found
        same = next((each for each in found if each.real_path == real_path), None)
        return same or locked_interpreter(self._lock.targets[0], found)

    def _wheels(self, wrong: _Wrong) -> list[LockedWheel]:
        packages = {package for _, package in wrong.values()}
        return [wheel for wheel in self._lock.wheels if wheel.name in packages]

    def _made_again(self, own: _Wrong, mender: Mender) -> set[str]:
        """Restore what makes an environment one from a fresh empty one; return what could be."""
        if not own:
            return set()
        with self._artifacts.lock(), self._artifacts.scratch() as scratch:
            self._engines.installer.create_environment(scratch, self._interpreter.path)
            return {
                path for path, (entry, _) in own.items() if mender.place(path, entry, f"{scratch}/{path}", share=False)
            }

    def _gathered(self, wheels: Sequence[LockedWheel]) -> list[Part]:
        trees = gather(
            wheels,
            artifacts=self._artifacts,
            installer=self._engines.installer,
            interpreter=self._interpreter,
            requests=requests_of(wheels, self._root, contents_of(self._engines, self._root)),
            torch_backend=self._lock.targets[0].torch_backend,
            compile_trees=self._engines.compile_trees,
            site_of=self._engines.site_of,
            reporter=self._reporter,
        )
        return self._artifacts.parts(trees, bytecode=has_bytecode(self._interpreter))

    def _distrust(self, wrong: _Wrong, parts: Iterable[Part], *, fresh: bool) -> None:
        """Have packages of which the cache has not the right files brought there anew."""
        packages = {package for _, package in wrong.values()}
        for part in parts:
            if part.package in packages:
                part.trees.drop(part.name)
        if fresh and packages:
            self._engines.installer.forget(packages)


def _placed(mender: Mender, path: str, entry: Entry, package: str, parts: Iterable[Part]) -> bool:
    sources = [part.trees.source(part.name, entry.path) for part in parts if part.package == package]
    return any(mender.place(path, entry, source, share=True) for source in sources)
