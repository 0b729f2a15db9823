"""The environments that belong to no project: what they are called, where they are, what is in them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.lockfile import v1

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parity.engines.store.environments import Environments
    from parity.engines.store.roots import Roots


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEnvironment:
    """One of them. `name` is empty for one at an address; `prefix` is the address at which it is found.

    `environment` is its folder in the store. Where that is not there any more, or nothing is at the address, `broken`
    says so and the rest is empty. `size` is that of its packages as they are fetched, in bytes. `active`: the
    caller's variables say that he works in it.
    """

    name: str
    prefix: str
    environment: str = ""
    route: str = ""
    python: str = ""
    packages: int = 0
    size: int = 0
    active: bool = False
    channels: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    broken: str = ""


def list_environments(
    roots: Roots, environments: Environments, environ: Mapping[str, str]
) -> tuple[NamedEnvironment, ...]:
    """Return all of them: those with a name first, by name. Raises OSError."""
    return tuple(described(roots, environments, root, environ) for root in roots.named.roots())


def described(roots: Roots, environments: Environments, root: str, environ: Mapping[str, str]) -> NamedEnvironment:
    """Return what is known about the named environment of a folder. Raises OSError."""
    title = roots.named.title(root)
    at_address = "/" in title
    name, prefix = "" if at_address else title, roots.named.address(root)
    environment = roots.linked(root)
    if at_address and not roots.named.is_published(root, prefix):
        return NamedEnvironment(name=name, prefix=prefix, broken="its link is gone")
    if not environment or not roots.is_complete(environment):
        return NamedEnvironment(name=name, prefix=prefix, broken="it is not in the store any more")
    lock = v1.parse(environments.read_lock(environment), ".parity/lock")
    python = lock.targets[0].python
    return NamedEnvironment(
        name=name,
        prefix=prefix,
        environment=environment,
        route=lock.route,
        python=python.version,
        packages=len(lock.conda) + len(lock.wheels),
        size=sum(package.size for package in lock.conda) + sum(wheel.size for wheel in lock.wheels),
        channels=lock.channels,
        variables=lock.variables,
        active=_is_active(environment, title, prefix, environ),
    )


def _is_active(environment: str, title: str, prefix: str, environ: Mapping[str, str]) -> bool:
    """Say whether a caller works in it: several names, and projects, may share one environment in the store.

    What parity activates says its title too; conda and an editor have activated it at the address of its link.
    """
    pairs = (("CONDA_PREFIX", "CONDA_DEFAULT_ENV"), ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"))
    return any(
        environ.get(place) == prefix or (environ.get(place), environ.get(name)) == (environment, title)
        for place, name in pairs
    )
