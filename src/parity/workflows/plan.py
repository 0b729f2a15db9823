"""Which road, at what price, on which targets: both routes solved for the manifests at hand, and nothing written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from parity.core.dataclass import dataclass
from parity.core.errors import UserError
from parity.core.plan.comparison import Obstacle, Recommendation, RoutePlan, TargetPlan, recommend
from parity.core.plan.prices import price_of
from parity.core.plan.rates import rates_of
from parity.workflows import lock as locking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.findings import Finding
    from parity.core.lockfile.model import Lockfile, Route
    from parity.core.plan.prices import Unpacked
    from parity.core.plan.rates import Measurement, Rates

ROUTES: tuple[Route, Route] = ("venv", "conda")
#: Findings of a lock that say that a route cannot keep something.
_LOSSES = frozenset({"python-left-out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engines of planning. `unpacked` is asked for once both routes are solved, and so is what was measured."""

    lock: locking.Tools
    unpacked: Callable[[], Unpacked]
    measured: Callable[[], Sequence[Measurement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Both routes. `chosen` is the one that `parity lock` would take, unasked."""

    routes: Mapping[Route, RoutePlan]
    chosen: Route
    recommended: Recommendation
    findings: tuple[Finding, ...]


def plan(root: Path, wish: locking.Wish, tools: Tools) -> Plan:
    """Solve both routes for every target of a project, each target on its own, and say what they cost.

    Nothing is written but caches. What is wrong with the manifests themselves is raised: ManifestMissing,
    ManifestError, LockfileError, TargetUnknown. What only keeps a route from a target is part of the answer.
    """
    choice = locking.choice_of(root, wish, tools.lock)
    unpacked, rates = tools.unpacked(), rates_of(tools.measured())
    routes: dict[Route, RoutePlan] = {}
    findings: list[Finding] = []
    for route in ROUTES:
        tried = [_tried(root, replace(wish, route=route, targets=(name,)), tools, unpacked, rates)
                 for name in choice.targets]  # fmt: skip
        findings += [finding for each in tried for finding in each.findings]
        lost = sorted({what for each in tried for what in each.lost})
        routes[route] = RoutePlan(targets=tuple(each.target for each in tried), lost=tuple(lost))
    chosen = cast("Route", choice.route)
    return Plan(
        routes=routes,
        chosen=chosen,
        recommended=recommend(routes, chosen),
        findings=tuple(dict.fromkeys(findings)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    target: TargetPlan
    lost: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def _tried(root: Path, wish: locking.Wish, tools: Tools, unpacked: Unpacked, rates: Rates) -> _Tried:
    """Solve one target on one route."""
    (name,) = wish.targets
    try:
        solved = locking.solve(root, wish, tools.lock)
    except UserError as error:
        faults = tuple(f"{fault.message} (`{fault.place}`)" for fault in error.faults)
        hint = error.hint or next((fault.hint for fault in error.faults if fault.hint), "")
        obstacle = Obstacle(code=error.code, messages=(error.message, *faults), hint=hint)
        return _Tried(target=TargetPlan(name=name, obstacle=obstacle))
    price = price_of(solved.lock, name, unpacked, rates)
    losses = [finding.message for finding in solved.findings if finding.code in _LOSSES]
    return _Tried(
        target=TargetPlan(name=name, python=_python(solved.lock), price=price),
        lost=(*solved.lock.lost, *losses),
        findings=tuple(each for each in solved.findings if each.code not in {*_LOSSES, "translation-lost"}),
    )


def _python(lock: Lockfile) -> str:
    python = lock.targets[0].python
    return f"{python.implementation} {python.version}".strip()
