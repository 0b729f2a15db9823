"""Whether a lock still answers the manifests: decided without solving, and without the network."""

from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import canonicalize_name

from parity.core.dataclass import dataclass
from parity.core.lockfile.model import Lockfile
from parity.core.lockfile.pythons import still_answers
from parity.core.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is wanted beyond the manifests: by flag, else by `[tool.parity]`, else as the lock has it recorded."""

    route: str
    targets: tuple[str, ...]
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


def satisfies(
    lock: Lockfile, spec: Spec, choice: Choice, included: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Return the reasons why a lock does not answer a spec and a choice, as sentences; none: it is current.

    `included` are the files that manifests have others read: of these and the manifest the lock has one digest.
    """
    reasons = _manifests(lock.manifests, spec.manifests, included or {})
    project = spec.project.name if spec.project else ""
    settled: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("the route is", [lock.route], [choice.route]),
        ("targets are", [target.name for target in lock.targets], choice.targets),
        ("groups are", lock.groups, choice.groups),
        ("extras are", lock.extras, choice.extras),
        ("the project's package is", [lock.project], [project]),
        ("`exclude-newer` is", [lock.exclude_newer], [spec.settings.exclude_newer]),
        ("what may be built is", lock.sdists, allowed_sdists(spec)),
        ("channel priority is", [lock.channel_priority], [settled_priority(spec, choice)]),
        ("link scripts are", lock.link_scripts, settled_link_scripts(spec, choice)),
        ("pre-releases are", ["allowed"] if lock.prereleases else [], ["allowed"] if spec.prereleases else []),
    ]
    reasons += [
        f"{what} {_shown(wanted)} now, and was {_shown(locked)}"
        for what, locked, wanted in settled
        if set(locked) != set(wanted)
    ]
    if dict(lock.variables) != dict(spec.variables):
        reasons.append("the variables have changed")
    return reasons + _pythons(lock, spec)


def settled_priority(spec: Spec, choice: Choice) -> str:
    """Return what a lock says of the channels' priority; nothing where it is strict, as on the venv route."""
    disabled = choice.route == "conda" and spec.settings.conda.channel_priority == "disabled"
    return "disabled" if disabled else ""


def settled_link_scripts(spec: Spec, choice: Choice) -> tuple[str, ...]:
    """Return the packages whose scripts may run; on the venv route there are none."""
    return spec.settings.conda.link_scripts if choice.route == "conda" else ()


def allowed_sdists(spec: Spec) -> tuple[str, ...]:
    """Return the names that a project lets be built from source (`*`: all), whichever file says so."""
    names = {"*" if name in {"*", ":all:"} else canonicalize_name(name) for name in spec.settings.sdists}
    names |= {"*" if name == ":all:" else canonicalize_name(name) for name in spec.no_binary if name != ":none:"}
    return ("*",) if "*" in names else tuple(sorted(names))


def _manifests(
    locked: Mapping[str, str], wanted: Mapping[str, str], included: Mapping[str, Sequence[str]]
) -> list[str]:
    changed = sorted(name for name in {*locked, *wanted} if locked.get(name) != wanted.get(name))
    reasons = []
    for name in changed:
        if name not in locked:
            reasons.append(f"`{name}` counts now, and did not")
        elif name not in wanted:
            reasons.append(f"`{name}` is not the manifest any more")
        else:
            inside = ", ".join(f"`{other}`" for other in included.get(name, ()))
            reasons.append(f"`{name}`{f', or what it includes ({inside}),' if inside else ''} has changed")
    return reasons


def _pythons(lock: Lockfile, spec: Spec) -> list[str]:
    exact = spec.settings.interpreter == "exact"
    return [
        f"Python {target.python.version} on `{target.name}` does not answer what is asked for"
        for target in lock.targets
        if spec.python and not still_answers(target.python, spec.python, exact=exact)
    ]


def _shown(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in sorted(values) if value) or "none"
