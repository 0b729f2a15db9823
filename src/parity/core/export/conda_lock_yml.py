"""`conda-lock.yml`, version 1: what conda-lock and micromamba install, a package of each platform an entry."""

from collections.abc import Iterator
from hashlib import sha256
from posixpath import basename, isabs
from typing import Any

from parity.core.conda.channels import without_secrets
from parity.core.conda.distributions import required_name
from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.yaml_text import yaml_text
from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedConda, LockedWheel

_VERSION = 1


def conda_lock_yml(subject: Subject) -> Exported:
    """Return everything but folders, for each platform. Raises ExportImpossible for the venv route."""
    if subject.lock.route != "conda":
        raise ExportImpossible(
            "`conda-lock.yml` takes Python from a conda channel, and this environment does not: its route is `venv`",
            hint="use `--format pylock.toml`, or `parity lock --route conda`, which takes Python from a channel",
        )
    # conda-lock compares it with what it makes of its own sources: it has to be there, and to change with the lock
    digest = sha256(v1.dump(subject.lock).encode()).hexdigest()
    platforms = [part.platform for part in subject.parts()]
    data = {
        "version": _VERSION,
        "metadata": {
            "content_hash": dict.fromkeys(platforms, digest),
            "channels": [_channel(subject, channel) for channel in subject.lock.channels],
            "platforms": platforms,
            # a named environment has copies of files whose folders mean nothing elsewhere
            "sources": [basename(name) if isabs(name) else subject.placed(name) for name in subject.lock.manifests],
        },
        "package": [entry for part in subject.parts() for entry in _entries(part)],
    }
    found = [losses.left_out_path(wheel.name, wheel.path) for wheel in subject.wheels if wheel.path]
    found += [losses.variables(subject.lock.variables)] if subject.lock.variables else []
    return Exported(text=yaml_text(data), losses=(*found, *losses.requests(subject), *losses.assumptions(subject)))


def _channel(subject: Subject, channel: str) -> dict[str, Any]:
    name = without_secrets(channel) if "://" in channel else channel
    return {"url": subject.placed_channel(name), "used_env_vars": []}


def _entries(part: Subject) -> Iterator[dict[str, Any]]:
    yield from (_conda(part, package) for package in part.conda)
    yield from (_wheel(part, wheel) for wheel in part.wheels if not wheel.path)


def _conda(part: Subject, package: LockedConda) -> dict[str, Any]:
    requires = {required_name(spec): spec.partition(" ")[2] for spec in package.depends}
    return {
        "name": package.name,
        "version": package.version,
        "manager": "conda",
        "platform": part.platform,
        "dependencies": requires,
        "url": part.address_of(package),
        "hash": {"md5": part.md5s[package.sha256], "sha256": package.sha256},
        "category": "main",
        "optional": False,
    }


def _wheel(part: Subject, wheel: LockedWheel) -> dict[str, Any]:
    return {
        "name": wheel.name,
        "version": wheel.version,
        "manager": "pip",
        "platform": part.platform,
        "dependencies": dict.fromkeys(wheel.requires, "*"),
        "url": part.location(wheel),
        "hash": {"sha256": wheel.sha256} if wheel.sha256 else {},
        "category": "main",
        "optional": False,
    }
