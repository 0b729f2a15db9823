"""What both routes ask of an index, and the project's own package among the answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parity.core.accelerators.builds import refuse_unfit
from parity.core.distributions.errors import DistributionUnknown
from parity.core.distributions.missing import looked_for, missing
from parity.core.lockfile.model import LockedWheel
from parity.core.lockfile.pythons import oldest_version
from parity.core.lockfile.satisfies import allowed_sdists
from parity.core.moments import end_of
from parity.core.resolution import Question
from parity.core.spec import WheelRequirement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from parity.core.interpreters import Interpreter
    from parity.core.lockfile.model import LockedPython
    from parity.core.lockfile.satisfies import Choice
    from parity.core.ports import Resolver
    from parity.core.resolution import Provided
    from parity.core.spec import Spec
    from parity.core.target import Target
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


def wheel_question(
    order: Order,
    target: Target,
    spec: Spec,
    *,
    requirements: tuple[WheelRequirement, ...],
    python: LockedPython,
    interpreter: Interpreter | None,
    earlier: Sequence[LockedWheel],
    provided: tuple[Provided, ...] = (),
) -> Question:
    """Return the question for one target: its Python, what is asked for, and what stays where it fits.

    `earlier` are the answers for targets before this one.
    """
    applied = order.builds.applied(target, requirements, spec.constraints, spec.indexes)
    return Question(
        target=target,
        python=python,
        python_version=oldest_version(python, spec.python) or python.version,
        interpreter=interpreter.path if interpreter else "",
        requirements=applied.requirements,
        constraints=(*applied.constraints, *order.held.wheels_on(target.platform)),
        along=applied.along,
        indexes=spec.indexes,
        prereleases=spec.prereleases,
        exclude_newer=end_of(spec.settings.exclude_newer) if spec.settings.exclude_newer else "",
        sdists=allowed_sdists(replace(spec, no_binary=())),
        no_binary=spec.no_binary,
        only_binary=spec.only_binary,
        pins=_pins(order, target, earlier, {name for name, each in applied.along.items() if each.index}),
        refresh=order.upgrade,
        provided=provided,
    )


def resolve(resolver: Resolver, question: Question) -> tuple[LockedWheel, ...]:
    """Return the distributions that answer a question, with the builds for the target's accelerator.

    What is brought along by others has no index of its own for uv: it is asked for by name, and all of it again.
    Raises what the resolver raises, and BuildUnfit.
    """
    asked, along = question, dict[str, WheelRequirement]()
    while True:
        wheels = resolver.resolve(asked)
        named = {each.name for each in asked.requirements}
        new = {each.name: question.along[each.name] for each in wheels if each.name in {*question.along} - named}
        if not new:
            break
        along |= new
        asked = replace(asked, requirements=(*asked.requirements, *new.values()))
    refuse_unfit(wheels, question.target)
    return tuple(replace(wheel, requested=False) if wheel.name in along else wheel for wheel in wheels)


def refuse_missing(
    tools: Tools,
    question: Question,
    *,
    brought: Callable[[str], object] | None = None,
    foreign: Collection[str] = (),
) -> None:
    """Raise DistributionUnknown for the names that no index has, whatever else stands in the way of an answer.

    `brought` says of a name whether a package of conda may bring it; `foreign` are names that perhaps
    only conda has. Raises NetworkFailed.
    """
    asked = [each for each in looked_for(question) if not (brought and brought(each.name))]
    names = list(dict.fromkeys(each.name for each in asked))
    files = tools.index(replace(question, exclude_newer="")).files(names)
    known = {*tools.names().projects(), *question.pins}
    if faults := missing(asked, {name for name in names if files[name]}, known, foreign):
        raise DistributionUnknown(faults, names=[name for name in names if not files[name]])


def _pins(order: Order, target: Target, earlier: Sequence[LockedWheel], family: Collection[str]) -> Mapping[str, str]:
    """Return the versions to keep: the old lock's for this target, else those of targets that were resolved before.

    A target that is new takes the versions of the others where it can; of a `family` whose builds are told apart by the
    local part of their versions, in the build for this target.
    """

    def here(wheel: LockedWheel) -> str:
        public, _, local = wheel.version.partition("+")
        if wheel.name in family:
            return f"{public}+{target.torch_backend}"
        return public if local and wheel.index.startswith("pytorch-") else wheel.version

    pins = {wheel.name: here(wheel) for wheel in reversed(earlier) if wheel.index}
    old, upgrade = order.old, order.upgrade
    if old is None or "*" in upgrade:
        return pins
    locked = [wheel for wheel in old.wheels if wheel.index and wheel.name not in upgrade]
    pins |= {wheel.name: here(wheel) for wheel in locked if wheel.name not in pins}
    return pins | {wheel.name: wheel.version for wheel in locked if target.name in wheel.targets}


def own_package(spec: Spec, choice: Choice, answers: Sequence[LockedWheel]) -> list[LockedWheel]:
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
