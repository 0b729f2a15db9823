"""What keeps a version of a package out of an environment, and which changes would let it in: each of them tried."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from parity.core.conda.errors import PackageMissing, SolveImpossible
from parity.core.dataclass import dataclass
from parity.core.distributions.errors import DistributionUnknown
from parity.core.errors import ResolutionImpossible, UserError, WheelNone
from parity.core.graph import Graph
from parity.core.lockfile.diff import diff
from parity.core.lockfile.select import preferred
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.manifests.wheel_requirements import parse_requirement
from parity.core.minimal import least
from parity.core.negotiation.changes import Requirement, filtered, loosened_by, requirements, words
from parity.core.negotiation.errors import AgreementImpossible
from parity.core.places import Place
from parity.core.spec import CondaRequirement
from parity.workflows.lock import Wish, ordered, resolved
from parity.workflows.lock_text import read_lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from parity.core.lockfile.diff import Change
    from parity.core.lockfile.model import Lockfile
    from parity.core.spec import Spec, WheelRequirement
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order

_ASKED = Place(file="command line")
_IMPOSSIBLE = (
    ResolutionImpossible,
    DistributionUnknown,
    WheelNone,
    SolveImpossible,
    PackageMissing,
    AgreementImpossible,
)
_MOST_TOGETHER = 2
_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A change to the manifests that lets the version in: what is written differently, and what the lock becomes.

    `changes` are against the lock that is there.
    """

    edits: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """What stands in the way: `core` are requirements of the user's of which none can be dropped, with their places.

    `reason` is what the solver says about just these. Where nothing stands in the way, `changes` are what the version
    brings along (none: it is so already), and the rest is empty.
    """

    target: str
    asked: str
    possible: bool
    version: str = ""
    changes: tuple[Change, ...] = ()
    core: tuple[tuple[str, Place], ...] = ()
    reason: str = ""
    ways: tuple[Way, ...] = ()


def why_not(root: Path, text: str, tools: Tools, target: str = "") -> WhyNot:
    """Say what keeps a version (`numpy>=2`) out of a project's environment. Nothing is written.

    Raises LockfileMissing, LockfileError, TargetUnknown, ManifestError, NetworkFailed, ChannelUnreachable.
    """
    lock = read_lock(tools.read, root)
    chosen = preferred(lock, lambda: tools.host, lambda: tools.targets, target).name
    asked = _asked(text, lock, chosen, tools)
    order = ordered(root, Wish(upgrade=(asked.name,), targets=(chosen,)), tools).only(chosen)
    return _Trying(tools, lock, chosen, order, asked, text).answer()


def _asked(text: str, lock: Lockfile, target: str, tools: Tools) -> Requirement:
    """Return what is asked, in the words of the world that has the package, or would have it on this route."""
    named = parse_match_spec(text, _ASKED) if lock.route == "conda" else None
    if named is None:
        return _of_index(text)
    keys = Graph.of(lock, target, tools.names()).named(named.name)
    if keys and keys[0][0] == "pypi":
        return _of_index(text)
    return replace(named, name=keys[0][1]) if keys else named


def _of_index(text: str) -> WheelRequirement:
    return parse_requirement(text, _ASKED, locate=lambda path: path)


@dataclass(frozen=True, slots=True)
class _Trying:
    """One question, tried in several forms by the solvers that make the lock."""

    tools: Tools
    lock: Lockfile
    target: str
    order: Order
    asked: Requirement
    text: str

    def answer(self) -> WhyNot:
        spec = self.order.spec
        whole = self._tried(spec)
        if not isinstance(whole, UserError):
            version = self._version(whole)
            return WhyNot(
                target=self.target, asked=self.text, possible=True, version=version, changes=self._changes(whole)
            )
        self.tools.reporter.phase("looking for what stands in the way")
        every = [*requirements(spec)]
        core = least(every, lambda kept: isinstance(self._with_only(kept), UserError))
        reason = self._with_only(core)
        return WhyNot(
            target=self.target,
            asked=self.text,
            possible=False,
            core=tuple((words(each), each.place) for each in core),
            reason=_said(reason if isinstance(reason, UserError) else whole),
            ways=self._ways(core),
        )

    def _with_only(self, kept: Sequence[Requirement]) -> Lockfile | UserError:
        return self._tried(filtered(self.order.spec, lambda each: each in kept))

    def _tried(self, spec: Spec) -> Lockfile | UserError:
        """Return the lock that a spec makes together with what is asked, or why there is none."""
        try:
            return resolved(self.order.only(self.target, _with(spec, self.asked)), self.tools)[0]
        except _IMPOSSIBLE as error:
            return error

    def _ways(self, core: Sequence[Requirement]) -> tuple[Way, ...]:
        """Return the changes that let it in, the one that changes least first: single ones if any does, else pairs.

        A requirement is to allow any version before it is to go.
        """
        self.tools.reporter.phase("trying changes")
        for count in range(1, _MOST_TOGETHER + 1):
            tried = [self._way(some) for some in [*combinations(core, count)][:_MOST_PAIRS]]
            if found := [each for each in tried if each]:
                return tuple(sorted(found, key=lambda way: (len(way.changes), way.edits)))
        without = [way for one in core if (way := self._leading(self._less(one), [one]))]
        return tuple(sorted(without, key=lambda way: (len(way.changes), way.edits)))

    def _less(self, one: Requirement) -> Spec:
        return filtered(self.order.spec, lambda other: other != one)

    def _way(self, some: Sequence[Requirement]) -> Way | None:
        spec = self.order.spec
        for each in some:
            loose = loosened_by(spec, each)
            if loose is None:
                return None
            spec = loose
        return self._leading(spec, some)

    def _leading(self, spec: Spec, some: Sequence[Requirement]) -> Way | None:
        """Return the way that leads to a spec where some things are asked for less; None where it leads nowhere."""
        lock = self._tried(spec)
        if isinstance(lock, UserError):
            return None
        edits = tuple(self._told(each, spec, lock) for each in some)
        return Way(edits=edits, changes=self._changes(lock))

    def _told(self, each: Requirement, spec: Spec, lock: Lockfile) -> str:
        if not any((other.name, other.place) == (each.name, each.place) for other in requirements(spec)):
            return f"leave out `{words(each)}` ({each.place})"
        version = self._version(lock, each.name)
        return f"write `{each.name}` in place of `{words(each)}` ({each.place}), which gives {each.name} {version}"

    def _version(self, lock: Lockfile, name: str = "") -> str:
        wanted = name or self.asked.name
        every = {each.name: each.version for each in lock.wheels_of(self.target)}
        every |= {each.name: each.version for each in lock.conda_of(self.target)}
        return every.get(wanted, "")

    def _changes(self, lock: Lockfile) -> tuple[Change, ...]:
        return tuple(each for each in diff(self.lock, lock) if each.target == self.target)


def _said(error: UserError) -> str:
    return "; ".join([error.message, *(fault.message for fault in error.faults)])


def _with(spec: Spec, asked: CondaRequirement | WheelRequirement) -> Spec:
    if isinstance(asked, CondaRequirement):
        return replace(spec, conda=(*spec.conda, asked))
    return replace(spec, wheels=(*spec.wheels, asked))
