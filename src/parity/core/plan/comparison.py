"""Both routes side by side, and which of them to take, with the reason in one line."""

from collections.abc import Mapping, Sequence

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import Route
from parity.core.plan.prices import Price

_WORTH = 0.8  # a route is called smaller from here on


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a target cannot be had on a route: the error's code, its sentences and its hint."""

    code: str
    messages: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPlan:
    """One target on a route: what it costs, or why it cannot be had."""

    name: str
    python: str = ""
    price: Price | None = None
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """One route: its targets, and what it cannot keep of what the manifests say."""

    targets: tuple[TargetPlan, ...]
    lost: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether every target can be had."""
        return all(target.price for target in self.targets)

    @property
    def prices(self) -> tuple[Price, ...]:
        """What the targets cost that can be had."""
        return tuple(target.price for target in self.targets if target.price)

    @property
    def builds(self) -> tuple[str, ...]:
        """The packages that have to be compiled for any target."""
        return tuple(sorted({name for price in self.prices for name in price.builds}))

    @property
    def packages(self) -> int:
        """How many packages the largest target has."""
        return max((price.packages for price in self.prices), default=0)

    @property
    def bytes(self) -> int:
        """What the largest target downloads."""
        return max((price.bytes for price in self.prices), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The route to take, or none, and why, in one line."""

    route: Route | None
    reason: str


def recommend(routes: Mapping[Route, RoutePlan], chosen: Route) -> Recommendation:
    """Return which route to take.

    What can be had counts first, then what is kept of what the manifests say, then what needs no compiler. Where all
    that is the same the project stays on the route that it has chosen.
    """
    other: Route = "conda" if chosen == "venv" else "venv"
    here, there = routes[chosen], routes[other]
    counts = {route: len(plan.prices) for route, plan in routes.items()}
    if not any(counts.values()):
        return Recommendation(route=None, reason="neither route has what the manifests ask for")
    if counts[chosen] != counts[other]:
        better = chosen if counts[chosen] > counts[other] else other
        return Recommendation(route=better, reason=_only(better, routes[better], counts))
    for better, worse in ((chosen, other), (other, chosen)):
        if reason := _keeps_more(routes[better], routes[worse], worse):
            return Recommendation(route=better, reason=reason)
    size = f", and {_smaller(here, there)}" if _smaller(here, there) else ""
    return Recommendation(route=chosen, reason=f"both have everything, and `{chosen}` is what the project uses{size}")


def _only(better: Route, plan: RoutePlan, counts: Mapping[Route, int]) -> str:
    if plan.possible and not min(counts.values()):
        return f"only `{better}` has what the manifests ask for"
    return (
        f"`{better}` covers {max(counts.values())} of {len(plan.targets)} targets, and the other {min(counts.values())}"
    )


def _keeps_more(better: RoutePlan, worse: RoutePlan, name: Route) -> str:
    if len(better.lost) != len(worse.lost):
        return f"`{name}` would lose {_listed(worse.lost)}" if len(better.lost) < len(worse.lost) else ""
    if len(better.builds) < len(worse.builds):
        return f"`{name}` would have to compile {_listed([f'`{each}`' for each in worse.builds])}"
    return ""


def _smaller(here: RoutePlan, there: RoutePlan) -> str:
    if here.bytes < there.bytes * _WORTH:
        return "downloads less"
    return "the other would download less" if there.bytes < here.bytes * _WORTH else ""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
