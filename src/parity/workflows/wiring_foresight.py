"""The engines of what looks ahead: plans, checks, probes.

Part of `wiring`, in a room of its own because none of it is needed to make an environment or to run in one.
"""

from __future__ import annotations

from parity.workflows.wiring import data, discovery, environments, lock_tools, names, rates, roots, targets

TYPE_CHECKING = False  # as in `wiring`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from parity.core.ports import Reporter
    from parity.core.preflight.examine import Knowledge
    from parity.engines.machine.probing import Language
    from parity.workflows import check, plan


def plan_tools(environ: Mapping[str, str], root: Path, *, offline: bool, reporter: Reporter) -> plan.Tools:
    """Return the engines of planning: those of locking, which writes nothing here, and what was measured."""
    from parity.engines.store.home import cache_folder
    from parity.engines.store.unpacked import UnpackedArtifacts
    from parity.workflows.plan import Tools

    return Tools(
        lock=lock_tools(environ, root, offline=offline, reporter=reporter),
        unpacked=lambda: UnpackedArtifacts(cache_folder(environ)).size,
        measured=rates(environ).read,
    )


def probes(environ: Mapping[str, str]) -> tuple[Callable[..., dict[str, Any]], Callable[[Language], str]]:
    """Return what probes this machine, and what prints a probe for another."""
    from functools import partial

    from parity.engines.machine.probing import probe, script

    return partial(probe, environ), script


def check_tools(environ: Mapping[str, str], *, offline: bool, reporter: Reporter) -> check.Tools:
    """Return the engines of checking; rattler is imported when the first virtual package is asked about."""
    from functools import partial
    from pathlib import Path

    from parity.engines.machine.probing import probe
    from parity.engines.machine.shared_objects import SharedObjects
    from parity.engines.store.home import cache_folder
    from parity.engines.store.unpacked import UnpackedArtifacts
    from parity.engines.system.files import read_text
    from parity.workflows.check import Tools
    from parity.workflows.check_inside import Sources

    return Tools(
        read=read_text,
        inside=Sources(
            roots=roots(environ),
            environments=environments(environ),
            unpacked=UnpackedArtifacts(cache_folder(environ)),
            objects=SharedObjects(Path(cache_folder(environ))),
            reporter=reporter,
        ),
        lock=lambda root: lock_tools(environ, root, offline=offline, reporter=reporter),
        probe=partial(probe, environ),
        pythons=lambda: tuple(found.version for found in discovery(environ).interpreters),
        knowledge=knowledge(environ),
        reporter=reporter,
    )


def knowledge(environ: Mapping[str, str]) -> Knowledge:
    """Return what an examination knows of the world; the table of names is read when the first is asked for."""
    from functools import cache, partial

    from parity.core.builds.modules import Modules
    from parity.core.preflight.accelerators import load_rules
    from parity.core.preflight.examine import Knowledge
    from parity.core.preflight.system_packages import SystemPackages
    from parity.core.translation.names import conda_name

    table = cache(partial(names, environ))
    commands = Modules.from_text(data("python_modules.toml")).managers
    return Knowledge(
        targets=targets(),
        rules=load_rules(data("accelerators.toml")),
        answers=_answers,
        system=SystemPackages.from_text(data("system_packages.toml"), commands),
        conda_name=lambda project: conda_name(table(), project),
    )


def _answers(spec: str, name: str, version: str, build: str) -> bool:
    from parity.engines.conda.virtual_packages import answers

    return answers(spec, name, version, build)
