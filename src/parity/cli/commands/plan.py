"""Show both routes side by side: which can be had for which target, at what price, and which to take.

Solves for the manifests at hand as `parity lock` would, and changes nothing.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.cli.render.table import aligned
from parity.core.amounts import counted, size_text
from parity.core.plan.comparison import Obstacle, RoutePlan, TargetPlan
from parity.core.plan.prices import Price
from parity.workflows import wiring_foresight
from parity.workflows.lock import Wish
from parity.workflows.plan import Plan, plan

_SHOWN = 6
_MINUTE = 90


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity plan`."""
    add_root_options(parser)
    parser.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="a machine to plan for (repeat for several)"
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Plan."""
    root = root_of(arguments, context)
    tools = wiring_foresight.plan_tools(context.environ, root, offline=context.offline, reporter=context.reporter)
    made = plan(root, Wish(targets=tuple(arguments.target)), tools)
    best = made.recommended
    return Answer(
        data={
            "routes": {name: _route_data(route) for name, route in made.routes.items()},
            "chosen": made.chosen,
            "recommended": {"route": best.route, "reason": best.reason},
        },
        lines=tuple(_lines(made)),
        findings=made.findings,
        summary=_summary(made),
        ok=best.route is not None,
    )


def _summary(made: Plan) -> str:
    best = made.recommended
    if best.route is None:
        return f"no route: {best.reason}"
    switch = "" if best.route == made.chosen else f" (`parity lock --route {best.route}`)"
    return f"take `{best.route}`: {best.reason}{switch}"


def _route_data(route: RoutePlan) -> dict[str, Any]:
    return {
        "possible": route.possible,
        "packages": route.packages if route.prices else None,
        "bytes": route.bytes if route.prices else None,
        "builds": list(route.builds),
        "lost": list(route.lost),
        "targets": [_target_data(target) for target in route.targets],
    }


def _target_data(target: TargetPlan) -> dict[str, Any]:
    price, why = target.price, target.obstacle
    return {
        "name": target.name,
        "possible": price is not None,
        "error": {"code": why.code, "messages": list(why.messages), "hint": why.hint or None} if why else None,
        "python": target.python or None,
        "price": _price_data(price) if price else None,
    }


def _price_data(price: Price) -> Mapping[str, Any]:
    return {
        "conda": price.conda,
        "pypi": price.pypi,
        "bytes": price.bytes,
        "missing": price.missing,
        "unsized": price.unsized,
        "installed": price.installed,
        "measured": price.measured,
        "builds": list(price.builds),
        "natives": list(price.natives),
        "seconds": None if price.seconds is None else round(price.seconds, 3),
        "measurements": price.measurements,
    }


def _lines(made: Plan) -> Iterator[str]:
    """Yield a table, a column for each route, a part for each target; what does not fit a cell stands below it."""
    names = list(made.routes)
    head = ["", *(f"{name} (in use)" if name == made.chosen else name for name in names)]
    rows: list[tuple[str, ...]] = [tuple(head)]
    for targets in zip(*(made.routes[name].targets for name in names), strict=True):
        rows.append((targets[0].name, *("possible" if each.price else "not possible" for each in targets)))
        columns = [_cells(each) for each in targets]
        told = dict.fromkeys(what for column in columns for what in column)
        table = [(f"  {what}", *(column.get(what, "") for column in columns)) for what in told]
        rows += [row for row in table if any(row[1:])]
    yield from aligned(rows)
    for name in names:
        yield from _notes(name, made.routes[name])


def _cells(target: TargetPlan) -> dict[str, str]:
    price = target.price
    if price is None:
        return {}
    missing = "all cached" if not price.missing else f"{size_text(price.missing)} not cached"
    return {
        "Python": target.python,
        "packages": f"{price.packages} ({price.conda} conda, {price.pypi} PyPI)",
        "download": f"{size_text(price.bytes) if price.bytes else 'unknown'}, {missing}",
        "installed": f"{'' if price.measured == price.installed else 'about '}{size_text(price.installed)}",
        "prebuilt": str(price.packages - len(price.builds)),
        "to compile": _few(price.builds) or "nothing",
        "native": _few(price.natives) or "none of their own",
        "time here": _time(price),
    }


def _time(price: Price) -> str:
    if price.seconds is None:
        return "not measured yet"
    spent = f"{price.seconds:.0f} s" if price.seconds < _MINUTE else f"{price.seconds / 60:.0f} min"
    return f"about {spent} ({counted(price.measurements, 'measurement')})"


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _notes(name: str, route: RoutePlan) -> Iterator[str]:
    """Yield what a route cannot keep, and why targets cannot be had, each reason once."""
    reasons: dict[Obstacle, list[str]] = {}
    for target in route.targets:
        if target.obstacle:
            reasons.setdefault(target.obstacle, []).append(target.name)
    for why, targets in reasons.items():
        yield ""
        yield f"{name} is not possible for {', '.join(targets)}: {why.messages[0]}"
        yield from (f"  {message}" for message in why.messages[1:])
        if why.hint:
            yield f"  hint: {why.hint}"
    if route.lost:
        yield ""
        yield f"{name} loses:"
        yield from (f"  {what}" for what in route.lost)
