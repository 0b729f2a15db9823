"""manifests → `parity.lock`: which route, which targets, which Python, which distributions; written if it changed."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.accelerators.indexes import beside
from parity.core.dataclass import dataclass
from parity.core.errors import ExtraUnknown, GroupUnknown, ManifestMissing, UserError
from parity.core.imports.held import Held
from parity.core.lockfile import v1
from parity.core.lockfile.errors import LockfileMissing, LockfileOutdated
from parity.core.lockfile.recorded import redescribed
from parity.core.lockfile.satisfies import Choice, satisfies
from parity.core.ports import SilentReporter
from parity.core.spec import Settings, Spec
from parity.workflows.load import Loaded, load
from parity.workflows.lock_findings import findings_of
from parity.workflows.lock_order import Order
from parity.workflows.lock_targets import FoundTargets, declared, find_targets
from parity.workflows.lock_text import lock_text, not_locked
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.accelerators.builds import Builds
    from parity.core.findings import Finding
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.diff import Change
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter, Resolver, WheelShelf
    from parity.core.resolution import Question
    from parity.core.spec import AcceleratorSettings, CondaSettings, Index
    from parity.core.target import Host, Target, Targets
    from parity.core.translation.names import NameTable
    from parity.workflows.lock_conda import CondaTools

_CONDA_MANIFESTS = (".yml", ".yaml")


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

    `read` and `write` are about text files; `names` is the table between conda's names and PyPI's. For a named
    environment, `manifests` are the files it was made from and `alone` says that nothing else counts; `read` knows
    their copies. `indexes` are those that came with a lock which has no manifests. `target_folders` are the user's own,
    with files of targets. `variables` are those that choose a Python, as far as they are set.
    """

    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    resolver: Callable[[], Resolver]
    index: Callable[[Question], WheelShelf]
    conda: Callable[[CondaSettings], CondaTools]
    found: Callable[[], Sequence[Interpreter]]
    names: Callable[[], NameTable]
    builds: Callable[[AcceleratorSettings], Builds]
    accelerator_indexes: Callable[[AcceleratorSettings], Sequence[Index]]
    host: Host
    targets: Targets
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    manifests: tuple[str, ...] = ()
    alone: bool = False
    indexes: Sequence[Index] = ()
    target_folders: Sequence[Path] = ()
    reporter: Reporter = SilentReporter()


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
            TargetCount(
                name=target.name,
                conda=len(self.lock.conda_of(target.name)),
                pypi=len(self.lock.wheels_of(target.name)),
            )
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
    targets: Mapping[str, Target]
    wish: Wish

    @property
    def spec(self) -> Spec:
        return self.loaded.spec

    def reasons(self) -> list[str]:
        """Why the lock that is there does not do; empty where it does."""
        if self.old is None:
            return []
        reasons = satisfies(self.old, self.spec, self.choice, self.loaded.included)
        return reasons + redescribed(self.old, self.targets)


def lock(root: Path, wish: Wish, tools: Tools, *, held: Held | None = None) -> LockResult:
    """Make the lock of a project answer its manifests and the wish, and change nothing that still fits.

    Where it answers already, nothing is resolved and nothing is fetched, unless the wish is to upgrade. Of what is
    `held`, nothing else is taken. Raises ManifestError, LockfileError, RouteUnavailable, TargetUnknown, PackageUnknown,
    PythonMissing, and what the resolver raises.
    """
    result = solve(root, wish, tools, held=held)
    if result.changed:
        tools.write(result.path, v1.dump(result.lock))
    return result


def solve(root: Path, wish: Wish, tools: Tools, *, held: Held | None = None) -> LockResult:
    """Return the lock that `lock` would write, and write nothing. Raises what `lock` raises."""
    situation = _look(root, wish, tools)
    _refuse_unknown(situation)
    if situation.old is not None and not situation.reasons() and not wish.upgrade:
        return _unchanged(situation, situation.old, tools.targets)
    from parity.core.lockfile.diff import diff  # noqa: PLC0415 - where the lock stands, nothing is compared

    new, remarks = resolved(replace(_order(situation, tools), held=held or Held()), tools)
    return LockResult(
        path=situation.path,
        lock=v1.normalised(new),
        changed=v1.dump(new) != situation.text,
        spec=situation.spec,
        loaded=situation.loaded,
        changes=diff(situation.old, new),
        findings=(
            *situation.spec.findings,
            *remarks,
            *tools.resolver().remarks(),
            *findings_of(new, situation.spec, tools.targets),
        ),
    )


def choice_of(root: Path, wish: Wish, tools: Tools) -> Choice:
    """Return what would be locked: by the wish, else by the settings, else as it is recorded. Solves nothing.

    Raises ManifestMissing, ManifestError, LockfileError, TargetUnknown.
    """
    return _look(root, wish, tools).choice


def check(root: Path, wish: Wish, tools: Tools) -> LockResult:
    """Return the lock of a project if it answers the manifests and the wish; asks neither network nor interpreters.

    Raises LockfileMissing, LockfileOutdated with every reason, and the errors about manifests and locks.
    """
    situation = _look(root, wish, tools)
    if situation.old is None:
        raise LockfileMissing(f"there is no `{LOCK_NAME}` in `{root}`", hint="run `parity lock`")
    if reasons := situation.reasons():
        command = " ".join(["parity lock", *_words(wish)])
        raise LockfileOutdated(f"`{LOCK_NAME}` is not current: {'; '.join(reasons)}", hint=f"run `{command}`")
    return _unchanged(situation, situation.old, tools.targets)


def outdated(root: Path, tools: Tools) -> tuple[list[str], Settings]:
    """Return why a project's lock does not answer its manifests, and what the project has settled.

    A lock without manifests is nobody's answer, and one with faulty ones is none to what they say.
    """
    try:
        situation = _look(root, Wish(), tools)
    except ManifestMissing:
        return [], Settings()
    except UserError as error:
        return [error.message], Settings()
    return situation.reasons(), situation.spec.settings


def _refuse_unknown(situation: _Situation) -> None:
    """Refuse to upgrade what the lock does not have: it would be an upgrade of nothing."""
    old = situation.old
    names = [*(wheel.name for wheel in old.wheels), *(package.name for package in old.conda)] if old else []
    known = {canonicalize_name(name) for name in names}
    for name in situation.wish.upgrade:
        if name != "*" and situation.old and name not in known:
            raise not_locked(name, situation.old)


def _words(wish: Wish) -> list[str]:
    """Return a wish as it is written on a command line."""
    words = ["--route", wish.route] if wish.route else []
    words += [word for name in wish.targets for word in ("--target", name)]
    for kind, names in (("group", wish.groups), ("extra", wish.extras)):
        words += [f"--no-{kind}s"] if names == () else []
        words += [word for name in names or () for word in (f"--{kind}", name)]
    return words


def manifests_of(root: Path, wish: Wish, tools: Tools, *, platform: str = "") -> Loaded:
    """Return what the manifests say for a platform (else for this machine's), whatever the lock does.

    Raises ManifestMissing, ManifestError.
    """
    return _load(root, wish, tools, None, platform=platform)


def _unchanged(situation: _Situation, old: Lockfile, targets: Targets) -> LockResult:
    return LockResult(
        path=situation.path,
        lock=old,
        changed=False,
        spec=situation.spec,
        loaded=situation.loaded,
        findings=(*situation.spec.findings, *findings_of(old, situation.spec, targets)),
    )


def wished_targets(root: Path, wish: Wish, tools: Tools) -> Mapping[str, Target]:
    """Return the targets that a wish names, by their names. Raises as `lock` does."""
    text = lock_text(tools.read, root) if wish.targets else None
    old = None if text is None else v1.parse(text, LOCK_NAME)
    return found_targets(root, wish.targets, tools, old, by_flag=True).targets


def found_targets(
    root: Path, words: Sequence[str], tools: Tools, old: Lockfile | None, *, by_flag: bool
) -> FoundTargets:
    """Return the targets that words name, for a project with a lock or without. Raises as `find_targets` does."""
    return find_targets(
        words,
        root=root,
        read=tools.read,
        known=tools.targets,
        old=old,
        folders=tools.target_folders,
        by_flag=by_flag,
    )


def _look(root: Path, wish: Wish, tools: Tools) -> _Situation:
    path = root / LOCK_NAME
    text = lock_text(tools.read, root)
    old = None if text is None else v1.parse(text, LOCK_NAME)
    wish = replace(wish, upgrade=tuple(name if name == "*" else canonicalize_name(name) for name in wish.upgrade))
    loaded = _load(root, wish, tools, old)
    words, by_flag = _target_words(loaded.spec, wish, tools, old)
    found = found_targets(root, words, tools, old, by_flag=by_flag)
    return _Situation(
        path=path,
        text=text,
        old=old,
        loaded=replace(loaded, texts={**loaded.texts, **found.texts}),
        choice=_choice(loaded.spec, wish, old, tuple(found.targets)),
        targets=found.targets,
        wish=wish,
    )


def _load(root: Path, wish: Wish, tools: Tools, old: Lockfile | None, *, platform: str = "") -> Loaded:
    """Read the manifests with the groups and extras of the wish, else of the settings, else as they are recorded."""

    def read(groups: Sequence[str] | None, extras: Sequence[str] | None) -> Loaded:
        return load(
            root,
            read=tools.read,
            variables=tools.variables,
            manifests=wish.manifests or tools.manifests,
            groups=groups,
            extras=extras,
            platform=platform or tools.host.platform,
            alone=tools.alone,
        )

    loaded = read(wish.groups, wish.extras)
    settings = loaded.spec.settings
    groups, extras = wish.groups, wish.extras
    if old and groups is None and not settings.groups and old.groups:
        groups = old.groups
    if old and extras is None and not settings.extras and old.extras:
        extras = old.extras
    try:
        loaded = loaded if (groups, extras) == (wish.groups, wish.extras) else read(groups, extras)
    except (GroupUnknown, ExtraUnknown) as error:
        raise _no_longer(error) from error
    return replace(loaded, spec=_with_indexes(loaded.spec, tools))


def bare_spec(tools: Tools) -> Spec:
    """Return what is known where a lock has no manifests, or none that can be read: where to fetch from."""
    return _with_indexes(Spec(manifests={}, indexes=tuple(tools.indexes)), tools)


def _with_indexes(spec: Spec, tools: Tools) -> Spec:
    """Return a spec with the indexes of accelerators, which serve only what a lock or a rule names them for."""
    return replace(spec, indexes=beside(spec.indexes, tools.accelerator_indexes(spec.settings.accelerators)))


def _no_longer(error: GroupUnknown | ExtraUnknown) -> UserError:
    """Return the error for a name that a lock has recorded and the manifests have no more."""
    kind = "group" if isinstance(error, GroupUnknown) else "extra"
    hint = f"say which {kind}s count from now on: `parity lock --{kind} NAME`, or `parity lock --no-{kind}s`"
    return type(error)(f"{error.message}, which `{LOCK_NAME}` has recorded", hint=hint)


def _target_words(spec: Spec, wish: Wish, tools: Tools, old: Lockfile | None) -> tuple[Sequence[str], bool]:
    """Return the targets as they are named, and whether the wish names them."""
    if wish.targets:
        return wish.targets, True
    recorded = tuple(target.name for target in old.targets) if old else ()
    settled = spec.settings.targets or recorded or declared(spec, tools.targets)
    return settled or (tools.targets.default(tools.host).name,), False


def _choice(spec: Spec, wish: Wish, old: Lockfile | None, targets: tuple[str, ...]) -> Choice:
    return Choice(route=route_of(spec, wish, old), targets=targets, groups=spec.groups, extras=spec.extras)


def route_of(spec: Spec, wish: Wish, old: Lockfile | None) -> str:
    """Return the route: that of the wish, else of the settings, else of the lock, else what the manifests ask for."""
    conda = any(name.endswith(_CONDA_MANIFESTS) for name in spec.manifests) or bool(spec.conda)
    return wish.route or spec.settings.route or (old.route if old else "") or ("conda" if conda else "venv")


def _order(situation: _Situation, tools: Tools) -> Order:
    return Order(
        specs=tuple((target, _spec_for(situation, tools, target)) for target in situation.targets.values()),
        choice=situation.choice,
        old=situation.old,
        upgrade=situation.wish.upgrade,
        builds=tools.builds(situation.spec.settings.accelerators),
    )


def _spec_for(situation: _Situation, tools: Tools, target: Target) -> Spec:
    """Return what the manifests say for a target: selectors in an `environment.yml` make that differ."""
    if not any(name.endswith(_CONDA_MANIFESTS) for name in situation.spec.manifests):
        return situation.spec
    return _load(situation.loaded.root, situation.wish, tools, situation.old, platform=target.platform).spec


def ordered(root: Path, wish: Wish, tools: Tools) -> Order:
    """Return what `lock` would have resolved for a project and a wish, whether its lock is current or not.

    Raises ManifestError, LockfileError, TargetUnknown.
    """
    return _order(_look(root, wish, tools), tools)


def resolved(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Return the lock that all targets make together, with remarks on the way there; nothing is written."""
    if order.choice.route == "venv":
        from parity.workflows.lock_venv import resolve_venv  # noqa: PLC0415 - a lock that answers costs nothing of it

        return resolve_venv(order, tools)
    from parity.workflows.lock_conda import solve_conda  # noqa: PLC0415 - same

    return solve_conda(order, tools)
