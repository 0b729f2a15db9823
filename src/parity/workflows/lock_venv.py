"""manifests → a lock of the venv route: which Python, which distributions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parity import __version__
from parity.core.errors import ManifestError
from parity.core.lockfile.merge import merged
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.lockfile.pythons import oldest_version
from parity.core.lockfile.satisfies import Choice, allowed_sdists
from parity.core.moments import end_of
from parity.core.resolution import Question
from parity.core.translation.light_route import translate
from parity.workflows.lock_python import settle_python

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parity.core.findings import Finding
    from parity.core.interpreters import Interpreter
    from parity.core.spec import Spec, WheelRequirement
    from parity.core.target import Target
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


def resolve_venv(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Resolve every target and return the lock that they make together, with remarks on the way there."""
    spec, choice = order.spec, order.choice
    python, interpreter = settle_python(spec, order.old, tools.found())
    every = [_wanted(tools, target, wanted) for target, wanted in order.specs]
    answers: list[LockedWheel] = []
    for wanted in every:
        tools.reporter.phase(f"resolving for {wanted.target.name}")
        question = _question(order, wanted, python=python, interpreter=interpreter, earlier=answers)
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


def _wanted(tools: Tools, target: Target, spec: Spec) -> _Wanted:
    if not spec.conda:
        return _Wanted(target=target, spec=spec, requirements=spec.wheels)
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
    order: Order,
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
        pins=_pins(order, wanted.target.name, earlier),
        refresh=order.upgrade,
    )


def _pins(order: Order, target: str, earlier: Sequence[LockedWheel]) -> Mapping[str, str]:
    """Return the versions to keep: the old lock's for this target, else those of targets that were resolved before.

    A target that is new takes the versions of the others where it can.
    """
    pins = {wheel.name: wheel.version for wheel in earlier if wheel.index}
    old, upgrade = order.old, order.upgrade
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
