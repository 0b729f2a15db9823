"""manifests → `parity.lock`: which route, which targets, which Python, which distributions; written if it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from parity.core.errors import ExtraUnknown, GroupUnknown, PackageUnknown, UserError
from parity.core.lockfile import v1
from parity.core.lockfile.diff import Change, diff
from parity.core.lockfile.errors import LockfileMissing, LockfileOutdated
from parity.core.lockfile.satisfies import Choice, satisfies
from parity.core.ports import SilentReporter
from parity.workflows.load import Loaded, load
from parity.workflows.lock_findings import findings_of
from parity.workflows.lock_order import Order
from parity.workflows.lock_targets import declared
from parity.workflows.lock_text import lock_text
from parity.workflows.quick import LOCK_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.findings import Finding
    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import Lockfile
    from parity.core.ports import Reporter, Resolver, WheelShelf
    from parity.core.resolution import Question
    from parity.core.spec import CondaSettings, Index, Spec
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
    their copies. `indexes` are those that came with a lock which has no manifests. `variables` are those that choose
    a Python, as far as they are set.
    """

    read: Callable[[Path], str | None]
    write: Callable[[Path, str], None]
    resolver: Callable[[], Resolver]
    index: Callable[[Question], WheelShelf]
    conda: Callable[[CondaSettings], CondaTools]
    found: Callable[[], Sequence[Interpreter]]
    names: Callable[[], NameTable]
    host: Host
    targets: Targets
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    manifests: tuple[str, ...] = ()
    alone: bool = False
    indexes: Sequence[Index] = ()
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
        return _unchanged(situation, situation.old, tools.targets)
    new, remarks = _resolved(_order(situation, tools), tools)
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
        findings=(
            *situation.spec.findings,
            *remarks,
            *tools.resolver().remarks(),
            *findings_of(new, situation.spec, tools.targets),
        ),
    )


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


def _refuse_unknown(situation: _Situation) -> None:
    """Refuse to upgrade what the lock does not have: it would be an upgrade of nothing."""
    old = situation.old
    names = [*(wheel.name for wheel in old.wheels), *(package.name for package in old.conda)] if old else []
    known = {canonicalize_name(name) for name in names}
    for name in situation.wish.upgrade:
        if name != "*" and situation.old and name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else "`parity list` shows what is in the environment"
            raise PackageUnknown(f"`{name}` is not in `{LOCK_NAME}`", hint=hint)


def _words(wish: Wish) -> list[str]:
    """Return a wish as it is written on a command line."""
    words = ["--route", wish.route] if wish.route else []
    words += [word for name in wish.targets for word in ("--target", name)]
    for kind, names in (("group", wish.groups), ("extra", wish.extras)):
        words += [f"--no-{kind}s"] if names == () else []
        words += [word for name in names or () for word in (f"--{kind}", name)]
    return words


def manifests_of(root: Path, wish: Wish, tools: Tools, *, platform: str = "") -> Spec:
    """Return what the manifests say for a platform (else for this machine's), whatever the lock does.

    Raises ManifestMissing, ManifestError.
    """
    return _load(root, wish, tools, None, platform=platform).spec


def _unchanged(situation: _Situation, old: Lockfile, targets: Targets) -> LockResult:
    return LockResult(
        path=situation.path,
        lock=old,
        changed=False,
        spec=situation.spec,
        loaded=situation.loaded,
        findings=(*situation.spec.findings, *findings_of(old, situation.spec, targets)),
    )


def _look(root: Path, wish: Wish, tools: Tools) -> _Situation:
    path = root / LOCK_NAME
    text = lock_text(tools.read, root)
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
    if (groups, extras) == (wish.groups, wish.extras):
        return loaded
    try:
        return read(groups, extras)
    except (GroupUnknown, ExtraUnknown) as error:
        raise _no_longer(error) from error


def _no_longer(error: GroupUnknown | ExtraUnknown) -> UserError:
    """Return the error for a name that a lock has recorded and the manifests have no more."""
    kind = "group" if isinstance(error, GroupUnknown) else "extra"
    hint = f"say which {kind}s count from now on: `parity lock --{kind} NAME`, or `parity lock --no-{kind}s`"
    return type(error)(f"{error.message}, which `{LOCK_NAME}` has recorded", hint=hint)


def _choice(loaded: Loaded, wish: Wish, tools: Tools, old: Lockfile | None) -> Choice:
    spec = loaded.spec
    recorded = tuple(target.name for target in old.targets) if old else ()
    targets = wish.targets or spec.settings.targets or recorded or declared(spec, tools.targets)
    targets = targets or (tools.targets.default(tools.host).name,)
    names = tuple(sorted({tools.targets.named(name).name for name in targets}))
    return Choice(route=route_of(spec, wish, old), targets=names, groups=spec.groups, extras=spec.extras)


def route_of(spec: Spec, wish: Wish, old: Lockfile | None) -> str:
    """Return the route: that of the wish, else of the settings, else of the lock, else what the manifests ask for."""
    conda = any(name.endswith(_CONDA_MANIFESTS) for name in spec.manifests) or bool(spec.conda)
    return wish.route or spec.settings.route or (old.route if old else "") or ("conda" if conda else "venv")


def _order(situation: _Situation, tools: Tools) -> Order:
    targets = [tools.targets.named(name) for name in situation.choice.targets]
    return Order(
        specs=tuple((target, _spec_for(situation, tools, target)) for target in targets),
        choice=situation.choice,
        old=situation.old,
        upgrade=situation.wish.upgrade,
    )


def _spec_for(situation: _Situation, tools: Tools, target: Target) -> Spec:
    """Return what the manifests say for a target: selectors in an `environment.yml` make that differ."""
    if not any(name.endswith(_CONDA_MANIFESTS) for name in situation.spec.manifests):
        return situation.spec
    return _load(situation.loaded.root, situation.wish, tools, situation.old, platform=target.platform).spec


def _resolved(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Return the lock that all targets make together, with remarks on the way there."""
    if order.choice.route == "venv":
        from parity.workflows.lock_venv import resolve_venv  # noqa: PLC0415 - a lock that answers costs nothing of it

        return resolve_venv(order, tools)
    from parity.workflows.lock_conda import solve_conda  # noqa: PLC0415 - same

    return solve_conda(order, tools)
