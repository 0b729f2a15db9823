"""What a user should read once about a lock: what was lost, what is built from source, what was left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.addresses import kept
from parity.core.findings import Finding
from parity.core.lockfile.recorded import described

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from parity.core.lockfile.model import Lockfile
    from parity.core.spec import Spec
    from parity.core.target import Targets


def findings_of(lock: Lockfile, spec: Spec, targets: Targets) -> tuple[Finding, ...]:
    """Return the findings about a lock, each once, in a fixed order."""
    platforms = {target.platform for target in described(lock, targets).values()}
    return (
        *_lost(lock.lost),
        *_sdists(lock),
        *_credentials(spec),
        *_completed(lock, spec),
        *_empty(lock),
        *_left_out(platforms, spec),
    )


def _lost(lost: Iterable[str]) -> list[Finding]:
    return [
        Finding(
            code="translation-lost",
            severity="warning",
            subject="environment.yml",
            message=f"{what} is lost on the venv route",
            hint="the conda route keeps it: `--route conda`",
        )
        for what in lost
    ]


def _sdists(lock: Lockfile) -> list[Finding]:
    built = {wheel.name: wheel for wheel in lock.wheels if wheel.index and wheel.is_built}
    return [
        Finding(
            code="sdist-locked",
            severity="info",
            subject=name,
            message=f"`{name}` {wheel.version} is locked as source and is built on each machine that installs it",
            package=name,
        )
        for name, wheel in sorted(built.items())
    ]


def _credentials(spec: Spec) -> list[Finding]:
    addresses = {
        f"the address at `{each.place}`": each.name or kept(each.url)
        for each in spec.wheels
        if each.url != kept(each.url)
    }
    addresses |= {
        f"the address of the index `{each.name}`": each.name for each in spec.indexes if each.url != kept(each.url)
    }
    return [
        Finding(
            code="credentials-left-out",
            severity="warning",
            subject=subject,
            message=f"the name and password in {where} are not written into the lock; a manifest is read by others too",
            hint="keep them in `~/.netrc`, or write `${NAME}` in their place",
        )
        for where, subject in addresses.items()
    ]


def _completed(lock: Lockfile, spec: Spec) -> list[Finding]:
    """Say what a list of package files lacks: it is to be all of an environment, and conda would not look."""
    if lock.route != "conda" or not spec.conda or not all(dict(each.others).get("url") for each in spec.conda):
        return []
    listed = {each.name for each in spec.conda}
    return [
        Finding(
            code="list-completed",
            severity="warning",
            subject=name,
            message=f"`{name}` is not in the list of package files, and others in it need it: it was added",
            package=name,
        )
        for name in sorted({package.name for package in lock.conda} - listed)
    ]


def _empty(lock: Lockfile) -> list[Finding]:
    """Say that a conda environment is to have nothing in it, not even Python: a file that was cut off says so."""
    if lock.route != "conda" or lock.conda or lock.wheels:
        return []
    name = next(iter(lock.manifests), "the manifest")
    return [
        Finding(
            code="manifest-empty",
            severity="warning",
            subject=name,
            message=f"`{name}` asks for nothing: there will be nothing in the environment, no Python either",
            hint="`parity add --conda python` asks for one",
        )
    ]


def _left_out(locked: Collection[str], spec: Spec) -> list[Finding]:
    """Say which platforms a manifest names and the lock has no target of: there is none, or others were chosen once."""
    return [
        Finding(
            code="platform-left-out",
            severity="warning",
            subject=platform.name,
            message=f"`platforms` names `{platform.name}`, and nothing is locked for it",
            hint="`--target` says what is locked, and stays in force",
        )
        for platform in spec.platforms
        if platform.name not in locked
    ]
