"""Which route is recommended, and why."""

from dataclasses import replace

import pytest

from parity.core.lockfile.model import Route
from parity.core.plan.comparison import Obstacle, Recommendation, RoutePlan, TargetPlan, recommend
from parity.core.plan.prices import Price

PRICE = Price(conda=0, pypi=3, bytes=100, missing=0, unsized=0, installed=300, measured=300, builds=(), natives=(),
              seconds=None, measurements=0)  # fmt: skip
HAS = TargetPlan(name="linux-64", price=PRICE)
LACKS = TargetPlan(name="linux-64", obstacle=Obstacle(code="solve-impossible", messages=("no",), hint=""))


def compiling(*names: str) -> TargetPlan:
    """Return a target for which packages are compiled."""
    return replace(HAS, price=replace(PRICE, builds=names))


@pytest.mark.parametrize(
    ("venv", "conda", "chosen", "route", "says"),
    [
        (RoutePlan(targets=(HAS,)), RoutePlan(targets=(LACKS,)), "conda", "venv", "only `venv` has what"),
        (RoutePlan(targets=(LACKS,)), RoutePlan(targets=(LACKS,)), "venv", None, "neither route"),
        (RoutePlan(targets=(HAS, LACKS)), RoutePlan(targets=(HAS, HAS)), "venv", "conda", "covers 2 of 2 targets"),
        (RoutePlan(targets=(HAS,), lost=("`x`",)), RoutePlan(targets=(HAS,)), "conda", "conda", "would lose `x`"),
        (RoutePlan(targets=(HAS,), lost=("`x`",)), RoutePlan(targets=(HAS,)), "venv", "conda", "would lose `x`"),
        (RoutePlan(targets=(compiling("a"),)), RoutePlan(targets=(HAS,)), "venv", "conda", "compile `a`"),
        (RoutePlan(targets=(compiling("a"),), lost=("`x`",)), RoutePlan(targets=(compiling("a", "b"),)),
         "venv", "conda", "would lose"),
        (RoutePlan(targets=(HAS,)), RoutePlan(targets=(HAS,)), "venv", "venv", "is what the project uses"),
    ],
)  # fmt: skip
def test_the_better_route_has_more_keeps_more_and_compiles_less(
    venv: RoutePlan, conda: RoutePlan, chosen: Route, route: Route | None, says: str
) -> None:
    """In this order; where all is the same, the project stays where it is."""
    found = recommend({"venv": venv, "conda": conda}, chosen)
    assert route == found.route
    assert says in found.reason


def test_a_smaller_download_is_told_and_decides_nothing() -> None:
    """A route is not changed for bytes."""
    large = RoutePlan(targets=(replace(HAS, price=replace(PRICE, bytes=1000)),))
    reason = "both have everything, and `conda` is what the project uses, and the other would download less"
    assert Recommendation(route="conda", reason=reason) == recommend(
        {"venv": RoutePlan(targets=(HAS,)), "conda": large}, "conda"
    )
