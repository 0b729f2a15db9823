"""The architectures that compiled files have programs for, against the GPUs of a machine.

NVIDIA's rules (CUDA C++ Programming Guide, "Application Compatibility"): a program for `sm_XY` runs on GPUs of the same
major capability and at least this minor one; `compute_XY` is compiled by the driver for every GPU from XY on; a letter
binds either to this very capability (`a`) or to its family (`f`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from parity.core.amounts import counted
from parity.core.findings import Finding
from parity.core.preflight.accelerators import Rules, accelerator_for
from parity.core.preflight.machine import Machine
from parity.core.preflight.symbols import SharedObject
from parity.core.target import Targets, numbers

_ARCHITECTURE = re.compile(r"(sm|compute)_(\d+)(\d)([af]?)")
_SHOWN = 6


def runs_on(architecture: str, capability: str) -> bool:
    """Say whether a program for an architecture (`sm_90`) runs on a GPU of a compute capability (`9.0`)."""
    found = _ARCHITECTURE.fullmatch(architecture)
    if found is None:
        return False
    built, has = (int(found[2]), int(found[3])), (*numbers(capability), 0, 0)[:2]
    if found[4] == "a":
        return built == has
    if found[1] == "compute" and not found[4]:
        return built <= has
    return built[0] == has[0] and built[1] <= has[1]


def gpu_needs(
    objects: Mapping[str, SharedObject],
    packages: Mapping[str, str],
    machine: Machine,
    rules: Rules,
    targets: Targets,
) -> Iterator[Finding]:
    """Yield what of the compiled files has no program for the GPUs of a machine.

    A package fails where none of its files has a program for any GPU. It is warned about where some files have none,
    or where only some of the GPUs are served: libraries choose among files and GPUs when they run.
    """
    files: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for path, each in sorted(objects.items()):
        if each.gpus:
            files[packages.get(path) or path][path] = each.gpus
    for package, compiled in sorted(files.items()):
        yield from _of_package(package, compiled, machine, rules, targets)


def _of_package(
    package: str, compiled: Mapping[str, tuple[str, ...]], machine: Machine, rules: Rules, targets: Targets
) -> Iterator[Finding]:
    for name, capability in dict.fromkeys((each.name, each.capability) for each in machine.gpus):
        lacking = [path for path, gpus in compiled.items() if not _serves(gpus, capability)]
        if not lacking:
            continue
        others = any(_serves(gpus, each.capability) for gpus in compiled.values() for each in machine.gpus)
        path = lacking[0]
        more = f" (and {counted(len(lacking) - 1, 'more file')})" if len(lacking) > 1 else ""
        has = f"has programs for {_listed(compiled[path])}"
        yield Finding(
            code="gpu-unserved",
            severity="warning" if others else "error",
            subject=package,
            message=f"`{path}`{more} {has}, and {name} is of capability {capability}",
            hint=_remedy(capability, machine, rules, targets),
            package=package if package not in compiled else "",
        )


def _serves(architectures: Iterable[str], capability: str) -> bool:
    return any(runs_on(each, capability) for each in architectures)


def _listed(architectures: Sequence[str]) -> str:
    ordered = sorted(architectures, key=_order)
    if len(ordered) <= _SHOWN:
        return ", ".join(f"`{each}`" for each in ordered)
    return f"`{ordered[0]}` to `{ordered[-1]}`"


def _order(architecture: str) -> tuple[int, str]:
    return int(re.sub(r"\D", "", architecture)), architecture


def _remedy(capability: str, machine: Machine, rules: Rules, targets: Targets) -> str:
    """Return what would have programs for a GPU: an accelerator that knows it and that the driver runs."""
    known = rules.capabilities.get(capability)
    if known is None:
        return "take a build for this GPU"
    since, before = known
    span = f"from CUDA {since} to before {before}" if before else f"from CUDA {since} on"
    if accelerator := accelerator_for(machine, targets, since=since, before=before):
        return f"lock for a target with `+{accelerator}`: compilers know capability {capability} {span}"
    return f"compilers know capability {capability} {span}: take such a build, with a driver that runs it"
