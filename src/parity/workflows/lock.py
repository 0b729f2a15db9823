"""manifests → `parity.lock`: which route, which targets, which Python, which distributions; written if it changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity import __version__
from parity.core.errors import LockfileMissing, LockfileOutdated, ManifestError, PackageUnknown, RouteUnavailable
from parity.core.lockfile import v1
from parity.core.lockfile.diff import Change, diff
from parity.core.lockfile.merge import merged
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.lockfile.pythons import oldest_version
from parity.core.lockfile.satisfies import Choice, allowed_sdists, satisfies
from parity.core.moments import end_of
from parity.core.ports import SilentReporter
from parity.core.resolution import Question
from parity.core.translation.light_route import translate
from parity.workflows.load import Loaded, load
from parity.workflows.lock_findings import findings_of
from parity.workflows.lock_python import settle_python
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.findings import Finding
    from parity.core.interpreters import Interpreter
    from parity.core.ports import Reporter, Resolver
    from parity.core.spec import Spec, WheelRequirement
    from parity.core.target import Host, Target, Targets
    from parity.core.translation.names import NameTable

_CONDA_MANIFESTS = ("environment.yml", "environment.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line says about a lock. Empty or None: nothing.

    `upgrade` are the names whose versions may move on although the lock's still fit (`*`: all).
    """

    route: str = ""
    targets: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    extras: tuple[str, ...] | None = None
    manifests: tuple[str, ...] = ()
    upgrade: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What locking needs of the world. What may not be needed at all comes as a function.

    `read` and `write` are about text files; `names` is the table between conda's names and PyPI's.
    """

    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    resolver: Resolver
    found: Callable[[], Sequence[Interpreter]]
    names: Callable[[], NameTable]
    host: Host
    targets: Targets
    pyenv_version: str = ""
    reporter: Reporter = SilentReporter()  # noqa: RUF009 - it holds nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCount:
    """How many packages a target has, of either kind."""

    name: str
    conda: int
    pypi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockResult:
    """A lock as it is now, and what this call did to it. `spec` is what the manifests say."""

    path: Path
    lock: Lockfile
    changed: bool
    spec: Spec
    loaded: Loaded
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def targets(self) -> tuple[TargetCount, ...]:
        """The targets of the lock with their counts."""
        return tuple(
            TargetCount(name=target.name, conda=0, pypi=len(self.lock.wheels_of(target.name)))
            for target in self.lock.targets
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Situation:
    """What is wanted, and what is there."""

    path: Path
    text: str | None
    old: Lockfile | None
    loaded: Loaded
    choice: Choice
    wish: Wish

    @property
    def spec(self) -> Spec:
        return self.loaded.spec

    def reasons(self) -> list[str]:
        """Why the lock that is there does not do; empty where it does."""
        return [] if self.old is None else satisfies(self.old, self.spec, self.choice)


def lock(root: Path, wish: Wish, tools: Tools) -> LockResult:
    """Make the lock of a project answer its manifests and the wish, and change nothing that still fits.

    Where it answers already, nothing is resolved and nothing is fetched, unless the wish is to upgrade. Raises
    ManifestError, LockfileError, RouteUnavailable, TargetUnknown, PackageUnknown, PythonMissing, and what the resolver
    raises.
    """
    situation = _look(root, wish, tools)
    _refuse_unknown(situation)
    if situation.old is not None and not situation.reasons() and not wish.upgrade:
        return _unchanged(situation, situation.old)
    new, remarks = _resolved(situation, tools)
    text = v1.dump(new)
    changed = text != situation.text
    if changed:
        tools.write(situation.path, text)
    return LockResult(
        path=situation.path,
        lock=v1.normalised(new),
        changed=changed,
        spec=situation.spec,
        loaded=situation.loaded,
        changes=diff(situation.old, new),
        findings=(*situation.spec.findings, *remarks, *findings_of(new, situation.spec)),
    )


def check(root: Path, wish: Wish, tools: Tools) -> LockResult:
    """Return the lock of a project if it answers the manifests and the wish; asks neither network nor interpreters.

    Raises LockfileMissing, LockfileOutdated with every reason, and the errors about manifests and locks.
    """
    situation = _look(root, wish, tools)
    if situation.old is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    if reasons := situation.reasons():
        raise LockfileOutdated(f"`{LOCK_NAME}` is not current: {'; '.join(reasons)}", hint="run `parity lock`")
    return _unchanged(situation, situation.old)


def _refuse_unknown(situation: _Situation) -> None:
    """Refuse to upgrade what the lock does not have: it would be an upgrade of nothing."""
    known = [wheel.name for wheel in situation.old.wheels] if situation.old else []
    for name in situation.wish.upgrade:
        if name != "*" and situation.old and name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else "`parity list` shows what is in the environment"
            raise PackageUnknown(f"`{name}` is not in `{LOCK_NAME}`", hint=hint)


def manifests_of(root: Path, wish: Wish, tools: Tools) -> Spec:
    """Return what the manifests say, whatever the lock does. Raises ManifestMissing, ManifestError."""
    return _load(root, wish, tools, None).spec


def _unchanged(situation: _Situation, old: Lockfile) -> LockResult:
    return LockResult(
        path=situation.path,
        lock=old,
        changed=False,
        spec=situation.spec,
        loaded=situation.loaded,
        findings=(*situation.spec.findings, *findings_of(old, situation.spec)),
    )


def _look(root: Path, wish: Wish, tools: Tools) -> _Situation:
    path = root / LOCK_NAME
    text = tools.read(path)
    old = None if text is None else v1.parse(text, LOCK_NAME)
    wish = replace(wish, upgrade=tuple(name if name == "*" else canonicalize_name(name) for name in wish.upgrade))
    loaded = _load(root, wish, tools, old)
    return _Situation(path=path, text=text, old=old, loaded=loaded, choice=_choice(loaded, wish, tools, old), wish=wish)


def _load(root: Path, wish: Wish, tools: Tools, old: Lockfile | None, *, platform: str = "") -> Loaded:
    """Read the manifests with the groups and extras of the wish, else of the settings, else as they are recorded."""

    def read(groups: Sequence[str] | None, extras: Sequence[str] | None) -> Loaded:
        return load(
            root,
            read=tools.read,
            pyenv_version=tools.pyenv_version,
            manifests=wish.manifests,
            groups=groups,
            extras=extras,
            platform=platform or tools.host.platform,
        )

    loaded = read(wish.groups, wish.extras)
    settings = loaded.spec.settings
    groups, extras = wish.groups, wish.extras
    if old and groups is None and not settings.groups and old.groups:
        groups = old.groups
    if old and extras is None and not settings.extras and old.extras:
        extras = old.extras
    return loaded if (groups, extras) == (wish.groups, wish.extras) else read(groups, extras)


def _choice(loaded: Loaded, wish: Wish, tools: Tools, old: Lockfile | None) -> Choice:
    spec = loaded.spec
    recorded = tuple(target.name for target in old.targets) if old else ()
    targets = wish.targets or spec.settings.targets or recorded or (tools.targets.default(tools.host).name,)
    conda = any(name.rsplit("/", 1)[-1] in _CONDA_MANIFESTS for name in spec.manifests) or bool(spec.conda)
    route = wish.route or spec.settings.route or (old.route if old else "") or ("conda" if conda else "venv")
    if route != "venv":
        raise RouteUnavailable(
            "this parity makes environments on the venv route only, and this project asks for conda's",
            hint="run `parity lock --route venv` to take from PyPI what has an equal there",
        )
    names = tuple(sorted({tools.targets.named(name).name for name in targets}))
    return Choice(route=route, targets=names, groups=spec.groups, extras=spec.extras)


def _resolved(situation: _Situation, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Resolve every target and return the lock that they make together, with remarks on the way there."""
    spec, choice = situation.spec, situation.choice
    python, interpreter = settle_python(spec, situation.old, tools.found())
    every = [_wanted(situation, tools, tools.targets.named(name)) for name in choice.targets]
    answers: list[LockedWheel] = []
    for wanted in every:
        tools.reporter.phase(f"resolving for {wanted.target.name}")
        question = _question(situation, wanted, python=python, interpreter=interpreter, earlier=answers)
        answers += tools.resolver.resolve(question)
    names = next((wanted.names for wanted in every if wanted.names), "")
    made_with = {"parity": __version__, **tools.resolver.versions(), **({"conda-names": names} if names else {})}
    lock = Lockfile(
        route="venv",
        manifests=spec.manifests,
        made_with=made_with,
        targets=tuple(_locked_target(wanted.target, python) for wanted in every),
        wheels=merged([*answers, *_own_package(spec, choice, answers)]),
        groups=choice.groups,
        extras=choice.extras,
        project=spec.project.name if spec.project else "",
        variables=spec.variables,
        exclude_newer=spec.settings.exclude_newer,
        sdists=allowed_sdists(spec),
        prereleases=spec.prereleases,
        lost=tuple(sorted({what for wanted in every for what in wanted.lost})),
    )
    return lock, tuple(dict.fromkeys(finding for wanted in every for finding in wanted.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What one target asks for: selectors in an `environment.yml` make that differ.

    `names` is the digest of the name table where one was needed.
    """

    target: Target
    spec: Spec
    requirements: tuple[WheelRequirement, ...]
    names: str = ""
    lost: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def _wanted(situation: _Situation, tools: Tools, target: Target) -> _Wanted:
    spec = situation.spec
    if not any(name.endswith((".yml", ".yaml")) for name in spec.manifests):
        return _Wanted(target=target, spec=spec, requirements=spec.wheels)
    spec = _load(situation.loaded.root, situation.wish, tools, situation.old, platform=target.platform).spec
    names = tools.names()
    translation = translate(spec.conda, names)
    if translation.faults:
        raise ManifestError(translation.faults)
    backend = tools.targets.accelerators.get(translation.accelerator, translation.accelerator)
    if backend and not target.torch_backend and not target.macos:
        target = replace(target, torch_backend=backend)
    return _Wanted(
        target=target,
        spec=spec,
        requirements=(*spec.wheels, *translation.wheels),
        names=names.digest,
        lost=translation.lost,
        findings=translation.findings,
    )


def _question(
    situation: _Situation,
    wanted: _Wanted,
    *,
    python: LockedPython,
    interpreter: Interpreter | None,
    earlier: Sequence[LockedWheel],
) -> Question:
    spec = wanted.spec
    return Question(
        target=wanted.target,
        python=python,
        python_version=oldest_version(python, spec.python) or python.version,
        interpreter=interpreter.path if interpreter else "",
        requirements=wanted.requirements,
        constraints=spec.constraints,
        indexes=spec.indexes,
        prereleases=spec.prereleases,
        exclude_newer=end_of(spec.settings.exclude_newer) if spec.settings.exclude_newer else "",
        sdists=allowed_sdists(replace(spec, no_binary=())),
        no_binary=spec.no_binary,
        only_binary=spec.only_binary,
        pins=_pins(situation, wanted.target.name, earlier),
        refresh=situation.wish.upgrade,
    )


def _pins(situation: _Situation, target: str, earlier: Sequence[LockedWheel]) -> Mapping[str, str]:
    """Return the versions to keep: the old lock's for this target, else those of targets that were resolved before.

    A target that is new takes the versions of the others where it can.
    """
    pins = {wheel.name: wheel.version for wheel in earlier if wheel.index}
    old, upgrade = situation.old, situation.wish.upgrade
    if old is None or "*" in upgrade:
        return pins
    locked = [wheel for wheel in old.wheels if wheel.index and wheel.name not in upgrade]
    pins |= {wheel.name: wheel.version for wheel in locked if wheel.name not in pins}
    return pins | {wheel.name: wheel.version for wheel in locked if target in wheel.targets}


def _locked_target(target: Target, python: LockedPython) -> LockedTarget:
    return LockedTarget(
        name=target.name,
        python=python,
        virtual_packages=target.virtual_packages,
        torch_backend=target.torch_backend,
    )


def _own_package(spec: Spec, choice: Choice, answers: Sequence[LockedWheel]) -> list[LockedWheel]:
    """Return the project itself where it is a package, unless a manifest names it already (`-e .`)."""
    if spec.project is None or any(wheel.path == "." for wheel in answers):
        return []
    requires = sorted({wheel.name for wheel in spec.wheels if not wheel.group or wheel.group.startswith("extra:")})
    own = LockedWheel(
        name=spec.project.name,
        version="",
        targets=choice.targets,
        path=".",
        editable=True,
        requires=tuple(requires),
        requested=True,
    )
    return [own]
