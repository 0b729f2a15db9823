"""manifests → a lock of the venv route: which Python, which distributions."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from parity import __version__
from parity.core.dataclass import dataclass
from parity.core.distributions.missing import conda_perhaps
from parity.core.errors import ManifestError, NetworkFailed, ResolutionImpossible
from parity.core.lockfile.merge import merged
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from parity.core.lockfile.recorded import machine_of
from parity.core.lockfile.satisfies import allowed_sdists
from parity.core.translation.light_route import translate
from parity.workflows.lock_python import python_of, settle_python
from parity.workflows.lock_wheels import own_package, refuse_missing, resolve, wheel_question

if TYPE_CHECKING:
    from parity.core.findings import Finding
    from parity.core.resolution import Question
    from parity.core.spec import Spec, WheelRequirement
    from parity.core.target import Target
    from parity.workflows.lock import Tools
    from parity.workflows.lock_order import Order


def resolve_venv(order: Order, tools: Tools) -> tuple[Lockfile, tuple[Finding, ...]]:
    """Resolve every target and return the lock that they make together, with remarks on the way there."""
    spec, choice = order.spec, order.choice
    python, interpreter = settle_python(spec, order.old, tools.found())
    pythons = {
        target.name: python_of(target, python, interpreter, order.old, exact=spec.settings.interpreter == "exact")
        for target, _ in order.specs
    }
    every = [_wanted(tools, target, wanted) for target, wanted in order.specs]
    answers: list[LockedWheel] = []
    for wanted in every:
        tools.reporter.phase(f"resolving for {wanted.target.name}")
        question = wheel_question(
            order,
            wanted.target,
            wanted.spec,
            requirements=wanted.requirements,
            python=python,
            interpreter=interpreter,
            earlier=answers,
        )
        answers += _answers(tools, question, wanted)
    names = next((wanted.names for wanted in every if wanted.names), "")
    made_with = {"parity": __version__, **tools.resolver().versions(), **({"conda-names": names} if names else {})}
    lock = Lockfile(
        route="venv",
        manifests=spec.manifests,
        made_with=made_with,
        targets=tuple(_locked_target(wanted.target, pythons[wanted.target.name]) for wanted in every),
        wheels=merged([*answers, *own_package(spec, choice, answers)]),
        groups=choice.groups,
        extras=choice.extras,
        project=spec.project.name if spec.project else "",
        variables=spec.variables,
        exclude_newer=spec.settings.exclude_newer,
        sdists=allowed_sdists(spec),
        prereleases=spec.prereleases,
        lost=tuple(sorted({what for wanted in every for what in wanted.lost})),
    )
    findings = [finding for wanted in every for finding in wanted.findings]
    findings += [each for wanted in every for each in order.builds.renamed(wanted.target, wanted.requirements)]
    return lock, tuple(dict.fromkeys(findings))


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
        target = replace(target, accelerator=translation.accelerator, torch_backend=backend)
    return _Wanted(
        target=target,
        spec=spec,
        requirements=(*spec.wheels, *translation.wheels),
        names=names.digest,
        lost=translation.lost,
        findings=translation.findings,
    )


def _answers(tools: Tools, question: Question, wanted: _Wanted) -> tuple[LockedWheel, ...]:
    """Return the distributions that answer. Raises DistributionUnknown before all that stands in the way besides."""
    try:
        return resolve(tools.resolver(), question)
    except ResolutionImpossible as error:
        with suppress(NetworkFailed):  # then what the resolver says is all there is to say
            refuse_missing(tools, question, foreign=_unmapped(wanted))
        if error.unbuilt and tools.alone and not any(name.endswith("pyproject.toml") for name in tools.manifests):
            raise _unbuilt(error) from error
        raise _of_conda_perhaps(error, wanted) from error


def _unbuilt(error: ResolutionImpossible) -> ResolutionImpossible:
    """Return the same error for what no project has asked for: there is no manifest that could allow a build."""
    listed = ", ".join(f'"{name}"' for name in error.unbuilt)
    hint = (
        "another version, or another Python, may have a wheel; or make an environment of a `pyproject.toml` that lets "
        f"it be built: `sdists = [{listed}]` in `[tool.parity]`, and `parity env create -f pyproject.toml`"
    )
    return ResolutionImpossible(error.message, hint=hint, place=error.place)


def _of_conda_perhaps(error: ResolutionImpossible, wanted: _Wanted) -> ResolutionImpossible:
    """Return the same error; where it names what nobody knows to be on PyPI at all, with the route that may have it."""
    named = [name for name in sorted(_unmapped(wanted)) if re.search(rf"\b{re.escape(name)}\b", error.message)]
    if not named:
        return error
    hint = "; ".join(filter(None, [error.hint, conda_perhaps(named)]))
    return ResolutionImpossible(error.message, hint=hint, place=error.place)


def _unmapped(wanted: _Wanted) -> set[str]:
    return {finding.package for finding in wanted.findings if finding.code == "name-unmapped"}


def _locked_target(target: Target, python: LockedPython) -> LockedTarget:
    return LockedTarget(
        name=target.name,
        python=python,
        virtual_packages=target.virtual_packages,
        machine=machine_of(target),
        torch_backend=target.torch_backend,
    )
