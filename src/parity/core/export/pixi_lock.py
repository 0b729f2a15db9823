"""`pixi.lock`, version 6: what pixi and rattler install, a set of packages for each platform."""

from collections.abc import Iterator
from typing import Any

from parity.core.addresses import kept
from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.yaml_text import yaml_text
from parity.core.lockfile.model import LockedConda, LockedWheel

_VERSION = 6
# a folder's version is what it says on the day; the format wants one, and its readers do not look at it there
_NO_VERSION = "0"


def pixi_lock(subject: Subject) -> Exported:
    """Return everything that is installed, for each platform. Raises ExportImpossible for the venv route."""
    if subject.lock.route != "conda":
        raise ExportImpossible(
            "`pixi.lock` takes Python from a conda channel, and this environment does not: its route is `venv`",
            hint="use `--format pylock.toml`, or `parity lock --route conda`, which takes Python from a channel",
        )
    channels = [address for channel in subject.lock.channels for address in subject.addresses_of(channel)]
    environment: dict[str, Any] = {"channels": [{"url": f"{address}/"} for address in channels]}
    indexes = [kept(index.url) for index in subject.indexes if index.url and not index.flat]
    if indexes:
        environment["indexes"] = indexes
    environment["packages"] = {part.platform: list(_references(part)) for part in subject.parts()}
    data = {
        "version": _VERSION,
        "environments": {"default": environment},
        "packages": [
            *(_conda(subject, package) for package in subject.conda),
            *(_wheel(subject, wheel) for wheel in subject.wheels),
        ],
    }
    found = [losses.local_path(wheel.name, wheel.path) for wheel in subject.wheels if wheel.path]
    found += [losses.variables(subject.lock.variables)] if subject.lock.variables else []
    return Exported(text=yaml_text(data), losses=(*found, *losses.requests(subject), *losses.assumptions(subject)))


def _references(part: Subject) -> Iterator[dict[str, str]]:
    yield from ({"conda": part.address_of(package)} for package in part.conda)
    yield from ({"pypi": part.location(wheel)} for wheel in part.wheels)


def _conda(subject: Subject, package: LockedConda) -> dict[str, Any]:
    """Return a record; its name, version, build and platform are in its address, unless that is a file's."""
    address = subject.address_of(package)
    # left out, the number would be guessed from the build string
    always = {"conda": address, "build_number": package.build_number}
    said = {
        "subdir": package.subdir if address.startswith("file:") else "",
        "sha256": package.sha256,
        "depends": package.depends,
        "constrains": package.constrains,
        "noarch": package.noarch,
        "python_site_packages_path": package.python_site_packages_path,
        "size": package.size,
    }
    return {**always, **{key: value for key, value in said.items() if value}}


def _wheel(subject: Subject, wheel: LockedWheel) -> dict[str, Any]:
    said = {
        "name": wheel.name,
        "version": wheel.version or _NO_VERSION,
        "sha256": wheel.sha256,
        "requires_dist": wheel.requires,
        "editable": wheel.editable,
    }
    return {"pypi": subject.location(wheel), **{key: value for key, value in said.items() if value}}
